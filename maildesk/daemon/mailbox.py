"""One thread per mailbox: connect, collect, file, idle; whatever breaks, drop the connection and begin anew.

A silent connection is indistinguishable from a quiet mailbox, so IDLE ends in a round trip at least every five minutes, and
the account's `poll` at the latest. After ten minutes without one successful turn the operator is told, once an hour.
"""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from maildesk.config import Account
from maildesk.desk import Desk
from maildesk.desk.collecting import Caution, Collecting
from maildesk.imap import Mailbox, MailboxError
from maildesk.log import say, warn
from maildesk.store import Full

IDLE_AT_MOST = timedelta(minutes=5)
RECONCILE_EVERY = timedelta(minutes=10)
SILENT_FOR = timedelta(minutes=10)
DISK = "disk"
"""What the alarm of a full disk is called, whoever meets it."""


class MailboxLoop(threading.Thread):
    """Takes mail in from one account until `end`. `kept` is called after each commit of new mail; `call` it back when there
    is something to file."""

    def __init__(
        self,
        desk: Desk,
        account: Account,
        *,
        clock: Callable[[], datetime],
        kept: Callable[[], None],
    ) -> None:
        super().__init__(name=f"mailbox-{account.name}", daemon=True)
        self.desk, self.account, self.clock, self.kept = desk, account, clock, kept
        self.stopped, self.called = threading.Event(), threading.Event()
        self.worked_at = clock()
        self.failures, self.full = 0, False
        self.caution = Caution()
        self.seen = threading.Event()

    def call(self) -> None:
        """There is work: do not sleep."""
        self.called.set()

    def end(self) -> None:
        """Come to an end, soon; `join` to wait for it."""
        self.stopped.set()
        self.called.set()

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                self._session()
            except MailboxError as trouble:
                self._failed(str(trouble), trouble.remedy)
            except Full as trouble:
                self._no_room(trouble)
            except Exception as trouble:  # the thread must outlive any surprise
                warn("mailbox loop", mailbox=self.account.name, trouble=repr(trouble), exc_info=True)
                self._failed(repr(trouble), "maildesk check")
            self.stopped.wait(self._pause())

    def _session(self) -> None:
        """From one connection to its end."""
        box = Mailbox(self.account)
        try:
            selected = box.open()
            collecting = Collecting(self.desk, self.account, box, self.caution)
            collecting.begin(selected, self.clock())
            say("mailbox open", mailbox=self.account.name, waiting=selected.exists)
            reconciled = self.clock() - RECONCILE_EVERY
            while not self.stopped.is_set():
                if self.clock() - reconciled >= RECONCILE_EVERY:
                    self._taken(collecting.reconcile(self.clock()))
                    reconciled = self.clock()
                self._turn(collecting, box)
        finally:
            box.close()

    def _turn(self, collecting: Collecting, box: Mailbox) -> None:
        self.called.clear()
        self._taken(collecting.collect(self.clock()))
        collecting.file()
        self.worked_at, self.failures = self.clock(), 0
        if self.full:
            say("room again", mailbox=self.account.name)
            self.full = False
        self.seen.set()
        box.idle(min(self.account.poll, IDLE_AT_MOST).total_seconds(), self.called)

    def _taken(self, count: int) -> None:
        if count:
            self.kept()

    def _failed(self, problem: str, remedy: str) -> None:
        if self.stopped.is_set():
            return
        self.failures += 1
        warn("mailbox lost", mailbox=self.account.name, problem=problem, failures=self.failures)
        if self.clock() - self.worked_at >= SILENT_FOR:
            self.desk.alarm(f"mailbox {self.account.name}", problem, remedy, self.clock())

    def _no_room(self, trouble: Full) -> None:
        """Mail waits in its mailbox until there is room again; that is told when it begins and when it ends."""
        self.failures += 1
        if not self.full:
            warn("no room", mailbox=self.account.name, problem=trouble.what)
            self.desk.alarm(DISK, trouble.what, trouble.remedy, self.clock())
        self.full = True

    def _pause(self) -> float:
        """Seconds before the next connection: doubling from the first to the last step, with jitter."""
        retry = self.desk.config.settings.retry
        if not self.failures:
            return 0.0
        wait = min(retry.connect * 2.0 ** min(self.failures - 1, 16), retry.connect_most)
        return wait.total_seconds() * random.uniform(0.5, 1.0)
