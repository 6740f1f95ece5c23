"""The language of orders: every verb in both languages, full-width signs, where orders stand, and what is unclear."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maildesk.core.orders import ORDERS, WORDS, Need, Order, Verb, help_for, help_in, parse
from maildesk.core.orders.table import MEANT


def one(text: str) -> Order:
    """The only order of a text."""
    parsed = parse(text)
    assert parsed.unclear == ()
    (order,) = parsed.orders
    return order


def verbs(text: str) -> list[Verb]:
    return [order.verb for order in parse(text).orders]


# -- the table -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_order_has_help_in_both_languages_and_obeys_its_own_example(verb: Verb, language: str) -> None:
    usage, meaning = help_for(verb, language)
    assert meaning
    example = re.sub(r"\[([^]]+)\]", r"\1", usage).replace("用户|供应商|审批|", "").replace("user|vendor|approval|", "")
    assert one(example).verb is verb
    assert bool(re.search("[\u4e00-\u9fff]", usage + meaning)) is (language == "zh")


@pytest.mark.parametrize("verb", Verb)
def test_every_order_has_an_english_and_a_chinese_word(verb: Verb) -> None:
    words = ORDERS[verb].words
    assert {word.isascii() for word in words} == {True, False}


def test_no_word_means_two_orders() -> None:
    assert sum(len(rule.words) for rule in ORDERS.values()) == len(WORDS)
    assert WORDS.keys().isdisjoint(MEANT)


def test_help_lists_every_order_once() -> None:
    assert [usage.split()[0] for usage, _ in help_in("en")] == [f"/{verb}" for verb in Verb]


def test_a_language_without_help_gets_the_english_one() -> None:
    assert help_for(Verb.TAKE, "de") == help_for(Verb.TAKE, "en")


def test_what_moves_a_ticket_needs_the_most_proof() -> None:
    assert {verb for verb in Verb if ORDERS[verb].need < Need.ACT} == {
        Verb.NOTE,
        Verb.SHOW,
        Verb.WHY,
        Verb.TIMELINE,
        Verb.LIST,
        Verb.HELP,
    }


# -- one line ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "verb", "args"),
    [
        ("/take", Verb.TAKE, {}),
        ("/TAKE", Verb.TAKE, {}),
        ("／接单", Verb.TAKE, {}),
        ("  / take  ", Verb.TAKE, {}),
        ("　／接单　１６：３０", Verb.TAKE, {"until": "16:30"}),
        ("/take until 16:30", Verb.TAKE, {"until": "16:30"}),
        ("/接单到16:30", Verb.TAKE, {"until": "16:30"}),
        ("/ｔａｋｅ", Verb.TAKE, {}),
        ("/转派 王小明", Verb.ASSIGN, {"person": "王小明"}),
        ("/转派王小明，他熟悉", Verb.ASSIGN, {"person": "王小明，他熟悉"}),
        ("/assign Anna Smith: knows it", Verb.ASSIGN, {"person": "Anna Smith: knows it"}),
        ("/升级", Verb.ESCALATE, {}),
        ("/escalate tried a restart", Verb.ESCALATE, {"text": "tried a restart"}),
        ("/优先级 P1 因全部门无法登录", Verb.PRIORITY, {"priority": "1", "reason": "因全部门无法登录"}),
        ("/优先级Ｐ２，因为只有一个人", Verb.PRIORITY, {"priority": "2", "reason": "只有一个人"}),
        ("/优先级：P3", Verb.PRIORITY, {"priority": "3"}),
        ("/priority p4 because it is a question", Verb.PRIORITY, {"priority": "4", "reason": "it is a question"}),
        ("/prio 1: all down", Verb.PRIORITY, {"priority": "1", "reason": "all down"}),
        ("/分类 系统故障-登录异常", Verb.CATEGORY, {"category": "系统故障-登录异常"}),
        ("/eta 16:30", Verb.ETA, {"at": "16:30"}),
        ("/预计明天上午 等备件", Verb.ETA, {"at": "明天上午 等备件"}),
        ("/预计时间 16:30", Verb.ETA, {"at": "16:30"}),
        ("/预计完成时间：明天上午", Verb.ETA, {"at": "明天上午"}),
        ("/预计恢复时间 16:30", Verb.ETA, {"at": "16:30"}),
        ("/预计修复时间为明天", Verb.ETA, {"at": "明天"}),
        ("/预计 时间 16:30", Verb.ETA, {"at": "16:30"}),
        ("/预计恢复：周五下班前", Verb.ETA, {"at": "周五下班前"}),
        ("/ETA by 2026-11-21 16:30", Verb.ETA, {"at": "2026-11-21 16:30"}),
        ("/备注：看了日志", Verb.NOTE, {"text": "看了日志"}),
        ("/note Look at C:\\new", Verb.NOTE, {"text": "Look at C:\\new"}),
        ("/追问", Verb.ASK, {}),
        ("/ask which version?", Verb.ASK, {"text": "which version?"}),
        ("/wait user", Verb.WAIT, {"whom": "user"}),
        ("/wait for vendor until fri", Verb.WAIT, {"whom": "vendor", "until": "until fri"}),
        ("/等待 审批", Verb.WAIT, {"whom": "审批"}),
        ("/等待用户 2天", Verb.WAIT, {"whom": "用户", "until": "2天"}),
        ("/wait 2d", Verb.WAIT, {"until": "2d"}),
        ("/等待到周五 10:00", Verb.WAIT, {"until": "到周五 10:00"}),
        ("/已电话 10:12 用户说好了", Verb.CALLED, {"text": "10:12 用户说好了"}),
        ("/called", Verb.CALLED, {}),
        ("/解决 已重启", Verb.RESOLVE, {"text": "已重启"}),
        ("/resolved restarted it", Verb.RESOLVE, {"text": "restarted it"}),
        ("/关闭 重复提交", Verb.CLOSE, {"text": "重复提交"}),
        ("/重开", Verb.REOPEN, {}),
        ("/公开 请重启", Verb.PUBLIC, {"text": "请重启"}),
        ("/放行 17", Verb.ADMIT, {"mail": "17"}),
        ("/放行１７", Verb.ADMIT, {"mail": "17"}),
        ("/admit #17", Verb.ADMIT, {"mail": "17"}),
        ("/admit 17 I called him", Verb.ADMIT, {"mail": "17", "why": "I called him"}),
        ("/放行 17，原因：打过电话", Verb.ADMIT, {"mail": "17", "why": "打过电话"}),
        ("/refuse 17", Verb.REFUSE, {"mail": "17"}),
        ("/refuse 17 he wrote 2 others", Verb.REFUSE, {"mail": "17", "why": "he wrote 2 others"}),
        ("/拒绝 17，原因：不是他写的", Verb.REFUSE, {"mail": "17", "why": "不是他写的"}),
        ("/refuse 17 because it is not his", Verb.REFUSE, {"mail": "17", "why": "it is not his"}),
        ("/请假到周五", Verb.AWAY, {"time": "到周五"}),
        ("/away", Verb.AWAY, {}),
        ("/回来", Verb.BACK, {}),
        ("/查看 TS20231027001", Verb.SHOW, {"number": "TS20231027001"}),
        ("/为什么", Verb.WHY, {}),
        ("/计时TS20231027001", Verb.WHY, {"number": "TS20231027001"}),
        ("/timeline TS20231027001", Verb.TIMELINE, {"number": "TS20231027001"}),
        ("/时间线", Verb.TIMELINE, {}),
        ("/列表", Verb.LIST, {}),
        ("/help eta", Verb.HELP, {"about": "eta"}),
    ],
)
def test_a_line_is_understood(line: str, verb: Verb, args: dict[str, str]) -> None:
    order = one(line)
    assert (order.verb, dict(order.args), order.line) == (verb, args, line.strip())


@pytest.mark.parametrize(
    ("line", "why", "remedy"),
    [
        ("/prioriti P1", "no such order", "/priority"),
        ("/tkae", "no such order", "/take"),
        ("/优先 P1", "没有这条指令", "/优先级"),
        ("/undo", "no such order", "/"),
        ("/done new toner", "no such order", "/resolve"),
        ("/Fixed", "no such order", "/resolve"),
        ("/完成已更换打印头", "没有这条指令", "/解决"),
        ("/回复 请重启", "没有这条指令", "/公开"),
        ("/priority", "needs something", "/priority P2"),
        ("/priority P5", "not written like this", "/priority P2"),
        ("/优先级 很高", "写得不对", "/优先级 P2"),
        ("/eta", "needs something", "/eta 16:30"),
        ("/wait", "needs something", "/wait user"),
        ("/assign", "needs something", "/assign NAME"),
        ("/解决", "缺内容", "/解决"),
        ("/note", "needs something", "/note"),
        ("/admit", "needs something", "/admit 17"),
        ("/admit all", "not written like this", "/admit 17"),
        ("/admit 17 18", "not written like this", "/admit 17"),
        ("/admit 17, 18", "not written like this", "/admit 17"),
        ("/放行 17、18", "写得不对", "/放行 17"),
        ("/refuse 17 18 spam", "not written like this", "/refuse 17"),
        ("/refuse 17 #18", "not written like this", "/refuse 17"),
        ("/refuse 17-19 spam", "not written like this", "/refuse 17"),
        ("/refuse 17 and 18", "not written like this", "/refuse 17"),
        ("/拒绝 17、18", "写得不对", "/拒绝 17"),
        ("/拒绝 17和18 广告", "写得不对", "/拒绝 17"),
        ("/拒绝 １７，１８", "写得不对", "/拒绝 17"),
        ("/refuse him", "not written like this", "/refuse 17"),
        ("/list all", "takes nothing", "/list"),
    ],
)
def test_a_line_that_is_no_order_says_what_would_be_right(line: str, why: str, remedy: str) -> None:
    parsed = parse(line)
    (unclear,) = parsed.unclear
    assert parsed.orders == ()
    assert why in unclear.why
    assert unclear.remedy.startswith(remedy)
    assert unclear.line == line


def test_what_is_unclear_is_said_in_the_language_of_its_reader() -> None:
    assert "没有这条指令" in parse("/tkae", "zh").unclear[0].why
    assert "no such order" in parse("/优先 P1", "en").unclear[0].why


# -- where orders stand --------------------------------------------------------------------------------------------------


def test_orders_at_the_top_leave_the_text_below() -> None:
    parsed = parse("/take\n\n/eta 16:30\n\n您好，正在处理。\n")
    assert verbs("/take\n\n/eta 16:30\n\n您好，正在处理。\n") == [Verb.TAKE, Verb.ETA]
    assert parsed.rest == "您好，正在处理。"


def test_orders_at_the_bottom_leave_the_text_above() -> None:
    parsed = parse("请重启试试。\n\n/wait user\n/eta 16:30\n")
    assert [order.verb for order in parsed.orders] == [Verb.WAIT, Verb.ETA]
    assert parsed.rest == "请重启试试。"


@pytest.mark.parametrize("below", ["谢谢", "李明", "谢谢！\n\n李明", "Thanks,\nMing", "Ming Li", "ML", "祝好\n 李明 "])
def test_thanks_and_his_name_below_the_last_order_are_his_text(below: str) -> None:
    parsed = parse(f"换了硒鼓。\n\n/wait user\n/关闭 已处理\n{below}", names=("李明", "Ming Li"))
    assert ([order.verb for order in parsed.orders], parsed.unclear) == ([Verb.WAIT, Verb.CLOSE], ())
    assert parsed.rest.startswith("换了硒鼓。")
    assert parsed.rest.endswith(below.strip())
    assert parse(f"好了。\n/关闭\n{below}", names=("李明", "Ming Li")).orders[0].args == {}


@pytest.mark.parametrize("below", ["王小明", "谢谢，请再看一下三楼", "Ming is away", "谢谢\n请重启"])
def test_other_words_below_it_are_not(below: str) -> None:
    assert parse(f"换了硒鼓。\n/关闭 已处理\n{below}", names=("李明", "Ming Li")).orders == ()


def test_an_order_at_the_top_that_takes_words_takes_these_too() -> None:
    assert parse("/resolve\n换了硒鼓。\n谢谢\n李明", names=("李明",)).orders[0].args["text"].endswith("李明")


@pytest.mark.parametrize(
    "text", ["你好\n/usr/bin/x 不见了\n请看", "看 /etc/hosts\n/etc/hosts 里没有\n再说", "a\n/tmp is full\nb"]
)
def test_a_path_in_a_text_is_no_order(text: str) -> None:
    parsed = parse(text)
    assert (parsed.orders, parsed.unclear, parsed.rest) == ((), (), text)


@pytest.mark.parametrize("text", ["/usr/bin/x is gone", "/etc/hosts 丢了\n请看", "看一下\n/var/log/messages"])
def test_a_path_at_an_end_of_the_text_is_no_order_either(text: str) -> None:
    assert parse(text).rest == text


def test_an_unknown_word_where_orders_stand_is_unclear() -> None:
    assert len(parse("/etc is full").unclear) == 1
    assert len(parse("please look\n/etc").unclear) == 1


def test_an_order_in_the_middle_of_a_text_is_neither_obeyed_nor_sent_on() -> None:
    parsed = parse("请重启试试。\n/resolve 已重启\n王小明")
    assert parsed.orders == ()
    assert "中间" in parsed.unclear[0].why
    assert "/resolve" not in parsed.rest


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060", "\ufeff", "\u200e", "\u00ad", "\u2066", " \u200b\u00a0"])
def test_what_nobody_sees_hides_no_order(unseen: str) -> None:
    """What was meant for colleagues would else be sent to the requester."""
    for line in (f"{unseen}/note the password is x", f"/{unseen}note the password is x"):
        assert one(f"{line}\n") == Order(verb=Verb.NOTE, line=line.strip(), args={"text": "the password is x"})


@pytest.mark.parametrize("dress", ["- ", "* ", "**", "*", "• ", "1. ", "2、", "`", '"', "“", "/", "-\u200b", "· "])
def test_an_order_behind_other_signs_is_neither_obeyed_nor_sent_on(dress: str) -> None:
    for text in (f"{dress}/note the password is x", f"Please wait.\n\n{dress}/备注 密码是 x"):
        parsed = parse(text)
        assert (parsed.orders, len(parsed.unclear)) == ((), 1)
        assert "password" not in parsed.rest
        assert parsed.unclear[0].remedy.startswith(("/note", "/备注"))


@pytest.mark.parametrize("slash", ["\\", "⁄", "∕", "⧸", "﹨", "、", "､"])
def test_another_slash_is_asked_about(slash: str) -> None:
    assert parse(f"{slash}note the password is x").unclear[0].remedy.startswith("/note")


@pytest.mark.parametrize("text", ["/note. call him", "/NOTE.\ncall him", "/备注。call him", "/note, call him", "/备注，call him"])
def test_the_stop_that_a_telephone_puts_behind_a_word_hides_no_order(text: str) -> None:
    """Two blanks are a full stop there; what was meant for colleagues would else be sent to the requester."""
    assert (one(text).verb, one(text).args["text"]) == (Verb.NOTE, "call him")


@pytest.mark.parametrize("text", ["/note.txt is gone", "1、关闭打印机\n2、解决卡纸", "一、关闭电源"])
def test_a_file_or_the_number_of_a_list_is_no_order(text: str) -> None:
    assert parse(text).rest == text


@pytest.mark.parametrize(
    "text", ["- /etc/hosts\n- /usr/bin", r"\\\\note\\share", "- //server/note", "1. /home is full", "“/设置”里有"]
)
def test_a_path_in_a_list_is_no_order(text: str) -> None:
    assert parse(text).rest == text


def test_an_order_without_words_takes_those_below_it() -> None:
    assert one("/resolve\n清了缓存，\n\n重启了服务。\n").args["text"] == "清了缓存，\n\n重启了服务。"


def test_words_below_end_at_the_next_order() -> None:
    parsed = parse("/note\n先看日志\n/resolve\n清了缓存\n/eta 16:30")
    assert [(order.verb, order.args) for order in parsed.orders] == [
        (Verb.NOTE, {"text": "先看日志"}),
        (Verb.RESOLVE, {"text": "清了缓存"}),
        (Verb.ETA, {"at": "16:30"}),
    ]
    assert parsed.rest == ""


def test_an_order_with_words_of_its_own_leaves_the_text_below() -> None:
    parsed = parse("/note 看了日志\n请再试一次。")
    assert (parsed.orders[0].args["text"], parsed.rest) == ("看了日志", "请再试一次。")


def test_the_need_of_a_mail_is_that_of_its_most_demanding_order() -> None:
    assert [parse(text).need for text in ("/list", "/list\n/note x", "/note x\n/take", "只是文字")] == [
        *(Need.READ, Need.NOTE, Need.ACT, Need.READ)
    ]


# -- lines that may not be his --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "text", "obeyed"),
    [
        ("看一下。\n/关闭 好了", "马上看。\n\n看一下。\n/关闭 好了", []),
        ("打印机一直在响请/关闭 好了", "马上看。\n打印机一直在响请\n/关闭 好了", []),
        ("x\n/close " + "long " * 100, "Looking.\nx\n/close " + "long " * 100, []),
        ("x\n／ＣＬＯＳＥ  fixed", "Looking.\n/close fixed", []),
        ("x\n/close fixed it all", "Looking.\n/close fixed", []),
        ("/take\n/close fixed\nx", "/take\n/close fixed\nx\n\nLooking.", []),
        ("/close fixed\nx", "/take\n\n/close fixed\nx\n\nLooking.", ["/take"]),
        ("x\n/close fixed", "/close fixed", ["/close fixed"]),
        ("x\n/close fixed", "/take\n/close fixed\n\nLooking.", ["/take", "/close fixed"]),
        ("x\n/close fixed", "Looking.\n/close done", ["/close done"]),
        ("x\n/close fixedness", "Looking.\n/close fixed", ["/close fixed"]),
        ("see https://desk.test/close fixed", "Looking.\n/close fixed", ["/close fixed"]),
        ("x\n/close at https://a.test/b", "Looking.\nx\n/close at https://a.test/b<https://a.test/b>", []),
        ("x\n/close at https://a.test/b", "Looking.\nx\n/close at https://a.test/b <https://a.test/b>", []),
        ("x\n/close at https://a.test/b.", "Looking.\nx\n/close at https://a.test/b[https://a.test/b].", []),
        ("x\n/close https://a.test/b", "Looking.\nx\n/close https://a.test/b<https://safe.test/?a>", []),
        ("x\n/close https://a.test/b", "Looking.\nx\n/close <https://a.test/b>", []),
        ("x\n/解决 见https://a.test/b", "马上看。\nx\n/解决 见https://a.test/b<https://a.test/b>", []),
        ("x\n/assign a@x.test", "Looking.\nx\n/assign a@x.test<mailto:a@x.test>", []),
        ("x\n/assign a@x.test", "Looking.\nx\n/assign a@x.test <a@x.test>", []),
        ("/close at https://a.test\nx", "/close at https://a.test<https://a.test>\nx\n\nLooking.", []),
        ("x < y\n/close fixed\ny > z", "Looking.\n/close fixed", []),
        ("x\n/close at a.test", f"Looking.\nx\n/close at a.test<https://{'long' * 100}>", []),
        ("/close at a.test\nx", f"/close at a.test<https://{'long' * 100}>\nx\n\nLooking.", []),
        ("/close it\nhttps://a.test\nx", "/close it\nhttps://a.test<https://a.test>\nx\n\nLooking.", []),
        ("我点了“确认/关闭”没反应", "已处理。\n\n/关闭", ["/关闭"]),
        ("“打开/关闭”按钮", "已处理。\n\n/关闭", ["/关闭"]),
        ("打开/关闭 按钮", "已处理。\n\n/关闭", ["/关闭"]),
        ("要打开/关闭\n按钮", "已处理。\n\n/关闭", ["/关闭"]),
        ("看一下，/接单", "已处理。\n\n/接单", []),
        ("看一下。/接单！", "已处理。\n\n/接单", []),
        ("please /take-away food", "Looking.\n/take", ["/take"]),
        ("please /list of files", "Looking.\n\n/list", ["/list"]),
        ("please look\n\n/list\nof files", "Looking.\n\n/list", []),
        ("please /list.", "Looking.\n\n/list", []),
    ],
)
def test_a_line_of_a_mail_from_outside_is_his_on_top_alone(heard: str, text: str, obeyed: list[str]) -> None:
    parsed = parse(text, heard=("another mail", heard))
    assert [order.line for order in parsed.orders] == obeyed
    repeated = [one for one in parsed.unclear if "very top" in one.remedy or "最上面" in one.remedy]
    assert bool(repeated) is (text.count("/") + text.count("／") > len(obeyed))


def test_an_order_on_top_that_is_repeated_below_is_given_once() -> None:
    parsed = parse("/close fixed\n\nLooking.\nx\n/CLOSE fixed", heard=("x\n/close fixed",))
    assert ([one.line for one in parsed.orders], parsed.unclear, parsed.rest) == (["/close fixed"], (), "Looking.\nx")


@pytest.mark.parametrize(("text", "orders"), [("Please restart it.", 0), ("/take 16:30\n\n/priority P1 all\n", 2)])
def test_what_was_written_outside_is_looked_up_only_where_words_stand_beside_orders(text: str, orders: int) -> None:
    class Untouched(tuple[str, ...]):
        def __iter__(self) -> Iterator[str]:
            raise AssertionError("it was looked up")

    assert len(parse(text, heard=Untouched(("x",))).orders) == orders


def test_a_mail_of_nothing_but_orders_beyond_counting_is_not_obeyed() -> None:
    assert parse("/take\n" * 100_000).orders == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/close", True),
        ("/Clsoe", True),
        ("/Annas", False),
        ("/Done", False),
        ("/Mike", False),
        ("/Team", False),
        ("/ Acme", False),
        ("/Anna", False),
        ("/ab", False),
        ("Tel / Fax", False),
    ],
)
def test_a_line_of_the_signature_is_told_when_it_is_like_an_order_and_not_his_name(line: str, told: bool) -> None:
    parsed = parse("It prints.", signature=f"Regards\n{line}\n+49 30 1234", names=("Anna Berg", "annaberg"))
    assert (parsed.orders, parsed.rest) == ((), "It prints.")
    assert [one.line for one in parsed.unclear] == [line] * told


@pytest.mark.parametrize(("signature", "told"), [("/Done\n", ["/Done"]), ("/Anna", []), ("/BR\nMike", []), ("/Mvh\n\nMike", [])])
def test_a_word_behind_a_slash_is_told_when_it_is_all_there_is_below_the_text(signature: str, told: list[str]) -> None:
    parsed = parse("It prints.", signature=signature, names=("Anna Berg",))
    assert [one.line for one in parsed.unclear] == told


# -- laws ----------------------------------------------------------------------------------------------------------------

PIECES = st.one_of(
    st.text(), st.sampled_from([f"/{word}" for word in WORDS] + ["／", "/", "\n", " ", "P1", "１６：３０", "/etc/x", "文字"])
)


@given(st.lists(PIECES, max_size=12).map("".join))
@example("/")
@example("／\n/")
@example("/take\x00\r\n/接单\u2028x")
def test_parsing_never_raises_and_loses_no_line(text: str) -> None:
    parsed = parse(text)
    seen = "\n".join([*(order.line for order in parsed.orders), *(one.line for one in parsed.unclear), parsed.rest])
    words = " ".join([seen, *(" ".join(order.args.values()) for order in parsed.orders)])
    assert all(line.strip() in words for line in text.split("\n"))


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_order_line_is_left_in_the_text(text: str) -> None:
    left = parse(text).rest.split("\n")
    assert [line for line in left if re.match(r"\s*[/／]\s*(?:take|接单|note|备注)(?:\s|$)", line, re.IGNORECASE)] == []
