"""The people of a simulated day: when they work, when they are away, and who stands in for whom.

Written from the handbook, not from the desk: no line of it is shared with `maildesk`. Somebody is known by his address, instants
are seconds.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.proof.days_hours import Hours, Minutes, wall

SHIFTS: dict[str, Minutes] = {"early": ((360, 840),), "late": ((840, 1320),), "night": ((0, 360), (1320, 1440))}
WRITTEN = {"early": "mon-sun 06:00-14:00", "late": "mon-sun 14:00-22:00", "night": "mon-sun 22:00-06:00"}
SKILLS = "hardware;software;network;system;account;guidance"
COLUMNS = "staff_id,name,addresses,department,phone,roles,line,skills,language,timezone,calendar,shift,absences,delegate"

TO_BEGIN = 1800
"""Who leaves within this time is given nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the desk, with the shift that he has or the calendar that he keeps, and who stands in for him."""

    id: str
    line: int | None
    shift: str = ""
    around: bool = False
    delegate: str = ""

    @property
    def address(self) -> str:
        return f"{self.id.lower()}@demo.test"

    def row(self, absences: str) -> str:
        calendar = "around" if self.shift or self.around else ""
        role, line, skills = ("engineer", str(self.line), SKILLS) if self.line else ("lead", "", "")
        about = f"{self.id},{self.id},{self.address},IT,6000,{role},{line},{skills},en,,{calendar}"
        return f"{about},{WRITTEN.get(self.shift, '')},{absences},{self.delegate}"


DELEGATES = {
    "E1": "E2",
    "E2": "E6",
    "E3": "E9",
    "E4": "E10",
    "E6": "E7",
    "E8": "X0",
    "X0": "X1",
    "X2": "E0",
    "L0": "L1",
    "L1": "E0",
}
"""Who stands in for whom; for the others nobody does."""


LINE_1 = ("", "", "", "early", "late", "night", "", "", "", "early", "late", "early", "late")
"""The shifts of its engineers. Three of a shift stay, unless they say by mail that they leave: there is always somebody."""


def _people() -> Iterator[Person]:
    for n, shift in enumerate(LINE_1):
        yield Person(id=f"E{n}", line=1, shift=shift, delegate=DELEGATES.get(f"E{n}", ""))
    for n, shift in enumerate(("", "", "early", "late")):
        yield Person(id=f"X{n}", line=2, shift=shift, delegate=DELEGATES.get(f"X{n}", ""))
    yield Person(id="L0", line=None, delegate=DELEGATES["L0"])
    yield Person(id="L1", line=None, around=True, delegate=DELEGATES["L1"])


PEOPLE = tuple(_people())
LEADS = tuple(person.address for person in PEOPLE if person.line is None)


# -- who is away ---------------------------------------------------------------------------------------------------------


class Planned(NamedTuple):
    """An absence as the people file has it, so many days after the day itself, with the minutes of its wall; without minutes of
    whole days. `chance` is the share of the days on which it is so."""

    who: str
    chance: float
    first: int
    last: int
    minutes: tuple[int, int] | None = None


PLANNED = (
    Planned("E1", 1, -4, -2),
    Planned("E1", 1, 0, 0, (690, 1080)),
    Planned("E2", 1, -7, -5),
    Planned("E2", 0.7, 0, 0, (780, 1080)),
    Planned("E2", 1, 1, 1, (570, 660)),
    Planned("E6", 0.7, 0, 0, (840, 1080)),
    Planned("E7", 0.5, 0, 1, (900, 1080)),
    Planned("E5", 0.5, 0, 0),
    Planned("E8", 0.5, 0, 0, (690, 960)),
    Planned("X0", 0.5, 0, 0),
    Planned("X1", 0.5, 0, 0, (600, 960)),
    Planned("X2", 0.5, 0, 1),
    Planned("L0", 0.6, -2, 0),
    Planned("L0", 1, 1, 1, (600, 780)),
    Planned("L1", 0.5, 0, 0, (600, 840)),
)
"""Each chain of delegates ends on some days with somebody who is there, on others with nobody."""


def planned(seed: int) -> tuple[Planned, ...]:
    """The absences of the people file on a day."""
    chance = random.Random(seed * 11 + 3)
    return tuple(one for one in PLANNED if chance.random() < one.chance)


def written(one: Planned, on: date) -> str:
    """The absence in the words of the people file."""
    first, last = (on + timedelta(days=days) for days in (one.first, one.last))
    if one.minutes is None:
        return f"{first}..{last}"
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in one.minutes)
    return f"{first} {start}..{last} {end}"


class Word(NamedTuple):
    """Somebody is away from one instant to another, or is `back` whatever was said before; `said` is when, 0 for the file."""

    who: str
    said: int
    since: int
    until: int
    back: bool = False


def filed(seed: int, on: date, zone: ZoneInfo) -> Iterator[Word]:
    """What the people file says."""
    for one in planned(seed):
        start, end = one.minutes or (0, 1440)
        first, last = (on + timedelta(days=days) for days in (one.first, one.last))
        until = wall(last, end, zone) if end < 1440 else wall(last + timedelta(days=1), 0, zone)
        yield Word(f"{one.who.lower()}@demo.test", 0, wall(first, start, zone), until)


class Staff:
    """Who is there at an instant, as far as anybody knows `now`, and who gets what is meant for somebody."""

    def __init__(self, reached: Mapping[str, Hours], shifts: Mapping[str, Hours], words: Iterable[Word]) -> None:
        self.reached, self._shifts = reached, shifts
        self._delegates = {person.address: f"{person.delegate.lower()}@demo.test" for person in PEOPLE if person.delegate}
        self._words: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            self._words[word.who].append(word)

    @property
    def absences(self) -> int:
        """How many there are, of whoever and for how long."""
        return sum(not word.back for words in self._words.values() for word in words)

    def leaves(self, who: str, at: int, since: int, until: int) -> None:
        self._words[who].append(Word(who, at, since, until))

    def returns(self, who: str, at: int) -> None:
        """He is there for as long as he would have been away without a break."""
        edges = sorted(edge for word in self._words[who] for edge in (word.since, word.until) if edge > at)
        until = next((edge for edge in edges if not self.away(who, edge, at)), at) if self.away(who, at, at) else at
        self._words[who].append(Word(who, at, at, until, back=True))

    def away(self, who: str, at: int, now: int) -> bool:
        """The last word about an instant holds."""
        about = [word for word in self._words.get(who, ()) if word.said <= now and word.since <= at < word.until]
        return bool(about) and not about[-1].back

    # -- who gets it ---------------------------------------------------------------------------------------------------

    def stands_in(self, who: str, gone: Callable[[str], bool]) -> str | None:
        """He himself, or the first of his delegate, the delegate's delegate and so on who is not gone."""
        asked: list[str] = []
        while gone(who):
            asked.append(who)
            who = self._delegates.get(who, who)
            if who in asked:
                return None
        return who

    def reading(self, who: str, now: int, *, urgent: bool) -> str | None:
        """Who reads what is written to somebody: urgent things now, others in the next hour in which he can be written to."""
        return self.stands_in(who, lambda one: self.away(one, now if urgent else self.reached[one].opens(now), now))

    def leads(self, holder: str, now: int, *, urgent: bool) -> tuple[str, ...]:
        """Those who hear what the holder is not enough for. When nobody of them is there, all of them."""
        others = [lead for lead in LEADS if lead != holder]
        found = {self.reading(lead, now, urgent=urgent) for lead in others} - {None, holder}
        return tuple(sorted(one for one in found if one)) or tuple(others)

    def attending(self, holder: str, now: int, *, urgent: bool) -> tuple[str, ...]:
        """Who is to act on what somebody holds."""
        there = self.reading(holder, now, urgent=urgent)
        return (there,) if there else self.leads(holder, now, urgent=urgent)

    def attended(self, now: int) -> bool:
        """Whether anybody is at work."""
        return any(hours.opens(now) == now and not self.away(who, now, now) for who, hours in self._shifts.items())

    def free(self, line: int, at: int, now: int) -> frozenset[str]:
        """Those of a line who are at work at an instant, and stay long enough to begin."""
        here = (person.address for person in PEOPLE if person.line == line and self._shifts[person.address].opens(at) == at)
        return frozenset(who for who in here if not self.leaving(who, at, now))

    def begins(self, line: int) -> list[int]:
        """When the hours of somebody of a line begin, in order."""
        theirs = (self._shifts[person.address].spans for person in PEOPLE if person.line == line)
        return sorted({start for spans in theirs for start, _ in spans})

    def leaving(self, who: str, at: int, now: int) -> bool:
        return self.away(who, at, now) or self.away(who, at + TO_BEGIN, now)
