"""Sample letters: every kind in every shape that its template distinguishes, with facts as the desk gives them.

They are what `check` renders, what the preview shows and what the tests read. One story: somebody cannot log in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from maildesk.core.letter import AUDIENCE, Audience, Letter, LetterKind, instant
from maildesk.core.message import Address, Attachment, Digest, Fact, MessageId
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.ticket import Eta, Number, Priority, Status, Ticket, TicketId

K = LetterKind
ZONE = timezone(timedelta(hours=8))
NOW = datetime(2023, 10, 27, 14, 5, tzinfo=ZONE)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A letter to look at. `name` is its kind, and its variant after a dash."""

    name: str
    letter: Letter
    ticket: Ticket | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The words of the story in one language; `ids` are the staff ids of engineer, expert and lead."""

    language: str
    ids: tuple[StaffId, StaffId, StaffId]
    names: tuple[str, str, str]
    requester: Address
    name: str
    department: str
    subject: str
    text: str
    answer: str
    note: str
    solution: str
    category: str
    fields: Mapping[str, str]
    warning: str
    screenshot: str
    said: tuple[str, ...]


ZH = Story(
    language="zh",
    ids=(StaffId("E001"), StaffId("E002"), StaffId("E009")),
    names=("李雷", "韩梅", "赵敏"),
    requester=Address("wang.fang@example.com"),
    name="王芳",
    department="财务部",
    subject="报销系统登录不上，提示 500 错误",
    text="你好，\n\n今天上午 9 点半开始，我们组四个人都登录不了报销系统，页面提示“500 服务器内部错误”。\n"
    "换了浏览器也一样。月底要关账，比较急，麻烦尽快看看。\n\n谢谢！",
    answer="王芳你好，\n\n登录服务刚才重启过了，请退出后重新登录一次试试。\n如果还提示 500，把页面右上角的时间截图发我就行。",
    note="应用日志里全是会话表锁等待，先重启登录服务顶一下，根因还要查。",
    solution="登录服务的会话表被锁，已清除并重启服务。\n请这样确认：退出 → 重新登录 → 打开“我的报销”。",
    category="系统故障-登录异常",
    fields={"symptom": "报销系统登录提示 500 服务器内部错误", "system": "报销系统"},
    warning="发件域名未通过验证，请先核实是不是本人。",
    screenshot="登录页截图.png",
    said=("已收到，开始排查", "查到会话表锁等待，准备重启登录服务", "登录服务已重启，请用户确认"),
)

EN = Story(
    language="en",
    ids=(StaffId("E101"), StaffId("E102"), StaffId("E109")),
    names=("Tom Baker", "Grace Lee", "Mary Stone"),
    requester=Address("anna.smith@example.org"),
    name="Anna Smith",
    department="Finance",
    subject="Cannot log in to the expense system (error 500)",
    text="Hi,\n\nsince 9:30 this morning none of the four of us can log in to the expense system. The page says\n"
    '"500 internal server error". Another browser makes no difference.\n'
    "We close the month today, so it is rather urgent.\n\nThanks!",
    answer="Hi Anna,\n\nI have just restarted the login service. Please sign out and in again.\n"
    "If you still see the 500, a screenshot with the time on it is all I need.",
    note="The application log is full of lock waits on the session table. Restarting the login service for now, the cause "
    "is still open.",
    solution="The session table of the login service was locked. We cleared it and restarted the service.\n"
    'To check: sign out, sign in again, open "My expenses".',
    category="系统故障-登录异常",
    fields={"symptom": "Expense system shows error 500 at login", "system": "Expense system"},
    warning="The sender's domain is not verified. Make sure that it is really her.",
    screenshot="login page.png",
    said=(
        "Got it, looking into it",
        "Lock waits on the session table, about to restart the login service",
        "Login service restarted, asked the user to check",
    ),
)

STORIES: Mapping[str, Story] = {"zh": ZH, "en": EN}


def _staff(story: Story) -> Iterator[Person]:
    roles = (Role.ENGINEER, Role.ENGINEER, Role.LEAD)
    for at, (staff_id, name, role) in enumerate(zip(story.ids, story.names, roles, strict=True)):
        yield Person(
            staff_id=staff_id,
            name=name,
            addresses=(Address(f"{staff_id.lower()}@example.com"),),
            roles=frozenset({role}),
            phone=f"+86 10 5555 01{at:02d}",
            line=at + 1 if at < 2 else None,
            language=story.language,
        )


PEOPLE = People(tuple(person for story in STORIES.values() for person in _staff(story)))
"""The directory of the story, in both languages."""


def ticket(story: Story) -> Ticket:
    """The ticket of the story, in the middle of its life."""
    return Ticket(
        id=TicketId(4711),
        number=Number("TS20231027001"),
        status=Status.IN_PROGRESS,
        subject=story.subject,
        language=story.language,
        requester=story.requester,
        requester_name=story.name,
        internal=True,
        opened_at=NOW - 2 * HOUR,
        fields={
            **{name: Fact(value=value, source="line") for name, value in story.fields.items()},
            "department": Fact(value=story.department, source="signature"),
            "contact": Fact(value="138 0013 8000", source="signature"),
        },
        missing=("occurred", "error"),
        category=story.category,
        category_source="rule",
        category_confidence=0.82,
        asked=Priority.P1,
        proposed=Priority.P2,
        engineer=story.ids[0],
        assigned_at=NOW - 2 * HOUR,
        eta=Eta(at=NOW + 2 * HOUR, said_at=NOW - HOUR),
        solution=story.solution,
    )


def every(language: str) -> tuple[Sample, ...]:
    """All sample letters of a language; one that has no story of its own gets the English one."""
    story = replace(STORIES.get(language, EN), language=language)
    return tuple(_sample(story, name, facts) for name, facts in _facts(story))


def one(language: str, name: str) -> Sample:
    """The sample of a name."""
    return next(sample for sample in every(language) if sample.name == name)


def reminders(language: str) -> tuple[tuple[Letter, Ticket | None], ...]:
    """Letters for one person that go out as one."""
    first, second = one(language, "reminder"), one(language, "reminder-confirm_priority")
    assert second.ticket is not None
    other = replace(second.ticket, id=TicketId(4712), number=Number("TS20231026017"))
    return (first.letter, first.ticket), (second.letter, other)


URGENT = frozenset({"assignment-urgent", "reminder-phone", "escalation-phone"})
DESK_LEVEL = frozenset({K.CONFIRM, K.DIGEST, K.TEAM_DIGEST, K.ALARM})


def _sample(story: Story, name: str, facts: Mapping[str, Any]) -> Sample:
    kind = LetterKind(name.partition("-")[0])
    about = None if kind in DESK_LEVEL or name == "transcript-list" else ticket(story)
    if about is not None and name in URGENT:
        about = replace(about, proposed=Priority.P1)
    if about is not None and name in {"reply-rated", "escalation-resolved"}:
        about = replace(about, rating=4, round=2)
    if AUDIENCE[kind] is Audience.REQUESTER:
        letter = Letter(kind=kind, to=story.requester, name=story.name, language=story.language, facts=facts)
        return Sample(name=name, letter=replace(letter, answers=MessageId("CAF42@mail.example.com")), ticket=about)
    person = story.ids[2] if kind in {K.ESCALATION, K.TEAM_DIGEST} else None if kind is K.ALARM else story.ids[0]
    known = PEOPLE.get(person)
    to = known.address if known else Address("operator@example.com")
    letter = Letter(kind=kind, to=to, person=person, name=known.name if known else "", language=story.language, facts=facts)
    if kind is K.NOTE:
        letter = replace(letter, attachments=(_file(story),))
    return Sample(name=name, letter=letter, ticket=about)


def _file(story: Story) -> Attachment:
    return Attachment(filename=story.screenshot, content_type="image/png", size=182_400, digest=Digest("0" * 64))


def _facts(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from _outside(story)
    yield from _inside(story)
    yield from _clock(story)
    yield from _desk(story)


def _at(span: timedelta) -> str:
    return instant(NOW + span)


def _understood(story: Story) -> list[list[str]]:
    return [[name, value] for name, value in story.fields.items()]


def _outside(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Letters to the requester."""
    engineer, missing = story.names[0], ["occurred", "error"]
    heard: dict[str, Any] = {
        "full": True,
        "open": True,
        "first_answer_by": _at(10 * MINUTE),
        "target_by": _at(8 * HOUR),
        "understood": _understood(story),
        "missing": missing,
        "late_for": None,
    }
    yield "acknowledgement", heard
    yield "acknowledgement-complete", {**heard, "missing": []}
    yield (
        "acknowledgement-closed",
        {**heard, "open": False, "first_answer_by": _at(2 * DAY), "target_by": _at(4 * DAY), "missing": []},
    )
    yield "acknowledgement-late", {**heard, "late_for": "TS20230912004"}
    yield "acknowledgement-stranger", {**heard, "full": False, "understood": []}
    yield "taken", {"engineer": engineer, "until": _at(2 * HOUR)}
    yield "taken-open", {"engineer": engineer, "until": None}
    yield "answer", {"engineer": engineer, "text": story.answer}
    told = {"engineer": engineer, "at": _at(3 * HOUR), "moved": False, "missed": False, "reason": ""}
    yield "eta", told
    yield "eta-moved", {**told, "moved": True, "reason": story.said[1]}
    yield "eta-missed", {**told, "at": _at(-10 * MINUTE), "missed": True}
    yield "ask", {"engineer": engineer, "missing": missing, "text": story.said[1]}
    yield "resolved", {"engineer": engineer, "solution": story.solution, "closes_on": _at(8 * DAY)}
    chased = {"about": "waiting", "step": 1, "question": story.answer, "closes_on": _at(6 * DAY)}
    yield "chaser", chased
    yield "chaser-last", {**chased, "step": 2}
    yield "chaser-resolved", {**chased, "about": "resolved", "question": story.solution}
    ended = {"how": "confirmed", "solution": story.solution, "reopen_until": _at(14 * DAY), "rate": True}
    yield "closed", ended
    yield "closed-unconfirmed", {**ended, "how": "unconfirmed", "rate": False}
    yield "closed-engineer", {**ended, "how": "engineer"}
    yield "reopened", {"engineer": engineer, "first_answer_by": _at(10 * MINUTE)}
    yield "survey", {"solution": story.solution, "reminder": False}
    yield "survey-reminder", {"solution": story.solution, "reminder": True}
    yield "status", {"engineer": engineer, "last": _history(story, public=True)}
    yield "withdrawn", {}


def _history(story: Story, *, public: bool = False) -> list[list[str]]:
    authors = (story.ids[0], story.ids[0], "desk")
    times = (-100 * MINUTE, -55 * MINUTE, -20 * MINUTE)
    lines = [[_at(at), who, said] for at, who, said in zip(times, authors, story.said, strict=True)]
    return [[at, said] for at, _, said in lines] if public else lines


def _inside(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Letters to those who work on it, about what people wrote and ordered."""
    files = [[story.screenshot, 182_400, False], ["setup.exe", 4_812_000, True]]
    given: dict[str, Any] = {
        "why": "skill",
        "by": None,
        "text": story.text,
        "hidden": 12,
        "understood": _understood(story),
        "missing": ["occurred", "error"],
        "warnings": [story.warning],
        "linked": ["TS20230912004"],
        "files": files,
        "first_answer_by": _at(10 * MINUTE),
        "phone": None,
    }
    yield "assignment", given
    yield (
        "assignment-plain",
        {**given, "missing": [], "warnings": [], "linked": [], "files": [], "hidden": 0, "by": story.names[2]},
    )
    yield "assignment-urgent", {**given, "phone": "+86 138 0013 8000", "warnings": []}
    wrote: dict[str, Any] = {
        "author": story.name,
        "text": story.text,
        "hidden": 8,
        "verified": True,
        "warnings": [],
        "files": files[:1],
        "event": None,
    }
    yield "reply", wrote
    yield "reply-unverified", {**wrote, "verified": False, "warnings": [story.warning]}
    for event in ("solved", "partly", "unsolved", "withdrawn", "rated", "reopened", "facts"):
        yield f"reply-{event}", {**wrote, "event": event, "hidden": 0, "files": []}
    passed = {
        "why": "line2",
        "by": None,
        "giver": story.names[0],
        "brief": _history(story),
        "text": story.text,
        "understood": _understood(story),
        "missing": ["occurred"],
        "files": files,
        "phone": "+86 138 0013 8000",
    }
    yield "handover", passed
    yield "handover-person", {**passed, "why": story.note, "by": story.names[0], "phone": None}
    yield "note", {"author": story.names[1], "text": story.note, "files": files[:1]}
    yield "held", {"sender": "stranger@elsewhere.example", "why": story.warning, "text": story.text, "files": files[:1]}
    yield from _transcripts(story)
    yield (
        "undelivered",
        {
            "to": story.requester,
            "letter": "answer",
            "permanent": True,
            "diagnostic": f"550 5.1.1 <{story.requester}>: user unknown",
        },
    )
    yield (
        "undelivered-later",
        {"to": story.requester, "letter": "resolved", "permanent": False, "diagnostic": "452 4.2.2 mailbox full"},
    )


def _transcripts(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    ordered: dict[str, Any] = {
        "results": [{"line": "/take", "done": True, "said": story.said[0]}, {"line": "/eta 16:30", "done": True, "said": ""}],
        "obeyed": True,
        "refusal": "",
        "rows": [],
        "history": [],
        "help": False,
    }
    yield "transcript", ordered
    wrong = [{"line": "/take", "done": False, "said": ""}, {"line": "/prioriti P1", "done": False, "said": "/priority P1 …"}]
    yield "transcript-wrong", {**ordered, "obeyed": False, "results": wrong}
    yield "transcript-refused", {**ordered, "obeyed": False, "refusal": story.warning, "results": wrong[:1]}
    yield "transcript-show", {**ordered, "results": [{"line": "/show", "done": True, "said": ""}], "history": _history(story)}
    rows: list[list[str | None]] = [["TS20231027001", story.subject, "in_progress", "P2", story.names[0], _at(10 * MINUTE)]]
    rows += [["TS20231026017", story.subject, "waiting", "P3", story.names[0], None]]
    yield "transcript-list", {**ordered, "results": [{"line": "/list", "done": True, "said": ""}], "rows": rows}
    yield "transcript-help", {**ordered, "results": [{"line": "/help", "done": True, "said": ""}], "help": True}


def _clock(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the clock makes the desk say inside."""
    for rule, step, span in (
        ("first_answer", "remind", 5 * MINUTE),
        ("missing", "remind", 5 * MINUTE),
        ("confirm_priority", "remind", -MINUTE),
        ("line2", "warn", 15 * MINUTE),
        ("line2", "handover", -MINUTE),
        ("progress", "late", -MINUTE),
        ("eta", "ask", 30 * MINUTE),
        ("eta", "missed", -5 * MINUTE),
        ("phone", "remind", 5 * MINUTE),
        ("scheduled", "resume", -MINUTE),
    ):
        name = "reminder" if rule == "first_answer" else f"reminder-{rule}" + f"-{step}" * (step in {"missed", "handover"})
        yield name, {"rule": rule, "step": step, "due": _at(span)}
    yield "progress_question", {"step": "ask", "since": _at(-105 * MINUTE), "due": _at(15 * MINUTE)}
    told: dict[str, Any] = {"step": "lead", "due": _at(-MINUTE), "brief": _history(story), "engineer": story.names[0]}
    yield "escalation", {**told, "rule": "first_answer", "phone": "138 0013 8000"}
    for rule in ("missing", "line2", "progress", "eta", "phone", "resolved"):
        yield f"escalation-{rule}", {**told, "rule": rule, "phone": None}


def _desk(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Letters about no single ticket."""
    yield "confirm", {"why": story.warning, "text": "/take\n/eta 16:30", "until": _at(DAY)}
    row = {
        "number": "TS20231027001",
        "subject": story.subject,
        "status": "in_progress",
        "priority": "P2",
        "requester": story.name,
        "due": _at(10 * MINUTE),
        "rule": "first_answer",
        "age": _at(-2 * HOUR),
    }
    rows = [row, {**row, "number": "TS20231026017", "priority": "P3", "status": "waiting", "due": None, "rule": ""}]
    yield "digest", {"day": "2023-10-27", "rows": rows, "counts": {"open": 2, "late": 0, "today": 1}}
    yield "digest-empty", {"day": "2023-10-27", "rows": [], "counts": {"open": 0}}
    people = [[story.names[0], 6, 1], [story.names[1], 3, 0]]
    yield (
        "team_digest",
        {
            "day": "2023-10-27",
            "rows": rows,
            "counts": {"open": 9, "opened": 12, "closed": 10, "late": 1},
            "people": people,
            "ignored": [["list", 4], ["automatic", 2]],
        },
    )
    yield (
        "alarm",
        {
            "what": "mailbox support",
            "detail": "imap.example.com:993: certificate verify failed: expired",
            "remedy": "maildesk check",
        },
    )
