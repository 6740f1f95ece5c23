"""The relay misbehaves at every verb in every way, and is cut off after every byte; each letter arrives as it was promised.

A new mail makes a few letters, and one conversation about them goes wrong. Then all goes well, and the letters are counted at the
server: none is missing, none was written twice, and a second copy came only where the server had the whole letter and its answer
was lost. The desk works in this process; its clock goes forward in long steps, so that what is tried again later is tried now.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import NamedTuple

from maildesk.config import Secret, Settings
from maildesk.desk.posting import Posting
from maildesk.smtp import Lines
from tests.proof.desk import AtHand, arriving, opened
from tests.proof.outcome import Outcome
from tests.servers.fault_proxy import Fault, FaultProxy, How, Way
from tests.servers.smtp_double import DROP, HANG, PARTIAL, TAKE_AND_DROP, TAKE_AND_HANG, Double, Taken

PATIENCE = timedelta(seconds=0.3)
"""For every answer, the last one too: a server that hangs is given up after it."""

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = timedelta(minutes=40)
"""Longer than the first back-offs and than an uncertain letter waits."""

ROUNDS = 12

VERBS = ("greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "dot", "RSET", "QUIT")
ANSWERS = ("450 not now", "451 local trouble", "452 too many", "550 never", "554 no", "421 closing")
MISFORTUNES: tuple[str | float, ...] = (*ANSWERS, DROP, HANG, PARTIAL, 0.1)
FINAL = ("550 never", "554 no")
OFFERED = ("MAIL", "RCPT", "DATA", "dot")
"""Where a refusal is about the letter; before, it is about the channel, and after, about nothing."""


UNDER_WAY = "SELECT count(*) FROM outbox WHERE state IN ('unwritten', 'queued', 'claimed', 'in_data')"

WRITTEN_FOR = "SELECT recipient FROM outbox WHERE message_id = ?"


class Cell(NamedTuple):
    verb: str
    misfortune: str | float

    @property
    def script(self) -> dict[str, list[str | float]]:
        """What the server does. It is asked to forget only what came to nothing, so a letter is put off before."""
        before: dict[str, list[str | float]] = {"RCPT": ["450 not now"]} if self.verb == "RSET" else {}
        return before | {self.verb: [self.misfortune]}

    @property
    def copies(self) -> tuple[int, int]:
        """How many copies may have come in all beyond one of each letter: the fewest and the most."""
        if self.verb == "dot" and self.misfortune in (TAKE_AND_DROP, TAKE_AND_HANG):
            return 1, 1
        return (-1, -1) if self.verb in OFFERED and self.misfortune in FINAL else (0, 0)


CELLS = (
    *(Cell(verb, misfortune) for verb in VERBS for misfortune in MISFORTUNES),
    *(Cell("dot", misfortune) for misfortune in (TAKE_AND_DROP, TAKE_AND_HANG)),
    *(Cell("DATA", odd) for odd in ("250 fine", "220 hello", "252 perhaps")),
    *(Cell("dot", odd) for odd in ("354 go on", "999 no such code")),
)


@dataclass(slots=True, kw_only=True)
class Post:
    """A desk whose letters go to whatever port it is told."""

    at_hand: AtHand
    now: datetime = MORNING
    mails: int = 0

    async def send(self, port: int) -> None:
        """Write the letters of a new mail, and post until nothing is under way."""
        self._arrives()
        desk = self.at_hand.desk
        lines = Lines(replace(desk.config.settings.relay, port=port), size=1)
        posting = Posting(desk, lines, lambda: self.now)
        for _ in range(ROUNDS):
            while (await posting.post()).tried:
                pass
            if not self.under_way():
                break
            self.now += LATER
        await lines.close()

    def _arrives(self) -> None:
        self.mails += 1
        desk = self.at_hand.desk
        desk.keep([(None, self.now, arriving(f"mail{self.mails}"))], None, self.now)
        assert sum(desk.take_in(lambda: self.now)) == 1

    def under_way(self) -> int:
        return self.at_hand.count(UNDER_WAY)

    def written_for(self, message_id: str) -> tuple[str, ...]:
        """Whose letter this is."""
        return tuple(str(to) for (to,) in self.at_hand.ask(WRITTEN_FOR, message_id.strip("<>")))

    def states(self) -> Counter[str]:
        """Of the letters of the last mail and what followed from them."""
        of_mail = "SELECT o.state FROM outbox o JOIN tickets t ON t.id = o.ticket WHERE t.subject = ?"
        return Counter(str(state) for (state,) in self.at_hand.ask(of_mail, f"mail{self.mails}"))


def _patience(settings: Settings) -> Settings:
    relay = replace(settings.relay, user="desk", password=Secret("secret"), rate_per_minute=1_000_000, rate_per_day=1_000_000)
    return replace(settings, relay=replace(relay, timeout=PATIENCE, final=PATIENCE))


def cells(place: Path, *, seed: int) -> Outcome:
    """Every verb with every misfortune, once each; met is what the server came to do."""
    broken: list[str] = []
    met = 0
    with opened(place, _patience) as at_hand:
        one = Post(at_hand=at_hand)
        for cell in random.Random(seed).sample(CELLS, len(CELLS)):
            came, problems = asyncio.run(_cell(one, cell))
            met += came
            broken += (f"{cell.verb}, {cell.misfortune}: {problem}" for problem in problems)
    return Outcome(seed=seed, tried=len(CELLS), effective=met, broken=tuple(broken))


async def _cell(one: Post, cell: Cell) -> tuple[bool, list[str]]:
    async with Double(cell.script) as server:
        await one.send(server.port)
        problems = list(_wrong(one, server.taken, *cell.copies))
        return not any(server.script.values()), problems


def cuts(place: Path, *, seed: int, part: int, parts: int, most: int | None = None) -> Outcome:
    """A cut after every byte of the first connection, in both ways; one part of them, or `most` chosen by the seed."""
    broken: list[str] = []
    met = 0
    with opened(place, _patience) as at_hand:
        one = Post(at_hand=at_hand)
        whole = asyncio.run(_cut(one, Fault(how=How.CLOSE, after=1 << 30)))
        places = [(way, after) for way, length in whole.passed.items() for after in range(length + 1)]
        hows = (How.CLOSE, How.RESET)
        faults = [Fault(how=hows[number % 2], way=way, after=after) for number, (way, after) in enumerate(places)][part::parts]
        chosen: Sequence[Fault] = faults if most is None else random.Random(seed).sample(faults, min(most, len(faults)))
        for fault in chosen:
            played = asyncio.run(_cut(one, fault))
            met += played.met
            broken += (f"{fault.how} {fault.way} after {fault.after}: {problem}" for problem in played.problems)
    return Outcome(seed=seed, tried=len(chosen), effective=met, broken=tuple(broken))


class Played(NamedTuple):
    met: bool
    passed: dict[Way, int]
    problems: list[str]


async def _cut(one: Post, fault: Fault) -> Played:
    async with Double() as server:
        with FaultProxy(server.port) as proxy:
            proxy.lay(fault)
            await one.send(proxy.port)
            problems = list(_wrong(one, server.taken, 0, 1))
            return Played(proxy.fired > 0, dict(proxy.passed), problems)


def _wrong(one: Post, taken: list[Taken], fewest: int, most: int) -> Iterator[str]:
    """What is not as it was promised, when between `fewest` and `most` more than one copy of each letter may have come."""
    copies = [mail.raw for mail in taken]
    if left := one.under_way():
        yield f"{left} letters are still under way"
    states = one.states()
    for mail in taken:
        if mail.recipients != (to := one.written_for(str(message_from_bytes(mail.raw)["message-id"]))):
            yield f"a letter for {to} came to {mail.recipients}"
    ids = Counter(str(message_from_bytes(raw)["message-id"]) for raw in copies)
    if len(set(copies)) != len(ids):
        yield "two copies of a letter differ"
    if states["refused"] != (fewest < 0):
        yield f"the letters ended as {dict(states)}"
    if states["sent"] + states["uncertain"] != len(ids):
        yield f"{states} in the outbox, and {len(ids)} came"
    if not 0 <= sum(ids.values()) - len(ids) <= max(most, 0) or sum(ids.values()) - len(ids) < fewest:
        yield f"{sum(ids.values())} copies of {len(ids)} letters came"
