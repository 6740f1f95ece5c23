"""The words of requesters: what clearly is an answer, what is left to a person, and what moves nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.answers import Answer, courteous, understood
from maildesk.core.ticket import Feedback, Status

SOLVED, PARTLY, UNSOLVED = Feedback.SOLVED, Feedback.PARTLY, Feedback.UNSOLVED


def heard(text: str, status: Status = Status.RESOLVED) -> Answer | None:
    return understood(text, status)


@pytest.mark.parametrize(
    ("text", "feedback", "comment"),
    [
        ("已解决", SOLVED, ""),
        ("已解决，谢谢！", SOLVED, "谢谢"),
        ("问题已经解决了。", SOLVED, ""),
        ("“已解决”", SOLVED, ""),
        ("solved", SOLVED, ""),
        ("Solved, thanks", SOLVED, "thanks"),
        ("RESOLVED", SOLVED, ""),
        ("可以了，谢谢", SOLVED, "谢谢"),
        ("现在好了", SOLVED, ""),
        ("It works now, thanks!", SOLVED, "thanks"),
        ("部分解决", PARTLY, ""),
        ("部分解决：还不能打印", PARTLY, "还不能打印"),
        ("partly solved", PARTLY, ""),
        ("partially solved, printing fails", PARTLY, "printing fails"),
        ("未解决", UNSOLVED, ""),
        ("未解决\n\n还是提示 500。\n截图见附件", UNSOLVED, "还是提示 500。\n截图见附件"),
        ("没有解决，还是一样", UNSOLVED, "还是一样"),
        ("还没好", UNSOLVED, ""),
        ("not solved", UNSOLVED, ""),
        ("Still not solved: error 500", UNSOLVED, "error 500"),
        ("still does not work", UNSOLVED, ""),
    ],
)
def test_a_verdict_in_the_first_line_is_one(text: str, feedback: Feedback, comment: str) -> None:
    assert heard(text) == Answer(feedback=feedback, comment=comment)


@pytest.mark.parametrize(
    "text",
    [
        "已解决的问题又出现了",
        "已解决，但是打印机不行",
        "已解决，不过又有新问题：密码",
        "solved, but the printer fails now",
        "solved the first one",
        "未解决问题清单见附件",
        "可以了吗？",
        "解决了没有？",
        "昨天说已解决",
        "请问什么时候能解决",
        "already solved?",
        "已解决\n另外想问一下，下周我们部门搬家，需要十台电脑重新接网，能否安排人过来看一下？需要提前申请吗？我们人很多，地方也大，时间又紧。",
    ],
)
def test_what_says_more_or_something_else_is_read_by_a_person(text: str) -> None:
    assert heard(text) is None


def test_a_sigh_of_relief_is_a_verdict_only_when_he_was_asked_for_one() -> None:
    assert heard("好了，谢谢", Status.IN_PROGRESS) is None
    assert heard("已解决", Status.IN_PROGRESS) == Answer(feedback=SOLVED)


@pytest.mark.parametrize("text", ["撤回", "撤回，不用了", "撤销", "取消工单", "withdraw", "Withdraw it", "cancel the ticket"])
def test_a_withdrawal_is_understood(text: str) -> None:
    answer = heard(text, Status.IN_PROGRESS)
    assert answer is not None
    assert answer.withdrawn


@pytest.mark.parametrize("text", ["撤回上一封邮件里的附件", "cancel my meeting", "取消打印任务失败"])
def test_what_only_begins_like_a_withdrawal_is_none(text: str) -> None:
    assert heard(text, Status.IN_PROGRESS) is None


@pytest.mark.parametrize(
    "text", ["进度", "进度？", "进度如何？", "有进展吗？", "status", "Status?", "any update?", "any news?\n\nThanks"]
)
def test_the_question_how_it_stands_is_understood(text: str) -> None:
    assert heard(text, Status.IN_PROGRESS) == Answer(status_asked=True)


@pytest.mark.parametrize(
    "text", ["状态码 500", "进度条卡住了", "status code 500", "any update of Windows breaks it", "进度？\n另外打印机也坏了"]
)
def test_what_only_begins_like_that_question_is_none(text: str) -> None:
    assert heard(text, Status.IN_PROGRESS) is None


@pytest.mark.parametrize(
    ("text", "rating", "comment"),
    [
        ("5", 5, ""),
        ("４", 4, ""),
        ("评分 5", 5, ""),
        ("评分：3", 3, ""),
        ("5 分", 5, ""),
        ("5分，很好", 5, "很好"),
        ("rate 5", 5, ""),
        ("Rating: 2", 2, ""),
        ("4 stars", 4, ""),
        ("1\n等了三天", 1, "等了三天"),
    ],
)
def test_a_rating_of_what_is_done_is_understood(text: str, rating: int, comment: str) -> None:
    assert heard(text, Status.CLOSED) == Answer(rating=rating, comment=comment)


@pytest.mark.parametrize("text", ["6", "0", "3 个人都不行", "5 people cannot log in", "55", "5%", "评分系统打不开"])
def test_a_number_that_is_no_rating_is_none(text: str) -> None:
    assert heard(text, Status.CLOSED) is None


def test_a_bare_number_on_a_ticket_in_work_is_no_rating() -> None:
    assert heard("5", Status.IN_PROGRESS) is None


@pytest.mark.parametrize(
    ("text", "rating", "comment"),
    [
        ("已解决\n5\n很快", 5, "很快"),
        ("已解决，给3分", 3, ""),
        ("已解决，谢谢，我给你们打5分！", 5, "谢谢"),
        ("已解决。服务很好，给个四分吧", 4, "服务很好"),
        ("已解决，五星好评", 5, ""),
        ("已解决，谢谢！\n满分", 5, "谢谢"),
        ("solved, 3 points", 3, ""),
        ("Solved, thanks, I'd give it 4 stars", 4, "thanks"),
        ("solved. Thanks a lot! 2 out of 5", 2, "Thanks a lot"),
        ("已解决，3分钟就好了", None, "3分钟就好了"),
        ("已解决，三分之一天就好了", None, "三分之一天就好了"),
        ("已解决，给8分", None, "给8分"),
    ],
)
def test_a_verdict_may_carry_a_rating(text: str, rating: int | None, comment: str) -> None:
    assert heard(text) == Answer(feedback=SOLVED, rating=rating, comment=comment)


def test_a_rating_behind_what_is_no_praise_is_read_by_a_person() -> None:
    assert heard("已解决，但是打印机不行，给2分") is None
    assert heard("打印机又坏了，给2分", Status.CLOSED) is None
    assert heard("谢谢，给5分", Status.CLOSED) == Answer(rating=5, comment="谢谢")


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "谢谢！",
        "好的，谢谢李工",
        "非常感谢您的帮助！",
        "收到，谢谢\n张三",
        "辛苦了",
        "Thanks!",
        "Thanks Tom",
        "Thank you very much,\n\nAnna Smith",
        "It works. Thank you!\nBest regards,\nJohn Miller",
        "ok",
        "Danke",
        "",
        "👍",
    ],
)
def test_thanks_greetings_and_nods_move_nothing(text: str) -> None:
    assert courteous(text)


@pytest.mark.parametrize(
    "text",
    [
        "谢谢，没好",
        "谢谢，还是不行",
        "谢谢，明天再看",
        "好的，什么时候？",
        "收到，等了三天了",
        "Thanks, but it still fails",
        "thank you, what about the printer?",
        "Thanks error",
        "ok 500",
        "不行",
        "It works on Monday only",
        "张三",
    ],
)
def test_in_doubt_a_mail_is_more_than_thanks(text: str) -> None:
    assert not courteous(text)


@given(st.text(max_size=200), st.sampled_from(Status))
def test_no_text_breaks_the_understanding(text: str, status: Status) -> None:
    answer = understood(text, status)
    assert answer is None or any((answer.feedback, answer.withdrawn, answer.status_asked, answer.rating))
