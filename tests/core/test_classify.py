"""What a mail is about, how it presses, and what is missing: by word lists, each finding with its weight or source."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.classify import asked, categories_named, classify, is_question, missing, propose
from maildesk.core.glean import glean
from maildesk.core.message import Fact
from maildesk.core.ticket import Priority
from tests.core.correspondence import LOGIN, POLICY, PRINTER


def wish(text: str) -> dict[str, Fact]:
    return {"urgency": Fact(value=text, source="line")}


# -- category ------------------------------------------------------------------------------------------------------------


def test_the_category_with_the_most_words_wins() -> None:
    name, confidence = classify("打印机卡纸了，登录正常", "打印机", POLICY)
    assert name == PRINTER.name
    assert 0.5 < confidence < 1


def test_a_mail_without_any_word_has_no_category() -> None:
    assert classify("天气很好", "你好", POLICY) == ("", 0.0)


def test_more_words_make_it_surer_and_a_rival_makes_it_less_sure() -> None:
    alone = classify("登录", "", POLICY)[1]
    assert classify("登录，密码", "", POLICY)[1] > alone > classify("登录，打印机", "", POLICY)[1]


def test_a_latin_word_counts_only_as_a_word_of_its_own() -> None:
    assert classify("loginmanager crashed", "", POLICY)[0] == ""
    assert classify("LOGIN fails", "", POLICY)[0] == LOGIN.name
    assert classify("无法login了", "", POLICY)[0] == LOGIN.name


@pytest.mark.parametrize("text", ["系统故障-登录异常", "System-Login", "system login", "登录异常", "系统故障 登录异常"])
def test_an_engineer_may_name_a_category_by_either_name_or_a_part(text: str) -> None:
    assert categories_named(text, POLICY) == (LOGIN,)


def test_a_part_of_several_categories_names_all_of_them() -> None:
    other = replace(LOGIN, name="系统故障-服务中断", english="System-Outage")
    assert len(categories_named("系统故障", replace(POLICY, categories=(LOGIN, other)))) == 2
    assert categories_named("", POLICY) == ()


# -- priority ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("全部门无法登录，紧急", Priority.P1),
        ("Everyone is affected, urgent!", Priority.P1),
        ("全部门的打印机坏了", Priority.P2),
        ("登录失败，紧急", Priority.P2),
        ("登录失败", Priority.P3),
        ("全部门换新打印机，不急", Priority.P3),
        ("登录失败，不急", Priority.P4),
        ("the printer is broken, not urgent", Priority.P4),
        ("只有我登录不上，紧急", Priority.P3),
        ("只有我登录不上，不急", Priority.P4),
        ("请问如何修改密码", Priority.P4),
        ("请问为什么登录失败", Priority.P3),
        ("请问全部门怎么都登不上", Priority.P2),
    ],
)
def test_impact_and_urgency_propose_a_priority(text: str, priority: Priority) -> None:
    assert propose(text, POLICY) is priority


def test_a_question_that_speaks_of_a_fault_is_no_mere_question() -> None:
    assert is_question("How do I change my password", POLICY)
    assert not is_question("How do I log in, it fails", POLICY)


@pytest.mark.parametrize(
    ("value", "priority"),
    [
        ("P1", Priority.P1),
        ("p 2", Priority.P2),
        ("紧急", Priority.P1),
        ("不急", Priority.P4),
        ("高", Priority.P2),
        ("一般", Priority.P3),
        ("Urgent", Priority.P1),
        ("low", Priority.P4),
        ("随便", None),
    ],
)
def test_his_own_wish_is_read_from_what_he_filled_in(value: str, priority: Priority | None) -> None:
    assert asked(wish(value), "") is priority


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("优先级：P2", Priority.P2),
        ("【P1】登录失败", Priority.P1),
        ("priority p3 please", Priority.P3),
        ("HP100 printer", None),
        ("P1", None),
    ],
)
def test_his_own_wish_is_read_from_his_text_where_it_is_clear(text: str, priority: Priority | None) -> None:
    assert asked({}, text) is priority


# -- what is missing -----------------------------------------------------------------------------------------------------


def fact(*names: str) -> dict[str, Fact]:
    return {name: Fact(value="x", source="line") for name in names}


def test_the_facts_of_policy_and_category_are_asked_for_unless_told() -> None:
    assert missing(fact("symptom", "error"), POLICY, PRINTER.name) == ("occurred", "system", "contact")


def test_a_question_is_not_asked_for_the_facts_of_a_fault() -> None:
    assert missing(fact("symptom"), POLICY, "", question=True) == ("system",)


def test_nobody_from_outside_is_asked_for_a_staff_id() -> None:
    policy = replace(POLICY, facts=("staff_id", "symptom"))
    assert missing({}, policy, "", internal=False) == ("symptom",)
    assert missing({}, policy, "", internal=True) == ("staff_id", "symptom")


# -- facts in running text -----------------------------------------------------------------------------------------------


def gleaned(subject: str, text: str) -> dict[str, str]:
    return {name: fact.value for name, fact in glean(subject, text).items()}


def test_a_chinese_mail_tells_when_where_and_what() -> None:
    found = gleaned(
        "报销系统登录不上", "你好，\n\n今天上午 9 点半开始，我们组都登录不了报销系统，页面提示“500 服务器内部错误”。每次都这样。"
    )
    assert found == {
        "symptom": "报销系统登录不上",
        "occurred": "今天上午 9 点半",
        "error": "500 服务器内部错误",
        "system": "报销系统",
        "frequency": "每次",
    }


def test_an_english_mail_does_so_too() -> None:
    found = gleaned(
        "Re: [x] Cannot log in", 'Since 9:30 this morning the expense system says "500 internal\nerror". Call +49 30 1234567.'
    )
    assert found["symptom"] == "Cannot log in"
    assert found["occurred"] == "Since 9:30 this morning"
    assert found["system"] == "expense system"
    assert found["contact"] == "+49 30 1234567"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("登录 OA 提示密码错误，帮忙看下", "密码错误"),
        ("提示：用户名或密码错误", "用户名或密码错误"),
        ("系统报错无法连接到服务器。", "无法连接到服务器"),
        ("点保存就弹出一个窗口说权限不足", "权限不足"),
        ("显示网络连接超时，重启也没用", "网络连接超时"),
        ("打开时弹出对话框：文件已被占用", "文件已被占用"),
        ("弹窗提示系统异常请稍后再试", "系统异常请稍后再试"),
        ("一点就报权限不足", "权限不足"),
        ("弹出 Access is denied", "Access is denied"),
        ("提示【请联系管理员】", "请联系管理员"),
        ("It says access is denied when I open it.", "access is denied"),
        ("The error message is: connection timed out", "connection timed out"),
        ("没有提示，就是打不开", None),
        ("没有任何提示就退出了", None),
        ("也没有提示错误", None),
        ("提示音没有了", None),
        ("显示器无法点亮", None),
        ("页面显示不全，无法点击", None),
        ("申报失败，日报无法提交，报销不能保存", None),
        ("My boss says I cannot log in", None),
        ("the screen shows nothing", None),
    ],
)
def test_what_the_screen_said_is_found_in_running_text(text: str, error: str | None) -> None:
    assert gleaned("帮忙看一下", text).get("error") == error


def test_without_a_subject_the_first_sentence_is_the_symptom() -> None:
    assert gleaned("", "您好，\n打印机卡纸了，昨天下午开始。请看看。")["symptom"] == "打印机卡纸了，昨天下午开始"


def test_every_fact_names_its_source() -> None:
    found = glean("报销系统登录不上", "昨天开始报错 0x80070005")
    assert {name: fact.source for name, fact in found.items()} == {"symptom": "subject", "occurred": "text", "error": "text"}


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_the_reading(subject: str, text: str) -> None:
    assert all(fact.value and len(fact.value) <= 200 for fact in glean(subject, text).values())
    assert 0 <= classify(text, subject, POLICY)[1] < 1
    assert propose(text, POLICY) in set(Priority)
