"""What the record says of an alarm, in the desk's language: which duty, what was done about it, and who heard it.

The duties have the names by which `[rule]` in the words of the letters calls them.
"""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType

from maildesk.core.alarm import Alarm, Step
from maildesk.core.people import Person
from maildesk.core.rules import Rule

RULE_NAMES: Mapping[Rule, tuple[str, str]] = MappingProxyType(
    {
        Rule.FIRST_ANSWER: ("首次答复", "first answer"),
        Rule.MISSING: ("补全信息", "missing facts"),
        Rule.CONFIRM_PRIORITY: ("确认优先级", "confirm priority"),
        Rule.LINE2: ("转二线", "hand-over to line 2"),
        Rule.PROGRESS: ("更新进度", "progress update"),
        Rule.ETA: ("预计解决时间", "expected time"),
        Rule.PROMISE: ("答应用户的时间", "promised time"),
        Rule.PHONE: ("电话联系", "phone call"),
        Rule.WAITING: ("等用户回复", "waiting for the user"),
        Rule.SCHEDULED: ("约定时间", "agreed date"),
        Rule.RESOLVED: ("等用户确认", "waiting for confirmation"),
        Rule.SILENCE: ("告知用户进展", "word to the user"),
        Rule.STALLED: ("等供应商或审批", "vendor or approval"),
        Rule.OBSERVING: ("观察期", "observation"),
        Rule.SURVEY: ("满意度", "survey"),
    }
)

STEP_NAMES: Mapping[Step, tuple[str, str]] = MappingProxyType(
    {
        Step.REMIND: ("提醒", "reminded"),
        Step.WARN: ("预警", "warned"),
        Step.LATE: ("已超时", "late"),
        Step.ASK: ("询问", "asked"),
        Step.CALL: ("呼叫值班人员", "rings who is on call"),
        Step.LEAD: ("上报主管", "told the leads"),
        Step.HANDOVER: ("转交", "handed over"),
        Step.MISSED: ("已错过", "missed"),
        Step.DELAY: ("告知用户会晚", "told the user that it takes longer"),
        Step.CHASER: ("催询用户", "asked the user again"),
        Step.CLOSE: ("未确认关闭", "closed as unconfirmed"),
        Step.RESUME: ("恢复处理", "work resumes"),
        Step.RESOLVE: ("请用户确认", "asked the user to confirm"),
        Step.RATE: ("提醒评价", "reminded to rate"),
    }
)


TO_PEOPLE = frozenset({Step.REMIND, Step.WARN, Step.LATE, Step.ASK, Step.LEAD})
"""Deeds that somebody of the desk must hear of."""


def told(alarm: Alarm, deed: Step, people: tuple[Person, ...], language: str, zone: tzinfo) -> str:
    """One line, as in `首次答复 10-28 10:10：提醒 李明` or `first answer 10-28 10:10: reminded Li Ming`."""
    chinese = language == "zh"
    duty, done = (words[0 if chinese else 1] for words in (RULE_NAMES[alarm.rule], STEP_NAMES[deed]))
    names = ("、" if chinese else ", ").join(person.name for person in people)
    if not people and deed in TO_PEOPLE:
        names = "（无人在岗）" if chinese else "(nobody is there)"
    by = f"{alarm.deadline.astimezone(zone):%m-%d %H:%M}"
    return f"{duty} {by}{'：' if chinese else ': '}{done} {names}".rstrip()
