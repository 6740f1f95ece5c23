"""Several daemons at one mailbox and one PostgreSQL, while they are killed, frozen and cut off: each mail, letter and alarm once.

Every daemon has a road of its own to the database. What befalls one of them:

    kill       SIGKILL, and a start a moment later          freeze    SIGSTOP for a while
    dark       nothing passes between it and the database   cut       its connections to the database are torn
    commit     the next answer to a COMMIT is lost: it is done, and the daemon does not know
"""

import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.daemon.running import Installed, Running, install, until
from tests.proof.ledger import Ledger
from tests.proof.oracle import Oracle
from tests.proof.outcome import Outcome
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Fault, FaultProxy, How
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink

BLOWS = ("kill", "freeze", "dark", "cut", "commit")
COMMITTED = b"COMMIT\0"
"""What PostgreSQL says when a transaction is committed (protocol 3, CommandComplete)."""


@dataclass(slots=True, kw_only=True)
class Worker:
    """A daemon, and its road to the database."""

    installed: Installed
    proxy: FaultProxy
    running: Running | None = None
    restarts: int = 0

    def tend(self) -> None:
        """Start it again when it gave up because it met no database at its start, as systemd does."""
        if self.running is not None and self.running.process.poll():
            self.restarts += 1
            self.kill()
            self.start()

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
    installed = install(place, dovecot, sink.port, database=direct)
    with ExitStack() as open_ones:
        open_ones.callback(server.drop, name)
        workers = []
        for number in range(1, count + 1):
            proxy = open_ones.enter_context(FaultProxy(server.port))
            worker = Worker(
                installed=_hired(installed, number, direct.replace(f":{server.port}/", f":{proxy.port}/")), proxy=proxy
            )
            open_ones.callback(worker.kill)
            worker.start()
            workers.append(worker)
        yield installed, workers


def _hired(installed: Installed, number: int, url: str) -> Installed:
    """The same desk under another node's name and with another road to the database."""
    main = installed.main.read_text("utf-8")
    main = re.sub(r"(?m)^database = .*$", f'database = "{url}"\nnode = "node{number}"', main)
    hired = replace(installed, file=f"node{number}.toml")
    hired.main.write_text(main, "utf-8")
    hired.main.chmod(0o600)
    return hired


def at_work(
    place: Path, dovecot: Dovecot, sink: SmtpSink, server: Postgres, *, seed: int, workers: int, mails: int, blows: int
) -> Outcome:
    """So many mails in waves, and between them blows against workers that chance has chosen."""
    chance, dealt = random.Random(seed), Counter[str]()
    with crew(place, dovecot, sink, server, workers) as (installed, hands):
        ledger = Ledger(installed=installed, sink=sink, seed=seed)
        oracle = Oracle(ledger=ledger)
        for _ in range(blows):
            ledger.send(mails // blows)
            for worker in hands:
                worker.tend()
            time.sleep(chance.uniform(0.1, 0.8))
            blow = chance.choice(BLOWS)
            _strike(chance.choice(hands), blow, chance)
            dealt[blow] += 1
        ledger.send(mails - len(ledger.entries))
        broken = _after(oracle, hands, extra=blows)
        counts = {"mails": len(ledger.entries), "extra copies": oracle.extra_copies(), **dict(sorted(dealt.items()))}
        counts["restarts"] = sum(worker.restarts for worker in hands)
    return Outcome(seed=seed, tried=blows, effective=blows, counts=counts, broken=broken)


def _strike(worker: Worker, blow: str, chance: random.Random) -> None:
    while_ = chance.uniform(0.3, 2.0)
    match blow:
        case "kill":
            worker.kill()
            worker.start()
        case "freeze":
            assert worker.running is not None
            worker.running.signal(signal.SIGSTOP)
            time.sleep(while_)
            worker.running.signal(signal.SIGCONT)
        case "dark":
            worker.proxy.dark = True
            time.sleep(while_)
            worker.proxy.dark = False
        case "cut":
            worker.proxy.cut()
        case "commit":
            worker.proxy.lay(*(Fault(how=How.RESET, at=COMMITTED) for _ in range(3)))
            worker.proxy.cut()
        case _:
            raise ValueError(blow)


def _after(oracle: Oracle, hands: list[Worker], *, extra: int) -> tuple[str, ...]:
    """Let all finish, stop them, and ask the oracle."""

    def settled() -> bool:
        for worker in hands:
            worker.tend()
        return not oracle.unsettled()

    try:
        until(settled, within=120, told=oracle.state)
    except AssertionError as trouble:
        return (f"L9 {trouble}",)
    ends = [worker.ended() for worker in hands]
    return oracle.broken(extra=extra) + tuple(f"a daemon ended with {end}" for end in ends if end)
