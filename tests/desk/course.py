"""Any course of things at a desk: people write, give orders and answer letters, machines answer too, strangers forge, mails come
twice, the relay has its moods, the desk breaks off at any point of its work, and time goes by. Hypothesis makes up the course and
cuts one that breaks a law down to what is needed for it.

Everybody's mails bear marks, so that each of them is found again: in the records of the tickets, and in the letters of others.
"""

import logging
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from maildesk import faults
from maildesk.demo.world import ANN, FANG, JING, LEI, MING, QIANG, Actor
from maildesk.desk import Desk
from maildesk.desk.posting import Posting
from maildesk.smtp import Reply
from maildesk.store import Store
from tests.desk.house import READER, House, Letter
from tests.desk.post import ACCEPTED

OUTSIDE, STAFF = (FANG, ANN), (MING, LEI, JING, QIANG)

MATTERS = (
    "打印机卡纸了，打不出来。",
    "登录系统时提示密码错误，所有人都登不上，很急！",
    "The shared drive is gone since this morning.",
    "How do I add a signature in the mail program?",
    "申请开通VPN权限，出差要用。",
    "整个办公室断网了，业务全停。",
)

ANSWERS = (
    "还是不行。",
    "谢谢，已经好了。",
    "Yes, it works now, thank you.",
    "No, still broken.",
    "5",
    "2 分，太慢了",
    "补充：电脑编号 PC-1023，三楼。",
    "确认",
    "很急，全公司都受影响！",
)

ORDERS = (
    "/take",
    "/接单 16:30",
    "/take 2h waiting for a part",
    "/assign 赵磊",
    "/转派 李明 他熟悉",
    "/升级 试过重启",
    "/priority P1 all are down",
    "/优先级 P4 不急",
    "/category 系统故障-登录异常",
    "/预计 明天上午",
    "/eta 17:45",
    "/ask Which floor?",
    "/追问",
    "/wait user",
    "/等待 供应商",
    "/wait approval",
    "/等待 周五 10:00 等备件",
    "/wait until tomorrow 10:00",
    "/called 刚才",
    "/observe 2d replaced the cable",
    "/解决 换了硒鼓",
    "/resolve restarted the server",
    "/close no answer for a week",
    "/关闭",
    "/重开 又坏了",
    "/archive KB-17",
    "/无需入库 一次性问题",
    "/public 我们已经在处理了",
    "/away",
    "/back",
    "/show",
    "/why",
    "/timeline",
    "/list",
    "/eta 18:00\n/wait vendor",
    "/take\n/预计 后天\n/备注 先观察",
)

NOTE = "/备注 他总是这样"

WORDS = ("换了硒鼓，请再试一次。", "Looking into it now, more at noon.", "在查了。")

POINTS = (
    "raw-written",
    "kept",
    "struck",
    "read",
    "number-minted",
    "decided",
    "before-commit",
    "taken-in",
    "woken",
    "rendered",
    "claimed",
    "in-data",
    "delivered",
    "before-settled",
)

MOODS = {
    "deferred": Reply("deferred", 451, "4.7.1 later"),
    "down": Reply("down", None, "no connection"),
    "uncertain": Reply("uncertain", None, "no answer after the text"),
}

MARK = re.compile(r"mark\d{4}x")
NUMBER = re.compile(r"TS\d{8}(\d{3,})")

SPANS = (
    timedelta(minutes=1),
    timedelta(minutes=20),
    timedelta(hours=2),
    timedelta(hours=9),
    timedelta(days=1),
    timedelta(days=3),
)

ANYONE = st.integers(0, 10_000)
"""Which of so many, counted around."""

SETTLING = 30, timedelta(minutes=15)
"""So many turns, each so long after the one before, in which the desk works undisturbed before it is judged."""


class Course(RuleBasedStateMachine):
    """One course. `template` is an upgraded database; `judged` counts the mails of all courses that were found right."""

    template: Path
    judged = 0

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="maildesk-course-"))
        shutil.copy(self.template, self.place / "maildesk.db")
        self.house = House(self.place, self._opened())
        self.house.office.size = 1  # a fault that is raised ends what else is under way a moment later than a process would
        self.got: dict[str, list[Letter]] = {}
        self.mails: list[bytes] = []
        self.marks: dict[str, tuple[Actor, str]] = {}
        self.names: dict[str, str] = {}
        self.doubts = 0
        self.bugs = Bugs()
        logging.getLogger("maildesk").addHandler(self.bugs)

    # -- what people do ----------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(OUTSIDE), text=st.sampled_from(MATTERS))
    def opens(self, who: Actor, text: str) -> None:
        mark = self._mark(who, "opens")
        self._arrives(self.house.raw(who, f"{text}\n{mark}", subject=text[:12]))

    @precondition(lambda self: self._letters(*OUTSIDE))
    @rule(which=ANYONE, text=st.sampled_from(ANSWERS))
    def answers(self, which: int, text: str) -> None:
        who, letter = self._one(which, *OUTSIDE)
        self._arrives(self.house.raw(who, f"{text}\n{self._mark(who, 'answers')}", answering=letter))

    @precondition(lambda self: self._letters(*STAFF))
    @rule(which=ANYONE, text=st.sampled_from(ORDERS))
    def orders(self, which: int, text: str) -> None:
        who, letter = self._one(which, *STAFF)
        self._arrives(self.house.raw(who, f"{text}\n\n-- \n{self._mark(who, 'orders')}", answering=letter))

    @precondition(lambda self: self._letters(*STAFF))
    @rule(which=ANYONE, text=st.sampled_from(WORDS))
    def writes(self, which: int, text: str) -> None:
        """What the requester is to read."""
        who, letter = self._one(which, *STAFF)
        self._arrives(self.house.raw(who, f"{text} {self._mark(who, 'writes')}", answering=letter))

    @precondition(lambda self: self._letters(*STAFF))
    @rule(which=ANYONE)
    def notes(self, which: int) -> None:
        who, letter = self._one(which, *STAFF)
        self._arrives(self.house.raw(who, f"{NOTE} {self._mark(who, 'notes')}", answering=letter))

    @precondition(lambda self: self._letters(*STAFF))
    @rule(which=ANYONE, text=st.sampled_from(ORDERS))
    def forges(self, which: int, text: str) -> None:
        """Somebody else writes in an engineer's name, with an address that was his."""
        who, letter = self._one(which, *STAFF)
        self._arrives(self.house.raw(who, f"{text} {self._mark(who, 'forges')}", answering=letter, proof="fail"))

    @precondition(lambda self: self._letters(*OUTSIDE, *STAFF))
    @rule(which=ANYONE)
    def is_answered_by_a_machine(self, which: int) -> None:
        who, letter = self._one(which, *OUTSIDE, *STAFF)
        headers = {"Auto-Submitted": "auto-replied"}
        self._arrives(self.house.raw(who, f"外出中，周一回来。{self._mark(who, 'is away')}", answering=letter, headers=headers))

    @precondition(lambda self: self.mails)
    @rule(which=ANYONE)
    def comes_again(self, which: int) -> None:
        self._does(lambda: self.house.keep(self.mails[which % len(self.mails)]))
        self._does(self.house.take_in)

    # -- what befalls the desk ---------------------------------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        end, step = self.house.now + span, max(span / 24, timedelta(minutes=1))
        while self.house.now < end:
            self.house.now = min(end, self.house.now + step)
            self._turn()

    @rule(mood=st.sampled_from(sorted(MOODS)), who=st.sampled_from((*OUTSIDE, *STAFF)))
    def relay_has_a_mood(self, mood: str, who: Actor) -> None:
        """For one turn and one recipient."""
        office, reply = self.house.office, MOODS[mood]
        if mood == "uncertain":
            office.delivered = lambda to: reply if to == who.address else ACCEPTED
        else:
            office.offered = lambda to: reply if to == who.address else ACCEPTED
        before = len(office.taken)
        self._turn()
        self.doubts += sum(to == who.address for to, _ in office.taken[before:]) if mood == "uncertain" else 0
        office.delivered = office.offered = lambda to: ACCEPTED

    @rule(point=st.sampled_from(POINTS), nth=st.integers(1, 3))
    def will_break_off(self, point: str, nth: int) -> None:
        """At a point of what it does next."""
        faults.arm(f"{point}:raise:{nth}")

    # -- turns of the desk -------------------------------------------------------------------------------------------

    def _arrives(self, raw: bytes) -> None:
        mail = Letter("", raw)
        self.mails.append(raw)
        self.names[MARK.findall(mail.text.partition("\n>")[0])[-1]] = str(mail.mail["message-id"])
        self._does(lambda: self.house.keep(raw))
        self._does(self.house.take_in)
        self._turn()

    def _turn(self) -> None:
        self._does(self._wakes)
        self._does(self.house.post)
        for letter in self._fresh():
            self.got.setdefault(letter.to, []).append(letter)

    def _wakes(self) -> None:
        while self.house.desk.wake(self.house.now):
            pass

    def _does(self, what: Callable[[], object]) -> None:
        """And once more, as a new process, when it breaks off."""
        try:
            what()
        except faults.Fault:
            self.doubts += 1
            self._starts_again()
            what()

    def _starts_again(self) -> None:
        faults.arm("")
        house = self.house
        house.store.close()
        house.store = self._opened()
        with house.store.write() as tx:
            tx.recover(house.now)
        house.desk = Desk(house.config, house.store, READER)
        house.desk.adopt(house.config, house.now)
        house.posting = Posting(house.desk, house.office, lambda: house.now)  # type: ignore[arg-type]

    def _opened(self) -> Store:
        return Store.open(f"sqlite:///{self.place}/maildesk.db", self.place / "files", "here", durable=False)

    # -- who has what ------------------------------------------------------------------------------------------------

    def _mark(self, who: Actor, what: str) -> str:
        mark = f"mark{len(self.marks):04}x"
        self.marks[mark] = (who, what)
        return mark

    def _fresh(self) -> Iterator[Letter]:
        house = self.house
        fresh, house.read = house.office.taken[house.read :], len(house.office.taken)
        return (Letter(*one) for one in fresh)

    def _letters(self, *whose: Actor) -> list[tuple[Actor, Letter]]:
        return [(one, letter) for one in whose for letter in self.got.get(one.address, ())]

    def _one(self, which: int, *whose: Actor) -> tuple[Actor, Letter]:
        found = self._letters(*whose)
        return found[which % len(found)]

    # -- the laws ----------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Let the desk work undisturbed for a while, and look."""
        if not hasattr(self, "house"):
            return
        faults.arm("")
        try:
            self._does(self.house.take_in)
            turns, apart = SETTLING
            for _ in range(turns):
                self.house.now += apart
                self._turn()
            assert not (broken := tuple(self._laws())), "\n".join(broken)
            type(self).judged += len(self.mails)
        finally:
            faults.arm("")
            logging.getLogger("maildesk").removeHandler(self.bugs)
            self.house.store.close()
            shutil.rmtree(self.place, ignore_errors=True)

    def _laws(self) -> Iterator[str]:
        yield from self.bugs.told
        yield from self._conservation()
        yield from self._orders()
        yield from self._forgeries()
        yield from self._awake()
        yield from self._numbers()
        yield from self._copies()
        yield from self._readers()
        yield from self._store()

    def _ask(self, question: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.place}/maildesk.db?mode=ro", uri=True)) as base:
            return base.execute(question).fetchall()

    def _conservation(self) -> Iterator[str]:
        kept = self._ask("SELECT count(*) FROM inbox WHERE state NOT IN ('done', 'held', 'awaiting', 'duplicate')")
        if kept != [(0,)]:
            yield f"L1 mails are not dealt with: {self._ask('SELECT id, state, strikes, reason FROM inbox')}"
        if (there := self._ask("SELECT count(*) FROM inbox")[0][0]) != len(set(self.mails)):
            yield f"L1 {len(set(self.mails))} mails came and {there} are kept"
        lines = Counter(mark for (text,) in self._ask("SELECT text FROM progress") for mark in set(MARK.findall(text)))
        for mark, (_, what) in self.marks.items():
            if lines[mark] != 1 and what in ("opens", "answers", "writes", "notes"):
                if what in ("writes", "notes") and self._answered(mark):
                    continue  # it could not be done, and he knows
                yield f"L1 {mark} ({what}) stands in {lines[mark]} lines"

    def _orders(self) -> Iterator[str]:
        """Whoever orders something is told once what became of it."""
        for mark, (who, what) in self.marks.items():
            if what in ("orders", "notes") and (times := len(self._answered(mark))) != 1:
                yield f"L1 {mark} ({what}, {who.name}) was answered {times} times"

        answered = {str(letter.mail["in-reply-to"]) for letters in self.got.values() for letter in letters}
        for mark, (who, what) in self.marks.items():
            if what == "is away" and self.names[mark] in answered:
                yield f"L1 {mark}, which {who.name}'s machine wrote, was answered"

    def _forgeries(self) -> Iterator[str]:
        states = {str(name).strip("<>"): state for name, state in self._ask("SELECT message_id, state FROM inbox")}
        for mark, (who, what) in self.marks.items():
            if what == "forges" and (state := states[self.names[mark].strip("<>")]) != "held":
                yield f"{mark} was forged in the name of {who.name} and is {state}"

    def _awake(self) -> Iterator[str]:
        """No open ticket is forgotten: each will wake."""
        for row in self._ask("SELECT number, status FROM tickets WHERE status NOT IN ('closed', 'archived') AND wake_at IS NULL"):
            yield f"L9 {row} sleeps for ever"

    def _answered(self, mark: str) -> set[str]:
        """The letters that answer a mail."""
        letters = self.got.get(self.marks[mark][0].address, ())
        return {str(one.mail["message-id"]) for one in letters if str(one.mail["in-reply-to"]) == self.names[mark]}

    def _numbers(self) -> Iterator[str]:
        numbers = [number for (number,) in self._ask("SELECT number FROM tickets ORDER BY id")]
        if numbers != sorted(set(numbers)):
            yield f"L3 {numbers}"

    def _copies(self) -> Iterator[str]:
        taken = Counter(self.house.office.taken)
        ids = {(to, Letter(to, raw).mail["message-id"]) for to, raw in taken}
        if len(ids) != len(taken):
            yield "L4 two copies of a letter differ"
        if taken.total() - len(taken) > self.doubts:
            yield f"L4 {taken.total() - len(taken)} extra copies, and {self.doubts} times a letter may have been in doubt"
        for state in self._ask(
            "SELECT kind, recipient, state, reply FROM outbox WHERE state IN ('claimed', 'in_data', 'refused')"
        ):
            yield f"L9 {state}"

    def _readers(self) -> Iterator[str]:
        """Requesters read what they themselves wrote, of what was written by marks, and nothing from inside."""
        for to in (one.address for one in OUTSIDE):
            for letter in self.got.get(to, ()):
                for mark in set(MARK.findall(f"{letter.subject}\n{letter.text}\n{letter.html}")):
                    who, what = self.marks[mark]
                    if what in ("notes", "forges") or (what != "writes" and who.address != to):
                        yield f"L5 {to} reads {mark} ({what}, {who.name}) in {letter}"

    def _store(self) -> Iterator[str]:
        if (found := self._ask("PRAGMA integrity_check")) != [("ok",)]:
            yield f"L8 {found}"
        yield from (f"L8 {row}" for row in self._ask("PRAGMA foreign_key_check"))


class Bugs(logging.Handler):
    """What the desk says of faults of its own, but for those that were dealt to it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trouble = record.exc_info[1] if record.exc_info else None
        if trouble is not None and not isinstance(trouble, faults.Fault):
            self.told.append(f"{record.getMessage()}: {trouble!r}")


def on(template: Path) -> type[Course]:
    """Courses that begin on a copy of this database."""
    return type("Course", (Course,), {"template": template})
