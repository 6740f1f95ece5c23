"""What the page tells of each run: what is played against what, and who judges it."""

from collections.abc import Collection

from maildesk import faults
from tests.proof import kills, planted, transcripts, workers


def _names(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


REAL = (
    "the real daemon on SQLite, Dovecot and Postfix's smtp-sink. Its back-offs are shortened to between 0.1 and 0.5 s, so how "
    "fast it recovers is not what an installed desk does"
)
WITH_CLOCK = f"{REAL}. Its clock reminds the engineer 2 s after a mail, and tells the lead 2 s later"
AT_POINTS = (
    f"{WITH_CLOCK}. Of the program's {len(faults.POINTS)} points it comes by {len(kills.POINTS)}: not by "
    f"{_names(kills.IN_ANOTHER_PROCESS)}, where the process that reads mails is killed and not the desk "
    f"(tests/daemon/test_crash.py), nor by those that only a call to whoever is on call visits ({_names(kills.ONLY_ON_CALL)}: "
    f"tests/daemon/test_calls.py) or only a verb of the shell ({_names(kills.ONLY_BY_HAND)}: tests/cli/test_backup.py)"
)
AT_RANDOM = (
    f"{WITH_CLOCK}. The blow comes at any moment from the opening of the mailbox on, a quarter of a second later on average"
)
IN_PROCESS = "the desk in the proof's own process, on SQLite"
UNLIMITED = f"{IN_PROCESS}, which may write as many letters to a domain in an hour as it likes"
STEPPED = f"{UNLIMITED}, with a clock that is set forward, and a double of a relay"
ORACLE = "the oracle"
BY_COPIES = "the run itself: the copies and their bytes, who got them, and what the outbox calls them"
BY_ORACLE = "; ".join(f"{bug.name} ({bug.law} after {bug.after})" for bug in planted.BUGS if bug.run)

PLAYED = {
    "kills": AT_POINTS,
    "random-kills": AT_RANDOM,
    "power": (
        f"{AT_RANDOM}. What is safe is known by a book of what the program had the disk keep; SQLite is believed to sync what "
        "it was asked to"
    ),
    "sigterm": AT_POINTS,
    "full-disk": f"{AT_POINTS}. The points from the beginning of an attempt to its end are left to the kills",
    "restore": REAL,
    "imap-cuts": (
        f"{UNLIMITED}, and Dovecot. The road is tried again after 50 to 200 ms, where an installed desk waits between 1 s and "
        "1 min: the time told here is not what it takes there"
    ),
    "transcripts": (
        f"{UNLIMITED}, and a double of a mailbox server. Its clock goes {transcripts.SPEED} times as fast, and the road is tried "
        "again after 50 to 500 ms, where an installed desk waits between 1 s and 1 min, and up to 5 min for a server that says "
        "that it asks too much of it or does not know its password: the time told here is not what it takes there"
    ),
    "relay-faults": STEPPED,
    "relay-cuts": STEPPED,
    "mutants": f"{UNLIMITED}, without any server; its letters go into a list",
    "loops": f"{IN_PROCESS}, with time that is played; the machines and the relay are models",
    "forgeries": f"{IN_PROCESS}, without any server; upon a fresh copy of a prepared desk for each mail",
    "days": f"{IN_PROCESS}, with time that is played; the relay is a folder",
    "workers": (
        "real daemons on PostgreSQL, Dovecot and Postfix's smtp-sink, by roads that can be cut. What hangs on time is shortened: "
        f"leases to {workers.LEASE:.0f} s, the database's patience with a forgotten transaction to 10 s, back-offs to between "
        "0.1 and 0.5 s. A road in the dark is torn when the light comes back; that TCP itself gives up what nobody "
        "acknowledges is not tried"
    ),
    "planted": "a copy of the program with its tests",
}

JUDGES = {
    "kills": ORACLE,
    "random-kills": ORACLE,
    "power": ORACLE,
    "sigterm": f"{ORACLE}, the exit code and the letters left in the middle of an attempt",
    "full-disk": f"{ORACLE}, the exit code and the time",
    "restore": (
        f"{ORACLE}, but for what the restored desk cannot know of the letters of the other; these are judged by what people "
        "have in their hands"
    ),
    "imap-cuts": (
        "the run itself: a ticket for each mail, the bytes that were sent in the desk's files and in the folder where they "
        "belong, nothing left in INBOX, the store whole. No letter is sent in it"
    ),
    "transcripts": (
        "the run itself: each mail worked, opened as a ticket and filed as often as its transcript says, byte for byte; the "
        "store; the alarms"
    ),
    "relay-faults": BY_COPIES,
    "relay-cuts": BY_COPIES,
    "mutants": "the run itself: every mail kept and ended, every letter shaped as ours are, the store whole",
    "loops": "the run itself, which counts letters, mails and tickets",
    "forgeries": (
        "the run itself, by a table written from the specification; *effective* are the mails of which something is to be seen"
    ),
    "days": "a second reckoning of every alarm and every letter of the clock (`tests/proof/days_oracle.py`)",
    "workers": ORACLE,
    "planted": f"the tests of each bug; by the oracle, too: {BY_ORACLE}",
}
