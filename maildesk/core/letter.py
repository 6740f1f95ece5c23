"""A letter: a mail that we decided to write, as a value. Rendering it is `mail.letters`' work, sending it the outbox's.

FACTS lists for every kind exactly the facts its template may use beyond the ticket itself; a Letter with other facts is a bug
and says so at birth. Facts are plain JSON; instants are ISO 8601 strings with an offset (see `instant`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, overload

from maildesk.core.message import Address, Attachment, MessageId
from maildesk.core.people import StaffId


class Audience(StrEnum):
    """Who will read an answer to the letter: what its Reply-To and its banner say.

    REQUESTER: an outside letter, the answer goes to the ticket. PUBLIC: an engineer's letter whose plain answer goes to the
    requester. INTERNAL: an engineer's letter whose answer stays a note. DESK: about no single ticket; an answer is an order.
    """

    REQUESTER = "requester"
    PUBLIC = "public"
    INTERNAL = "internal"
    DESK = "desk"


class LetterKind(StrEnum):
    """Every letter of the desk; the value is the name of its template."""

    # to the requester
    ACKNOWLEDGEMENT = "acknowledgement"
    TAKEN = "taken"
    ANSWER = "answer"
    ETA = "eta"
    DELAY = "delay"
    ASK = "ask"
    WAITING = "waiting"
    OBSERVING = "observing"
    RESOLVED = "resolved"
    CHASER = "chaser"
    CLOSED = "closed"
    REOPENED = "reopened"
    SURVEY = "survey"
    STATUS = "status"
    WITHDRAWN = "withdrawn"
    # to those who work on it
    ASSIGNMENT = "assignment"
    REPLY = "reply"
    HANDOVER = "handover"
    NOTE = "note"
    HELD = "held"
    TRANSCRIPT = "transcript"
    REMINDER = "reminder"
    PROGRESS_QUESTION = "progress_question"
    ESCALATION = "escalation"
    UNDELIVERED = "undelivered"
    CONFIRM = "confirm"
    IMPOSTOR = "impostor"
    DIGEST = "digest"
    TEAM_DIGEST = "team_digest"
    HELD_QUEUE = "held_queue"
    DEBTS = "debts"
    # to the operator
    ALARM = "alarm"


K, A = LetterKind, Audience

AUDIENCE: Mapping[LetterKind, Audience] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                K.ACKNOWLEDGEMENT,
                K.TAKEN,
                K.ANSWER,
                K.ETA,
                K.DELAY,
                K.ASK,
                K.WAITING,
                K.OBSERVING,
                K.RESOLVED,
                K.CHASER,
                K.CLOSED,
                K.REOPENED,
                K.SURVEY,
                K.STATUS,
                K.WITHDRAWN,
            ),
            A.REQUESTER,
        ),
        **dict.fromkeys((K.ASSIGNMENT, K.REPLY, K.HANDOVER), A.PUBLIC),
        **dict.fromkeys(
            (K.NOTE, K.HELD, K.TRANSCRIPT, K.REMINDER, K.PROGRESS_QUESTION, K.ESCALATION, K.UNDELIVERED),
            A.INTERNAL,
        ),
        **dict.fromkeys((K.CONFIRM, K.IMPOSTOR, K.DIGEST, K.TEAM_DIGEST, K.HELD_QUEUE, K.DEBTS, K.ALARM), A.DESK),
    }
)
"""Visibility is inherited: the kind of the letter decides what an answer to it is."""

FACTS: Mapping[LetterKind, frozenset[str]] = MappingProxyType(
    {
        # full: whether the sender's own words may be repeated; open: whether the desk works at this moment;
        # first_answer_by: None where no rule sees to a first answer; answered_usually, solved_usually: when half of such tickets
        # were, where that is notably sooner, or None; measured: nine of ten were solved by `target_by`, which is later than the
        # policy says;
        # understood: [[field, value], …]; missing: [field, …]; late_for: number of the old ticket, or None; cut: the mail was
        # too large to be taken in whole; came_at: when the mail came, if that was long ago, or None
        K.ACKNOWLEDGEMENT: frozenset(
            {
                *("full", "open", "first_answer_by", "answered_usually", "target_by", "solved_usually", "measured"),
                *("understood", "missing", "late_for", "cut", "came_at"),
            }
        ),
        K.TAKEN: frozenset({"engineer", "until", "reason"}),  # engineer: his name; until: instant or None
        K.ANSWER: frozenset({"engineer", "text"}),
        # moved: there was another time before; earlier: and this one comes first; missed: the old promise has just been broken
        K.ETA: frozenset({"engineer", "at", "moved", "earlier", "missed", "reason"}),
        # said: what was promised; next: by when there is news, or with `eta` a solution, as the engineer expects; waited: user |
        # approval | …: what the ticket waited for, where only that has moved the time, or ""
        K.DELAY: frozenset({"engineer", "said", "next", "eta", "waited"}),
        K.ASK: frozenset({"engineer", "missing", "text"}),
        # why: scheduled | approval | …; until: when work goes on at the latest, or None; by: when there is news then, or with
        # `eta` a solution, as the engineer expects; None where nobody knows
        K.WAITING: frozenset({"engineer", "why", "until", "by", "eta", "reason"}),
        K.OBSERVING: frozenset({"engineer", "solution", "until"}),
        # closes_on: when it is closed unheard, or None where that never happens; observed: it was watched, and held so far
        K.RESOLVED: frozenset({"engineer", "solution", "closes_on", "observed"}),
        K.CHASER: frozenset({"about", "step", "question", "closes_on"}),  # about: "waiting" | "resolved"
        K.CLOSED: frozenset(
            {"how", "solution", "reopen_until", "rate"}
        ),  # how: confirmed | unconfirmed | engineer; rate: ask for 1-5
        K.REOPENED: frozenset({"engineer", "first_answer_by"}),  # engineer: name or None
        K.SURVEY: frozenset({"solution", "reminder"}),
        K.STATUS: frozenset({"engineer", "last"}),  # last: [[instant, text], …] of public progress
        K.WITHDRAWN: frozenset(),
        # why: why he got it; by: who gave it, or None for the desk; text: the requester's words; remarks: [[who, text], …] of a
        # colleague who passed them on; hidden: lines not shown;
        # understood, missing as above; warnings: [sentence, …]; linked: [number, …]; files: [[name, bytes, why kept back], …]
        K.ASSIGNMENT: frozenset(
            {
                *("why", "by", "text", "remarks", "hidden", "understood", "missing"),
                *("warnings", "linked", "files", "first_answer_by", "phone"),
            }
        ),
        K.REPLY: frozenset({"author", "text", "hidden", "verified", "warnings", "files", "event"}),
        # event: None | "solved" | "partly" | "unsolved" | "withdrawn" | "rated" | "reopened" | "facts"
        K.HANDOVER: frozenset(
            {"why", "by", "giver", "brief", "text", "understood", "missing", "files", "phone"}
        ),  # brief: [[instant, who, text], …]
        K.NOTE: frozenset({"author", "text", "files"}),
        # mail: its key, for letting it in; admit: whether its reader may; colleague: whose name it bears
        K.HELD: frozenset({"sender", "subject", "why", "text", "files", "mail", "admit", "colleague"}),
        # results: [{"line", "done", "said"}]; obeyed: all were done; refusal: "" or why nothing may be done; rows: tickets of
        # /list as [number, subject, status, priority, engineer, due]; history of /show as [[instant, who, text], …]; help: bool;
        # ledgers of /why as [[number, [Entry.fact, …]], …], timelines as [[number, [[instant, who, mark, text, public], …]], …];
        # unsent: the words beside the orders were meant for the requester and did not go to him; pictures: names of those in the
        # text that did not go with it
        K.TRANSCRIPT: frozenset(
            {"results", "obeyed", "refusal", "rows", "history", "ledgers", "timelines", "help", "unsent", "pictures"}
        ),
        K.REMINDER: frozenset({"rule", "step", "due"}),  # due: instant, or None where nothing is late
        K.PROGRESS_QUESTION: frozenset({"step", "since", "due"}),
        K.ESCALATION: frozenset({"rule", "step", "due", "brief", "engineer", "phone"}),
        K.UNDELIVERED: frozenset({"to", "letter", "permanent", "diagnostic"}),
        # deed: orders | answer | ticket; whom: who gets the answer or the ticket, or ""; number: of the ticket, or "";
        # text: what he wrote, of which `rest` characters are not shown; mail: its key
        K.CONFIRM: frozenset({"why", "deed", "whom", "number", "text", "rest", "files", "until", "mail"}),
        K.IMPOSTOR: frozenset({"why", "subject"}),
        # rows: [{"number", "subject", "status", "priority", "requester", "due", "rule", "age"}]; counts: {name: number};
        # week: None or {"since", "until", "rules": [{"rule", "due", "kept", "share" in percent, "worst": number or None, "over"
        # in seconds}]}, how the rules were kept in the week before
        K.DIGEST: frozenset({"day", "rows", "counts", "week"}),
        K.TEAM_DIGEST: frozenset({"day", "rows", "counts", "people", "ignored", "week"}),  # people: [[name, open, late], …]
        # mails: [[key, since, why], …] of the longest waiting of `count`, `oldest` the first one's instant
        K.HELD_QUEUE: frozenset({"count", "oldest", "mails"}),
        K.DEBTS: frozenset({"day", "count", "people"}),  # people: [[name, how many, when the first was closed], …]
        K.ALARM: frozenset({"what", "detail", "remedy"}),
    }
)

URGENT: frozenset[LetterKind] = frozenset({K.ANSWER, K.ASK, K.WAITING, K.OBSERVING, K.RESOLVED, K.ETA, K.TAKEN})
"""People's own words go before everything a machine has to say."""


@overload
def instant(moment: datetime) -> str: ...
@overload
def instant(moment: datetime | None) -> str | None: ...
def instant(moment: datetime | None) -> str | None:
    """An instant as a fact."""
    return None if moment is None else moment.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one recipient.

    `to` is always an address we have stored. `person` is set when he is of the directory, `acting_for` the name of the absent
    colleague in whose stead he gets it. `not_before` holds a letter back (quiet hours); letters with `bundle_for` may be merged
    with others for the same person, and wait for company as long as their `patience` lasts; `paced` is what the clock says to
    requesters, and goes out no faster than they should hear from a machine. `alarm` is the key of the alarm that speaks through
    it: when it would no longer speak at the time of rendering, the letter is dropped as outdated, and so is a paced one when it
    is so no more before it goes. `key` makes it happen once for ever (reports). `answers` is the mail to which it is a reply;
    `unproven`: nothing shows that this mail is really from the reader.
    """

    kind: LetterKind
    to: Address
    language: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    person: StaffId | None = None
    name: str = ""
    acting_for: str = ""
    attachments: tuple[Attachment, ...] = ()
    answers: MessageId | None = None
    not_before: datetime | None = None
    bundle_for: StaffId | None = None
    patience: timedelta = timedelta()
    paced: bool = False
    alarm: str | None = None
    key: str | None = None
    unproven: bool = False

    def __post_init__(self) -> None:
        if self.facts.keys() != FACTS[self.kind]:
            raise ValueError(f"letter {self.kind}: facts are {sorted(self.facts)}, must be {sorted(FACTS[self.kind])}")

    @property
    def audience(self) -> Audience:
        return AUDIENCE[self.kind]

    @property
    def merges_for(self) -> StaffId | Address | None:
        """For whom it may be merged with others while it waits: somebody of the desk, or the requester to whom it goes; not what
        the clock says to him, which only waits for his hours."""
        requester = self.audience is Audience.REQUESTER and self.not_before is None
        return self.bundle_for or (self.to if requester else None)

    def ready_at(self, now: datetime) -> datetime:
        """From when on it may go."""
        return max(now, self.not_before or now)
