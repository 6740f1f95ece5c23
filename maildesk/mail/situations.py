"""The situations in which letters are written: by the name of each sample letter its facts, as the desk gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from maildesk.core.alarm import Step
from maildesk.core.calendar import ALWAYS
from maildesk.core.decide.saying import say
from maildesk.core.ledger import ledger
from maildesk.core.letter import instant
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.ticket import Mark, Pause, Progress, Status, Ticket, Waiting
from maildesk.core.timeline import timeline
from maildesk.mail.story import DAY, HOUR, MINUTE, NOW, Story, ticket

SECOND = frozenset({("line2", "handover"), ("eta", "missed"), ("promise", "delay"), ("silence", "late")})
"""The other steps of rules that have a letter for each step."""


def situations(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All of them, each under the name of its letter."""
    yield from _outside(story)
    yield from _inside(story)
    yield from _clock(story)
    yield from _desk(story)


def after(span: timedelta) -> str:
    """A moment so long after that of the story, as the facts of a letter have it."""
    return instant(NOW + span)


def _understood(story: Story) -> list[list[str]]:
    return [[name, value] for name, value in story.fields.items()]


def _outside(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Letters to the requester."""
    engineer, missing = story.names[0], ["occurred", "error"]
    heard: dict[str, Any] = {
        "full": True,
        "open": True,
        "first_answer_by": after(10 * MINUTE),
        "answered_usually": None,
        "target_by": after(8 * HOUR),
        "solved_usually": None,
        "measured": False,
        "understood": _understood(story),
        "missing": missing,
        "late_for": None,
        "cut": False,
        "came_at": None,
    }
    yield "acknowledgement", heard
    yield "acknowledgement-complete", {**heard, "missing": []}
    yield (
        "acknowledgement-closed",
        {**heard, "open": False, "first_answer_by": after(2 * DAY), "target_by": after(4 * DAY), "missing": []},
    )
    yield "acknowledgement-usual", {**heard, "missing": [], "solved_usually": after(3 * HOUR)}
    slow = {"first_answer_by": after(HOUR), "answered_usually": after(20 * MINUTE), "target_by": after(2 * DAY), "measured": True}
    yield "acknowledgement-measured", {**heard, **slow, "missing": [], "solved_usually": after(6 * HOUR)}
    untimed: dict[str, Any] = {"first_answer_by": None, "missing": []}
    yield "acknowledgement-untimed", {**heard, **untimed}
    yield "acknowledgement-closed-untimed", {**heard, **untimed, "open": False, "target_by": after(4 * DAY), "measured": True}
    yield "acknowledgement-late", {**heard, "late_for": "TS20230912004"}
    yield "acknowledgement-cut", {**heard, "missing": [], "cut": True}
    yield "acknowledgement-delayed", {**heard, "missing": [], "came_at": instant(NOW - 4 * HOUR)}
    yield "acknowledgement-stranger", {**heard, "full": False, "understood": []}
    yield "taken", {"engineer": engineer, "until": after(2 * HOUR), "reason": story.said[1]}
    yield "taken-open", {"engineer": engineer, "until": None, "reason": ""}
    yield "answer", {"engineer": engineer, "text": story.answer}
    told = {"engineer": engineer, "at": after(3 * HOUR), "moved": False, "earlier": False, "missed": False, "reason": ""}
    yield "eta", told
    yield "eta-earlier", {**told, "moved": True, "earlier": True}
    yield "eta-moved", {**told, "moved": True, "reason": story.said[1]}
    yield "eta-missed", {**told, "at": after(-10 * MINUTE), "missed": True}
    late = {"engineer": engineer, "said": after(20 * MINUTE), "next": after(DAY), "eta": False, "waited": ""}
    yield "delay", late
    yield "delay-eta", {**late, "next": after(3 * HOUR), "eta": True}
    yield "delay-past", {**late, "said": after(-20 * MINUTE)}
    moved = {**late, "said": after(-3 * HOUR), "next": after(3 * HOUR), "eta": True}
    yield "delay-user", {**moved, "waited": "user"}
    yield "delay-approval", {**moved, "waited": "approval", "eta": False}
    yield "delay-scheduled", {**moved, "waited": "scheduled"}
    waits = {"engineer": engineer, "why": "scheduled", "until": after(2 * DAY), "by": after(3 * DAY), "eta": False, "reason": ""}
    yield "waiting", waits
    yield "waiting-eta", {**waits, "eta": True, "reason": story.answer}
    yield "waiting-approval", {**waits, "why": "approval"}
    yield "waiting-undated", {**waits, "why": "approval", "until": None, "by": None}
    yield "waiting-vendor", {**waits, "why": "vendor", "until": None, "by": None}
    yield "waiting-user", {**waits, "why": "user", "until": None, "by": None, "reason": story.answer}
    yield "ask", {"engineer": engineer, "missing": missing, "text": story.said[1]}
    solved = {"engineer": engineer, "solution": story.solution, "closes_on": after(8 * DAY), "observed": False}
    yield "observing", {"engineer": engineer, "solution": story.solution, "until": after(DAY)}
    yield "resolved", solved
    yield "resolved-observed", {**solved, "observed": True}
    yield "resolved-open", {**solved, "closes_on": None}
    chased = {"about": "waiting", "step": 1, "question": story.answer, "closes_on": after(6 * DAY)}
    yield "chaser", chased
    yield "chaser-last", {**chased, "step": 2}
    yield "chaser-resolved", {**chased, "about": "resolved", "question": story.solution}
    ended = {"how": "confirmed", "solution": story.solution, "reopen_until": after(14 * DAY), "rate": True}
    yield "closed", ended
    yield "closed-unconfirmed", {**ended, "how": "unconfirmed", "rate": False}
    yield "closed-engineer", {**ended, "how": "engineer"}
    yield "reopened", {"engineer": engineer, "first_answer_by": after(10 * MINUTE)}
    yield "reopened-untimed", {"engineer": engineer, "first_answer_by": None}
    yield "survey", {"solution": story.solution, "reminder": False}
    yield "survey-reminder", {"solution": story.solution, "reminder": True}
    yield "status", {"engineer": engineer, "last": _history(story, public=True)}
    yield "withdrawn", {}


def _history(story: Story, *, public: bool = False) -> list[list[str]]:
    authors = (story.ids[0], story.ids[0], "desk")
    times = (-100 * MINUTE, -55 * MINUTE, -20 * MINUTE)
    lines = [[after(at), who, said] for at, who, said in zip(times, authors, story.said, strict=True)]
    return [[at, said] for at, _, said in lines] if public else lines


def _inside(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Letters to those who work on it, about what people wrote and ordered."""
    files = [[story.screenshot, 182_400, False], ["setup.exe", 4_812_000, "program"]]
    given: dict[str, Any] = {
        "why": story.why,
        "by": None,
        "text": story.text,
        "remarks": [],
        "hidden": 12,
        "understood": _understood(story),
        "missing": ["occurred", "error"],
        "warnings": [story.warning],
        "linked": ["TS20230912004"],
        "files": files,
        "first_answer_by": after(10 * MINUTE),
        "phone": None,
    }
    yield "assignment", given
    yield (
        "assignment-plain",
        {
            **given,
            "missing": [],
            "warnings": [],
            "linked": [],
            "files": [],
            "remarks": [[story.ids[2], story.note]],
            "hidden": 0,
            "by": story.names[2],
        },
    )
    yield "assignment-urgent", {**given, "phone": "+86 138 0013 8000", "warnings": []}
    yield "assignment-unread", {**given, "text": "", "hidden": 0, "understood": [], "missing": [], "linked": []}
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
    told = {"sender": "stranger@elsewhere.example", "subject": story.subject, "why": story.warning, "text": story.text}
    held = {**told, "mail": 17, "admit": True, "colleague": ""}
    yield "held", {**held, "files": files[:1]}
    named = {**held, "sender": "wang.min@example.com", "files": [], "colleague": story.names[1]}
    yield "held-unplaced", named
    yield "held-denied", {**named, "admit": False}
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
        "ledgers": [],
        "timelines": [],
        "help": False,
        "unsent": False,
        "pictures": [],
    }
    yield "transcript", ordered
    wrong = [{"line": "/take", "done": False, "said": ""}, {"line": "/prioriti P1", "done": False, "said": "/priority P1 …"}]
    yield "transcript-wrong", {**ordered, "obeyed": False, "results": wrong}
    yield "transcript-unsent", {**ordered, "obeyed": False, "results": wrong, "unsent": True}
    yield "transcript-refused", {**ordered, "obeyed": False, "refusal": story.unsaid, "results": wrong[:1]}
    yield "transcript-pictures", {**ordered, "results": (), "pictures": [story.screenshot]}
    yield "transcript-show", {**ordered, "results": [{"line": "/show", "done": True, "said": ""}], "history": _history(story)}
    why = {**ordered, "results": [{"line": "/why", "done": True, "said": ""}]}
    yield "transcript-why", {**why, "ledgers": [_clocks(_delayed(story))]}
    yield "transcript-why-waiting", {**why, "ledgers": [_clocks(_unanswered(story))]}
    record = [
        Progress(at=NOW - 100 * MINUTE, mark=Mark.OPENED, author=story.requester, text=story.text, public=True),
        Progress(at=NOW - 55 * MINUTE, mark=Mark.NOTE, author=story.ids[0], text=story.note),
        Progress(at=NOW - 20 * MINUTE, mark=Mark.ANSWER, author=story.ids[0], text=story.answer, public=True),
    ]
    points = {**ordered, "results": [{"line": "/timeline", "done": True, "said": ""}]}
    yield "transcript-timeline", {**points, "timelines": [["TS20231027001", [point.fact for point in timeline(tuple(record))]]]}
    rows: list[list[str | None]] = [["TS20231027001", story.subject, "in_progress", "P2", story.names[0], after(10 * MINUTE)]]
    rows += [["TS20231026017", story.subject, "waiting", "P3", story.names[0], None]]
    yield "transcript-list", {**ordered, "results": [{"line": "/list", "done": True, "said": ""}], "rows": rows}
    yield "transcript-help", {**ordered, "results": [{"line": "/help", "done": True, "said": ""}], "help": True}


def _delayed(story: Story) -> Ticket:
    """The story's ticket, answered late and once held up by a vendor."""
    pause = Pause(why=Waiting.VENDOR, since=NOW - 90 * MINUTE, until=NOW - HOUR)
    return replace(ticket(story), first_answer_at=NOW - 100 * MINUTE, pauses=(pause,))


def _unanswered(story: Story) -> Ticket:
    """The same, waiting for the requester."""
    pause = Pause(why=Waiting.USER, since=NOW - 20 * MINUTE)
    return replace(ticket(story), status=Status.WAITING, waiting=Waiting.USER, pauses=(pause,))


def _clocks(about: Ticket) -> list[Any]:
    key = f"alarm:{Rule.FIRST_ANSWER}:{Step.LEAD}:"
    told = Progress(at=about.opened_at + 10 * MINUTE, mark=Mark.ALARM, author="desk", text="", key=key)
    return [about.number, [entry.fact for entry in ledger(about, Policy(calendar=ALWAYS), (told,), NOW)]]


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
        ("promise", "remind", 25 * MINUTE),
        ("promise", "delay", 15 * MINUTE),
        ("phone", "remind", 5 * MINUTE),
        ("scheduled", "resume", -MINUTE),
        ("silence", "ask", 30 * MINUTE),
        ("silence", "late", -MINUTE),
        ("stalled", "ask", -MINUTE),
        ("observing", "resolve", -MINUTE),
        ("archive", "remind", -MINUTE),
    ):
        name = "reminder" if rule == "first_answer" else f"reminder-{rule}" + f"-{step}" * ((rule, step) in SECOND)
        yield name, {"rule": rule, "step": step, "due": None if rule == "archive" else after(span)}
    yield "progress_question", {"step": "ask", "since": after(-105 * MINUTE), "due": after(15 * MINUTE)}
    told: dict[str, Any] = {"step": "lead", "due": after(-MINUTE), "brief": _history(story), "engineer": story.names[0]}
    yield "escalation", {**told, "rule": "first_answer", "phone": "138 0013 8000"}
    for rule in ("missing", "line2", "progress", "eta", "phone", "resolved", "silence", "stalled"):
        yield f"escalation-{rule}", {**told, "rule": rule, "phone": None}


def _week() -> dict[str, Any]:
    """How the rules were kept in the week before."""
    kept = (("first_answer", 42, 40, "TS20231019003", 65), ("line2", 12, 12, None, 0), ("eta", 5, 4, None, 0))
    rules = [
        {"rule": rule, "due": due, "kept": good, "share": good * 100 // due, "worst": worst, "over": minutes * 60}
        for rule, due, good, worst, minutes in kept
    ]
    return {"since": "2023-10-16", "until": "2023-10-22", "rules": rules}


def _desk(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Letters about no single ticket."""
    asked: dict[str, Any] = {"why": story.unsaid, "until": after(DAY), "files": [], "rest": 0, "mail": 17}
    orders = {**asked, "deed": "orders", "whom": "", "number": "TS20231027001", "text": "/take\n/eta 16:30"}
    yield "confirm", orders
    yield "confirm-words", {**orders, "whom": story.requester, "text": f"/take\n\n{story.note}"}
    yield "confirm-answer", {**orders, "deed": "answer", "whom": story.requester, "text": story.note, "rest": 120}
    yield "confirm-ticket", {**asked, "deed": "ticket", "whom": story.requester, "number": "", "text": story.text}
    yield "impostor", {"why": story.forged, "subject": story.subject}
    row = {
        "number": "TS20231027001",
        "subject": story.subject,
        "status": "in_progress",
        "priority": "P2",
        "requester": story.name,
        "due": after(10 * MINUTE),
        "rule": "first_answer",
        "age": after(-2 * HOUR),
    }
    rows = [row, {**row, "number": "TS20231026017", "priority": "P3", "status": "waiting", "due": None, "rule": ""}]
    day = {"day": "2023-10-27", "week": None}
    yield "digest", {**day, "rows": rows, "counts": {"open": 2, "late": 0, "today": 1}}
    yield "digest-empty", {**day, "rows": [], "counts": {"open": 0}}
    yield "digest-monday", {**day, "rows": rows[:1], "counts": {"open": 1, "late": 0, "today": 1}, "week": _week()}
    people = [[story.names[0], 6, 1], [story.names[1], 3, 0]]
    team: dict[str, Any] = {
        **day,
        "rows": rows,
        "counts": {"open": 9, "opened": 12, "closed": 10, "late": 1, "held": 2},
        "people": people,
        "ignored": [["list", 4], ["automatic", 2]],
    }
    yield "team_digest", team
    yield "team_digest-monday", {**team, "week": _week()}
    mine, spam = (say(story.language, f"held {why}") for why in ("failed", "spam"))
    held = [
        [17, after(-9 * HOUR), "stranger@elsewhere.example", story.subject, mine],
        [23, after(-5 * HOUR), "offers@elsewhere.example", "", spam],
        [29, after(-4 * HOUR), None, None, mine],
    ]
    yield "held_queue", {"count": 3, "oldest": after(-9 * HOUR), "mails": held}
    yield "held_queue-many", {"count": 40, "oldest": after(-9 * HOUR), "mails": held}
    owed = [[story.names[0], 3, after(-40 * DAY)], [story.names[1], 1, after(-36 * DAY)]]
    yield "debts", {"day": "2023-11-01", "count": 4, "people": owed}
    yield (
        "alarm",
        {
            "what": "mailbox support",
            "detail": "imap.example.com:993: certificate verify failed: expired",
            "remedy": "maildesk check",
        },
    )
