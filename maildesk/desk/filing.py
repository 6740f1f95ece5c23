"""From the desk back into a mailbox: settled mails are moved to where they belong, each of them once.

A move is a step of its own that is retried until it is done, and processing never waits for it. Where the line is cut, or a node
dies, before the server's answer is written down, nobody knows what became of the mail, and by the older means of copying and
deleting a second try would leave two copies. So a mail that was tried before is looked for where it belongs, by its size and
then by its bytes, among what came there since; the copy found, it is only removed from where it lay.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from maildesk import faults
from maildesk.config import Account
from maildesk.desk.desk import Desk
from maildesk.imap import Mailbox, MailboxError, Trouble
from maildesk.log import warn
from maildesk.store import Filed, MailFolder, PlaceId, Unfiled

_target = attrgetter("target")
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
        self._to_sweep = True
        """Whether marks of ours may lie here, be it since an earlier connection."""

    def file(self, clock: Callable[[], datetime]) -> int:
        """Move on the server all that is settled with us; how many mails. What the server refuses waits for the next turn, and
        `refused` says why; a folder that takes nothing holds up no other."""
        count, self.refused = 0, None
        closed: set[str] = set()
        while filed := self._file_some(clock(), closed):
            count += sum(filed.values())
            closed |= {target for target, moved in filed.items() if not moved}
        if self._to_sweep:
            self._to_sweep = not self.box.removes_some and not self._swept()
        return count

    def _file_some(self, now: datetime, closed: Collection[str]) -> Mapping[MailFolder, int]:
        """How many of the oldest were moved, by where they belong; none into what is closed in this turn."""
        with self.desk.store.read() as tx:
            position = tx.position(self.account.name, self.account.folder)
            places = tx.unfiled(self.account.name, now, AT_ONCE, apart_from=closed)
        numbered = position and (position.folder, position.uidvalidity)
        here = [place for place in places if (place.folder, place.uidvalidity) == numbered]
        self._filed([place for place in places if place not in here], "no longer there")
        filed: Counter[MailFolder] = Counter(dict.fromkeys((place.target for place in here), 0))
        filed.update(self._fresh([place for place in here if place.above is None], now))
        filed.update(self._tried([place for place in here if place.above is not None], now))
        return filed

    def _swept(self) -> bool:
        """Where no single mail can be removed, all that are marked as deleted go at once, as soon as each of them is known to lie
        where it belongs: what somebody else has marked is never removed, and keeps ours. Whether none of ours is left."""
        try:
            marked = sorted(self.box.marked())
            ours = self._copied_before(marked)
            if 0 < ours == len(marked):
                self.box.expunge()
                ours = 0
        except MailboxError as trouble:
            self._refused(trouble, self.account.folder)
            return False
        return not ours

    def _copied_before(self, uids: Sequence[int]) -> int:
        """How many of these lie here only because they could not be removed."""
        groups = [uids[first : first + AT_ONCE] for first in range(0, len(uids), AT_ONCE)]
        with self.desk.store.read() as tx:
            here = tx.position(self.account.name, self.account.folder)
            return sum(len(tx.copied(here.mailbox, here.folder, here.uidvalidity, some)) for some in groups) if here else 0

    def _fresh(self, places: Sequence[Unfiled], now: datetime) -> Counter[MailFolder]:
        """What was never tried, folder by folder."""
        claimed = ((target, self._claimed(some, target, now)) for target, some in _by_target(places))
        return Counter({target: self._moved(ours, "moved") for target, ours in claimed if ours})

    def _claimed(self, places: Sequence[Unfiled], target: MailFolder, now: datetime) -> list[Unfiled]:
        """Those that are ours to file into this folder."""
        above = self.box.next_uid(self._folder(target))
        with self.desk.store.write() as tx:
            ours = tx.claim_places([place.id for place in places], above, now, LEASE)
        return [place for place in places if place.id in ours]

    def _folder(self, target: MailFolder) -> str:
        return {"processed": self.account.processed, "ignored": self.account.ignored, "failed": self.account.failed}[target]

    def _tried(self, places: Sequence[Unfiled], now: datetime) -> Counter[MailFolder]:
        """What was tried before: it is only removed where its copy lies in the folder, and moved again where it does not."""
        copied, again = [], []
        for target, some in _by_target(places):
            ours = self._claimed(some, target, now)
            try:
                found = self._copied(ours, self._folder(target)) if ours else frozenset()
            except MailboxError as trouble:
                self._refused(trouble, self._folder(target))
                continue
            copied += [place for place in ours if place.id in found]
            again += [place for place in ours if place.id not in found]
        filed = Counter(place.target for place in self._removed(copied))
        filed.update({target: self._moved(some, "moved again") for target, some in _by_target(again)})
        return filed

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

    def _moved(self, places: Sequence[Unfiled], how: Filed) -> int:
        """How many of these, which belong into one folder, lie there now."""
        target = places[0].target
        try:
            means = self.box.move([place.uid for place in places], self._folder(target))
        except MailboxError as trouble:
            self._refused(trouble, self._folder(target))
            if trouble.trouble is Trouble.COPIED:
                self._filed(places, "copied")
            else:
                self._unclaim(places)
            return 0
        faults.point("moved")
        self._filed(places, how if means == "moved" else "copied")
        return len(places)

    def _removed(self, places: Sequence[Unfiled]) -> Sequence[Unfiled]:
        """Those of them that need no more work, now that their copies lie where they belong."""
        if not places:
            return ()
        try:
            self.box.remove([place.uid for place in places])
        except MailboxError as trouble:
            self._refused(trouble, self._folder(places[0].target))
            if trouble.trouble is not Trouble.COPIED:
                return ()
        self._filed(places, "copied")
        return places

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
            self._to_sweep |= how == "copied"

    def _unclaim(self, places: Sequence[Unfiled]) -> None:
        with self.desk.store.write() as tx:
            tx.unclaim_places([place.id for place in places])


def _by_target(places: Iterable[Unfiled]) -> Iterator[tuple[MailFolder, list[Unfiled]]]:
    """By the folders into which they belong, in the order of their names."""
    for target, some in groupby(sorted(places, key=_target), key=_target):
        yield target, list(some)


def _digest(pieces: Iterable[bytes]) -> str:
    seen = hashlib.sha256()
    for piece in pieces:
        seen.update(piece)
    return seen.hexdigest()
