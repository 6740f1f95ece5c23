"""Mail in: how far each folder was read, the distinct mails, where servers have them, and what became of each.

A mail is one row of `inbox`, however often and wherever it was seen (unique digest); each sighting is one row of `places`.
State: kept → done | failed | duplicate, or awaiting | held until a person has spoken, and then kept again. To take mails in, a
node claims them for the time of a lease; every claim is a strike, committed before anything is tried. It has an epoch of its own:
by that, who was frozen beyond his lease is told from who has the mail now, be it the same node. A mail that was claimed before
and is still there may have killed its reader: it is claimed alone, so that nobody else suffers with it, and the last time after
all others; its third strike is the desk's to judge.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql

from maildesk.core.message import Digest, MessageId
from maildesk.core.people import StaffId
from maildesk.core.ticket import TicketId
from maildesk.core.trust import Doubt, Standing
from maildesk.store.errors import LeaseLost
from maildesk.store.part import Part, as_key
from maildesk.store.prepared import Listed, Prepared, legible
from maildesk.store.rows import form
from maildesk.store.schema import EDGE, IGNORED, KEPT, UNDONE, among, blobs, exactly, inbox, numbered, places, positions
from maildesk.store.statements import insert_once, insert_or, put
from maildesk.store.types import Moment, whole
from maildesk.store.values import REFUSED, Illegible, Inbox, InboxId, MailFolder, MailState, Place, Position, Twin

DOUBT = form(Doubt).or_none()
DOUBT_TEXT = sa.cast(inbox.c.doubt, sa.Text()).label("doubt")
INBOX = tuple(DOUBT_TEXT if name == "doubt" else inbox.c[name] for name in Inbox.__dataclass_fields__)
POSITION = tuple(positions.c[name] for name in Position.__dataclass_fields__)
PLACE = tuple(places.c[name] for name in Place.__dataclass_fields__)

KEEP = insert_once(inbox, "digest", returning=inbox.c.id)
NOTE_BLOB = insert_once(blobs, "digest")
NOTE_PLACE = insert_or(
    places,
    *("mailbox", "folder", "uidvalidity", "uid"),
    inbox=sa.literal_column("excluded.inbox"),
    target=sa.literal_column("excluded.target"),
    filed=sa.null(),
)
PUT_POSITION = put(positions, "mailbox", "folder")
SAME_DIGEST = Prepared(sa.select(inbox.c.id, inbox.c.folder).where(inbox.c.digest == bindparam("of")).with_for_update(read=True))
"""Whoever settles the mail meanwhile waits, and finds the place that is noted for it."""

ALONE = sa.select(sa.func.pg_advisory_xact_lock(sa.func.unnest(bindparam("keys", type_=postgresql.ARRAY(sa.BigInteger())))))
FREE = sa.or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= bindparam("now", type_=Moment()))
CLAIMABLE = (
    sa.select(inbox.c.id, inbox.c.strikes)
    .where(KEPT, FREE)
    .order_by(inbox.c.id)
    .limit(bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
SUSPECT = 2
"""A mail with so many strikes waits for all others: a desk that dies again and again for reasons of its own must not each time
die with the same innocent mail in its hands."""

FRESH = Prepared(CLAIMABLE.where(inbox.c.strikes < SUSPECT))
SUSPECTS = Prepared(CLAIMABLE.where(inbox.c.strikes >= SUSPECT))
CLAIMED = {"strikes": inbox.c.strikes + 1, "epoch": inbox.c.epoch + 1}
CLAIM = Listed("ids", inbox.c.id, lambda these: sa.update(inbox).where(these).values(CLAIMED).returning(*INBOX))
CURRENT = inbox.c.epoch == bindparam("claim")
"""Claimed by nobody since: a lease that ended while we worked may have given the mail to another."""

HOLD_STILL = Listed("ids", inbox.c.id, lambda these: sa.select(inbox.c.id).where(these).with_for_update())
_THIS = sa.update(inbox).where(inbox.c.id == bindparam("mail"), KEPT, CURRENT)
PUT_OFF = Prepared(sa.update(inbox).where(inbox.c.id == bindparam("mail"), KEPT).values(strikes=inbox.c.strikes - 1))
UNCLAIM = Prepared(_THIS.where(inbox.c.node == bindparam("mine")).values(strikes=inbox.c.strikes - 1))
SETTLE = Prepared(_THIS)
FILE = Prepared(sa.update(places).where(places.c.inbox == bindparam("mail"), places.c.filed.is_(None)))
WAITING = inbox.c.state.in_(("awaiting", "held"))
AWAITING = sa.and_(UNDONE, inbox.c.state == exactly("awaiting"))
HELD = sa.and_(UNDONE, inbox.c.state == exactly("held"))
NEXT_LAPSE = Prepared(sa.select(sa.func.min(inbox.c.waits_until)).where(AWAITING))
LONGEST_HELD = Prepared(
    sa.select(*INBOX).where(HELD).order_by(inbox.c.held_at, inbox.c.id).limit(bindparam("most", type_=sa.Integer()))
)
LAPSED = Prepared(
    sa.update(inbox)
    .where(AWAITING, inbox.c.waits_until <= bindparam("now", type_=Moment()))
    .values(state="kept", strikes=0, reason="")
)
DEALT_WITH = sa.not_(among(inbox.c.state, ("kept", "duplicate")))
"""A duplicate is never the first: the mail whose copy it is may be taken in once more, and must not take it for its own twin."""

STANDING = sa.func.coalesce(
    inbox.c.standing,
    sa.case(
        (inbox.c.state == exactly("held"), sa.literal_column(str(int(Standing.HELD)))),
        (inbox.c.state == exactly("awaiting"), sa.literal_column(str(int(Standing.ASKED)))),
        (IGNORED, sa.literal_column(str(int(Standing.IGNORED)))),
        else_=sa.literal_column(str(int(Standing.DONE))),
    ),
)
"""Of mails that came before their standing was written down it is told by their state."""

BY_ID = Prepared(sa.select(*INBOX).where(inbox.c.id == bindparam("mail")))
_OF_ID = sa.and_(inbox.c.message_id == bindparam("of"), DEALT_WITH)
USED_ID = Prepared(
    sa.select(sa.func.min(inbox.c.id)).where(_OF_ID, sa.or_(inbox.c.semantic.is_(None), inbox.c.semantic != bindparam("same")))
)
TWINS = Prepared(
    sa.select(inbox.c.id, inbox.c.digest, inbox.c.ticket, STANDING)
    .where(_OF_ID, inbox.c.semantic == bindparam("same"))
    .order_by(STANDING.desc(), inbox.c.id)
)
SAID = Prepared(
    sa.select(sa.func.min(inbox.c.id)).where(
        inbox.c.said == bindparam("these"),
        DEALT_WITH,
        inbox.c.standing >= sa.literal_column(str(int(Standing.ASKED))),
        sa.or_(inbox.c.message_id.is_(None), inbox.c.message_id != bindparam("of"), inbox.c.semantic != bindparam("same")),
    )
)
SUPERSEDE = Prepared(
    sa.update(inbox)
    .where(inbox.c.id == bindparam("mail"), among(inbox.c.state, ("awaiting", "held")))
    .values(state="duplicate", folder="processed")
)


def _inbox(row: Any) -> Inbox:
    values = dict(zip(Inbox.__dataclass_fields__, row, strict=True))
    doubt = values["doubt"]
    return Inbox(**{**values, "doubt": doubt and DOUBT.read(json.loads(doubt))})


def _shown(row: Any) -> Inbox:
    """A mail for people to look at: where it cannot be read by what it is judged, that is left out."""
    try:
        return _inbox(row)
    except Exception:
        return Inbox(**{**dict(zip(Inbox.__dataclass_fields__, row, strict=True)), "doubt": None})


class Mail(Part):
    # How far folders were read

    def position(self, mailbox: str, folder: str) -> Position | None:
        row = self._one(sa.select(*POSITION).where(positions.c.mailbox == mailbox, positions.c.folder == folder))
        return row and Position(**row._mapping)

    def move_position(self, position: Position) -> None:
        self._run(PUT_POSITION, **{name: getattr(position, name) for name in Position.__dataclass_fields__})

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> frozenset[int]:
        """Which of these we have kept already (K1: a UID means nothing without its folder and UIDVALIDITY)."""
        found = sa.select(places.c.uid).where(*numbered(mailbox, folder, uidvalidity), places.c.uid.in_(list(uids)))
        return frozenset(self._run(found).scalars())

    def first_uid(self, mailbox: str, folder: str, uidvalidity: int) -> int | None:
        """The lowest UID that we have kept there."""
        lowest: int | None = self._scalar(sa.select(sa.func.min(places.c.uid)).where(*numbered(mailbox, folder, uidvalidity)))
        return lowest

    # Keeping

    def keep(self, digest: Digest, size: int, received_at: datetime, now: datetime, place: Place | None = None) -> InboxId:
        """Note a mail whose bytes are on the disk already, and where it lies. The same bytes are the same mail (K2)."""
        self._run(NOTE_BLOB, digest=digest, size=size, content_type="message/rfc822")
        new = self._scalar(
            KEEP,
            digest=digest,
            size=size,
            received_at=received_at,
            kept_at=now,
            state="kept",
            strikes=0,
            verdict="",
            outcome="",
            reason="",
            vouched=False,
        )
        if new is not None:
            self._note_place(new, place, None)
            return InboxId(new)
        known, folder = self._one(SAME_DIGEST, of=digest)
        self._note_place(known, place, folder)
        return InboxId(known)

    def _note_place(self, mail: int, place: Place | None, target: str | None) -> None:
        """A mail whose end is known already can be filed at once wherever it turns up again. Where it was seen it lies now: a
        place that another mail had belongs to it, and what was moved away from there has come back. Who is filing it goes on."""
        if place is not None:
            self._run(
                NOTE_PLACE,
                inbox=mail,
                mailbox=place.mailbox,
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                target=target,
                filed=None,
            )

    # Taking in

    def claim_mail(self, now: datetime, limit: int, lease: timedelta) -> tuple[Inbox | Illegible, ...]:
        """The oldest waiting mails, now ours until the lease ends, each with one more strike. One that cannot be read hinders no
        other.

        Commit before trying anything. A mail with earlier strikes comes alone, a suspect one after all others; never two nodes
        get the same mail.
        """
        waiting = self._run(FRESH, now=now, most=limit).all() or self._run(SUSPECTS, now=now, most=1).all()
        ids = [id for id, _ in takewhile(lambda row: row[1] == 0, waiting)] or [id for id, _ in waiting[:1]]
        if not ids:
            return ()
        claimed = self._run(CLAIM, ids=ids, node=self._node, lease_until=now + lease)
        return tuple(sorted((legible(row, _inbox) for row in claimed), key=lambda mail: mail.id))

    def put_mail_off(self, id: InboxId, until: datetime) -> None:
        """This mail, just claimed, cannot be read now: nobody is to try before then, and the strike does not count."""
        self._run(PUT_OFF, mail=id, lease_until=until)

    def unclaim(self, claims: Mapping[InboxId, int]) -> None:
        """Give back those of the mails that are ours by these epochs, without a strike: the trouble was not theirs. Said twice,
        or of a claim that came to nothing, changes nothing. One that is just being committed is waited for."""
        self._run(HOLD_STILL, ids=list(claims))
        freed = {"mine": self._node, "node": None, "lease_until": None}
        self._many(UNCLAIM, ({"mail": id, "claim": epoch, **freed} for id, epoch in claims.items()))

    def settle(
        self,
        id: InboxId,
        state: MailState,
        *,
        epoch: int = 0,
        verdict: str = "",
        outcome: str = "",
        ticket: TicketId | None = None,
        reason: str = "",
        folder: MailFolder | None = None,
        message_id: MessageId | None = None,
        semantic: str | None = None,
        person: StaffId | None = None,
        waits_until: datetime | None = None,
        held_at: datetime | None = None,
        doubt: Doubt | None = None,
        standing: Standing | None = None,
        said: str | None = None,
    ) -> None:
        """Say what became of a mail, in the transaction of its effects. `folder` is where its copies now belong.

        Raises LeaseLost when the mail was claimed after the claim of this `epoch`, or is settled already: then its effects must
        not be saved.

        `kept` gives it back for another try, with its strikes; `awaiting` waits for the confirmation of `person` until
        `waits_until`, `held` since `held_at` for a person of the desk, who judges it by `doubt`. A ticket that is known already
        stays known when none is given: the replay of a failed mail must find the ticket made for it. So does it that somebody
        was asked.
        """
        given = {"ticket": ticket, "waits_until": waits_until, "held_at": held_at, "doubt": DOUBT.write(doubt)}
        known = {name: value for name, value in given.items() if value is not None}
        settled = self._run(
            SETTLE,
            **known,
            mail=id,
            claim=epoch,
            state=state,
            node=None,
            lease_until=None,
            verdict=verdict,
            outcome=outcome,
            reason=reason,
            folder=folder,
            message_id=None if message_id is None else as_key(message_id),
            semantic=semantic,
            person=person,
            standing=standing,
            said=said,
        )
        if settled.rowcount != 1:
            raise LeaseLost(id, "mail")
        if folder is not None:
            self._run(FILE, mail=id, target=folder)

    def alone_with(self, names: Iterable[str]) -> None:
        """Nobody else looks for mails by these names, keeps or settles one, until this transaction ends; to be said first of all
        in it, of all its mails at once: no two who do so wait for each other. On SQLite whoever writes is alone anyway."""
        keys = sorted({int.from_bytes(hashlib.sha256(whole(name).encode()).digest()[:8], signed=True) for name in names})
        if keys and self._database == "postgresql":
            self._run(ALONE, keys=keys)

    def twins(self, message_id: MessageId, semantic: str) -> tuple[Twin, ...]:
        """The mails already dealt with that have the same Message-ID and the same content (K3), of which most became first."""
        rows = self._run(TWINS, of=as_key(message_id), same=semantic)
        return tuple(Twin(id=id, digest=digest, ticket=ticket, standing=Standing(n)) for id, digest, ticket, n in rows)

    def supersede(self, id: InboxId) -> None:
        """A mail that waits for somebody's word waits no more: a better copy of it came."""
        if self._run(SUPERSEDE, mail=id).rowcount:
            self._run(FILE, mail=id, target="processed")

    def used_id(self, message_id: MessageId, semantic: str) -> bool:
        """Whether a mail already dealt with had this Message-ID and said something else."""
        return self._scalar(USED_ID, of=as_key(message_id), same=semantic) is not None

    def said_before(self, said: str, message_id: MessageId | None, semantic: str) -> bool:
        """Whether somebody of the desk said this in a mail already dealt with, under whatever Message-ID, and was believed or
        asked. A twin does not count: how much became of it is told by `twins`."""
        return self._scalar(SAID, these=said, of=as_key(message_id or ""), same=semantic) is not None

    def answered(self, id: InboxId, person: StaffId, *, yes: bool, said: str = "") -> bool:
        """Take in again the mail about which this person was asked, with his answer. False when it waits for nobody."""
        asked = (inbox.c.id == id, WAITING, inbox.c.person == person, inbox.c.waits_until.is_not(None))
        return self._again(*asked, vouched=yes, reason=said) == 1

    def lapse(self, now: datetime) -> int:
        """Take in again the mails whose confirmation nobody gave in time; how many."""
        return self._run(LAPSED, now=now).rowcount

    def next_lapse(self) -> datetime | None:
        """When the next of them is to be taken in again."""
        soonest: datetime | None = self._scalar(NEXT_LAPSE)
        return soonest

    def admit(self, id: InboxId, why: str = "") -> bool:
        """Take a mail in for which somebody of the desk vouches. False when it was not held."""
        return self._again(inbox.c.id == id, WAITING, vouched=True, reason=why) == 1

    def refuse(self, id: InboxId, why: str) -> bool:
        """File a held mail as ignored. False when it was not held."""
        refused = sa.update(inbox).where(inbox.c.id == id, WAITING)
        done = {"state": "done", "outcome": REFUSED, "reason": why, "folder": "ignored"}
        if self._run(refused.values(**done)).rowcount != 1:
            return False
        self._run(FILE, mail=id, target="ignored")
        return True

    def held(self) -> int:
        """How many mails wait for a person of the desk."""
        return int(self._scalar(sa.select(sa.func.count()).where(HELD)))

    def longest_held(self, limit: int) -> tuple[Inbox, ...]:
        """The mails that wait for a person of the desk, the longest waiting first, as far as they can be read."""
        found = (legible(row, _shown) for row in self._run(LONGEST_HELD, most=limit))
        return tuple(one for one in found if isinstance(one, Inbox))

    def _again(self, *which: sa.ColumnElement[bool], **changes: Any) -> int:
        return self._run(sa.update(inbox).where(*which).values(state="kept", strikes=0, **changes)).rowcount

    def replay(self, id: InboxId) -> bool:
        """Take a failed mail in again, alone; its ticket stays known. False when it had not failed."""
        failed = sa.update(inbox).where(inbox.c.id == id, inbox.c.state == "failed")
        return self._run(failed.values(state="kept", strikes=1)).rowcount == 1

    def _recover_mail(self) -> None:
        self._run(sa.update(inbox).where(KEPT, inbox.c.node == self._node).values(node=None, lease_until=None))

    # Looking

    def inbox(self, state: MailState | None = None, limit: int = 100) -> tuple[Inbox | Illegible, ...]:
        """The latest mails first, of one state or of all."""
        wanted = sa.select(*INBOX).order_by(inbox.c.id.desc()).limit(limit + 1)
        if state is not None:
            wanted = wanted.where(inbox.c.state == exactly(state))
        if state not in (None, "done"):
            wanted = wanted.where(UNDONE)
        found = self._looked_at(wanted, _shown)
        return tuple(one for one in found if isinstance(one, Illegible) or one.digest != EDGE)[:limit]

    def mail(self, id: InboxId) -> Inbox | Illegible | None:
        row = self._one(BY_ID, mail=id)
        return row and legible(row, _inbox)

    def places(self, id: InboxId) -> tuple[Place, ...]:
        """Everywhere this mail was found."""
        rows = self._run(sa.select(*PLACE).where(places.c.inbox == id).order_by(places.c.id))
        return tuple(Place(**row._mapping) for row in rows)
