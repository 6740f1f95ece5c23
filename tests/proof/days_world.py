"""What happens on a simulated day: where and when it is, who works there and is away, and what everybody writes at which second.

Most tickets are opened on the day itself, some of them at night and at lunch; a few are older and wait for somebody. Each goes a
course of its own: answered or never looked at, asked and silent, waiting, watched, raised, taken up again. Some of the people are
away by the people file, others say that they leave, and come back sooner. `seed` decides all of it: the zone and the day by
turns, everything else by chance.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from maildesk import config
from maildesk.config.examples import filled
from maildesk.demo import world
from tests.proof import days_staff, days_terms
from tests.proof.days_courses import CATEGORIES, COURSES, FIRMS, LEAVING, OLD, OUTSIDE, TROUBLES, WAITS, Said
from tests.proof.days_hours import DAY, Hours, Minutes, wall
from tests.proof.days_places import PLACES, Place
from tests.proof.days_staff import PEOPLE, SHIFTS, Person, Staff

OFFICE: Minutes = ((540, 720), (780, 1080))
AROUND: Minutes = ((0, 210), (240, 1440))
"""All day and all week, with a pause in the hour after that in which clocks are put back or forward."""

BEFORE = 13
"""So many days are played before the day, for the tickets that are older."""

AFTER = 14
"""Until this hour of the following day it is looked at what becomes of it."""

OLDER = 0.04
"""The share of the tickets that were opened before the day."""


@dataclass(frozen=True)
class Day:
    """One day: `dark` is the span in which the desk is down, all instants in seconds."""

    seed: int
    tickets: int

    @property
    def place(self) -> Place:
        return PLACES[(self.seed - 1) % len(PLACES)]

    @property
    def date(self) -> date:
        days = self.place.days
        return date.fromisoformat(days[(self.seed - 1) // len(PLACES) % len(days)])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.zone)

    def _midnight(self, days: int) -> int:
        return wall(self.date + timedelta(days=days), 0, self.zone)

    @property
    def begin(self) -> int:
        return self._midnight(-BEFORE)

    @property
    def end(self) -> int:
        return wall(self.date + timedelta(days=1), AFTER * 60, self.zone)

    @cached_property
    def dark(self) -> tuple[int, int]:
        chance = random.Random(self.seed * 7 + 1)
        since = wall(self.date, chance.randrange(8 * 60, 16 * 60), self.zone) + chance.randrange(60)
        return since, since + chance.randrange(40 * 60, 5 * 3600)

    @property
    def reads_after(self) -> int:
        """How many seconds after its start the desk has fetched the mails that waited: on every second day its clocks speak
        before."""
        return 0 if self.seed % 2 else 20

    # -- hours ---------------------------------------------------------------------------------------------------------

    def _hours(self, spans: Minutes, *, office: bool, awake: bool = False) -> Hours:
        """By the clock on the wall; in the `office` on working days alone, `awake` from eight in the morning to nine."""

        def works(day: date, minute: int) -> bool:
            rests = office and (day.isoformat() in self.place.holidays or (day.weekday() > 4 and not self._worked(day)))
            asleep = awake and not 480 <= minute < 1260
            return not rests and not asleep and any(start <= minute < end for start, end in spans)

        return Hours(self.zone, self.begin - DAY, self.end + 45 * DAY, works)

    def _worked(self, day: date) -> bool:
        return day.isoformat() in self.place.workdays

    @cached_property
    def calendars(self) -> dict[str, Hours]:
        """By their names in the policy file."""
        always, around = self._hours(((0, 1440),), office=False), self._hours(AROUND, office=False)
        return {"always": always, "around": around, "office": self._hours(OFFICE, office=True)}

    @cached_property
    def _shifts(self) -> dict[str, Hours]:
        return {name: self._hours(spans, office=False) for name, spans in SHIFTS.items()}

    @cached_property
    def _waking(self) -> Hours:
        return self._hours(AROUND, office=False, awake=True)

    def _reached(self, person: Person) -> Hours:
        """When he is written to."""
        return self._shifts.get(person.shift) or (self._waking if person.around else self.calendars["office"])

    def _works(self, person: Person) -> Hours:
        return self._shifts.get(person.shift) or self.calendars["around" if person.around else "office"]

    def staff(self) -> Staff:
        """The people as the people file has them."""
        reached, works = ({person.address: when(person) for person in PEOPLE} for when in (self._reached, self._works))
        return Staff(reached, works, days_staff.filed(self.seed, self.date, self.zone))

    # -- the desk ------------------------------------------------------------------------------------------------------

    def installed(self, folder: Path) -> config.Config:
        """The configuration of the desk, written as an operator would write it."""
        main = world.write(folder, imap_port=1, smtp_port=1)
        rows = (person.row(self._absences(person)) for person in PEOPLE)
        (folder / "people.csv").write_text("\n".join((days_staff.COLUMNS, *rows, "")), "utf-8")
        own = not self.place.country
        office = {
            "zone": self.place.zone,
            "country": self.place.country or None,
            "extra_holidays": list(self.place.holidays) if own else [],
            "extra_workdays": list(self.place.workdays) if own else [],
        }
        if self.place.subdivision:
            office["subdivision"] = self.place.subdivision
        tables = {
            "": {"internal_domains": [world.DOMAIN]},
            "calendars.office": office,
            "priority_calendars": {"P2": "around"},
            "promises": {"least": 1_000_000},
        }
        around = '\n[calendars.around]\nhours = "mon-sun 00:00-03:30 04:00-24:00"\n'
        policy = filled("policy.example.toml", tables) + around + days_terms.written()
        (folder / "policy.toml").write_text(policy, "utf-8")
        text = main.read_text("utf-8").replace('zone = "Asia/Shanghai"', f'zone = "{self.place.zone}"')
        main.write_text(text.replace("[on_call]\n", '[on_call]\ncommand = ["/bin/true"]\n'), "utf-8")
        return config.load(main, secrets=False)

    def _absences(self, person: Person) -> str:
        away = (one for one in days_staff.planned(self.seed) if one.who == person.id)
        return "; ".join(days_staff.written(one, self.date) for one in away)

    # -- what is written -----------------------------------------------------------------------------------------------

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """Everything, in the order of arrival."""
        chance = random.Random(self.seed)
        older = round(self.tickets * OLDER)
        opened = sorted(
            [*(self._earlier(chance) for _ in range(older)), *(self._moment(chance) for _ in range(self.tickets - older))]
        )
        found = [one for place, at in enumerate(opened, 1) for one in self._course(chance, place, at)]
        found += [one for place, at in self._parting(chance, opened) for one in self._leaving(chance, place, at)]
        return tuple(sorted((one for one in found if one.at < self.end - 7200), key=lambda one: (one.at, one.ticket)))

    def _moment(self, chance: random.Random) -> int:
        """Seven in ten between nine and six, lunch with them, the others at any second of the day."""
        if chance.random() < 0.7:
            return wall(self.date, 9 * 60, self.zone) + chance.randrange(9 * 3600)
        return chance.randrange(self._midnight(0), self._midnight(1))

    def _earlier(self, chance: random.Random) -> int:
        day = self.date - timedelta(days=chance.randrange(1, BEFORE))
        return wall(day, 9 * 60, self.zone) + chance.randrange(8 * 3600)

    def _course(self, chance: random.Random, place: int, at: int) -> Iterator[Said]:
        """The mails of one ticket. Nobody answers what the desk, being down, has not written yet."""
        ((_, category, subject, text),) = chance.choices(TROUBLES, [one[0] for one in TROUBLES])
        courses = OLD if at < self._midnight(0) else COURSES
        domain = f"firm{chance.randrange(FIRMS)}.test" if chance.random() < OUTSIDE else world.DOMAIN
        yield Said(
            name=f"{place:05}-0",
            ticket=place,
            at=at,
            what="opened",
            text=text,
            subject=f"{subject} {place}",
            sender=f"user{place}@{domain}",
            category=category,
        )
        (course,) = chance.choices(courses, [course.share for course in courses])
        for number, (minutes, kind, what, text) in enumerate(course.steps, 1):
            at = self._seen(at) + round(60 * minutes * chance.uniform(0.4, 1.8))
            yield self._step(chance, place, number, at, kind, what, text)

    def _seen(self, at: int) -> int:
        """When the desk deals with a mail that is sent then."""
        since, until = self.dark
        return until + 60 if since < at < until + 60 else at

    def _step(self, chance: random.Random, place: int, number: int, at: int, kind: str, what: str, text: str) -> Said:
        arg, until, written = "", 0, ""
        if what == "prio":
            arg = chance.choice("1223334")
        if what == "category":
            arg = chance.choice(CATEGORIES)
        if what in ("wait", "eta", "observe") and "{until}" in text:
            until, written = self._later(at + round(3600 * chance.uniform(0.5, 15)))
        if what == "wait":
            arg = chance.choice(("", *WAITS)) if until else chance.choice(WAITS)
            written = f"until {written}" if written else ""
        text = text.format(arg=arg, until=written)
        return Said(name=f"{place:05}-{number}", ticket=place, at=at, what=what, text=text, kind=kind, arg=arg, until=until)

    def _parting(self, chance: random.Random, opened: list[int]) -> Iterator[tuple[int, int]]:
        """Tickets, each once, and when those leave to whom they were given: while one is away, one other goes at most."""
        left = set[int]()
        for number in range(LEAVING):
            at = wall(self.date, 9 * 60 + 20 + 70 * number, self.zone) + chance.randrange(600)
            given = [place for place, since in enumerate(opened, 1) if at - 5400 < self._seen(since) < at - 300]
            if given and self._seen(at) == at and (place := chance.choice(given)) not in left:
                left.add(place)
                yield place, at

    def _leaving(self, chance: random.Random, place: int, at: int) -> Iterator[Said]:
        """Who was given a ticket leaves, at once or later, and perhaps comes back before he said."""
        until, upto = self._later(at + chance.randrange(3600, 2 * 3600))
        since, words = at, f"until {upto}"
        if chance.random() < 0.4:
            since, begin = self._later(at + chance.randrange(600, 3000))
            words = f"{begin} to {upto}"
        note = "/note 有事要出去"
        yield Said(
            name=f"{place:05}-away",
            ticket=place,
            at=at,
            what="away",
            text=f"/away {words}\n{note}",
            kind="assignment",
            since=since,
            until=until,
        )
        if chance.random() < 0.4:
            back = self._seen(at + chance.randrange(900, 3600))
            yield Said(name=f"{place:05}-back", ticket=place, at=back, what="back", text=f"/back\n{note}", kind="assignment")

    def _later(self, at: int) -> tuple[int, str]:
        """An instant that the clock on the wall shows once, to the minute, and how it is written."""
        while True:
            at -= at % 60
            local = datetime.fromtimestamp(at, UTC).astimezone(self.zone)
            again = local.replace(fold=1)
            if local.fold == 0 and again.utcoffset() == local.utcoffset():
                return at, f"{local:%Y-%m-%d %H:%M}"
            at += 3600
