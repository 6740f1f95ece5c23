"""Several daemons at one mailbox and one PostgreSQL, while they are killed, frozen and cut off: each mail, letter and alarm once.

Every daemon has roads of its own to the database and to the mailbox. What befalls one of them is a partition from the database

    dark       nothing passes between it and the database for longer than its leases, and what was said meanwhile never arrives
    cut        its connections to the database are torn
    commit     the next answer to a COMMIT is lost: it is done, and the daemon does not know

or something else:

    kill       SIGKILL, and a start a moment later
    freeze     SIGSTOP for longer than its leases
    deaf       nothing passes between it and the mailbox for a while, and what was said meanwhile never arrives

A blow counts when it met a daemon with open roads; in the dark and frozen only one that had something in hand, and could not say
for longer than its leases that it lives, so that the others went on with that. One that does not count is dealt again. The
daemons are the real ones with shorter leases.
"""

import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.daemon.running import Installed, Running, install, until
from tests.proof.ledger import SOON, Ledger
from tests.proof.oracle import Oracle
from tests.proof.outcome import Outcome
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Fault, FaultProxy, How
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink

PARTITIONS = ("dark", "cut", "commit")
OTHERS = ("kill", "freeze", "deaf")
COMMITTED = b"COMMIT\0"
"""What PostgreSQL says when a transaction is committed (protocol 3, CommandComplete)."""

LEASE = 20.0
"""Seconds after which the others go on with what a daemon has in hand; five minutes (filing: thirty) where nothing is hurried."""

FORGOTTEN = "idle_in_transaction_session_timeout=10s"
"""When the database ends a transaction of which it hears nothing more; after a minute where nothing is hurried."""

HURRIED = f"""
from datetime import timedelta
from maildesk.cli import main
from maildesk.desk import ahead, attempts, filing, posting
from maildesk.store import engine
ahead.LEASE = attempts.LEASE = filing.LEASE = timedelta(seconds={LEASE})
posting.STILL, posting.AFTER_TROUBLE = {LEASE / 10}, {LEASE * 0.4}
hurried = engine.POSTGRES["options"].replace("idle_in_transaction_session_timeout=60s", "{FORGOTTEN}")
engine.POSTGRES = dict(engine.POSTGRES, options=hurried)
main()
"""
"""The daemon, with all that hangs on its leases as much shorter as they are."""

IN_HAND = """
    SELECT (SELECT count(*) FROM inbox WHERE node = '{0}' AND state = 'kept')
         + (SELECT count(*) FROM outbox WHERE node = '{0}' AND state IN ('claimed', 'in_data'))
"""

DEALT = 3
"""So often at most a blow is dealt until it counts."""

MEETS_WITHIN = 20.0
"""Seconds in which a daemon that was started is at work, and one that works commits something."""


@dataclass(slots=True, kw_only=True)
class Worker:
    """A daemon, and its roads to the database and the mailbox."""

    installed: Installed
    database: FaultProxy
    mailbox: FaultProxy
    running: Running | None = None
    restarts: int = 0

    @property
    def works(self) -> bool:
        """Whether it runs, and has met both the database and the mailbox."""
        lives = self.running is not None and self.running.process.poll() is None
        return lives and self.database.open > 0 and self.mailbox.open > 0

    def tend(self) -> None:
        """Start it again when it gave up because it met no database at its start, as systemd does."""
        if self.running is not None and self.running.process.poll():
            self.restarts += 1
            self.kill()
            self.start()

    @property
    def node(self) -> str:
        return self.installed.file.removesuffix(".toml")

    def start(self) -> None:
        self.running = Running(self.installed, "", {})

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running = None

    def ended(self) -> int:
        """Stop it as an operator does; its exit code."""
        assert self.running is not None
        self.running.signal(signal.SIGTERM)
        return self.running.ended(within=40)


@contextmanager
def crew(place: Path, dovecot: Dovecot, sink: SmtpSink, server: Postgres, count: int) -> Iterator[tuple[Installed, list[Worker]]]:
    """A desk, and so many daemons for it, at work."""
    name = server.database()
    direct = server.url(name)
    installed = install(place, dovecot, sink.port, database=direct, policy=SOON)
    with ExitStack() as open_ones:
        open_ones.callback(server.drop, name)
        workers = []
        for number in range(1, count + 1):
            roads = [open_ones.enter_context(FaultProxy(port)) for port in (server.port, dovecot.imap)]
            hired = _hired(installed, number, direct.replace(f":{server.port}/", f":{roads[0].port}/"), roads[1].port)
            worker = Worker(installed=hired, database=roads[0], mailbox=roads[1])
            open_ones.callback(worker.kill)
            worker.start()
            workers.append(worker)
        yield installed, workers


def _hired(installed: Installed, number: int, url: str, imap: int) -> Installed:
    """The same desk under another node's name and with other roads to the database and the mailbox."""
    main = installed.main.read_text("utf-8")
    main = re.sub(r"(?m)^database = .*$", f'database = "{url}"\nnode = "node{number}"', main)
    main = re.sub(rf"(?m)^port = {installed.dovecot.imap}$", f"port = {imap}", main)
    hired = replace(installed, file=f"node{number}.toml", program=(sys.executable, "-c", HURRIED))
    hired.main.write_text(main, "utf-8")
    hired.main.chmod(0o600)
    return hired


def at_work(
    place: Path,
    dovecot: Dovecot,
    sink: SmtpSink,
    server: Postgres,
    *,
    seed: int,
    workers: int,
    mails: int,
    partitions: int,
    others: int,
) -> Outcome:
    """So many mails in waves, and between them blows against workers that chance has chosen."""
    chance, dealt, tried = random.Random(seed), Counter[str](), 0
    blows = chance.choices(PARTITIONS, k=partitions) + chance.choices(OTHERS, k=others)
    chance.shuffle(blows)
    with crew(place, dovecot, sink, server, workers) as (installed, hands):
        ledger = Ledger(installed=installed, sink=sink, seed=seed)
        oracle = Oracle(ledger=ledger)
        for blow in blows:
            ledger.send(mails // len(blows))
            for worker in hands:
                worker.tend()
            met, tries = False, 0
            while not met and tries < DEALT:
                time.sleep(chance.uniform(0.1, 0.8))
                met, tries = _strike(chance.choice(hands), blow, chance, oracle), tries + 1
            dealt[blow] += met
            tried += tries
        ledger.send(max(0, mails - len(ledger.entries)))
        broken = _after(oracle, hands)
        counts = {
            "mails": len(ledger.entries),
            "extra copies": oracle.extra_copies(),
            "steps of the clock": len(oracle.told(oracle.copies())),
            **dict(sorted(dealt.items())),
        }
        counts["partitions"] = sum(dealt[blow] for blow in PARTITIONS)
        counts["restarts"] = sum(worker.restarts for worker in hands)
    return Outcome(seed=seed, tried=tried, effective=dealt.total(), counts=counts, broken=broken)


def _strike(worker: Worker, blow: str, chance: random.Random, oracle: Oracle) -> bool:
    """Whether the blow met a daemon at work, and did what it should."""
    if not _soon(lambda: worker.works, worker.tend):
        return False
    assert worker.running is not None
    met = True
    match blow:
        case "kill":
            worker.kill()
            oracle.broken_off(worker.node)
            worker.start()
        case "freeze":
            met = _frozen(worker.running, worker, oracle)
        case "dark":
            met = _in_the_dark(worker, oracle)
        case "deaf":
            worker.mailbox.dark = True
            time.sleep(chance.uniform(0.3, 2.0))
            met = _light(worker.mailbox)
        case "cut":
            worker.database.cut()
        case "commit":
            met = _loses_a_commit(worker.database)
        case _:
            raise ValueError(blow)
    return met


def _frozen(running: Running, worker: Worker, oracle: Oracle) -> bool:
    """Whether it stood still with something in hand that went to the others."""

    return _outlasted(worker, oracle, lambda: running.signal(signal.SIGSTOP), lambda: running.signal(signal.SIGCONT))


def _in_the_dark(worker: Worker, oracle: Oracle) -> bool:
    """The same for one to which no word of the database comes. By the end it may have given up its connections by itself."""

    def block() -> None:
        worker.database.dark = True

    return _outlasted(worker, oracle, block, lambda: _light(worker.database))


def _outlasted(worker: Worker, oracle: Oracle, block: Callable[[], object], release: Callable[[], object]) -> bool:
    """Block a daemon in a moment in which it has something in hand, for longer than its leases; whether that was so, and nothing
    is in its hands by then."""
    end = time.monotonic() + MEETS_WITHIN
    while True:
        oracle.ledger.send(5)
        time.sleep(0.2)
        block()
        time.sleep(0.1)  # for what is on its way to the database
        if caught := bool(_in_hand(worker, oracle)):
            break
        if time.monotonic() > end:
            break
        release()
        _soon(lambda: worker.works, worker.tend)
    if caught:
        oracle.broken_off(worker.node)
        time.sleep(LEASE)
        caught = _soon(lambda: not _in_hand(worker, oracle))
    release()
    return caught


def _in_hand(worker: Worker, oracle: Oracle) -> int:
    return int(str(oracle.ask(IN_HAND.format(worker.node))[0][0]))


def _light(road: FaultProxy) -> bool:
    """End the darkness, but not for what was said in it; whether a connection was open."""
    met = road.open > 0
    road.cut()
    road.dark = False
    return met


def _loses_a_commit(road: FaultProxy) -> bool:
    """Whether the answer to a COMMIT was lost on one of the next connections."""
    before = road.fired
    road.lay(*(Fault(how=How.RESET, at=COMMITTED) for _ in range(3)))
    road.cut()
    return _soon(lambda: road.fired > before)


def _soon(true: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> bool:
    end = time.monotonic() + MEETS_WITHIN
    while not (holds := true()) and time.monotonic() < end:
        meanwhile()
        time.sleep(0.02)
    return holds


def _after(oracle: Oracle, hands: list[Worker]) -> tuple[str, ...]:
    """Let all finish, stop them, and ask the oracle."""

    def settled() -> bool:
        for worker in hands:
            worker.tend()
        return not oracle.unsettled() and oracle.silent()

    try:
        until(settled, within=300, told=oracle.state)
    except AssertionError as trouble:
        return (f"L9 {trouble}",)
    ends = [worker.ended() for worker in hands]
    return oracle.broken() + tuple(f"a daemon ended with {end}" for end in ends if end)
