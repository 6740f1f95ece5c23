"""What happens on a simulated day: where and when it is, who works there, and what everybody writes at which second.

Most tickets are opened on the day itself, some of them at night and at lunch; a few are older and wait for somebody. Each goes a
course of its own: answered or never looked at, asked and silent, waiting, watched, raised, taken up again. `seed` decides all of
it: the zone and the day by turns, everything else by chance.
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
from tests.proof.days_hours import DAY, Hours, Minutes, wall

OFFICE: Minutes = ((540, 720), (780, 1080))
AROUND: Minutes = ((0, 210), (240, 1440))
"""All day and all week, with a pause in the hour after that in which clocks are put back or forward."""

SHIFTS: dict[str, Minutes] = {"early": ((360, 840),), "late": ((840, 1320),), "night": ((0, 360), (1320, 1440))}
WRITTEN = {"early": "mon-sun 06:00-14:00", "late": "mon-sun 14:00-22:00", "night": "mon-sun 22:00-06:00"}
SKILLS = "hardware;software;network;system;account;guidance"
BEFORE = 13
"""So many days are played before the day, for the tickets that are older."""

AFTER = 14
"""Until this hour of the following day it is looked at what becomes of it."""

OLDER = 0.04
"""The share of the tickets that were opened before the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A zone with the days on which nobody works there, and those at weekends on which everybody does, as they were announced.
    `days` are played in this order: first those on which clocks or calendars do something odd."""

    zone: str
    country: str
    subdivision: str
    holidays: tuple[str, ...]
    workdays: tuple[str, ...]
    days: tuple[str, ...]


def _spread(first: str, step: int, count: int) -> tuple[str, ...]:
    begin = date.fromisoformat(first)
    return tuple((begin + timedelta(days=step * n)).isoformat() for n in range(count))


PLACES = (
    Place(
        zone="Asia/Shanghai",
        country="CN",
        subdivision="",
        holidays=(
            *_spread("2026-01-01", 1, 3),
            *_spread("2026-02-15", 1, 9),
            *_spread("2026-04-04", 1, 3),
            *_spread("2026-05-01", 1, 5),
            *_spread("2026-06-19", 1, 3),
            *_spread("2026-09-25", 1, 3),
            *_spread("2026-10-01", 1, 7),
        ),
        workdays=("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
        days=(
            *("2026-10-10", "2026-02-14", "2026-05-09", "2026-09-20", "2026-10-01", "2026-02-23", "2026-02-28"),
            *("2026-04-03", "2026-05-05", "2026-06-18", "2026-09-24", "2026-10-08"),
            *_spread("2026-03-02", 11, 18),
        ),
    ),
    Place(
        zone="Europe/Berlin",
        country="DE",
        subdivision="BY",
        holidays=(
            *("2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-06-04"),
            *("2026-08-15", "2026-10-03", "2026-11-01", "2026-12-25", "2026-12-26"),
        ),
        workdays=(),
        days=(
            *("2026-10-25", "2026-03-29", "2026-10-26", "2026-03-28", "2026-04-02", "2026-05-14", "2026-06-05"),
            *("2026-10-23", "2026-03-30", "2026-05-25", "2026-06-04", "2026-11-02"),
            *_spread("2026-02-03", 13, 18),
        ),
    ),
    Place(
        zone="Australia/Lord_Howe",
        country="",
        subdivision="",
        holidays=("2026-01-26", "2026-04-03", "2026-04-06", "2026-06-08", "2026-10-05"),
        workdays=("2026-04-11",),
        days=(
            *("2026-10-04", "2026-04-05", "2026-04-04", "2026-04-02", "2026-10-03", "2026-10-02", "2026-04-11"),
            *("2026-04-06", "2026-06-05", "2026-06-08", "2026-10-05", "2026-10-06"),
            *_spread("2026-02-05", 12, 18),
        ),
    ),
)
DAYS = min(len(place.days) for place in PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the desk, with the shift that he has or the calendar that he keeps."""

    id: str
    address: str
    line: int | None
    shift: str = ""
    around: bool = False

    @property
    def row(self) -> str:
        calendar = "around" if self.shift or self.around else ""
        role, line, skills = ("engineer", str(self.line), SKILLS) if self.line else ("lead", "", "")
        return f"{self.id},{self.id},{self.address},IT,6000,{role},{line},{skills},en,,{calendar},{WRITTEN.get(self.shift, '')}"


def _people() -> Iterator[Person]:
    for n in range(10):
        shift = ("", "", "", "early", "late", "night")[n % 6] if n else ""
        yield Person(id=f"E{n}", address=f"e{n}@demo.test", line=1, shift=shift)
    for n, shift in enumerate(("", "", "early", "late")):
        yield Person(id=f"X{n}", address=f"x{n}@demo.test", line=2, shift=shift)
    yield Person(id="L0", address="l0@demo.test", line=None)
    yield Person(id="L1", address="l1@demo.test", line=None, around=True)


PEOPLE = tuple(_people())


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody writes: `what` is done by it, in the oracle's words; `until` is the instant that it names."""

    name: str
    ticket: int
    at: int
    what: str
    text: str
    kind: str = ""
    subject: str = ""
    arg: str = ""
    until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a ticket goes: each step so many minutes after the one before, in answer to a letter of this kind."""

    share: int
    steps: tuple[tuple[int, str, str, str], ...]


COURSES = (
    Course(share=14, steps=((6, "assignment", "answer", "请重启后再试。"), (60, "assignment", "resolve", "/resolve 已处理"))),
    Course(
        share=16,
        steps=(
            (4, "assignment", "prio", "/prio {arg} 核实过影响"),
            (20, "assignment", "resolve", "/resolve 已更换"),
            (240, "resolved", "confirmed", "已解决"),
        ),
    ),
    Course(
        share=10,
        steps=(
            (9, "assignment", "ask", "/ask 请提供报错截图和发生时间。"),
            (120, "ask", "user", "今天上午十点，报错 0x80070005。"),
            (90, "assignment", "resolve", "/resolve 权限已修正"),
        ),
    ),
    Course(share=5, steps=((15, "assignment", "ask", "/ask 哪一台打印机？"),)),
    Course(share=4, steps=((5, "assignment", "take", "/take"), (3, "assignment", "wait", "/wait {arg} {until}"))),
    Course(
        share=5,
        steps=(
            (12, "assignment", "wait", "/wait {arg}"),
            (200, "assignment", "note", "/note 对方还没有回"),
            (400, "assignment", "take", "/take"),
        ),
    ),
    Course(
        share=7,
        steps=(
            (8, "assignment", "eta", "/eta {until}"),
            (100, "assignment", "note", "/note 已联系供应商"),
            (300, "assignment", "eta", "/eta {until}"),
            (300, "assignment", "resolve", "/resolve 已更换备件"),
        ),
    ),
    Course(
        share=6, steps=((70, "assignment", "answer", "抱歉来晚了，正在看。"), (300, "assignment", "resolve", "/resolve 已修复"))
    ),
    Course(share=6, steps=((90, "handover", "answer", "二线在看。"), (200, "handover", "resolve", "/resolve 二线已修复"))),
    Course(share=6, steps=((11, "assignment", "called", "/called 已经说明"), (45, "assignment", "prio", "/prio {arg} 影响扩大"))),
    Course(share=4, steps=((30, "assignment", "observe", "/observe {until}"),)),
    Course(
        share=5,
        steps=(
            (10, "assignment", "resolve", "/resolve 已重启服务"),
            (90, "resolved", "user", "还是不行，仍然报同样的错误，页面打不开。"),
            (40, "assignment", "answer", "我再看一下。"),
        ),
    ),
    Course(share=12, steps=()),
)
OLD = (
    Course(share=4, steps=((20, "assignment", "ask", "/ask 哪一台电脑？"),)),
    Course(share=4, steps=((40, "assignment", "resolve", "/resolve 已处理"),)),
    Course(share=2, steps=((30, "assignment", "resolve", "/resolve 已处理"), (50, "resolved", "confirmed", "已解决"))),
    Course(share=2, steps=((25, "assignment", "wait", "/wait {arg}"),)),
)
TROUBLES = (
    (4, "紧急：全公司都无法登录，生产系统宕机", "紧急！全公司的人都无法登录，生产系统宕机了，马上处理。"),
    (24, "报错 500，紧急", "我们组的页面报错 500，紧急，请尽快。"),
    (52, "打印机打不出来", "打印机打不出来，显示缺纸，但是纸盒是满的。"),
    (20, "请问如何申请新的电脑", "请问如何申请新的电脑？"),
)
WAITS = ("vendor", "approval", "user")


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
    def office(self) -> Hours:
        return self._hours(OFFICE, office=True)

    @cached_property
    def calendars(self) -> dict[str, Hours]:
        """By priority."""
        always, around = self._hours(((0, 1440),), office=False), self._hours(AROUND, office=False)
        return {"P1": always, "P2": around, "P3": self.office, "P4": self.office}

    @cached_property
    def _shifts(self) -> dict[str, Hours]:
        return {name: self._hours(spans, office=False) for name, spans in SHIFTS.items()}

    @cached_property
    def _waking(self) -> Hours:
        return self._hours(AROUND, office=False, awake=True)

    def reached(self, person: Person) -> Hours:
        """When he is written to."""
        return self._shifts.get(person.shift) or (self._waking if person.around else self.office)

    def shift(self, person: Person) -> Hours:
        """When he works."""
        return self._shifts.get(person.shift) or (self.calendars["P2"] if person.around else self.office)

    # -- the desk ------------------------------------------------------------------------------------------------------

    def installed(self, folder: Path) -> config.Config:
        """The configuration of the desk, written as an operator would write it."""
        main = world.write(folder, imap_port=1, smtp_port=1)
        heads = "staff_id,name,addresses,department,phone,roles,line,skills,language,timezone,calendar,shift\n"
        (folder / "people.csv").write_text(heads + "\n".join(person.row for person in PEOPLE) + "\n", "utf-8")
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
        (folder / "policy.toml").write_text(filled("policy.example.toml", tables) + around, "utf-8")
        text = main.read_text("utf-8").replace('zone = "Asia/Shanghai"', f'zone = "{self.place.zone}"')
        main.write_text(text.replace("[on_call]\n", '[on_call]\ncommand = ["/bin/true"]\n'), "utf-8")
        return config.load(main, secrets=False)

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
        (_, subject, text), courses = chance.choices(TROUBLES, [one[0] for one in TROUBLES])[0], COURSES
        if at < self._midnight(0):
            courses = OLD
        yield Said(name=f"{place:05}-0", ticket=place, at=at, what="opened", text=text, subject=f"{subject} {place}")
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
        if what in ("wait", "eta", "observe") and "{until}" in text:
            until, written = self._later(at + round(3600 * chance.uniform(0.5, 15)))
        if what == "wait":
            arg = chance.choice(("", *WAITS)) if until else chance.choice(WAITS)
            written = f"until {written}" if written else ""
        text = text.format(arg=arg, until=written)
        return Said(name=f"{place:05}-{number}", ticket=place, at=at, what=what, text=text, kind=kind, arg=arg, until=until)

    def _later(self, at: int) -> tuple[int, str]:
        """An instant that the clock on the wall shows once, to the minute, and how it is written."""
        while True:
            at -= at % 60
            local = datetime.fromtimestamp(at, UTC).astimezone(self.zone)
            again = local.replace(fold=1)
            if local.fold == 0 and again.utcoffset() == local.utcoffset():
                return at, f"{local:%Y-%m-%d %H:%M}"
            at += 3600
