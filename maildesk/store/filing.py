"""Settled mails on their way into the folder where they belong.

A server may be cut off in the middle of it, and two nodes may read one mailbox. So a node claims a place for the time of a lease
before it asks the server for anything, and writes down below which UID all lies that was in the other folder before (`above`).
That outlives the node: a place that has it was tried already, and who tries it again looks first whether the copy is there.

State of `filed`: nothing → moved → moved again → left, each step when the mail is still found there against the server's word;
or copied, or no longer there.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from maildesk.store.part import Part
from maildesk.store.schema import UNFILED, inbox, numbered, places
from maildesk.store.values import Filed, PlaceId, Unfiled

PLACES = inbox.c.digest, *(places.c[name] for name in Unfiled.__dataclass_fields__ if name != "digest")


class Filing(Part):
    def unfiled(self, mailbox: str, now: datetime, limit: int, *, apart_from: Collection[str] = ()) -> tuple[Unfiled, ...]:
        """Mails of a mailbox that are settled, lie where they were found, and are in no other node's hands; the oldest first.
        `apart_from` those that belong into these folders (processed, ignored, failed)."""
        theirs = sa.select(*PLACES).join(inbox, inbox.c.id == places.c.inbox)
        waiting = theirs.where(UNFILED, places.c.mailbox == mailbox, self._free(now)).order_by(places.c.id).limit(limit)
        if apart_from:
            waiting = waiting.where(places.c.target.not_in(sorted(apart_from)))
        return tuple(Unfiled(**row._mapping) for row in self._run(waiting))

    def claim_places(self, ids: Iterable[PlaceId], above: int, now: datetime, lease: timedelta) -> frozenset[PlaceId]:
        """Those of the places that are ours until the lease ends. Commit before anything is moved."""
        free = sa.update(places).where(places.c.id.in_(list(ids)), UNFILED, self._free(now))
        ours = free.values(node=self._node, lease_until=now + lease, above=sa.func.coalesce(places.c.above, above))
        return frozenset(PlaceId(id) for id in self._run(ours.returning(places.c.id)).scalars())

    def unclaim_places(self, ids: Iterable[PlaceId]) -> None:
        """The server has refused to do anything with these, so they were not tried. What another has by now stays his."""
        ours = sa.update(places).where(places.c.id.in_(list(ids)), places.c.node == self._node)
        self._run(ours.values(node=None, lease_until=None, above=None))

    def filed(self, ids: Iterable[PlaceId], how: Filed) -> None:
        """These need no more work."""
        self._run(sa.update(places).where(places.c.id.in_(list(ids))).values(filed=how, node=None, lease_until=None))

    def renumbered(self, mailbox: str, folder: str, uidvalidity: int) -> None:
        """UIDs begin anew there: those under which copied mails were left stand for other mails now."""
        self._run(
            sa.update(places)
            .where(*numbered(mailbox, folder, uidvalidity), places.c.filed == "copied")
            .values(filed="no longer there")
        )

    def copied(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> frozenset[int]:
        """Those that lie here only because they could not be removed: their copies are where they belong."""
        known = sa.select(places.c.uid).where(
            *numbered(mailbox, folder, uidvalidity), places.c.uid.in_(list(uids)), places.c.filed == "copied"
        )
        return frozenset(self._run(known).scalars())

    def still_there(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> frozenset[int]:
        """These lie there. What the server said that it had moved is to be filed once more; which it had said twice is told, and
        they are left."""
        said = sa.update(places).where(*numbered(mailbox, folder, uidvalidity), places.c.uid.in_(list(uids)))
        twice = said.where(places.c.filed == "moved again").values(filed="left").returning(places.c.uid)
        left = frozenset(self._run(twice).scalars())
        self._run(said.where(places.c.filed == "moved").values(filed=None))
        return left

    def _free(self, now: datetime) -> sa.ColumnElement[bool]:
        return sa.or_(places.c.lease_until.is_(None), places.c.lease_until <= now, places.c.node == self._node)
