"""Mail out: letters from promise to end.

    unwritten   a value; it may still be merged with others (merged) or become pointless (outdated)
    queued      bytes and Message-ID, fixed for ever; waits for `next_at`
    claimed     one node's, for the time of a lease; the attempt is counted, and the claim has an epoch of its own
    in_data     its server is about to get the text: from here on we cannot know whether it has it
    sent, refused, uncertain    ends

By its epoch, who was frozen beyond his lease is told from who has the letter now, be it the same node, and does nothing with it.
A claim that ended without DATA goes back into the queue. One that ended within DATA is uncertain: the same bytes go out once
more (`resent`), and a second such end is left to a person. Urgent letters (people's own words) go before all others; what the
clock has to say to requesters goes last, so many of them in a minute and no more.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.letter import URGENT, Letter, LetterKind
from maildesk.core.message import Address
from maildesk.core.people import StaffId
from maildesk.core.ticket import TicketId
from maildesk.store.errors import LeaseLost
from maildesk.store.files import Files
from maildesk.store.part import as_key
from maildesk.store.peace import Peace
from maildesk.store.prepared import Listed, Prepared, Unread, legible
from maildesk.store.rows import form
from maildesk.store.schema import BUNDLED, HELD, QUEUED, UNSENT, UNWRITTEN, blobs, exactly, outbox
from maildesk.store.statements import insert_once
from maildesk.store.types import Moment
from maildesk.store.values import Illegible, LetterState, OutboxId, Outgoing, Posted, Promise, Rendered

LARGE = 256 * 1024
"""Letters of more bytes than this (they carry files) are kept as files; the others lie packed in their row."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
DUE = outbox.c.next_at <= bindparam("now", type_=Moment())
NEVER_DUE = outbox.c.next_at > EVER

LETTER = form(Letter)
OWN_WORDS, OURS, PROMISES, CHASERS = range(4)
RANKS = (OWN_WORDS, OURS, PROMISES, CHASERS)
"""The order in which letters go out. The last two are the clock's to requesters."""

PACED = frozenset({PROMISES, CHASERS})
FREED: dict[str, Any] = {"node": None, "lease_until": None}

PROMISE = insert_once(outbox, "key", returning=outbox.c.id)
NOTE_BLOB = insert_once(blobs, "digest")
PROMISES_MADE = sa.select(outbox.c.id, outbox.c.ticket, outbox.c.letter, outbox.c.created_at, outbox.c.next_at)
_UNWRITTEN = (
    PROMISES_MADE.where(UNWRITTEN)
    .order_by(outbox.c.next_at)
    .limit(bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
UNWRITTEN_DUE = Prepared(_UNWRITTEN.where(DUE))
UNWRITTEN_NEVER_DUE = Prepared(_UNWRITTEN.where(NEVER_DUE))
COMPANIONS = Prepared(
    PROMISES_MADE.where(BUNDLED, outbox.c.bundle == bindparam("person"), outbox.c.reason == "")
    .where(outbox.c.next_at <= bindparam("until", type_=Moment()))
    .order_by(outbox.c.next_at, outbox.c.id)
    .limit(bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
_CLAIMABLE = (
    sa.select(outbox.c.id)
    .where(QUEUED, outbox.c.rank == bindparam("of_rank"))
    .order_by(outbox.c.next_at, outbox.c.id)
    .limit(bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
CLAIMABLE = Prepared(_CLAIMABLE.where(DUE))
NEVER_CLAIMABLE = Prepared(_CLAIMABLE.where(NEVER_DUE))
_LETTER_TEXT = sa.cast(outbox.c.letter, sa.Text()).label("letter")
_OTHERWISE: Mapping[str, sa.ColumnElement[Any]] = {"to": outbox.c.recipient, "letter": _LETTER_TEXT}
OUTGOING = tuple(
    _OTHERWISE[name] if name in _OTHERWISE else outbox.c[name] for name in Outgoing.__dataclass_fields__ if name != "body"
)
CLAIM = Listed(
    "ids",
    outbox.c.id,
    lambda these: (
        sa.update(outbox)
        .where(these)
        .values(attempts=outbox.c.attempts + 1, epoch=outbox.c.epoch + 1)
        .returning(*OUTGOING, outbox.c.packed, outbox.c.digest, outbox.c.next_at)
    ),
)
_THIS = sa.update(outbox).where(outbox.c.id == bindparam("letter_id"))
_MINE = _THIS.where(HELD, outbox.c.epoch == bindparam("claim"))
THIS = Prepared(_THIS)
MINE = Prepared(_MINE)
PUT_BACK = Prepared(_THIS.where(HELD).values(attempts=outbox.c.attempts - 1))
MINE_AGAIN = Prepared(_MINE.values(attempts=outbox.c.attempts - 1))
ENDED_IN_DATA = outbox.c.state == "in_data"
TWICE = sa.and_(ENDED_IN_DATA, outbox.c.resent)
NOW = bindparam("now", type_=Moment())
RELEASE = (
    sa.update(outbox)
    .where(HELD)
    .values(
        state=sa.case((TWICE, "uncertain"), else_="queued"),
        settled_at=sa.case((TWICE, NOW), else_=None),
        resent=sa.or_(outbox.c.resent, ENDED_IN_DATA),
        **FREED,
    )
)
"""End claims whose owner will not: see the module's first lines for what becomes of the letters."""

RELEASE_ENDED = Prepared(RELEASE.where(outbox.c.lease_until <= NOW))
_RELEASE_MINE = RELEASE.where(outbox.c.node == bindparam("mine"))
RELEASE_MINE = Prepared(_RELEASE_MINE)
RELEASE_LOST = Listed("ids", outbox.c.id, lambda these: _RELEASE_MINE.where(~these))
PROMISED = Listed("keys", outbox.c.key, lambda these: sa.select(outbox.c.key).where(these))
MERGED = Listed("ids", outbox.c.id, lambda these: sa.update(outbox).where(these))
SOONEST = Prepared(
    sa.union_all(
        *(
            sa.select(sa.func.min(outbox.c.next_at).label("at")).where(condition)
            for condition in (UNWRITTEN, *(sa.and_(QUEUED, outbox.c.rank == rank) for rank in RANKS))
        )
    )
)
POSTED = tuple(outbox.c["recipient" if name == "to" else name].label(name) for name in Posted.__dataclass_fields__)


class Outbox(Peace):
    def __init__(self, connection: sa.Connection, files: Files, node: str) -> None:
        super().__init__(connection, files, node)
        self._illegible: list[Illegible] = []

    # Promising

    def promise(
        self,
        letter: Letter,
        ticket: TicketId | None,
        now: datetime,
        written: Rendered | None = None,
        at: datetime | None = None,
    ) -> OutboxId | None:
        """Promise a letter, as bytes or as a value to be written `at` that moment; without one, as soon as it may go.

        None when a letter of that key was promised before.
        """
        as_value = {"state": "unwritten", "letter": LETTER.write(letter), "size": 0}
        made = self._scalar(
            PROMISE,
            ticket=ticket,
            kind=letter.kind.value,
            recipient=letter.to,
            key=letter.key,
            bundle=letter.merges_for and as_key(letter.merges_for),
            rank=_rank(letter),
            attempts=0,
            resent=False,
            created_at=now,
            next_at=at or letter.ready_at(now),
            reply="",
            reason="",
            **(as_value if written is None else self._bytes(written, letter)),
        )
        return None if made is None else OutboxId(made)

    def promised(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of these keys under which a letter was promised before."""
        asked = tuple(keys)
        return frozenset(self._run(PROMISED, keys=asked).scalars()) if asked else frozenset()

    def unwritten(self, now: datetime, limit: int) -> tuple[Promise | Illegible, ...]:
        """Promises to be written now; they are this transaction's until it ends. One that cannot be read hinders no other."""
        return tuple(legible(row, _promise) for row in self._due(UNWRITTEN_DUE, UNWRITTEN_NEVER_DUE, now, most=limit))

    def companions(self, person: StaffId | Address, limit: int, *, until: datetime | None = None) -> tuple[Promise, ...]:
        """Promises for one person that may be merged, perhaps only those due by then; of very many those due first, in the order
        in which they were made. They are this transaction's, too. What could not be written before is left to itself, and what
        cannot be read as well."""
        rows = self._run(COMPANIONS, person=as_key(person), until=until or EVER, most=limit)
        found = (legible(row, _promise) for row in rows)
        return tuple(sorted((one for one in found if isinstance(one, Promise)), key=lambda promise: promise.id))

    def written(self, id: OutboxId, written: Rendered, now: datetime, letter: Letter | None = None) -> None:
        """Here are the bytes of a promised letter, never to change again; and the letter, when they say nothing else."""
        self._run(THIS, letter_id=id, next_at=now, **self._bytes(written, letter))

    def later(self, id: OutboxId, until: datetime, why: str) -> None:
        """This promise cannot be written now; try again then."""
        self._run(THIS, letter_id=id, next_at=until, reason=why)

    def gather(self, id: OutboxId, letter: Letter, until: datetime) -> None:
        """This promise waits, and may be merged from now on as the letter says."""
        merged = letter.merges_for and as_key(letter.merges_for)
        self._run(THIS, letter_id=id, letter=LETTER.write(letter), bundle=merged, next_at=until, reason="")

    def outdated(self, id: OutboxId, why: str) -> None:
        self._run(THIS, letter_id=id, state="outdated", reason=why)

    def merged(self, ids: Iterable[OutboxId], into: OutboxId) -> None:
        """These promises are kept by that letter."""
        self._run(MERGED, ids=ids, state="merged", merged_into=into)

    def _bytes(self, written: Rendered, letter: Letter | None) -> dict[str, Any]:
        """What the clock says to a requester is kept beside them: it may become untrue before it goes."""
        known = {"state": "queued", "message_id": written.message_id, "sender": written.sender, "size": len(written.raw)}
        known["letter"] = LETTER.write(letter) if letter and letter.paced else None
        if len(written.raw) <= LARGE:
            return {**known, "packed": zlib.compress(written.raw, 1)}
        digest, size = self._files.put((written.raw,))
        self._run(NOTE_BLOB, digest=digest, size=size, content_type="message/rfc822")
        return {**known, "digest": digest}

    # Sending

    def claim_letters(
        self, now: datetime, limit: int, lease: timedelta, pace: int, spare: int | None = None
    ) -> tuple[Outgoing, ...]:
        """Letters to send now, ours until the lease ends, each attempt counted; urgent ones first. Commit before trying, and hold
        them while they are tried.

        `pace` is how many letters of the clock to requesters may go out in a minute, `spare` how many that no person wrote may be
        claimed now.
        """
        ids: list[int] = []
        own = 0
        _, *soonest = self._soonest()
        for rank in (rank for rank, at in zip(RANKS, soonest, strict=True) if at is not None and at <= now):
            most = limit if rank == OWN_WORDS or spare is None else min(limit, own + spare)
            ids += self._claimable(rank, now, most - len(ids), pace)
            own = len(ids) if rank == OWN_WORDS else own
        if not ids:
            return ()
        claimed = self._run(CLAIM, ids=ids, state="claimed", node=self._node, lease_until=now + lease)
        found = [legible(row, self._outgoing) for row in claimed]
        self._illegible += (one for one in found if isinstance(one, Illegible))
        return tuple(sorted((one for one in found if isinstance(one, Outgoing)), key=lambda letter: ids.index(letter.id)))

    def put_back_illegible(self, until: datetime) -> tuple[Illegible, ...]:
        """Of the letters that were claimed in this transaction, those that cannot be read: back into the queue `until` then, and
        the attempt does not count."""
        found, self._illegible = tuple(self._illegible), []
        back = {"state": "queued", "next_at": until, **FREED}
        self._many(PUT_BACK, ({"letter_id": one.id, "reason": one.why, **back} for one in found))
        return found

    def hold_letters(self, letters: Iterable[Outgoing], until: datetime) -> None:
        """We live, and go on with these: they stay ours `until` then. Those that have come to an end, or to another, do not."""
        self._many(MINE, ({"letter_id": letter.id, "claim": letter.epoch, "lease_until": until} for letter in letters))

    def release_letters(self, now: datetime) -> None:
        """Free what is held no more: whoever had it is dead."""
        self._run(RELEASE_ENDED, now=now)

    def release_lost_letters(self, in_hand: Iterable[Outgoing], now: datetime) -> None:
        """Free what is ours here and not in our hands: the answer to the commit that gave it to us did not come."""
        held = [letter.id for letter in in_hand]
        self._run(RELEASE_LOST if held else RELEASE_MINE, now=now, mine=self._node, **({"ids": held} if held else {}))

    def _soonest(self) -> tuple[datetime | None, ...]:
        """When the first promise and the first letter of each rank are due. Where that cannot be read it is at once: who takes
        the letter finds it out."""
        return tuple(LONG_AGO if isinstance(row, Unread) else row[0] for row in self._run(SOONEST))

    def _due(self, due: Prepared, never_due: Prepared, now: datetime, **values: Any) -> Sequence[Any]:
        """Rows whose time has come. Where there is none, those that would wait for ever: what SQLite has there is no time."""
        found = self._run(due, now=now, **values).all()
        return found if found or self._database != "sqlite" else self._run(never_due, **values).all()

    def _claimable(self, rank: int, now: datetime, most: int, pace: int) -> list[int]:
        """Those of one rank that may go now."""
        if most <= 0:
            return []
        found: list[int] = [id for (id,) in self._due(CLAIMABLE, NEVER_CLAIMABLE, now, of_rank=rank, most=most)]
        if rank not in PACED or not found:
            return found
        allowed = found[: self._still_free(now, pace)]
        if allowed:
            self._step(len(allowed), now, pace)
        return allowed

    def _outgoing(self, row: Any) -> Outgoing:
        id, ticket, kind, to, sender, message_id, attempts, epoch, created_at, resent, late, size, letter, packed, digest, _ = row
        return Outgoing(
            id=id,
            ticket=ticket,
            kind=LetterKind(kind),
            to=to,
            sender=sender,
            message_id=message_id,
            attempts=attempts,
            epoch=epoch,
            created_at=created_at,
            resent=resent,
            late=late,
            size=size,
            letter=_said(letter),
            body=zlib.decompress(packed) if digest is None else self._files.path(digest),
        )

    def in_data(self, letter: Outgoing) -> None:
        """The server is about to get the text. Commit before it does. Raises LeaseLost when the letter is ours no more."""
        self._move(letter, "in_data")

    def sent(self, id: OutboxId, reply: str, now: datetime) -> None:
        """The server took it. That is a fact, whoever holds the letter by now."""
        self._run(THIS, letter_id=id, state="sent", reply=reply, settled_at=now, **FREED)

    def deferred(self, letter: Outgoing, next_at: datetime, reply: str, *, late: bool = False) -> None:
        """The server wants it later; `late` if that is told now."""
        self._move(letter, "queued", next_at=next_at, reply=reply, late=letter.late or late, **FREED)

    def overtaken(self, letter: Outgoing, why: str, now: datetime) -> None:
        """What it says is so no more, and no server has it."""
        self._move(letter, "outdated", reason=why, settled_at=now, **FREED)

    def refused(self, letter: Outgoing, reply: str, now: datetime) -> None:
        """The server will never take it."""
        self._move(letter, "refused", reply=reply, settled_at=now, **FREED)

    def given_back(self, letter: Outgoing, next_at: datetime, reply: str) -> None:
        """No server heard of it: back into the queue, and the attempt does not count."""
        self._move(letter, "queued", MINE_AGAIN, next_at=next_at, reply=reply, **FREED)

    def uncertain(self, letter: Outgoing, reply: str, now: datetime, next_at: datetime | None) -> bool:
        """The connection ended within DATA. Whether the same bytes go out again, at `next_at`: at most once."""
        again = next_at is not None and not self._scalar(sa.select(outbox.c.resent).where(outbox.c.id == letter.id))
        if again:
            self._move(letter, "queued", resent=True, next_at=next_at, reply=reply, **FREED)
        else:
            self._move(letter, "uncertain", settled_at=now, reply=reply, **FREED)
        return again

    def _move(self, letter: Outgoing, state: LetterState, moved: Prepared = MINE, **values: Any) -> None:
        """Our claimed letter's next state."""
        if self._run(moved, letter_id=letter.id, claim=letter.epoch, state=state, **values).rowcount != 1:
            raise LeaseLost(letter.id)

    def _recover_letters(self, now: datetime) -> None:
        self._run(RELEASE_MINE, now=now, mine=self._node)

    # Looking

    def outbox(self, state: LetterState | None = None, limit: int = 100) -> tuple[Posted | Illegible, ...]:
        """The latest letters first, of one state or of all."""
        wanted = sa.select(*POSTED).order_by(outbox.c.id.desc()).limit(limit)
        if state is not None:
            wanted = wanted.where(outbox.c.state == exactly(state))
        if state not in (None, "sent"):
            wanted = wanted.where(UNSENT)
        return self._looked_at(wanted, _posted)

    def letter(self, id: OutboxId) -> Posted | None:
        row = self._one(sa.select(*POSTED).where(outbox.c.id == id))
        return row and _posted(row)

    def raw(self, id: OutboxId) -> bytes | None:
        """The bytes of a letter as it went out, None when it was never written."""
        row = self._one(sa.select(outbox.c.packed, outbox.c.digest).where(outbox.c.id == id))
        if row is None or (row.packed is None and row.digest is None):
            return None
        return self._files.get(row.digest) if row.packed is None else zlib.decompress(row.packed)

    def next_letter(self) -> datetime | None:
        """When the next letter is to be written or sent."""
        unwritten, *queued = self._soonest()
        paced = [at for rank, at in zip(RANKS, queued, strict=True) if rank in PACED and at is not None]
        others = [at for rank, at in zip(RANKS, queued, strict=True) if rank not in PACED and at is not None]
        if paced and (rests_until := self._rests_until()):
            paced = [max(at, rests_until) for at in paced]
        return min((at for at in (unwritten, *others, *paced) if at is not None), default=None)


def _rank(letter: Letter) -> int:
    urgent = letter.kind in URGENT
    if letter.paced:
        return PROMISES if urgent else CHASERS
    return OWN_WORDS if urgent else OURS


def _said(written: str | None) -> Letter | None:
    """What a letter says beside its bytes. They go out whether this can be read or not."""
    try:
        return LETTER.read(json.loads(written)) if written else None
    except Exception:
        return None


def _promise(row: Any) -> Promise:
    id, ticket, letter, created_at, next_at = row
    return Promise(id=OutboxId(id), ticket=ticket, letter=LETTER.read(letter), created_at=created_at, next_at=next_at)


def _posted(row: Any) -> Posted:
    cells = dict(zip(Posted.__dataclass_fields__, row, strict=True))
    return Posted(**{**cells, "kind": LetterKind(cells["kind"])})
