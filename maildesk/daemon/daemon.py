"""The daemon: starts the loops, feeds the watchdog by their real turns, ends them all within 25 seconds."""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from maildesk.config import Config, ConfigError
from maildesk.core.letter import LetterKind
from maildesk.daemon.mailbox import DISK, SILENT_FOR, MailboxLoop
from maildesk.daemon.notify import tell, watchdog_seconds
from maildesk.daemon.steadiness import Steadiness
from maildesk.desk import Desk
from maildesk.desk.calling import Calling
from maildesk.desk.posting import Posting
from maildesk.log import say, warn
from maildesk.reader import ReaderFailed
from maildesk.reports import write_reports
from maildesk.smtp import Lines, Reply
from maildesk.store import Full, Outgoing, Store, StoreError

IDLE_TURN = 5.0
"""Seconds after which a loop looks for work even when nobody called it."""

STUCK = {"intake": 300.0, "clock": 300.0, "post": 1800.0, "call": 600.0}
"""Seconds after which a loop without a turn starves the watchdog: longer than its longest honest step, which for the post is
one letter: a large text over a slow line, then ten minutes for the server's final answer (RFC 5321, 4.5.3.2.6). A call ends
within five."""

READING_UP = 60.0
"""Seconds after an outage for which the clock waits, at most, for the mail of that time to be read."""

ENDING, PARTING = 20.0, 3.0
"""Seconds for the loops to end, and then for all mailboxes together."""

FIXED = ("state", "database", "node", "retry.heartbeat")
"""Settings that a running daemon cannot change."""

SCHEDULE = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def utc_now() -> datetime:
    """The clock of the desk."""
    return datetime.now(UTC)


T = TypeVar("T")


class Daemon:
    """All loops over one desk. `load` reads the configuration again for SIGHUP; `clock` is the real one but in the demo, and
    `ticks` are the seconds by which is seen that it was set."""

    def __init__(
        self,
        store: Store,
        load: Callable[[], Config],
        *,
        clock: Callable[[], datetime] = utc_now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.load, self.clock, self.store = load, clock, store
        self.steadiness = Steadiness(clock, ticks)
        self.desk = Desk(load(), store)
        self.lines = Lines(self.desk.config.settings.relay)
        self.posting = Posting(self.desk, self.lines, clock, turn=lambda: self._turn("post"), ended=self._letter_ended)
        self.calling = Calling(self.desk, clock)
        self.turned: dict[str, float] = {}
        self.mailboxes: list[MailboxLoop] = []
        self._ready, self._reloading = asyncio.Event(), asyncio.Lock()
        self._read_up = False
        self._began = time.monotonic()
        self._reloads: set[asyncio.Task[None]] = set()

    # -- life --------------------------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Work until SIGTERM, SIGINT or `stop`."""
        self._loop = asyncio.get_running_loop()
        self._stop = stop or asyncio.Event()
        self._mail, self._letters, self._calls = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._mail.set()
        self._letters.set()
        await asyncio.to_thread(self._recover)
        with suppress(ReaderFailed):  # the first mail will tell
            self.desk.reader.start()
        self._listen_to_signals()
        self._scheduler = scheduler = self._beats()
        loops = {"intake": self._intake, "post": self._post, "call": self._call, "steadiness": self._watch_clock}
        workers = [asyncio.create_task(loop(), name=name) for name, loop in loops.items()]
        self._open_mailboxes()
        scheduler.start()
        self._ready.set()
        tell("READY=1\nSTATUS=at work")
        say("desk open", mailboxes=len(self.mailboxes), node=self.desk.config.settings.node)
        await self._until_stopped(workers)
        tell("STOPPING=1")
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # nor is it that a beat ends with the desk
        scheduler.shutdown(wait=False)
        await self._close(workers)
        say("desk closed")

    async def ready(self) -> None:
        """Wait until every mailbox has been looked at once."""
        await self._ready.wait()
        await asyncio.gather(*(asyncio.to_thread(mailbox.seen.wait) for mailbox in self.mailboxes))

    async def _until_stopped(self, workers: list[asyncio.Task[None]]) -> None:
        """A worker that ends by itself is a bug that must not go unseen: it ends the daemon, which is then restarted."""
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({stopped, *workers}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._stop.set()

    async def _close(self, workers: list[asyncio.Task[None]]) -> None:
        for mailbox in self.mailboxes:
            mailbox.end()
        self._mail.set()
        self._letters.set()
        self._calls.set()
        _, late = await asyncio.wait(workers, timeout=ENDING)
        for task in late:
            task.cancel()
        await asyncio.to_thread(self._join_mailboxes)
        await self.lines.close()
        self.desk.close()
        for task in workers:
            if task.done() and not task.cancelled() and (failure := task.exception()):
                raise failure

    def _recover(self) -> None:
        with self.store.write() as tx:
            tx.recover(self.clock())
        self.desk.adopt(self.desk.config, self.clock())

    # -- mailboxes ---------------------------------------------------------------------------------------------------

    def _open_mailboxes(self) -> None:
        accounts = self.desk.config.settings.accounts
        self.mailboxes = [MailboxLoop(self.desk, account, clock=self.clock, kept=self._kept) for account in accounts]
        for mailbox in self.mailboxes:
            mailbox.start()

    def _join_mailboxes(self) -> None:
        end = time.monotonic() + PARTING
        for mailbox in self.mailboxes:
            mailbox.join(timeout=max(0.0, end - time.monotonic()))

    def _kept(self) -> None:
        """Called by a mailbox thread: there is new mail."""
        self._loop.call_soon_threadsafe(self._mail.set)

    # -- loops -------------------------------------------------------------------------------------------------------

    async def _intake(self) -> None:
        while not self._stop.is_set():
            await self._called(self._mail)
            seen = all(mailbox.seen.is_set() for mailbox in self.mailboxes)
            await self._guarded("intake", self._take_in)
            self._read_up = self._read_up or seen

    async def _take_in(self) -> None:
        """All that is kept, in turns between which the desk may be stopped."""
        taking = self.desk.take_in(self.clock)
        try:
            while not self._stop.is_set() and await asyncio.to_thread(lambda: next(taking, 0)) > 0:
                self._turn("intake")
                self._settled()
        finally:
            self._settled()
            with suppress(ValueError):  # cancelled in the middle of a turn, which is still at work
                await asyncio.to_thread(taking.close)

    def _settled(self) -> None:
        """There may be letters to post and mails to file."""
        self._letters.set()
        for mailbox in self.mailboxes:
            mailbox.call()

    async def _post(self) -> None:
        failures, down_since = 0, None
        while not self._stop.is_set():
            await self._called(self._letters)
            posted = await self._guarded("post", self.posting.post)
            while posted and posted.tried and not posted.down and not self._stop.is_set():
                posted = await self._guarded("post", self.posting.post)
            failures = failures + 1 if posted is None or posted.down else 0
            down_since = (down_since or self.clock()) if failures else None
            if down_since is not None:
                await self._channel_down(failures, posted.down if posted else "", down_since)
        await self.posting.finish()

    async def _channel_down(self, failures: int, problem: str, since: datetime) -> None:
        """Wait longer each time. Without a `problem` the trouble was ours, and has been told."""
        settings, now = self.desk.config.settings, self.clock()
        retry = settings.retry
        if problem:
            warn("mail server down", problem=problem, failures=failures)
        if problem and now - since >= SILENT_FOR:
            await asyncio.to_thread(self.desk.beside.tell, settings, "mail server", problem, "maildesk check", now)
        seconds = min(retry.connect * 2.0 ** min(failures - 1, 16), retry.connect_most).total_seconds()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop.is_set():
            self._turn("post")
            await asyncio.sleep(min(1.0, seconds))

    async def _call(self) -> None:
        """Whoever is on call waits for nobody: neither for the mail server nor for the mails before him."""
        while not self._stop.is_set():
            await self._called(self._calls)
            while await self._guarded("call", self.calling.call) and not self._stop.is_set():
                self._letters.set()

    async def _called(self, event: asyncio.Event) -> None:
        """Wait until somebody calls, or for one idle turn."""
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), IDLE_TURN)
        event.clear()

    async def _guarded(self, name: str, step: Callable[[], Awaitable[T]]) -> T | None:
        """One turn of a loop. A step that fails is reported and tried again later: the loop goes on."""
        self._turn(name)
        try:
            return await step()
        except Exception as trouble:  # a database that is away for a minute must not end the desk
            warn("step failed", step=name, trouble=repr(trouble), exc_info=True)
            await asyncio.to_thread(self._tell_operator, name, trouble)
            await asyncio.sleep(1)
            return None

    def _tell_operator(self, step: str, trouble: Exception) -> None:
        """Once an hour, and once for all steps when it is the store that troubles them."""
        match trouble:
            case Full():
                what = DISK
            case StoreError():
                what = "database"
            case _:
                what = f"step {step}"
        remedy = getattr(trouble, "remedy", "journalctl -u maildesk")
        self.desk.alarm(what, str(trouble) or repr(trouble), remedy, self.clock())

    def _letter_ended(self, row: Outgoing, reply: Reply) -> None:
        """What the relay will not take from us for the operator reaches him otherwise."""
        if row.kind == LetterKind.ALARM and reply.outcome == "refused":
            settings = self.desk.config.settings
            self.desk.beside.tell(settings, "letter to the operator", f"{row.to}: {reply.text}", "maildesk check", self.clock())

    def _turn(self, name: str) -> None:
        self.turned[name] = time.monotonic()

    # -- the clock ---------------------------------------------------------------------------------------------------

    def _beats(self) -> AsyncIOScheduler:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a turn outlasts a beat is no news
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=SCHEDULE)
        beat = self.desk.config.settings.retry.heartbeat.total_seconds()
        scheduler.add_job(self._wake, "interval", seconds=beat)
        scheduler.add_job(self._digest, "interval", seconds=max(beat, 20))
        scheduler.add_job(self._look_after_mailboxes, "interval", seconds=max(beat, 20))
        if seconds := watchdog_seconds():
            scheduler.add_job(self._feed_watchdog, "interval", seconds=seconds / 3)
        return scheduler

    async def _watch_clock(self) -> None:
        """A loop of its own: the scheduler goes by the wall clock itself, and would sleep for as long as that was set back."""
        while not self._stop.is_set():
            if leap := self.steadiness.leap():
                await self._leapt(leap)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self.desk.config.settings.retry.heartbeat.total_seconds())

    async def _leapt(self, leap: timedelta) -> None:
        """Tell it, and let every beat come now instead of at a moment of the clock as it was."""
        detail = f"{'+' if leap > timedelta() else '-'}{abs(leap)}, {self.clock():%Y-%m-%d %H:%M:%S} UTC"
        warn("clock leapt", detail=detail)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=utc_now())
        await asyncio.to_thread(self.desk.alarm, "clock of this machine", detail, "timedatectl; maildesk check", self.clock())
        self._letters.set()

    async def _wake(self) -> None:
        if self.steadiness.resting:
            return
        now = self.clock()
        await self._guarded("alive", lambda: asyncio.to_thread(self.desk.alive, now))
        outage = self.desk.outage
        if outage and outage.told_at(now) and not self._read_up and time.monotonic() - self._began < READING_UP:
            return  # what came while the desk was down may be the answer to what it would say now
        while await self._guarded("clock", lambda: asyncio.to_thread(self.desk.wake, self.clock())):
            self._letters.set()
            self._calls.set()

    async def _digest(self) -> None:
        if self.steadiness.resting:
            return
        if await self._guarded("digest", lambda: asyncio.to_thread(write_reports, self.desk, self.clock())):
            self._letters.set()

    async def _look_after_mailboxes(self) -> None:
        for mailbox in self.mailboxes:
            await asyncio.to_thread(mailbox.look, self.clock())

    def _feed_watchdog(self) -> None:
        now = time.monotonic()
        if all(now - self.turned.get(name, now) < most for name, most in STUCK.items()):
            tell("WATCHDOG=1")

    # -- signals -----------------------------------------------------------------------------------------------------

    def _listen_to_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop.set)
        self._loop.add_signal_handler(signal.SIGHUP, self._begin_reload)

    def _begin_reload(self) -> None:
        task = self._loop.create_task(self.reload())
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def reload(self) -> None:
        """Read the configuration again: all of it holds from now on, or none, and the operator is told why."""
        async with self._reloading:
            tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
            await self._guarded("reload", self._reload)
            tell("READY=1")

    async def _reload(self) -> None:
        try:
            config = await asyncio.to_thread(self.load)
        except ConfigError as trouble:
            warn("configuration not changed", trouble=str(trouble))
            await asyncio.to_thread(self.desk.alarm, "configuration", str(trouble), "maildesk check", self.clock())
            return
        if not self._stop.is_set():
            await self._changed(config)

    async def _changed(self, config: Config) -> None:
        before = self.desk.config.settings
        for name in FIXED:
            if attrgetter(name)(config.settings) != attrgetter(name)(before):
                warn("change needs a restart", setting=name)
        await asyncio.to_thread(self.desk.adopt, config, self.clock())
        if config.settings.relay != before.relay:
            before_lines, self.lines = self.lines, Lines(config.settings.relay)
            self.posting.lines = self.lines
            await before_lines.close()
        if config.settings.accounts != before.accounts:
            for mailbox in self.mailboxes:
                mailbox.end()
            await asyncio.to_thread(self._join_mailboxes)
            self._open_mailboxes()
        say("configuration changed")
