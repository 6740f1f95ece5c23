"""Loops are impossible: a day with each kind of machine that answers whatever we write, and what it may do to its answers.

The machine writes first, as a customer's machine does, and then answers every letter that it gets, 2 seconds or 3 minutes later.
Time is played, the desk is a whole one. In a day it may send the machine six letters of its own accord and no more; each mail
that the machine wrote has come to an end that somebody sees; and its tickets are few.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from heapq import heappop, heappush
from itertools import count, product
from pathlib import Path

from maildesk.config import Settings
from maildesk.core.message import Address
from maildesk.demo import world
from maildesk.desk.posting import Posting
from maildesk.smtp import Reply
from tests.desk.post import ACCEPTED
from tests.proof.desk import AtHand, opened
from tests.proof.outcome import Outcome

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MOST = 6
"""So many letters one desk may send to one machine in a day. One that opens a ticket by each of its answers opens one more."""

ENDS = ("done", "duplicate", "held", "awaiting")
MACHINE = Address("service@other.test")
OF_ROBOTS = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Autoreply", "List-Id", "X-Maildesk-Loop")
OF_THE_THREAD = ("In-Reply-To", "References")


# -- the machines ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a machine answers to a letter: `to` is a field of that letter, the others are headers and words of its own."""

    to: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    threaded: bool = True
    kind: str = "plain"
    once: timedelta = timedelta()


def _oof(subject: str) -> Answer:
    own = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))
    return Answer(to="Reply-To", subject=f"Automatic reply: {subject}", text="I am out of the office until Monday.", headers=own)


def _gmail(subject: str) -> Answer:
    own = (("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("X-Autoreply", "yes"))
    return Answer(to="From", subject=f"Re: {subject}", text="Thanks for your mail, I am travelling.", headers=own)


def _sieve(subject: str, once: timedelta) -> Answer:
    own = (("Auto-Submitted", "auto-replied (vacation)"),)
    return Answer(to="Return-Path", subject=f"Auto: {subject}", text="I am away.", headers=own, once=once)


MACHINES: dict[str, Callable[[str], Answer]] = {
    "Exchange out of office": _oof,
    "Gmail vacation": _gmail,
    "sieve vacation": lambda subject: _sieve(subject, timedelta(days=7)),
    "sieve vacation without days": lambda subject: _sieve(subject, timedelta()),
    "qmail autoresponder": lambda subject: Answer(
        to="From", subject="Your message", text="Your message has been received and will be read.", threaded=False
    ),
    "ticket system": lambda subject: Answer(
        to="Reply-To",
        subject=f"[REQ-{{n}}] {subject}",
        text="Your request has been received. Its number is REQ-{n}. We will come back to you.",
        headers=(("Auto-Submitted", "auto-replied"),),
    ),
    "ticket system that says nothing of itself": lambda subject: Answer(
        to="From", subject="[REQ-{n}] Request received", text="A request was opened for you: REQ-{n}.", threaded=False
    ),
    "ticket system that quotes": lambda subject: Answer(
        to="Reply-To", subject="Request {n} registered", text="Your request {n} was registered.\n\nYou wrote:\n{quoted}"
    ),
    "list server": lambda subject: Answer(
        to="From",
        subject=f"[users] {subject}",
        text="You are not subscribed to this list. Your mail waits for its moderator.",
        headers=(("List-Id", "<users.other.test>"), ("Precedence", "list")),
    ),
    "bounce": lambda subject: Answer(
        to="Return-Path",
        subject="Undelivered Mail Returned to Sender",
        text="<service@other.test>: 550 5.1.1 no such user",
        kind="delivery-status",
    ),
    "read receipts": lambda subject: Answer(
        to="From", subject=f"Read: {subject}", text="Your message was read on Monday.", kind="disposition-notification"
    ),
    "calendar": lambda subject: Answer(
        to="Reply-To", subject=f"Accepted: {subject}", text="BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n", kind="calendar"
    ),
}
REPORTS = {
    "delivery-status": ("Action: failed", "Status: 5.1.1"),
    "disposition-notification": ("Disposition: automatic-action/MDN-sent-automatically; displayed",),
}
DISGUISES = ("none", "no headers", "another subject", "after 2 s")
"""What befalls the answers on their way: nothing, all that speaks of a machine or a thread is taken out, or the subject is."""

FACE_TO_FACE = "another desk of our kind"
CONFIGURATIONS = tuple(product((*MACHINES, FACE_TO_FACE), DISGUISES))


def takes(disguise: str) -> timedelta:
    return timedelta(seconds=2) if disguise == "after 2 s" else timedelta(minutes=3)


@dataclass(slots=True)
class Machine:
    """One that answers; it remembers when it answered last."""

    answer: Callable[[str], Answer]
    serial: Iterator[int]
    last: datetime | None = None

    def to(self, letter: EmailMessage, sender: str, now: datetime) -> EmailMessage | None:
        """Its answer to a letter of ours that came from this envelope address; None when it has said so lately."""
        said, n = self.answer(str(letter["Subject"])), next(self.serial)
        if self.last is not None and now - self.last < said.once:
            return None
        self.last = now
        back = {"From": str(letter["From"]), "Reply-To": str(letter["Reply-To"] or letter["From"]), "Return-Path": sender}
        mail = written(MACHINE, back[said.to], said.subject.replace("{n}", str(n)), n, now)
        if said.threaded:
            mail["In-Reply-To"] = str(letter["Message-ID"])
        for name, value in said.headers:
            mail[name] = value
        return _filled(
            mail, said, said.text.replace("{n}", str(n)).replace("{quoted}", _quoted(letter)), str(letter["Message-ID"])
        )


def written(by: str, to: str, subject: str, n: int, now: datetime) -> EmailMessage:
    """A mail without its words."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Service <{by}>", to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(now), f"<{n}@{by.partition('@')[2]}>"
    return mail


def _quoted(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return "\n".join(f"> {line}" for line in str(body.get_content() if body else "").splitlines()[:40])


def _filled(mail: EmailMessage, said: Answer, text: str, message_id: str) -> EmailMessage:
    mail.set_content(text)
    if said.kind == "calendar":
        mail.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    return _report(mail, said.kind, text, message_id) if said.kind in REPORTS else mail


def _report(mail: EmailMessage, kind: str, text: str, message_id: str) -> EmailMessage:
    """RFC 3462, with its three parts."""
    if kind == "delivery-status":
        mail.replace_header("From", "Mail Delivery System <MAILER-DAEMON@other.test>")
        mail["Return-Path"] = "<>"
    heads = [f"{name}: {value}" for name, value in mail.items() if not name.lower().startswith(("content-", "mime-"))]
    told = (f"Final-Recipient: rfc822; {MACHINE}", *REPORTS[kind], "")
    lines = (
        *(*heads, "MIME-Version: 1.0", f'Content-Type: multipart/report; report-type={kind}; boundary="=b"', ""),
        *("--=b", "", text, "--=b", f"Content-Type: message/{kind}", "", "Reporting-MTA: dns; other.test", "", *told),
        *("--=b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {message_id}", "", "--=b--", ""),
    )
    return _parsed("\n".join(lines).encode())


def disguised(mail: EmailMessage, disguise: str, desk: str) -> EmailMessage:
    """The mail as it comes out at the end of its road to a desk."""
    if disguise == "no headers":
        for name in (*OF_ROBOTS, *OF_THE_THREAD, "To"):
            del mail[name]
        mail["To"] = desk
    if disguise == "another subject":
        mail.replace_header("Subject", f"Message {mail['Message-ID']}")
    return mail


# -- a day ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Post:
    """A channel that takes everything, and remembers from which envelope address it came."""

    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    size: int = 3
    spare: int = 1000

    @asynccontextmanager
    async def line(self) -> AsyncIterator["_Line"]:
        yield _Line(self)


@dataclass(slots=True)
class _Line:
    post: Post
    envelope: tuple[str, str] = ("", "")

    async def offer(self, sender: Address, to: Address, size: int) -> Reply:
        self.envelope = sender, to
        return ACCEPTED

    async def deliver(self, raw: bytes) -> Reply:
        self.post.taken.append((*self.envelope, raw))
        return ACCEPTED


class Side:
    """A desk in the play, with its own time."""

    def __init__(self, at_hand: AtHand) -> None:
        self.at_hand, self.now, self.mails, self.read = at_hand, MORNING, 0, 0
        self.post = Post()
        self._posting = Posting(at_hand.desk, self.post, lambda: self.now)

    @property
    def address(self) -> str:
        return self.at_hand.desk.config.settings.address

    def gets(self, mail: EmailMessage) -> None:
        """A mail arrives; the border vouches for whoever wrote it."""
        domain = str(mail["From"]).rpartition("@")[2].strip(">")
        stamp = f"Authentication-Results: {world.HOST}; dmarc=pass header.from={domain}\n"
        self.mails += 1
        self.at_hand.desk.keep([(None, self.now, stamp.encode() + mail.as_bytes())], None, self.now)
        for _ in self.at_hand.desk.take_in(lambda: self.now):
            pass

    def says(self) -> list[tuple[str, str, EmailMessage]]:
        """What it writes at this moment, as (envelope sender, recipient, letter)."""
        while self.at_hand.desk.wake(self.now):
            pass
        asyncio.run(self._posted())
        fresh, self.read = self.post.taken[self.read :], len(self.post.taken)
        return [(sender, to, _parsed(raw)) for sender, to, raw in fresh]

    async def _posted(self) -> None:
        while (await self._posting.post()).tried:
            pass

    def next_at(self) -> datetime | None:
        """When it has something to do or to say of its own accord."""
        with self.at_hand.desk.store.read() as tx:
            times = [at for at in (tx.next_letter(), tx.next_wake()) if at is not None]
        return max(min(times), self.now + timedelta(seconds=1)) if times else None

    def broken(self) -> Iterator[str]:
        """Mails of which not everything is to be seen."""
        rows = Counter(
            {str(state): int(str(n)) for state, n in self.at_hand.ask("SELECT state, count(*) FROM inbox GROUP BY state")}
        )
        if rows.total() != self.mails:
            yield f"{self.mails} mails came, {rows.total()} are kept"
        if lost := rows.total() - sum(rows[end] for end in ENDS):
            yield f"{lost} mails did not come to an end"
        if silent := self.at_hand.count("SELECT count(*) FROM inbox WHERE outcome = ''"):
            yield f"of {silent} mails nobody knows what became of them"


def _parsed(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@dataclass(slots=True)
class Play:
    """A day of one or two desks; `roads` holds what is under way, as (when it arrives, in which order, at which side, mail)."""

    sides: tuple[Side, ...]
    machine: Machine | None
    disguise: str
    serial: Iterator[int]
    roads: list[tuple[datetime, int, int, EmailMessage]] = field(default_factory=list)
    told: int = 0

    def begin(self) -> None:
        other = MACHINE if self.machine else self.sides[1].address
        mail = written(other, self.sides[0].address, "The backup has stopped", next(self.serial), MORNING)
        mail.set_content("The backup of the night has stopped.")
        heappush(self.roads, (MORNING, next(self.serial), 0, mail))

    def run(self) -> None:
        """Everything that happens until the day is over."""
        self.begin()
        while (now := self._next()) is not None and now <= MORNING + DAY:
            for side in self.sides:
                side.now = now
            while self.roads and self.roads[0][0] <= now:
                _, _, where, mail = heappop(self.roads)
                self.sides[where].gets(mail)
            for where, side in enumerate(self.sides):
                for sender, to, letter in side.says():
                    self._answered(where, sender, to, letter)

    def _next(self) -> datetime | None:
        times = [self.roads[0][0]] if self.roads else []
        return min((*times, *(at for side in self.sides if (at := side.next_at()) is not None)), default=None)

    def _answered(self, where: int, sender: str, to: str, letter: EmailMessage) -> None:
        """A letter of a desk: the machine answers it, or the other desk takes it as a mail. Others' letters are theirs."""
        now = self.sides[where].now
        back: EmailMessage | None = None
        if self.machine is not None and to == MACHINE:
            self.told += 1
            back = self.machine.to(letter, sender, now)
        elif self.machine is None and to == self.sides[1 - where].address:
            self.told += 1
            back, where = letter, 1 - where
        if back is not None:
            mail = disguised(back, self.disguise, self.sides[where].address)
            heappush(self.roads, (now + takes(self.disguise), next(self.serial), where, mail))


def _another(settings: Settings) -> Settings:
    return replace(settings, address=Address("desk@other.test"), host="other.test", operator=Address("operator@other.test"))


def day(place: Path, name: str, disguise: str, *, seed: int = 1) -> Outcome:
    """A day with one machine."""
    serial = count(seed * 10_000)
    with ExitStack() as stack:
        sides = [Side(stack.enter_context(opened(place / "desk")))]
        machine = None if name == FACE_TO_FACE else Machine(MACHINES[name], serial)
        if machine is None:
            sides.append(Side(stack.enter_context(opened(place / "other", _another))))
        play = Play(tuple(sides), machine, disguise, serial)
        play.run()
        tickets = max(side.at_hand.count("SELECT count(*) FROM tickets") for side in sides)
        mails = sum(side.mails for side in sides)
        broken = [problem for side in sides for problem in side.broken()]
    if play.told > MOST * len(sides):
        broken.append(f"{play.told} letters to the machine")
    if tickets > MOST + 1:
        broken.append(f"{tickets} tickets")
    return Outcome(
        seed=seed,
        tried=1,
        effective=int(mails > 1),
        counts={"mails": mails, "letters": play.told},
        worst={"letters to one pair": play.told, "tickets of one pair": tickets},
        broken=tuple(f"{name}, {disguise}: {problem}" for problem in broken),
    )


def part(place: Path, *, seed: int, of: int) -> Outcome:
    """Every configuration whose place in the list leaves the same rest by `of` as the seed's."""
    outcomes = [
        day(place / f"{at}", *configuration, seed=seed)
        for at, configuration in enumerate(CONFIGURATIONS)
        if at % of == (seed - 1) % of
    ]
    return Outcome(
        seed=seed,
        tried=len(outcomes),
        effective=sum(outcome.effective for outcome in outcomes),
        counts={name: sum(outcome.counts[name] for outcome in outcomes) for name in ("mails", "letters")},
        worst={name: max(outcome.worst[name] for outcome in outcomes) for name in outcomes[0].worst},
        broken=tuple(problem for outcome in outcomes for problem in outcome.broken),
    )
