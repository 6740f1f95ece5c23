"""A day of a busy desk in virtual time, on which it is down for some hours; what it said is judged by arithmetic of its own.

Tickets are of many kinds, for which cases of the policy have other rules, and people leave and come back.

The desk is a whole one that works through the rehearsal's doors. While it is down no time is played: mails wait, and what should
have been said is not. Then another process begins on what the first one left, and reads the mails of that time before its clocks
speak, or, on every second day, after that.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from maildesk.config import Config
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.demo import world
from maildesk.desk import Desk
from maildesk.simulate.arrivals import Answers, Arrival
from maildesk.simulate.calls import Calls
from maildesk.simulate.foresight import Foresight
from maildesk.simulate.letters import Delivery, Letters
from maildesk.simulate.playing import HOST, Playing
from maildesk.simulate.shelf import Shelf
from maildesk.store import Store
from tests.proof.days_oracle import Judge, Seen
from tests.proof.days_world import Day, Said
from tests.proof.outcome import Outcome

TICKETS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A day that is over: what the desk remembers of it, and the files of all letters by their Message-ID."""

    of: Day
    seen: Seen
    letters: Mapping[str, Path]


def day(place: Path, *, seed: int, tickets: int = TICKETS) -> Outcome:
    """Play a day and judge it."""
    return judged(played(place, seed=seed, tickets=tickets))


def played(place: Path, *, seed: int, tickets: int, otherwise: Callable[[Config], Config] = lambda config: config) -> Played:
    """Play a day, perhaps with a desk that has been told `otherwise`."""
    of = Day(seed, tickets)
    theatre = Theatre(of, place, _rehearsed(otherwise(of.installed(place)), place))
    letters = theatre.play()
    with closing(sqlite3.connect(f"file:{theatre.database}?mode=ro", uri=True)) as base:
        return Played(of=of, seen=Seen.of(base), letters=letters)


def judged(one: Played) -> Outcome:
    judge = Judge(one.of, one.seen, one.letters)
    return Outcome(
        seed=one.of.seed,
        tried=one.of.tickets,
        effective=judge.late,
        counts=judge.counts,
        worst=judge.worst,
        broken=tuple(f"{one.of.place.zone} {one.of.date}: {problem}" for problem in judge.broken()),
    )


def _rehearsed(loaded: Config, place: Path) -> Config:
    """With a key of its own, and the word of the rehearsal's host to believe."""
    return replace(loaded, settings=replace(loaded.settings, keys=(bytes(32),), hosts=(HOST,), state=place / "state"))


@dataclass(slots=True)
class Theatre:
    """The desk of a day, and everybody who writes to it. The letters outlive the process that sent them."""

    of: Day
    place: Path
    config: Config

    @property
    def database(self) -> Path:
        return self.place / "state" / "day.db"

    def play(self) -> dict[str, Path]:
        """The time before the outage, and that after it; every letter that was sent, by its Message-ID."""
        letters = Letters(Shelf(self.place / "letters"), self.config.people)
        mails, (since, until) = [arriving(one) for one in self.of.said], map(_at, self.of.dark)
        early = tuple(mail for mail in mails if mail.at <= since)
        with self._process(letters, _at(self.of.begin), early) as first:
            first.play(since)
            first.desk.alive(since)
        late = (*first.waiting, *(mail for mail in mails if mail.at > since))
        with self._process(letters, until, ()) as second:
            if self.of.reads_after:  # at that second the mails come first, as whenever something else falls on theirs
                second.play(_at(self.of.dark[1] + self.of.reads_after - 1))
                second.now = _at(self.of.dark[1] + self.of.reads_after)
            second.mails = late
            second.play(_at(self.of.end))
        return {sent.message_id: self.place / "letters" / sent.file for sent in letters.sent}

    @contextmanager
    def _process(self, letters: Letters, now: datetime, mails: tuple[Arrival, ...]) -> Iterator[Playing]:
        """A process of the desk from its start to its end."""
        store = Store.open(f"sqlite:///{self.database}", self.config.settings.state, "day", durable=False)
        store.upgrade()
        with closing(store), closing(Desk(self.config, store, reader := Foresight())) as desk:
            desk.alive(now)
            delivery, calls = Delivery(desk, letters), Calls(desk)
            with store.as_one():
                yield Playing(
                    desk=desk,
                    letters=letters,
                    delivery=delivery,
                    calls=calls,
                    mails=mails,
                    now=now,
                    tell=lambda: None,
                    reader=reader,
                )


def arriving(said: Said) -> Arrival:
    """The mail in which somebody says something. Who answers is whoever got the letter."""
    mail = EmailMessage()
    sender = None
    if not said.kind:
        sender = Address(said.sender)
        mail["From"], mail["To"], mail["Subject"] = sender, world.DESK, said.subject
    mail["Message-ID"], mail["Date"] = f"<{said.name}@{world.DOMAIN}>", _at(said.at)
    mail.set_content(f"{said.text}\n")
    answers = Answers(LetterKind(said.kind), str(said.ticket)) if said.kind else None
    return Arrival(at=_at(said.at), name=said.name, raw=mail.as_bytes(), sender=sender, answers=answers)


def _at(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)
