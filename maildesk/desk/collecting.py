"""From a mailbox into the desk: one turn over one connection.

A mailbox is not believed beyond its UIDs, and those only together with their UIDVALIDITY. Flags are neither read nor set.
First contact starts "from now": the next UID and the time are written down, and nothing older is touched unless the account
says `import_since`. When the UIDVALIDITY changes, or UIDs begin anew without it, every mail since that time is looked at again;
what we have already kept is known by its digest. Mails at or above `floor` came after we first looked and are all ours; below
it the server's date decides.
Nothing on the server is changed here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from maildesk import faults
from maildesk.config import Account
from maildesk.desk.caution import BATCH, Caution
from maildesk.desk.desk import Desk
from maildesk.imap import Mailbox, MailboxError, Selected, Trouble, Waiting
from maildesk.log import say, warn
from maildesk.store import Place, Position

NAMED = 10
"""Mails that a letter names at most."""

LARGE = 1 << 20
"""Mails above this many bytes are streamed to disk; the others are fetched in batches of at most BATCH mails or 8 MB."""

RENUMBERED = (
    "Nothing: every mail was looked at again, and those known were recognised. "
    "If this comes again and again, ask who makes the folder anew."
)
LEFT = "Move them by hand, they are worked and not filed again; ask who runs the server why it does not move them."
SET_ASIDE = "Look at it with a mail program, and move it out of the folder and back. It is tried again every hour."
CUT_OFF = (
    "Nothing, if the network is bad: it is tried again every minute, and the others are taken in meanwhile. "
    "If the network is well, the server breaks at this mail: look at it with a mail program, and move it out of the folder."
)
OF_THE_LINE = frozenset({Trouble.UNREACHABLE, Trouble.TLS})
BATCH_BYTES = 8 * LARGE


class Collecting:
    """One mailbox of the desk, over one connection; `caution` outlives it."""

    def __init__(self, desk: Desk, account: Account, box: Mailbox, caution: Caution | None = None) -> None:
        self.desk, self.account, self.box = desk, account, box
        self.caution = caution or Caution()

    def begin(self, selected: Selected, now: datetime) -> Position:
        """Where to read on after selecting the folder, by the rules above."""
        known = self._position()
        if known is None:
            known = self._first_contact(selected, now)
            self._remember(known)
            say("mailbox first seen", mailbox=self.account.name, since=known.since)
        elif known.uidvalidity != selected.uidvalidity:
            known = self._from_the_start(known, selected)
            detail = f"{self.account.folder}: UIDVALIDITY {selected.uidvalidity}"
            self.desk.alarm(f"renumbered {self.account.name}", detail, RENUMBERED, now)
        elif selected.uidnext < known.next_uid:
            known = self._from_the_start(known, selected)
        return known

    def _from_the_start(self, known: Position, selected: Selected) -> Position:
        """Look at every mail again."""
        self.caution.forget()
        fresh = replace(known, uidvalidity=selected.uidvalidity, next_uid=1, floor=selected.uidnext)
        with self.desk.store.write() as tx:
            tx.move_position(fresh)
            tx.renumbered(fresh.mailbox, fresh.folder, fresh.uidvalidity)
        warn("mailbox renumbered", mailbox=self.account.name, uidvalidity=selected.uidvalidity, uidnext=selected.uidnext)
        return fresh

    def collect(self, now: datetime) -> int:
        """Keep every mail that is new; how many. Sizes are looked at before bodies."""
        position = self._position()
        if position is None:
            raise RuntimeError("collect before begin")
        waiting = self.box.after(position.next_uid - 1)
        kept = sum(self._keep(batch, position, now) for batch in batches(waiting, self.caution.batch))
        self.caution.batch = BATCH
        return kept

    def reconcile(self, now: datetime) -> int:
        """Look for mails behind our position that we do not have: a server that hid one for a moment, or gives UIDs that do not
        rise, loses none; and for mails that it only said it had moved."""
        position = self._position()
        if position is None:
            raise RuntimeError("reconcile before begin")
        where = (position.mailbox, position.folder, position.uidvalidity)
        with self.desk.store.read() as tx:
            first = min(tx.first_uid(*where) or position.floor, position.floor)
        found = {w.uid: w for w in (*self.box.after(first - 1), *self.box.after(0, position.since))}
        waiting = {uid: w for uid, w in found.items() if uid < position.next_uid}
        known = self._had(where, waiting, now)
        missed = tuple(w for uid, w in waiting.items() if uid not in known)
        return sum(self._keep(batch, position, now) for batch in batches(missed, self.caution.batch))

    def _had(self, where: tuple[str, str, int], waiting: Iterable[int], now: datetime) -> frozenset[int]:
        """Those that we have. Where the server said that it moved one it is filed again, once."""
        with self.desk.store.write() as tx:
            known = tx.known_uids(*where, waiting)
            left = tx.still_there(*where, known)
        if left:
            some = ", ".join(map(str, sorted(left)[:NAMED]))
            detail = f"{self.account.folder}: the server says that it moves mails, and leaves them ({len(left)}: UID {some})"
            self.desk.alarm(f"filing {self.account.name}", detail, LEFT, now)
        return known

    # -- parts -------------------------------------------------------------------------------------------------------

    def _keep(self, batch: tuple[Waiting, ...], position: Position, now: datetime) -> int:
        """One batch, in the order of the UIDs, with the new position in the same commit."""
        after = replace(position, next_uid=max(position.next_uid, batch[-1].uid + 1))
        ours = (w for w in batch if w.uid >= position.floor or w.received_at >= position.since)
        wanted = tuple(w for w in ours if not self.caution.passes_over(w.uid))
        self.desk.require_room()
        with self._cautious(wanted, now):
            if len(wanted) == 1 and (wanted[0].size > LARGE or wanted[0].uid in self.caution.large):
                self._keep_large(wanted[0], position, now)
                self.desk.keep((), after, now)
                return 1
            arrived = tuple(self.box.fetch([w.uid for w in wanted])) if wanted else ()
            self._missed(tuple(w for w in wanted if w.uid not in {mail.uid for mail in arrived}), now)
        faults.point("fetched")
        mails = tuple((self._place(position, mail.uid), _believable(mail.received_at, now), mail.raw) for mail in arrived)
        self.desk.keep(mails, after, now)
        self.caution.kept(mail.uid for mail in arrived)
        return len(mails)

    @contextmanager
    def _cautious(self, wanted: tuple[Waiting, ...], now: datetime) -> Iterator[None]:
        """Learn from a fetch that failed. Not from a server that asks us to wait: that is no mail's fault."""
        try:
            yield
        except MailboxError as trouble:
            if trouble.trouble is not Trouble.THROTTLED:
                self._suspect(wanted, trouble, now)
            raise

    def _suspect(self, wanted: tuple[Waiting, ...], trouble: MailboxError, now: datetime) -> None:
        self.caution.batch = 1
        if len(wanted) == 1:
            if trouble.trouble is Trouble.LARGER:
                self.caution.large.add(wanted[0].uid)
            self._strike(wanted[0], trouble, now)

    def _strike(self, mail: Waiting, trouble: MailboxError, now: datetime) -> None:
        of_the_line = trouble.trouble in OF_THE_LINE
        count = self.caution.cut if of_the_line else self.caution.strike
        if count(mail.uid, now):
            detail = f"{self.account.folder}, UID {mail.uid}: {trouble}"
            self.desk.alarm(f"mail {self.account.name}", detail, CUT_OFF if of_the_line else SET_ASIDE, now)

    def _missed(self, mails: tuple[Waiting, ...], now: datetime) -> None:
        """Listed, and not to be had: most have just been deleted by somebody, and are listed no more."""
        for mail in mails:
            self._strike(mail, MailboxError(Trouble.GONE, "the server lists it and gives nothing of it"), now)

    def _first_contact(self, selected: Selected, now: datetime) -> Position:
        return Position(
            mailbox=self.account.name,
            folder=self.account.folder,
            uidvalidity=selected.uidvalidity,
            next_uid=1 if self.account.import_since else selected.uidnext,
            floor=selected.uidnext,
            since=self.account.import_since or now,
        )

    def _keep_large(self, waiting: Waiting, position: Position, now: datetime) -> None:
        pieces = self.box.stream(waiting.uid, waiting.size)
        try:
            self.desk.keep_large(self._place(position, waiting.uid), _believable(waiting.received_at, now), pieces, now)
            self.caution.kept((waiting.uid,))
        except MailboxError as trouble:
            if trouble.fatal:
                raise
            warn("mail vanished", mailbox=position.mailbox, uid=waiting.uid, trouble=str(trouble))
            self._strike(waiting, trouble, now)

    def _place(self, position: Position, uid: int) -> Place:
        return Place(mailbox=position.mailbox, folder=position.folder, uidvalidity=position.uidvalidity, uid=uid)

    def _position(self) -> Position | None:
        with self.desk.store.read() as tx:
            return tx.position(self.account.name, self.account.folder)

    def _remember(self, position: Position) -> None:
        with self.desk.store.write() as tx:
            tx.move_position(position)


def batches(waiting: Iterable[Waiting], most: int) -> Iterator[tuple[Waiting, ...]]:
    """Mails in the order of their UIDs: a large one alone, the others by at most `most` mails and BATCH_BYTES bytes."""
    batch: list[Waiting] = []
    size = 0
    for one in sorted(waiting, key=lambda w: w.uid):
        full = len(batch) >= most or size + one.size > BATCH_BYTES
        if batch and (one.size > LARGE or full):
            yield tuple(batch)
            batch, size = [], 0
        if one.size > LARGE:
            yield (one,)
            continue
        batch.append(one)
        size += one.size
    if batch:
        yield tuple(batch)


def _believable(received_at: datetime, now: datetime) -> datetime:
    """The server's date, but never one in the future."""
    return min(received_at, now)
