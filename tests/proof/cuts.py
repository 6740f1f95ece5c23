"""The road to the mailbox is cut after any byte of a session with three mails, and the desk finds its way back.

The desk works in this process, so that thousands of cuts can be made: each has a mailbox of its own, whose first connection is
broken off at one byte of one way. What counts is the end: a ticket for each of the three mails, the very bytes that were sent in
the desk's files and in the folder where they belong, nothing twice, and how long it took to get there.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from maildesk.config import Settings
from maildesk.daemon import utc_now
from maildesk.daemon.mailbox import MailboxLoop
from tests.proof.desk import AtHand, arriving, opened
from tests.proof.ledger import digest_of
from tests.proof.oracle import as_sent
from tests.proof.outcome import Outcome
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Fault, FaultProxy, How, Way

MAILS = 3
RECOVERS_WITHIN = 60.0
AT_ONCE = 10
"""Mailboxes that are read side by side."""

HOWS = (How.CLOSE, How.RESET, How.HALF)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NO_CUT = Fault(how=How.CLOSE, after=1 << 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a session went: whether the cut met it, the seconds until all was well, the bytes of each way, and what never
    became well."""

    met: bool
    seconds: float
    passed: dict[Way, int]
    trouble: str


@dataclass(slots=True, kw_only=True)
class Session:
    """One mailbox with its mails, the road to it, and the loop that reads it."""

    user: str
    mails: dict[str, bytes]
    proxy: FaultProxy
    loop: MailboxLoop
    took: float | None = None


@dataclass(slots=True, kw_only=True)
class Bay:
    """A desk at work in this process, whose mailboxes come and go."""

    dovecot: Dovecot
    at_hand: AtHand
    played: int = 0
    sent: dict[str, str] = field(default_factory=dict)
    """The digests of all mails, by their subjects."""

    def play(self, faults: Sequence[Fault]) -> list[Cut]:
        """As many sessions side by side as there are faults, one for each."""
        came = threading.Event()
        with ExitStack() as roads:
            sessions = [self._session(fault, roads.enter_context(FaultProxy(self.dovecot.imap)), came) for fault in faults]
            began = time.monotonic()
            for session in sessions:
                session.loop.start()
            try:
                self._settle(sessions, came, began)
            finally:
                for session in sessions:
                    session.loop.end()
                for session in sessions:
                    session.loop.join(timeout=20)
            return [self._cut(session) for session in sessions]

    def _session(self, fault: Fault, proxy: FaultProxy, came: threading.Event) -> Session:
        self.played += 1
        user = self.dovecot.user()
        marks = [f"cut{self.played:05}m{number}" for number in range(MAILS)]
        mails = {mark: arriving(mark, user) for mark in marks}
        self.dovecot.deliver(user, *mails.values())
        self.sent |= {mark: digest_of(raw) for mark, raw in mails.items()}
        proxy.lay(fault)
        account = self.dovecot.account(user, port=proxy.port, import_since=LONG_AGO, poll=timedelta(seconds=1))
        return Session(
            user=user, mails=mails, proxy=proxy, loop=MailboxLoop(self.at_hand.desk, account, clock=utc_now, kept=came.set)
        )

    def _settle(self, sessions: Sequence[Session], came: threading.Event, began: float) -> None:
        """Take in what comes until all is filed, or the time is over."""
        while (now := time.monotonic() - began) < RECOVERS_WITHIN and any(session.took is None for session in sessions):
            came.wait(0.02)
            came.clear()
            if sum(self.at_hand.desk.take_in(utc_now)):
                for session in sessions:
                    session.loop.call()
            for session in sessions:
                if session.took is None and self._filed(session.user) == MAILS:
                    session.took = now

    def _filed(self, user: str) -> int:
        return self.at_hand.count("SELECT count(*) FROM places WHERE mailbox = ? AND filed IS NOT NULL", user)

    def _cut(self, session: Session) -> Cut:
        proxy, took = session.proxy, session.took
        trouble = self._state(session.user) if took is None else self._elsewhere(session)
        return Cut(met=proxy.fired > 0, seconds=took or RECOVERS_WITHIN, passed=dict(proxy.passed), trouble=trouble)

    def _elsewhere(self, session: Session) -> str:
        """What does not lie, byte for byte as it was sent, once in the folder where it belongs; empty when all does."""
        left, moved = (Counter(map(as_sent, self.dovecot.mails(session.user, folder))) for folder in ("INBOX", "Processed"))
        if not left and moved == Counter(session.mails.values()):
            return ""
        return f"{session.user}: {left.total()} in INBOX, {moved.total()} in Processed, or not as they were sent"

    def wrong(self) -> Iterator[str]:
        """What is not as it must be when all cuts are played: mails kept, byte for byte, their tickets, and the store."""
        digests = [str(one) for (one,) in self.at_hand.ask("SELECT digest FROM inbox WHERE state = 'done'")]
        files = [self.at_hand.database.parent / digest[:2] / digest for digest in digests]
        kept = [file.read_bytes() if file.exists() else b"" for file in files]
        if [digest_of(raw) for raw in kept] != digests:
            yield "a file of a mail is missing or another"
        done, sent = Counter(digest_of(as_sent(raw)) for raw in kept), Counter(self.sent.values())
        if done != sent or self.at_hand.count("SELECT count(*) FROM inbox") != len(self.sent):
            yield f"{sent.total()} mails were sent, {done.total()} are done, {(done & sent).total()} byte for byte"
        opened_for = Counter(str(one) for (one,) in self.at_hand.ask("SELECT subject FROM tickets"))
        yield from (f"{opened_for[mark]} tickets for {mark}" for mark in {*self.sent, *opened_for} if opened_for[mark] != 1)
        if self.at_hand.ask("PRAGMA integrity_check") != [("ok",)] or self.at_hand.ask("PRAGMA foreign_key_check"):
            yield "the store is not whole"

    def _state(self, user: str) -> str:
        places = self.at_hand.ask("SELECT uid, target, filed FROM places WHERE mailbox = ?", user)
        left, moved = (len(self.dovecot.mails(user, folder)) for folder in ("INBOX", "Processed"))
        return f"{user}: not well within {RECOVERS_WITHIN:.0f} s; {left} in INBOX, {moved} in Processed, places {places}"


def _impatient(settings: Settings) -> Settings:
    retry = replace(settings.retry, connect=timedelta(milliseconds=50), connect_most=timedelta(milliseconds=200))
    return replace(settings, retry=retry)


def every(whole: Cut) -> list[Fault]:
    """A cut after every byte of both ways of a session that was not cut; how it is cut goes round."""
    places = [(way, after) for way, length in whole.passed.items() for after in range(length + 1)]
    return [Fault(how=HOWS[number % len(HOWS)], way=way, after=after) for number, (way, after) in enumerate(places)]


def _played(one: Bay, faults: Sequence[Fault], most: int) -> list[Cut]:
    """Cut after cut, until so many have met their session or all are played."""
    played: list[Cut] = []
    while (missing := most - sum(cut.met for cut in played)) > 0 and len(played) < len(faults):
        played += one.play(faults[len(played) : len(played) + min(missing, AT_ONCE)])
    return played


def imap(dovecot: Dovecot, place: Path, *, seed: int, part: int, parts: int, most: int | None = None) -> Outcome:
    """The cuts of one part of all (the part-th of so many), or as many of them, chosen by the seed, as it takes until `most`
    have met their session: one that comes after its last byte meets nothing."""
    with opened(place, _impatient) as at_hand:
        one = Bay(dovecot=dovecot, at_hand=at_hand)
        faults = every(*one.play([NO_CUT]))[part::parts]
        if most is not None:
            random.Random(seed).shuffle(faults)
        played = _played(one, faults, len(faults) if most is None else most)
        broken = [cut.trouble for cut in played if cut.trouble] + list(one.wrong())
    return Outcome(
        seed=seed,
        tried=len(played),
        effective=sum(cut.met for cut in played),
        worst={"milliseconds from the start to all filed": round(1000 * max(cut.seconds for cut in played))},
        broken=tuple(broken),
    )
