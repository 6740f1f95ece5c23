"""One transaction, with everything that can be asked or changed in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from maildesk.store.calls import Calls
from maildesk.store.counts import Counts
from maildesk.store.durations import Durations
from maildesk.store.errors import Broken, Busy, Full, StoreError, Unreachable
from maildesk.store.filing import Filing
from maildesk.store.mail import Mail
from maildesk.store.occasions import Occasions
from maildesk.store.parties import Parties
from maildesk.store.policies import Policies
from maildesk.store.recovery import Recovery
from maildesk.store.threads import Threads
from maildesk.store.tickets import Tickets

GONE = (Broken, Busy, Full, Unreachable)
"""Troubles after which there may be no transaction any more."""


class Tx(Mail, Filing, Tickets, Threads, Parties, Recovery, Calls, Counts, Durations, Occasions, Policies):
    """Use it in one thread, inside its context; an exception that leaves the context undoes everything."""

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is undone when an exception leaves it; what came before stays.

        A full disk or a lost connection undoes all of the transaction, and this savepoint with it: then what leaves is a
        trouble of the store, so that nobody goes on as if he were still in a transaction.
        """
        self._driver.run("SAVEPOINT inside")
        changes = self._changes
        try:
            yield
        except BaseException as error:
            self._changes, self._read, self._said = changes, {}, None
            self._undo(error)
            raise
        self._driver.run("RELEASE SAVEPOINT inside")

    def _undo(self, error: BaseException) -> None:
        try:
            self._driver.run("ROLLBACK TO SAVEPOINT inside")
            self._driver.run("RELEASE SAVEPOINT inside")
        except StoreError as gone:
            if not isinstance(error, GONE):
                raise Unreachable(f"the database has undone the transaction: {gone.what}", "do all of it again") from error

    def recover(self, now: datetime) -> None:
        """At the start of a node: what it held when it died is free again, with its strikes and attempts; loads are summed; and
        what a restore needed no longer is gone."""
        self.land()
        self._recover_mail()
        self._recover_letters(now)
        self._recover_calls()
        self.recount()
