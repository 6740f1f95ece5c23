"""One thread per mailbox: connect, collect, file, idle; whatever breaks, drop the connection and begin anew.

A silent connection is indistinguishable from a quiet mailbox, so IDLE ends in a round trip at least every five minutes, and
the account's `poll` at the latest. A folder may be made anew behind our back, so it is opened once more every ten minutes, and
when a mail at which the line was cut has rested. After ten minutes without one successful turn, without an answer, or in which
mails could not be filed, the operator is told, once an hour.
"""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from maildesk.config import Account
from maildesk.desk import Desk
from maildesk.desk.caution import Caution
from maildesk.desk.collecting import Collecting
from maildesk.desk.filing import Filing
from maildesk.imap import Mailbox, MailboxError, Selected, Trouble
from maildesk.log import say, warn
from maildesk.store import Full

IDLE_AT_MOST = timedelta(minutes=5)
RECONCILE_EVERY = timedelta(minutes=10)
SILENT_FOR = timedelta(minutes=10)
SOON = timedelta(minutes=1)
"""Within this a line that is there again is found. Who was refused or asked to wait is patient for longer."""

SHORTEST = timedelta(seconds=1)

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
        self.worked_at = self._heard_at = clock()
        self.box, self.sessions, self._seen = Mailbox(account), 0, (0, 0)
        self.failures, self.full, self.patient = 0, False, False
        self.unfiled_since: datetime | None = None
        self.caution = Caution()
        self.seen = threading.Event()

    def call(self) -> None:
        """There is work: do not sleep."""
        self.called.set()

    def end(self) -> None:
        """Come to an end, soon; `join` to wait for it."""
        self.stopped.set()
        self.called.set()

    def look(self, now: datetime) -> None:
        """Called now and then by another thread: a server that says a byte a minute keeps every single promise to answer. Time in
        which nothing was asked, because we pause or the database is away, is not the server's."""
        seen = self.box.answers, self.sessions
        if seen != self._seen or not self.box.asking:
            self._seen, self._heard_at = seen, now
        elif now - self._heard_at >= SILENT_FOR:
            self._heard_at = now
            trouble = MailboxError(Trouble.UNREACHABLE, "no whole answer in ten minutes")
            self.desk.alarm(f"mailbox {self.account.name}", str(trouble), trouble.remedy, now)
            self.box.hang_up()

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                self._session()
            except MailboxError as trouble:
                self._failed(str(trouble), trouble.remedy, patient=trouble.trouble in (Trouble.LOGIN, Trouble.THROTTLED))
            except Full as trouble:
                self._no_room(trouble)
            except Exception as trouble:  # the thread must outlive any surprise
                warn("mailbox loop", mailbox=self.account.name, trouble=repr(trouble), exc_info=True)
                self._failed(repr(trouble), "maildesk check")
            self.sessions += 1
            self.stopped.wait(self._pause())

    def _session(self) -> None:
        """From one connection to its end."""
        box, filing = self.box, Filing(self.desk, self.account, self.box)
        collecting = Collecting(self.desk, self.account, box, self.caution)
        try:
            selected = box.open()
            say("mailbox open", mailbox=self.account.name, waiting=selected.exists)
            self._reconcile(collecting, selected)
            opened_at = self.clock()
            while not self.stopped.is_set():
                self._turn(collecting, filing)
                self.failures = 0
                if self.caution.rested(self.clock()) or self.clock() - opened_at >= RECONCILE_EVERY:
                    self._reconcile(collecting, box.select())
                    opened_at = self.clock()
        finally:
            box.close()

    def _reconcile(self, collecting: Collecting, selected: Selected) -> None:
        collecting.begin(selected, self.clock())
        self._taken(collecting.reconcile(self.clock()))

    def _turn(self, collecting: Collecting, filing: Filing) -> None:
        """Take in, file, wait. Only who was waited with to the end is well: to a server that ends it at once we go ever later."""
        self.called.clear()
        self._taken(collecting.collect(self.clock()))
        filing.file(self.clock)
        self._tell_unfiled(filing.refused, self.clock())
        self.worked_at = self.clock()
        if self.full:
            say("room again", mailbox=self.account.name)
            self.full = False
        self.seen.set()
        rest = max(SHORTEST, self.caution.rests_for(self.clock()))
        self.box.idle(min(self.account.poll, IDLE_AT_MOST, rest).total_seconds(), self.called)

    def _taken(self, count: int) -> None:
        if count:
            self.kept()

    def _tell_unfiled(self, refused: MailboxError | None, now: datetime) -> None:
        """Mail is worked whether it can be filed or not, so nobody would notice."""
        self.unfiled_since = (self.unfiled_since or now) if refused else None
        if refused and self.unfiled_since and (refused.trouble is Trouble.COPIED or now - self.unfiled_since >= SILENT_FOR):
            self.desk.alarm(f"filing {self.account.name}", str(refused), refused.remedy, now)

    def _failed(self, problem: str, remedy: str, *, patient: bool = False) -> None:
        if self.stopped.is_set():
            return
        self.failures += 1
        self.patient = patient
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
        most = retry.connect_most if self.patient else min(retry.connect_most, SOON)
        wait = min(retry.connect * 2.0 ** min(self.failures - 1, 16), most)
        return wait.total_seconds() * random.uniform(0.5, 1.0)
