"""A time that is doubted, refused or asked for in the same breath is no promise; a reason that only holds such words is one.

It is Wednesday, the 28th of October 2026, ten o'clock in Shanghai.
"""

import pytest

from maildesk.core.said import Vague, Vagueness
from maildesk.core.when import when
from tests.core.clockwork import OFFICE
from tests.core.test_when import NOW, understood

FRIDAY = "2026-10-30 18:00"


@pytest.mark.parametrize(
    "doubt",
    [
        # refused
        *("can't make it", "can’t make it, sorry", "cannot make it", "won't work", "wont work", "won't do"),
        *("doesn't work for us", "cannot be held", "can't be met", "can not be done", "won't be possible", "will not be enough"),
        *("is not realistic", "is unrealistic", "unrealistic because of the vendor", "we can't make it", "I can't promise"),
        *("it won't happen", "no guarantee", "no guarantees", "no promises", "not guaranteed", "no way", "no chance"),
        *("can't", "I cannot", "isn't going to work", "ain't gonna happen", "we won't be able to make it", "is a stretch"),
        *("too early", "is too tight", "looks tight", "seems optimistic", "is called off", "never mind"),
        # doubted
        *("doubtful", "is doubtful", "probably", "most likely", "hopefully", "hopefully done", "maybe fixed", "perhaps later"),
        *("might work", "may slip", "should be fine", "could work", "should be done", "if all goes well", "if possible"),
        *("if everything goes to plan", "with a bit of luck", "fingers crossed", "I hope", "I think", "I guess", "we hope so"),
        *("hoping", "a guess", "best guess", "depends", "it depends", "best effort", "not sure", "still open", "tentative"),
        *("provisionally", "unconfirmed", "pending", "to be confirmed", "subject to change", "at best", "in theory", "tba"),
        *("*tbc*", '"tbc"', "<tbc>", "{tbc}", "| tbc", "🤞 tbc!", "maybe earlier", "if we can", "if nothing breaks"),
        *("probably but no promise", "maybe - vendor", "all being well", "at a push", "time permitting"),
        *("(tbc)", "(TBC)", "[tbd]", "- tbc", "-- tbc", "... tbc", "/ tbc", "(maybe)", "(tbc), parts", "(tbc) parts"),
        *("TBC by vendor", "to be confirmed with the vendor", "apparently", "I'd say", "and beyond", "at the soonest"),
        # asked
        *("ok?", "okay ?", "(?)", "is that ok?", "would that work?", "sounds good?", "possible?", "if that's ok", "right?"),
    ],
)
@pytest.mark.parametrize("sign", [" ", ", "])
def test_a_doubt_right_behind_a_time_is_asked(doubt: str, sign: str) -> None:
    assert when(f"Friday{sign}{doubt}", NOW, OFFICE) == Vague(Vagueness.PARTLY, FRIDAY)


@pytest.mark.parametrize(
    "doubt",
    [
        # refused
        *("赶不出来", "赶不出来，等备件", "赶不及", "不保证", "不能保证", "无法保证", "不敢保证", "不敢说", "不现实", "不行"),
        *("不成", "无法完成", "没法修好", "不能按时", "够呛", "够呛了", "有点悬", "悬", "难", "难说", "有难度", "有风险"),
        *("不能", "没法", "不太行", "不大可能", "做不到", "达不到", "最快", "或者更晚"),
        *("没谱", "没把握", "不乐观", "不靠谱", "搞不好", "做不完", "来不及", "黄了", "没戏", "泡汤了"),
        # doubted
        *("待定", "（待定）", "(待定)", "（待定）等备件", "—待定", "待确认", "未定", "还没定", "暂定", "看情况", "视情况而定"),
        *("若顺利", "如果顺利", "顺利的话", "如无意外", "不出意外的话", "争取", "尽量", "尽量完成", "估计", "估计能好"),
        *("应该", "应该可以", "应该能修好", "可能", "可能修好", "很可能", "大概", "大概率", "也许能行", "希望能完成"),
        *("“待定”", "【待定】", "🤞待定", "应该修得好", "可能…"),
        *("但愿", "有望恢复", "力争解决"),
        # asked
        *("吗", "吗？", "么", "可以吗", "可以吗？", "行吗", "好吗", "行不行", "可不可以", "来得及吗", "怎么样", "如何？"),
        *("够不够", "来得及不", "能不能完成", "行？", "能修好吗", "没问题吧？", "ok吗"),
    ],
)
@pytest.mark.parametrize("sign", ["", " ", "，"])
def test_a_doubt_right_behind_a_chinese_time_is_asked(doubt: str, sign: str) -> None:
    assert when(f"周五{sign}{doubt}", NOW, OFFICE) == Vague(Vagueness.PARTLY, FRIDAY)


@pytest.mark.parametrize(
    "text",
    [
        *("周五不早于", "周五最早", "周五起码", "周五不保证数据", "周五无法完成升级"),
        *("Friday delayed", "Friday slips", "Friday was pushed back because of the vendor"),
    ],
)
def test_what_changes_a_time_in_front_of_it_is_asked_without_a_comma(text: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.PARTLY, FRIDAY)


@pytest.mark.parametrize("reason", ["delayed", "slips", "最早也要周五到货", "不保证数据完整", "无法完成升级"])
def test_behind_a_comma_it_is_the_reason(reason: str) -> None:
    assert understood(f"Friday, {reason}")[2] == reason


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("16:30 doubtful", "2026-10-28 16:30"),
        ("2h tbc", "2026-10-28 12:00"),
        ("两小时够呛", "2026-10-28 12:00"),
        ("by 4pm (tbc)", "2026-10-28 16:00"),
        ("EOD hopefully", "2026-10-28 18:00"),
        ("下班前争取", "2026-10-28 18:00"),
    ],
)
def test_so_is_an_hour_or_a_length(text: str, right: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.PARTLY, right)


@pytest.mark.parametrize("text", ["today can't make it, tomorrow", "今天够呛，明天"])
def test_with_another_time_in_its_place_both_are_asked(text: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.SEVERAL, "2026-10-28 18:00", "2026-10-29 18:00")


@pytest.mark.parametrize(
    "reason",
    [
        *("vendor can't ship earlier", "vendor might call", "the vendor will probably call", "waiting for a part, maybe two"),
        *("can't reach the vendor", "won't start without a new disk", "cannot be reached by phone", "no parts"),
        *("should the vendor call, tell me", "may need a new board", "might need a reboot", "could be the power supply"),
        *("maybe the cable is broken", "possible disk failure", "pending vendor delivery", "pending approval of the budget"),
        *("open a case with the vendor", "risky change, needs a window", "early shift does it", "short circuit in the rack"),
        *("if the vendor delivers", "depends on the vendor", "no go area, escort needed", "not enough disks"),
        *("tight schedule of the vendor", "guess the password is lost", "doubtful disk is replaced", "likely a bad cable"),
        *("I think the disk is broken", "do not reboot", "never rebooted since May", "best effort support contract"),
        *(
            "not in the office until then",
            "not urgent",
            "cannot test now",
            "not by phone",
            "TBCNet router is down",
            "beyond repair",
        ),
        *("open #4711", "should've been replaced in May", "open-heart surgery of the rack", "maybe/never flags are wrong"),
        *("user asked: can it be earlier?", "okay from the vendor", "ready to deploy", "probably the power supply"),
    ],
)
def test_a_reason_that_holds_such_a_word_stays_one(reason: str) -> None:
    assert understood(f"Friday, {reason}")[2] == reason


@pytest.mark.parametrize(
    "reason",
    [
        *("vendor can't ship earlier", "waiting for parts", "vendor visit", "user tests first", "can't reach the vendor"),
        *("pending vendor delivery", "won't start without a new disk", "might need a reboot", "if the vendor delivers"),
    ],
)
def test_a_plain_reason_needs_no_comma(reason: str) -> None:
    assert understood(f"Friday {reason}")[2] == reason


@pytest.mark.parametrize(
    "reason",
    [
        *("等备件", "等客户确认可以吗", "备件到了应该可以", "供应商可能晚到", "可能要换主板", "应该是电源坏了", "估计是网线问题"),
        *("看情况再换硬盘", "希望用户配合重启", "争取供应商支持", "暂定方案要评审", "待确认的清单要核对", "大概要停机两次"),
        *("查不出原因", "信号不稳", "未确认的告警太多", "好多机器要换", "可以远程", "行政部要配合", "成品要检验", "难得有窗口"),
        *("悬挂支架坏了", "如何处理要问厂商", "黄线要重接", "无法远程", "不能停机", "顺利的话还要测试", "难度大", "有风险要审批"),
    ],
)
@pytest.mark.parametrize("sign", [" ", "，"])
def test_a_chinese_reason_that_begins_so_stays_one(reason: str, sign: str) -> None:
    assert understood(f"周五{sign}{reason}")[2] == reason


@pytest.mark.parametrize("doubt", ["can't make it", "ok?", "赶不出来", "够呛"])
def test_behind_an_exact_time_and_a_comma_it_is_the_reason(doubt: str) -> None:
    assert understood(f"{FRIDAY}, {doubt}")[2] == doubt
