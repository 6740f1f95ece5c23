"""Bugs, planted one at a time into a copy of the desk: a proof that does not notice them proves nothing.

Each is a small wrong change that a hurried hand could make. `caught_by` names the tests that must fail then, and only because of
it: they are run before in the copy without any bug, and must pass. Some are seen by the oracle as well, after a short run in the
copy in which the desk is killed, or loses its power: `run` is that run, and `law` the one that must be called broken.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.proof.outcome import Outcome

HERE = Path(__file__).parents[2]
COPIED = ("maildesk", "tests", "templates", "config", "docs", "bench", "fuzz", "systemd", "pyproject.toml", "README.md")
WITHIN = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """Wherever `right` stands in the file, `wrong` is put in its place."""

    name: str
    file: str
    right: str
    wrong: str
    caught_by: tuple[str, ...]
    law: str = ""
    run: tuple[str, ...] = ()

    @property
    def after(self) -> str:
        """The run after which the oracle sees it."""
        return "losses of power" if self.run == POWER else "kills"

    def planted(self, place: Path) -> str | None:
        """The file with the bug, or None where it does not have `right` exactly once."""
        text = (place / self.file).read_text("utf-8")
        return text.replace(self.right, self.wrong) if text.count(self.right) == 1 else None


SMALL_DAY = ("tests/proof/test_days.py", "-k", "small_day")
KILLS = ("tests/proof/test_kills.py", "-vvv", "-k", "while_the_relay_has")
POWER = ("tests/proof/test_kills.py", "-vvv", "-k", "power_losses")
IN_HAND = ("tests/desk/test_letters_out.py", "-k", "in_hand and sqlite")

BUGS = (
    Bug(
        name="a mail is moved on the server before it is kept",
        file="maildesk/desk/collecting.py",
        right='        faults.point("fetched")\n',
        wrong='        self.box.move([mail.uid for mail in arrived], self.account.processed)\n        faults.point("fetched")\n',
        caught_by=("tests/desk/test_collecting.py", "-k", "before_it_is_kept and sqlite"),
    ),
    Bug(
        name="a letter is called sent before it is sent",
        file="maildesk/desk/posting.py",
        right="        await asyncio.to_thread(self._in_data, row)\n",
        wrong='        await asyncio.to_thread(self._settle, row, Reply("accepted", 250, "fine"))\n',
        caught_by=IN_HAND,
        law="L4",
        run=KILLS,
    ),
    Bug(
        name="the same bytes are another mail each time",
        file="maildesk/desk/desk.py",
        right="put_many(tuple(raw for _, _, raw in mails))",
        wrong='put_many(tuple(raw + __import__("os").urandom(4).hex().encode() for _, _, raw in mails))',
        caught_by=("tests/desk/test_mail_in.py", "tests/desk/test_collecting.py"),
        law="L2",
        run=KILLS,
    ),
    Bug(
        name="a mail that comes again by another way is another mail",
        file="maildesk/desk/taking.py",
        right="if twins and triaged.standing <= twins[0].standing:",
        wrong="if False:",
        caught_by=("tests/desk/test_mail_in.py",),
    ),
    Bug(
        name="two mails with one Message-ID are one mail",
        file="maildesk/store/mail.py",
        right='.where(_OF_ID, inbox.c.semantic == bindparam("same"))',
        wrong='.where(_OF_ID, bindparam("same") == bindparam("same"))',
        caught_by=("tests/desk/test_mail_in.py",),
    ),
    Bug(
        name="writers on SQLite begin as readers",
        file="maildesk/store/engine.py",
        right='"BEGIN" if reads_only else "BEGIN IMMEDIATE"',
        wrong='"BEGIN"',
        caught_by=("tests/store/test_transactions.py",),
    ),
    Bug(
        name="a file is named before it is on the disk",
        file="maildesk/store/files.py",
        right="            self._together(self._sync, fresh.values())\n",
        wrong="",
        caught_by=("tests/store/test_durable.py",),
        law="L1",
        run=POWER,
    ),
    Bug(
        name="SQLite is not asked to sync what is committed",
        file="maildesk/store/engine.py",
        right='    "PRAGMA synchronous=FULL",\n',
        wrong='    "PRAGMA synchronous=OFF",\n',
        caught_by=("tests/store/test_faults.py", "-k", "is_durable"),
        law="L4",
        run=POWER,
    ),
    Bug(
        name="a mail gets its strike after it was read",
        file="maildesk/desk/ahead.py",
        right="            self._held |= {row.id: row.epoch for row in rows}\n        faults",
        wrong=(
            "            self._held |= {row.id: row.epoch for row in rows}\n"
            "            list(self._reader.read([self._raw(row, settings, str(self._store.files.aside())) for row in rows]))\n"
            "        faults"
        ),
        caught_by=("tests/desk/test_ahead.py", "-k", "its_strike_before and sqlite"),
    ),
    Bug(
        name="a mail is tried without its strike",
        file="maildesk/store/mail.py",
        right='"strikes": inbox.c.strikes + 1',
        wrong='"strikes": inbox.c.strikes',
        caught_by=("tests/store/test_mail.py",),
    ),
    Bug(
        name="reading a mail marks it as read",
        file="maildesk/imap/answers.py",
        right='"BODY.PEEK[]", "INTERNALDATE")',
        wrong='"BODY[]", "INTERNALDATE")',
        caught_by=("tests/doors/test_mailbox.py",),
    ),
    Bug(
        name="the thousandth ticket of a day is read as the hundredth",
        file="maildesk/core/ticket.py",
        right=r'r"(?<![0-9A-Za-z])TS(\d{8})(\d{3,6})(?!\d)"',
        wrong=r'r"TS(\d{8})(\d{3})"',
        caught_by=("tests/mail/in/test_facts.py",),
    ),
    Bug(
        name="a mail without a return path is acknowledged",
        file="maildesk/mail/automatic.py",
        right=' or _has(clues, "return-path", "<>")',
        wrong="",
        caught_by=("tests/mail/in/test_machines.py",),
    ),
    Bug(
        name="whoever is named in Cc may read along",
        file="maildesk/core/decide/opened.py",
        right="    if not known.desk or event.trust is Trust.FAILED or not _is_internal(event.requester, known):\n",
        wrong="    if message.cc:\n        return tuple(Address(box.address) for box in message.cc if box.address)\n    else:\n",
        caught_by=("tests/core/test_opened.py",),
    ),
    Bug(
        name="any field that says dmarc=pass is believed",
        file="maildesk/mail/authentication.py",
        right="    said = [result for raw, speaker in heard.above",
        wrong=(
            "    hosts = tuple(raw.split(b';')[0].strip().decode() for raw in fields.all(_FIELD))\n"
            "    said = [result for raw, speaker in heard.above"
        ),
        caught_by=("tests/mail/in/test_authentication.py",),
    ),
    Bug(
        name="an Authentication-Results is read with a regular expression",
        file="maildesk/mail/authentication.py",
        right="    read = _read(raw, speaker)\n    if read is None or not among(_name(read), hosts):\n        return\n    for",
        wrong=(
            "    import re\n"
            "    for said in re.finditer(rb'([\\w.-]+);\\s+dmarc=(\\w+).*?header\\.from=([\\w.-]+)', raw, re.S):\n"
            "        if said[1].decode() in hosts:\n"
            "            yield _Result('dmarc', said[2].decode(), (('header.from', said[3].decode().lower()),))\n"
            "    read = _read(raw, speaker)\n    if read is None or not among(_name(read), hosts):\n        return\n    for"
        ),
        caught_by=("tests/mail/in/test_authentication.py",),
    ),
    Bug(
        name="a second clock acts on what it read before the first one spoke",
        file="maildesk/desk/desk.py",
        right="            for ticket in due:\n                if ticket.id not in alone:\n",
        wrong="            for ticket in (*due, *due):\n                if ticket.id not in alone:\n",
        caught_by=("tests/desk/test_clock.py", "-k", "sqlite"),
    ),
    Bug(
        name="what has spoken is forgotten",
        file="maildesk/core/decide/ticked.py",
        right="    return Decision(ticket=ticket, progress=progress, letters=letters, calls=calls)\n",
        wrong="    ticket = replace(ticket, spoken=frozenset())\n"
        "    return Decision(ticket=ticket, progress=progress, letters=letters, calls=calls)\n",
        caught_by=("tests/core/test_ticked.py",),
    ),
    Bug(
        name="what people say by mail of their absences is forgotten",
        file="maildesk/desk/gather.py",
        right="            said = self.tx.absences(self.now)\n",
        wrong="            said = self.tx.absences(self.now) and {}\n",
        caught_by=SMALL_DAY,
    ),
    Bug(
        name="what is urgent waits for the next working hour of who is away",
        file="maildesk/core/decide/writing.py",
        right="now if urgent else reachable_at",
        wrong="reachable_at",
        caught_by=SMALL_DAY,
    ),
    Bug(
        name="a letter in doubt is written anew",
        file="maildesk/store/outbox.py",
        right='state=sa.case((TWICE, "uncertain"), else_="queued")',
        wrong='message_id=outbox.c.message_id + "x", state=sa.case((TWICE, "uncertain"), else_="queued")',
        caught_by=IN_HAND,
        law="L4",
        run=KILLS,
    ),
)


def caught(place: Path, bug: Bug) -> tuple[bool, str]:
    """Plant a bug into a fresh copy and run its tests: whether that could be done, and what happened instead of its being noticed
    as it must be."""
    for name in COPIED:
        source, target = HERE / name, place / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
        else:
            shutil.copy(source, target)
    text = bug.planted(place)
    if text is None:
        return False, f"{bug.file} does not have once what is to be changed: {bug.right!r}"
    tests = (bug.caught_by, *((bug.run,) if bug.run else ()))
    if any(_tests(place, *some)[0] != 0 for some in tests):
        return False, "its tests fail without the bug"
    (place / bug.file).write_text(text, "utf-8")
    if _tests(place, *bug.caught_by)[0] != 1:
        return True, "its tests do not notice it"
    if not bug.law:
        return True, ""
    said = _tests(place, *bug.run)[1]
    return True, "" if f"'{bug.law} " in said else f"the oracle does not call {bug.law} broken; the run ends with: {said[-600:]}"


def _tests(place: Path, *tests: str) -> tuple[int, str]:
    """What the tests say, after their exit code: 0 when all passed, 1 when some failed (pytest), others when they could not be
    run."""
    command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *tests)
    surroundings = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=place, env=surroundings, capture_output=True, text=True, timeout=WITHIN, check=False)
    return done.returncode, done.stdout


def planted(place: Path, *, seed: int) -> Outcome:
    """The bug of this number, from 1 on."""
    bug = BUGS[seed - 1]
    met, missed = caught(place, bug)
    counts = {"caught": int(not missed), "by the oracle, too": int(not missed and bool(bug.run))}
    return Outcome(seed=seed, tried=1, effective=int(met), counts=counts, broken=(f"{bug.name}: {missed}",) if missed else ())
