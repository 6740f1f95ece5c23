"""From the desk back into a mailbox: settled mails are moved to where they belong, each of them once.

A move is a step of its own that is retried until it is done, and processing never waits for it. Where the line is cut, or a node
dies, before the server's answer is written down, nobody knows what became of the mail, and by the older means of copying and
deleting a second try would leave two copies. So a mail that was tried before is looked for where it belongs, by its size and
then by its bytes, among what came there since; the copy found, it is only removed from where it lay.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial

from maildesk import faults
from maildesk.config import Account
from maildesk.desk.desk import Desk
from maildesk.imap import Mailbox, MailboxError, Trouble
from maildesk.log import warn
from maildesk.store import Filed, PlaceId, Unfiled

AT_ONCE = 200
LEASE = timedelta(minutes=30)
"""For longer than a server may take that still answers: who says nothing whole for ten minutes is hung up on. Nobody waits for a
mail that a dead node had in hand: it is worked, and only lies in the wrong folder."""


class Filing:
    """One mailbox of the desk, over one connection."""

    def __init__(self, desk: Desk, account: Account, box: Mailbox) -> None:
        self.desk, self.account, self.box = desk, account, box
        self.refused: MailboxError | None = None
        """Why something could not be filed when it was last tried."""

    def file(self, clock: Callable[[], datetime]) -> int:
        """Move on the server all that is settled with us; how many mails. What the server refuses waits for the next turn, and
        `refused` says why; a folder that takes nothing holds up no other."""
        count, self.refused = 0, None
        closed: set[str] = set()
        while filed := self._file_some(clock(), closed):
            count += sum(filed.values())
            closed |= {target for target, moved in filed.items() if not moved}
        return count

    def _file_some(self, now: datetime, closed: Collection[str]) -> Mapping[str, int]:
        """How many of the oldest were moved, by where they belong; none into what is closed in this turn."""
        with self.desk.store.read() as tx:
            position = tx.position(self.account.name, self.account.folder)
            places = tx.unfiled(self.account.name, now, AT_ONCE, apart_from=closed)
        numbered = position and (position.folder, position.uidvalidity)
        here = [place for place in places if (place.folder, place.uidvalidity) == numbered]
        self._filed([place for place in places if place not in here], "no longer there")
        targets = sorted({place.target for place in here})
        return {target: self._file_in(target, [place for place in here if place.target == target], now) for target in targets}

    def _file_in(self, target: str, places: Sequence[Unfiled], now: datetime) -> int:
        folder = {"processed": self.account.processed, "ignored": self.account.ignored, "failed": self.account.failed}[target]
        above = self.box.next_uid(folder)
        with self.desk.store.write() as tx:
            ours = tx.claim_places([place.id for place in places], above, now, LEASE)
        fresh = [place for place in places if place.id in ours and place.above is None]
        tried = [place for place in places if place.id in ours and place.above is not None]
        return self._moved(fresh, folder, "moved") + self._tried(tried, folder)

    def _tried(self, places: Sequence[Unfiled], folder: str) -> int:
        """What was tried before: it is only removed where its copy lies in the folder, and moved again where it does not."""
        if not places:
            return 0
        try:
            copied = self._copied(places, folder)
        except MailboxError as trouble:
            self._refused(trouble, folder)
            return 0
        moved = self._moved([place for place in places if place.id not in copied], folder, "moved again")
        return moved + self._removed([place for place in places if place.id in copied], folder)

    def _copied(self, places: Sequence[Unfiled], folder: str) -> frozenset[PlaceId]:
        """Those that still lie here, and as well in the folder."""
        sizes = {one.uid: one.size for one in self.box.waiting([place.uid for place in places])}
        both = [place for place in places if place.uid in sizes]
        if not both:
            return frozenset()
        first = min(place.above or 0 for place in both)
        try:
            found = self._found(folder, first, frozenset(sizes.values()))
        except MailboxError as trouble:
            if trouble.trouble is not Trouble.FOLDER:
                raise
            found = frozenset()
        return frozenset(place.id for place in both if (sizes[place.uid], place.digest) in found)

    def _found(self, folder: str, first: int, sizes: frozenset[int]) -> frozenset[tuple[int, str]]:
        """Size and digest of the mails of such sizes that have come into a folder, from a UID on."""
        with self.box.visiting(folder):
            there = [one for one in self.box.after(max(first, 1) - 1) if one.size in sizes]
            return frozenset((one.size, _digest(self.box.stream(one.uid, one.size))) for one in there)

    def _moved(self, places: Sequence[Unfiled], folder: str, how: Filed) -> int:
        if not places:
            return 0
        try:
            means = self.box.move([place.uid for place in places], folder, partial(self._copied_before, places[0]))
        except MailboxError as trouble:
            self._refused(trouble, folder)
            if trouble.trouble is Trouble.COPIED:
                self._filed(places, "copied")
            else:
                self._unclaim(places)
            return 0
        faults.point("moved")
        self._filed(places, how if means == "moved" else "copied")
        return len(places)

    def _removed(self, places: Sequence[Unfiled], folder: str) -> int:
        if not places:
            return 0
        try:
            self.box.remove([place.uid for place in places], partial(self._copied_before, places[0]))
        except MailboxError as trouble:
            self._refused(trouble, folder)
            if trouble.trouble is not Trouble.COPIED:
                return 0
        self._filed(places, "copied")
        return len(places)

    def _copied_before(self, here: Unfiled, others: AbstractSet[int]) -> bool:
        """Whether we copied these as well: where only a whole folder can be expunged, some are left to a later turn."""
        with self.desk.store.read() as tx:
            return tx.copied(here.mailbox, here.folder, here.uidvalidity, others)

    def _refused(self, trouble: MailboxError, folder: str) -> None:
        """The connection goes on, or the trouble does."""
        if trouble.fatal:
            raise trouble
        warn("mail not filed", mailbox=self.account.name, folder=folder, trouble=str(trouble))
        self.refused = trouble

    def _filed(self, places: Sequence[Unfiled], how: Filed) -> None:
        if places:
            with self.desk.store.write() as tx:
                tx.filed([place.id for place in places], how)

    def _unclaim(self, places: Sequence[Unfiled]) -> None:
        with self.desk.store.write() as tx:
            tx.unclaim_places([place.id for place in places])


def _digest(pieces: Iterable[bytes]) -> str:
    seen = hashlib.sha256()
    for piece in pieces:
        seen.update(piece)
    return seen.hexdigest()
