"""The cases of the policy file: the shipped examples do what they say, and a case that cannot help is a finding."""

import re
from typing import Any

import pytest

from maildesk.core.calendar import ALWAYS
from maildesk.core.rules import HOUR, MINUTE, Rule, Rules
from maildesk.core.ticket import Kind, Priority, Waiting

P1, P2, P3, P4 = Priority
BEFORE = "# Which rules stand still"


def written(files: Any, *cases: str) -> int:
    """Write these cases into the policy; the line of the first."""
    return int(files.change("policy", BEFORE, "\n".join(f"[[cases]]\n{case}\n" for case in cases) + f"\n{BEFORE}"))


def rules(files: Any, kind: Kind) -> Rules:
    found: Rules = files.load().policy.rules_of(kind)
    return found


def switched_on(files: Any) -> None:
    """The cases of the example without the # before them."""
    text = files.policy.read_text(encoding="utf-8")
    begin, end = text.index("#[[cases]]"), text.index(BEFORE)
    examples = re.sub(r"^#(?=\[\[|\w+ = )", "", text[begin:end], flags=re.MULTILINE)
    files.policy.write_text(text[:begin] + examples + text[end:], encoding="utf-8")


# -- what they do --------------------------------------------------------------------------------------------------------


def test_a_p1_of_a_customer_is_answered_sooner_by_the_example(files: Any) -> None:
    switched_on(files)
    first = rules(files, Kind(P1)).first_answer
    assert (first.remind, first.lead) == ((2 * MINUTE,), (5 * MINUTE,))
    assert rules(files, Kind(P1)).calendar_of(Rule.FIRST_ANSWER).name == "always"
    assert rules(files, Kind(P1, "", True)).first_answer.lead == (10 * MINUTE,)


def test_an_outage_is_timed_by_the_clock_on_the_wall_by_the_example(files: Any) -> None:
    switched_on(files)
    outage = rules(files, Kind(P3, "系统故障-服务中断"))
    assert (outage.calendar.name, outage.target, outage.line2.due) == ("always", 2 * HOUR, 15 * MINUTE)
    assert rules(files, Kind(P3, "系统故障-登录异常")).target == 24 * HOUR


def test_colleagues_with_a_question_are_not_followed_up_by_the_example(files: Any) -> None:
    switched_on(files)
    calm = rules(files, Kind(P4, "操作咨询-使用方法", True))
    assert (calm.progress.on, calm.resolved.after, calm.resolved.close) == (False, (3,), 5)
    assert (calm.waiting.after, calm.waiting.close) == ((3,), 7)
    assert rules(files, Kind(P4, "操作咨询-使用方法")).progress.on


def test_chasers_are_those_of_both_silences_unless_one_says_otherwise(files: Any) -> None:
    files.change("policy", "[survey]", "[waiting]\nafter = [1]\nclose = 3\n\n[survey]")
    written(files, 'priority = ["P2"]\nresolved = { on = false }', 'priority = ["P1"]\nchasers = { close = 9 }')
    usual, p2, p1 = (rules(files, Kind(one)) for one in (P3, P2, P1))
    assert [(one.after, one.close) for one in (usual.waiting, usual.resolved)] == [((1,), 3), ((2, 4), 6)]
    assert (p2.waiting.on, p2.resolved.on) == (True, False)
    assert (p1.waiting.close, p1.resolved.close) == (9, 9)


def test_what_stands_still_may_differ_by_case(files: Any) -> None:
    written(files, 'priority = ["P2"]\npauses = { vendor = ["line2", "eta"] }', 'priority = ["P2"]\npauses = { approval = [] }')
    p2, p3 = rules(files, Kind(P2)).pauses, rules(files, Kind(P3)).pauses
    assert (p2[Waiting.VENDOR], p2[Waiting.APPROVAL]) == ({"line2", "eta"}, frozenset())
    assert (p3[Waiting.VENDOR], p3[Waiting.APPROVAL], p2[Waiting.USER]) == (
        {"line2"},
        {"line2", "eta", "promise", "silence"},
        p3[Waiting.USER],
    )


def test_the_phone_may_be_a_rule_of_any_priority(files: Any) -> None:
    written(files, 'priority = ["P2"]\nphone = { never = [], due = "30m" }')
    assert [(P2 in one.never, one.due) for one in (rules(files, Kind(P2)).phone, rules(files, Kind(P3)).phone)] == [
        (False, 30 * MINUTE),
        (True, 15 * MINUTE),
    ]


def test_a_case_may_say_of_one_priority_how_long_its_users_go_without_a_word(files: Any) -> None:
    written(files, 'priority = ["P2"]\nsilence = { due = { P2 = "2h" } }')
    assert (rules(files, Kind(P2)).silence.due[P2], rules(files, Kind(P2)).silence.due[P1]) == (2 * HOUR, HOUR)


def test_a_table_that_only_switches_off_what_is_off_is_right_and_one_that_tunes_it_is_told(files: Any) -> None:
    files.change("policy", '[progress]\nask = "1h 45m"\ndue = "2h"\nlead = "2h 30m"\non = true', "[progress]\non = false")
    begun = written(files, 'priority = ["P2"]\ntarget = "1h"\nprogress = { on = false }')
    assert not rules(files, Kind(P2)).progress.on
    files.change("policy", "\nprogress = { on = false }", '\nprogress = { ask = "1h" }')
    (finding,) = files.findings()
    assert (finding.key, finding.line) == ("cases[1].progress", begun + 3)
    assert "switched off for these tickets" in finding.problem


def test_chasers_of_which_one_silence_is_switched_off_still_work(files: Any) -> None:
    files.change("policy", "[survey]", "[resolved]\non = false\n\n[survey]")
    written(files, 'priority = ["P2"]\nchasers = { close = 9 }')
    assert rules(files, Kind(P2)).waiting.close == 9


def test_what_a_case_does_not_say_of_a_rule_is_as_the_file_has_it(files: Any) -> None:
    files.change("policy", 'warn = "45m"', 'warn = "40m"')
    written(files, 'priority = ["P2"]\nline2 = { due = "50m" }')
    line2 = rules(files, Kind(P2)).line2
    assert (line2.warn, line2.due, line2.never) == (40 * MINUTE, 50 * MINUTE, frozenset({P4}))


def test_a_rule_may_stand_in_a_table_of_its_own_below_its_case(files: Any) -> None:
    written(files, 'priority = ["P2"]\n[cases.progress]\nask = "10m"\ndue = "20m"\ncalendar = "always"')
    found = rules(files, Kind(P2))
    assert (found.progress.ask, found.progress.lead) == (10 * MINUTE, 150 * MINUTE)
    assert [found.calendar_of(rule).name for rule in (Rule.PROGRESS, Rule.ETA)] == ["always", "office"]


def test_a_calendar_may_stand_in_a_rule_outside_of_cases(files: Any) -> None:
    files.change("policy", "[first_answer]", '[first_answer]\ncalendar = "always"')
    night = files.load().policy.rules_of(Kind(P3))
    assert night.calendar_of(Rule.FIRST_ANSWER).name == ALWAYS.name
    assert night.calendar_of(Rule.ETA).name == "office"


def test_old_keys_still_hold_beneath_the_cases(files: Any) -> None:
    files.change("policy", 'P2 = "office"', 'P2 = "always"')
    files.change("policy", 'P2 = "8h"', 'P2 = "6h"')
    written(files, 'priority = ["P2"]\nrequester = "internal"\ntarget = "7h"\ncalendar = "office"')
    assert (rules(files, Kind(P2)).calendar.name, rules(files, Kind(P2)).target) == ("always", 6 * HOUR)
    assert (rules(files, Kind(P2, "", True)).calendar.name, rules(files, Kind(P2, "", True)).target) == ("office", 7 * HOUR)


def test_rules_are_found_once_for_each_kind(files: Any) -> None:
    policy = files.load().policy
    assert policy.rules_of(Kind(P3, "a")) is policy.rules_of(Kind(P3, "a"))


# -- what is wrong with them ---------------------------------------------------------------------------------------------

# the case · key of the finding · part of its problem · part of its remedy
WRONG: list[tuple[str, str, str, str]] = [
    ('priority = ["P5"]\ntarget = "1h"', "cases[1].priority", "not a priority", "P4"),
    ('priority = []\ntarget = "1h"', "cases[1].priority", "is empty", "remove this key"),
    ('category = []\ntarget = "1h"', "cases[1].category", "is empty", "remove this key"),
    ('category = ["系统故章"]\ntarget = "1h"', "cases[1].category", "not a category", "Did you mean 系统故障?"),
    ('category = ["登录异常"]\ntarget = "1h"', "cases[1].category", "not a category", "系统故障-登录异常"),
    ('requester = "customer"\ntarget = "1h"', "cases[1].requester", "not a kind of requester", "internal or external"),
    ('calendar = "alway"', "cases[1].calendar", "not a calendar", "Did you mean always?"),
    ('eta = { calendar = "nights" }', "cases[1].eta.calendar", "not a calendar", "[calendars.nights]"),
    ('eta = { asks = "1h" }', "cases[1].eta.asks", "not a known key", "Did you mean ask?"),
    ("missin = { on = false }", "cases[1].missin", "not a known key", "Did you mean missing?"),
    ('target = "soon"', "cases[1].target", "not a span", "1d 4h"),
    ('first_answer = { remind = ["8m", "5m"] }', "cases[1].first_answer.remind", "ascend", "earlier"),
    ('promises = { within = "30d" }', "cases[1].promises.within", "for the whole desk", "[promises]"),
    ('priority = ["P2"]\nphone = { lead = ["5m"] }', "cases[1].phone", "this rule is not for P2", "another never"),
    ('priority = ["P4"]\nline2 = { due = "2h" }', "cases[1].line2", "this rule is not for P4", "another never"),
    (
        'priority = ["P2"]\nsilence = { due = { P1 = "30m" } }',
        "cases[1].silence.due.P1",
        "no ticket of this case is a P1",
        "Remove",
    ),
    (
        'priority = ["P2"]\nsilence = { due = { P1 = "30m", P2 = "4h", P3 = "8h", P4 = "9h" } }',
        "cases[1]",
        "holds without",
        "Remove",
    ),
    ('quiet = { start = "18:00" }', "cases[1].quiet", "the whole desk", "[quiet]"),
    ('held = { after = "1h" }', "cases[1].held", "the whole desk", "[held]"),
    ('targets = { P1 = "1h" }', "cases[1].targets", "the whole desk", "target = "),
    ('pauses = { vendor = ["line3"] }', "cases[1].pauses.vendor", "not a rule", "Did you mean line2?"),
    ('pauses = { vendor = ["line2"] }', "cases[1]", "holds without it", "Remove the case"),
    ('priority = ["P1"]', "cases[1]", "changes nothing", "Write what is otherwise"),
    ('priority = ["P3"]\ntarget = "24h"\ncalendar = "office"', "cases[1]", "holds without it", "Remove the case"),
    ('priority = ["P2"]\nline2 = { warn = "2h" }', "cases[1].line2.warn", "must come before due for P2 external", "shorter"),
    ('category = ["系统故障"]\nwaiting = { close = 3 }', "cases[1].waiting.close", "after the last chaser", "more than 4"),
    ('category = ["系统故障"]\nchasers = { close = 3 }', "cases[1].chasers.close", "after the last chaser", "more than 4"),
]


@pytest.mark.parametrize(("case", "key", "problem", "remedy"), WRONG)
def test_a_wrong_case_is_one_finding_that_names_line_key_and_remedy(
    files: Any, case: str, key: str, problem: str, remedy: str
) -> None:
    begun = written(files, case)
    (finding,) = files.findings()
    assert (finding.file, finding.key) == (files.policy, key)
    assert problem in finding.problem
    assert remedy in finding.remedy
    last = key.rpartition(".")[2]
    lines = files.policy.read_text(encoding="utf-8").splitlines()
    assert begun <= finding.line <= begun + case.count("\n") + 1
    assert last.startswith("cases") or last in lines[finding.line - 1]


def test_steps_that_only_together_are_out_of_order_are_told_at_the_later_case(files: Any) -> None:
    written(files, 'priority = ["P2"]\nline2 = { warn = "50m" }', 'requester = "external"\nline2 = { due = "48m" }')
    (finding,) = files.findings()
    assert (finding.key, finding.problem.split(" for ")[0]) == ("cases[2].line2.warn", "must come before due")


def test_steps_that_a_later_case_puts_in_order_are_right(files: Any) -> None:
    written(files, 'priority = ["P2"]\nline2 = { warn = "2h" }', 'priority = ["P2"]\nline2 = { due = "3h" }')
    assert rules(files, Kind(P2)).line2.due == 3 * HOUR


def test_a_case_of_which_later_ones_leave_nothing_is_told(files: Any) -> None:
    written(files, 'priority = ["P2"]\ntarget = "1h"', 'target = "2h"')
    (finding,) = files.findings()
    assert (finding.key, finding.problem) == ("cases[1]", "changes nothing: later cases say otherwise")


def test_a_case_for_colleagues_at_a_desk_that_knows_none_is_told(files: Any) -> None:
    files.change("policy", 'internal_domains = ["example.com"]', "internal_domains = []")
    written(files, 'requester = "internal"\ntarget = "1h"')
    (finding,) = files.findings()
    assert (finding.key, finding.problem) == ("cases[1]", "fits no ticket: nobody is internal")


def test_two_cases_may_say_the_same_of_different_tickets(files: Any) -> None:
    written(files, 'priority = ["P1"]\ntarget = "1h"', 'category = ["网络异常"]\ntarget = "1h"')
    assert [rules(files, kind).target for kind in (Kind(P1), Kind(P3, "网络异常-VPN"), Kind(P3))] == [HOUR, HOUR, 24 * HOUR]
