"""Sixty and more ways in which a mailbox's server misbehaves, each played against the loop that reads a mailbox.

For each row of the table (`rows.py`) there is a server of its own with mails in it, and a real loop of the daemon that reads
it; they share one desk with a real store. Nothing of the product is replaced: its time-outs are short by configuration, and its
clock goes a hundred and twenty times as fast, so that ten minutes of silence are five seconds. When the fault is over, all must
be well within a minute; what a person must see to must have been told to the operator, with the remedy, and nothing else.
"""

import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from maildesk.config import Account, Secret, Settings
from maildesk.daemon import utc_now
from maildesk.daemon.mailbox import MailboxLoop
from maildesk.demo import world
from tests.proof.desk import AtHand, arriving, opened
from tests.proof.outcome import Outcome
from tests.proof.transcripts.row import End, Row
from tests.proof.transcripts.rows import ROWS
from tests.servers.authority import Authority
from tests.servers.imap_odd import OddImap, raws

RECOVERS_WITHIN = 60.0
AT_ONCE = 24
"""Mailboxes that are read side by side."""

SPEED = 120
WATCHED = 6.0
"""Seconds, of which the desk counts twelve minutes, in which nothing more may happen to a mailbox that is well."""

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OPERATOR = world.OPERATOR.address
GONE = (0, 0, 0, 0)
ALARMS = "SELECT letter FROM outbox WHERE kind = 'alarm' AND recipient = ?"
TWICE = "SELECT number, count(*) FROM tickets GROUP BY number HAVING count(*) > 1"


def hurried() -> Callable[[], datetime]:
    """A clock that begins now and goes fast."""
    began, ticks = utc_now(), time.monotonic()
    return lambda: began + SPEED * timedelta(seconds=time.monotonic() - ticks)


@dataclass(slots=True, kw_only=True)
class Play:
    """One row at play."""

    row: Row
    name: str
    server: OddImap
    loop: MailboxLoop
    began: float
    took: float | None = None
    well_at: float = 0.0

    @property
    def met(self) -> bool:
        """Whether the fault was met at all, each of them if there are several."""
        return all(oddity.met for oddity in self.server.oddities)

    @property
    def over(self) -> bool:
        """Whether it has been well for so long that what is wrong would have shown."""
        return self.took is not None and time.monotonic() - self.well_at > WATCHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the desk has: mails worked by their digest, tickets by their subject, and letters to the operator."""

    worked: Counter[str]
    tickets: Counter[str]
    alarms: tuple[str, ...]

    def of(self, raw: bytes) -> tuple[int, int]:
        """How often a mail was worked, and opened a ticket."""
        return self.worked[hashlib.sha256(raw).hexdigest()], self.tickets[message_from_bytes(raw)["subject"]]


@dataclass(slots=True, kw_only=True)
class Bay:
    """A desk at work in this process, whose mailboxes come and go."""

    at_hand: AtHand
    authority: Authority
    seed: int
    clock: Callable[[], datetime]
    found: list[str] = field(default_factory=list)
    """What was wrong at the end of a row."""

    def play(self, rows: Sequence[Row]) -> list[Play]:
        came = threading.Event()
        with ExitStack() as stack:
            plays = [self._begun(row, stack, came) for row in rows]
            for one in plays:
                one.loop.start()
            try:
                self._settle(plays, came)
            finally:
                for one in plays:
                    one.loop.end()
                for one in plays:
                    one.loop.join(timeout=20)
            seen = self.seen()
            self.found += [f"{one.row.name}: {'; '.join(what)}" for one in plays if (what := list(wrong(one, seen)))]
        return plays

    def _begun(self, row: Row, stack: ExitStack, came: threading.Event) -> Play:
        name = f"row{self.seed:03}n{ROWS.index(row):03}"
        mails = [arriving(f"{name}m{number}") + (b"x" * 74 + b"\r\n") * (row.padding // 76) for number in range(3)]
        server = stack.enter_context(row.server(self.authority, mails, self.clock))
        given = {"name": name, "host": "127.0.0.1", "port": server.port, "user": "ann", "password": Secret("secret")}
        hurry = {"security": "plain", "poll": timedelta(seconds=0.5), "timeout": timedelta(seconds=1)}
        account = Account(
            **given | hurry | {"import_since": None if row.old else LONG_AGO, "ca_file": self.authority.ca_file} | row.account
        )
        loop = MailboxLoop(self.at_hand.desk, account, clock=self.clock, kept=came.set)
        return Play(row=row, name=name, server=server, loop=loop, began=time.monotonic())

    def _settle(self, plays: Sequence[Play], came: threading.Event) -> None:
        """Take in what comes until every row is over, or the time is."""
        end = time.monotonic() + RECOVERS_WITHIN
        while time.monotonic() < end and not all(one.over for one in plays):
            came.wait(0.1)
            came.clear()
            taken = sum(self.at_hand.desk.take_in(utc_now))
            seen = self.seen()
            for one in plays:
                if taken:
                    one.loop.call()
                one.loop.look(self.clock())
                if one.took is None and next(wrong(one, seen), None) is None:
                    one.well_at = time.monotonic()
                    one.took = one.well_at - max(one.server.met_at, one.began)

    # -- what must be ------------------------------------------------------------------------------------------------

    def seen(self) -> Seen:
        """What the desk has by now."""
        ask = self.at_hand.ask
        return Seen(
            worked=Counter(str(digest) for (digest,) in ask("SELECT digest FROM inbox WHERE state = 'done'")),
            tickets=Counter(str(subject) for (subject,) in ask("SELECT subject FROM tickets")),
            alarms=tuple(json.dumps(json.loads(str(letter)), ensure_ascii=False) for (letter,) in ask(ALARMS, OPERATOR)),
        )

    def broken(self) -> Iterator[str]:
        """What is not as it must be in the store when all rows are played."""
        if (found := self.at_hand.ask("PRAGMA integrity_check")) != [("ok",)]:
            yield f"the store: {found}"
        yield from (f"{row} points nowhere" for row in self.at_hand.ask("PRAGMA foreign_key_check"))
        yield from (f"number {row} is there twice" for row in self.at_hand.ask(TWICE))
        yield from (f"mail {row} was set aside" for row in self.at_hand.ask("SELECT id, reason FROM inbox WHERE state <> 'done'"))


def wrong(play: Play, seen: Seen) -> Iterator[str]:
    """What is not as the row says."""
    server, row = play.server, play.row
    if row.met and not any(line.startswith(row.met) for line in server.heard):
        yield f"it was never asked for {row.met}"
    if row.ends is not End.UNTOUCHED and server.late is not None:
        yield "nobody waited for new mail"
    if row.calls and server.connections > row.calls:
        yield f"{server.connections} connections"
    yield from _mails(play, seen)
    alarms = [alarm for alarm in seen.alarms if play.name in alarm]
    if row.alarm and not any(row.alarm in alarm for alarm in alarms):
        yield f"no alarm says {row.alarm!r}: {alarms}"
    if not row.alarm and alarms:
        yield f"the operator was told without need: {alarms}"


def _mails(play: Play, seen: Seen) -> Iterator[str]:
    """Each mail: how often it was worked, opened a ticket, lies in INBOX, and lies elsewhere."""
    server, row = play.server, play.row
    with server.lock:
        inbox, moved = Counter(raws(server.inbox)), Counter(server.elsewhere())
    found = Counter((*seen.of(raw), inbox[raw], moved[raw]) for raw in server.delivered)
    whole = len(server.delivered) - row.aside - row.gone
    wanted = Counter({row.ends.value: whole}) + Counter({End.UNTOUCHED.value: row.aside, GONE: row.gone})
    if found != wanted:
        yield f"mails: {dict(found)}, not {dict(wanted)}"
    if more := set(inbox + moved) - set(server.delivered):
        yield f"{len(more)} mails that nobody sent"


def _impatient(settings: Settings) -> Settings:
    retry = replace(settings.retry, connect=timedelta(milliseconds=50), connect_most=timedelta(milliseconds=500))
    return replace(settings, retry=retry)


def played(authority: Authority, place: Path, *, seed: int, rows: Sequence[Row] = ROWS) -> Outcome:
    """Every row once, in an order that the seed decides."""
    order = random.Random(seed).sample(rows, len(rows))
    groups = [order[begin : begin + AT_ONCE] for begin in range(0, len(order), AT_ONCE)]
    with opened(place, _impatient) as at_hand:
        bay = Bay(at_hand=at_hand, authority=authority, seed=seed, clock=hurried())
        plays = [one for group in groups for one in bay.play(group)]
        broken = [*bay.found, *bay.broken()]
    recovered = [one.took or RECOVERS_WITHIN for one in plays if one.row.ends is not End.UNTOUCHED]
    return Outcome(
        seed=seed,
        tried=len(plays),
        effective=sum(one.met for one in plays),
        counts={"alarms wanted and told": sum(bool(one.row.alarm) for one in plays)},
        worst={"milliseconds from the last of the fault to all well": round(1000 * max(recovered, default=0))},
        broken=tuple(broken),
    )
