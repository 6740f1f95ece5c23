"""What the turns of a desk cost, among more and more tickets.

python bench/turns.py URL FOLDER TICKETS...    for each number of tickets a line of JSON {"tickets", "open", "ms": {...}}; ms

At every size the same happens: nothing is due; one mail comes, then one that answers a ticket; fifty new tickets fall due
together, their letters are written, one is claimed; the lists and digests are asked for. At the last size, if so many are open,
10,000 fall due at once, as after a holiday. Times are the best of some rounds, because others may be at work on the machine; of
the mails that come in the end it is the worst.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from archive import Archive, mail, one_day

from maildesk.core.known import Known
from maildesk.core.letter import LetterKind
from maildesk.core.people import Person, StaffId
from maildesk.core.ticket import Ticket
from maildesk.demo import world
from maildesk.desk.attempts import claim
from maildesk.desk.posting import Posting
from maildesk.reports.digest import digests, reader

DUE = 50
RUSH = 10_000
ROUNDS = 9


def spent(act: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def best(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    return min(spent(act) for _ in range(rounds))


class Turns:
    """One size's figures."""

    def __init__(self, archive: Archive, rng: random.Random) -> None:
        self.archive, self.desk, self.now, self._rng = archive, archive.desk, archive.now, rng
        self.posting = Posting(self.desk, None, lambda: self.now)  # type: ignore[arg-type]

    def figures(self, *, rush: bool) -> Iterator[tuple[str, float]]:
        yield "a tick, nothing due", best(lambda: self.desk.wake(self.now), 3 * ROUNDS)
        yield "a mail that opens a ticket", self._mails(lambda: mail(self._rng, self._somebody()))
        answered = self._youngest()
        yield "a mail to a ticket", self._mails(lambda: _answer(mail(self._rng, answered.requester), answered))
        ticks, letters = zip(*(self._due() for _ in range(3)), strict=True)
        yield f"one of {DUE} tickets due", min(ticks)
        yield "a letter written", min(letters)
        yield "a letter claimed", best(self._claim)
        yield "/list of an engineer", self._order("E001")
        yield "/list of a lead", self._order("L001")
        yield "the digest of an engineer", self._digest("E001", LetterKind.DIGEST)
        yield "the digest of the team", self._digest("L001", LetterKind.TEAM_DIGEST)
        if rush and self.archive.open() >= RUSH:
            yield f"the slowest mail while {RUSH:,} tickets fall due", max(self._rush())

    # -- mail in -----------------------------------------------------------------------------------------------------

    def _somebody(self) -> str:
        return f"guest{self._rng.getrandbits(40):x}@{world.DOMAIN}"

    def _mails(self, made: Callable[[], bytes], rounds: int = ROUNDS) -> float:
        """From kept to committed, one mail at a time."""
        times = []
        for _ in range(rounds):
            self.desk.keep([(None, self.now, made())], None, self.now)
            times.append(spent(lambda: sum(self.desk.take_in(lambda: self.now))))
        return min(times)

    def _youngest(self) -> Ticket:
        with self.desk.store.read() as tx:
            return tx.tickets(open=True, limit=1)[0]

    # -- the clock and the post --------------------------------------------------------------------------------------

    def _due(self) -> tuple[float, float]:
        """For each ticket and for each letter, when all fall due together; what came before them is out of the way."""
        self.archive.settle()
        self.desk.keep([(None, self.now, mail(self._rng, self._somebody())) for _ in range(DUE)], None, self.now)
        assert sum(self.desk.take_in(lambda: self.now)) == DUE
        self.now += timedelta(minutes=6)
        counts: list[int] = []
        ticks = spent(lambda: counts.append(self.desk.wake(self.now)))
        letters = spent(lambda: counts.extend(iter(self.posting.render, 0)))
        woken, *written = counts
        assert woken == DUE
        return ticks / woken, letters / sum(written)

    def _claim(self) -> None:
        with self.desk.store.write() as tx:
            rows, _ = claim(self.desk, tx, self.now, 1)
        assert len(rows) == 1

    def _rush(self) -> Iterator[float]:
        """How long each mail takes while the clock has its hands full, and the post with what the clock says."""
        self.archive.fall_due(RUSH, self.now)
        clock = threading.Thread(target=lambda: sum(iter(lambda: self.desk.wake(self.now), 0)))
        post = threading.Thread(target=lambda: [self.posting.render() for _ in iter(clock.is_alive, False)])
        clock.start()
        post.start()
        while clock.is_alive():
            yield self._mails(lambda: mail(self._rng, self._somebody()), 1)
        post.join()

    # -- what people ask for -----------------------------------------------------------------------------------------

    def _person(self, staff_id: str) -> Person:
        found = self.desk.config.people.get(StaffId(staff_id))
        assert found is not None
        return found

    def _order(self, by: str) -> float:
        return best(lambda: self.desk.order(self._person(by), None, "/list", self.now))

    def _digest(self, whose: str, kind: LetterKind) -> float:
        config = self.desk.config
        known = Known(policy=config.policy, people=config.people)
        one = reader(self._person(whose), kind, config.policy, self.now)

        def look() -> None:
            with self.desk.store.read() as tx:
                assert len(tuple(digests(tx, known, [one], self.now))) == 1

        return best(look, 3)


def _answer(raw: bytes, ticket: Ticket) -> bytes:
    return raw.replace(b"Subject: ", f"Subject: Re: {ticket.number} ".encode())


def main(url: str, folder: Path, sizes: list[int]) -> None:
    archive = one_day(folder, url)
    rng = random.Random(2)
    for size in sizes:
        archive.grow(size)
        figures = dict(Turns(archive, rng).figures(rush=size == sizes[-1]))
        print(json.dumps({"tickets": size, "open": archive.open(), "ms": figures}), flush=True)
        archive.settle()
    archive.desk.close()
    archive.desk.store.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), [int(size) for size in sys.argv[3:]])
