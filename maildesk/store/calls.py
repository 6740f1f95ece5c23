"""Calls to whoever is on call: promised with the decision, rung outside of any transaction, settled afterwards.

    waiting    to be rung at `next_at`
    ringing    one node's, for the time of a lease; the attempt is counted
    heard, failed, outdated    ends

A claim that ended with its node went who knows how far: the call waits again and is counted as broken off, so that whoever
rings it next can tell how often that has happened.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.call import Call
from maildesk.core.ticket import TicketId
from maildesk.store.errors import LeaseLost
from maildesk.store.part import Part
from maildesk.store.prepared import Listed, Prepared, legible
from maildesk.store.rows import form
from maildesk.store.schema import RINGING, WAITING, calls
from maildesk.store.statements import insert_once
from maildesk.store.types import Moment
from maildesk.store.values import Called, CallId, CallState, Illegible, Ringing

CALL = form(Call)
FREED: dict[str, Any] = {"node": None, "lease_until": None}
NOW = bindparam("now", type_=Moment())

PROMISE = insert_once(calls, "ticket", "alarm", returning=calls.c.id)
CLAIMABLE = Prepared(
    sa.select(calls.c.id)
    .where(WAITING, calls.c.next_at <= NOW)
    .order_by(calls.c.next_at, calls.c.id)
    .limit(bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
CLAIMED = {"state": "ringing", "attempts": calls.c.attempts + 1, "epoch": calls.c.epoch + 1}
ROW = tuple(calls.c[name] for name in Ringing.__dataclass_fields__)
CLAIM = Listed("ids", calls.c.id, lambda these: sa.update(calls).where(these).values(CLAIMED).returning(*ROW))
PUT_OFF = sa.update(calls).where(RINGING, calls.c.id == bindparam("call_id")).values(attempts=calls.c.attempts - 1)
MINE = sa.update(calls).where(RINGING, calls.c.id == bindparam("call_id"), calls.c.epoch == bindparam("claim"))
RELEASE = sa.update(calls).where(RINGING).values(state="waiting", broken_off=calls.c.broken_off + 1, **FREED)
RELEASE_ENDED = Prepared(RELEASE.where(calls.c.lease_until <= NOW))
RELEASE_MINE = RELEASE.where(calls.c.node == bindparam("mine"))
CALLED = tuple(calls.c[name] for name in Called.__dataclass_fields__)


def _ringing(row: Any) -> Ringing:
    cells = dict(zip(Ringing.__dataclass_fields__, row, strict=True))
    return Ringing(**{**cells, "call": CALL.read(cells["call"])})


def _called(row: Any) -> Called:
    cells = dict(zip(Called.__dataclass_fields__, row, strict=True))
    return Called(**{**cells, "call": CALL.read(cells["call"])})


class Calls(Part):
    def promise_call(self, call: Call, ticket: TicketId, now: datetime) -> CallId | None:
        """Promise a call; None when this alarm of the ticket has promised one before."""
        made = self._scalar(
            PROMISE,
            ticket=ticket,
            alarm=call.alarm,
            call=CALL.write(call),
            state="waiting",
            attempts=0,
            broken_off=0,
            created_at=now,
            next_at=now,
            said="",
        )
        return None if made is None else CallId(made)

    def claim_calls(self, now: datetime, limit: int, lease: timedelta) -> tuple[Ringing | Illegible, ...]:
        """Calls to be rung now, ours until the lease ends, each attempt counted. Commit before ringing. One that cannot be read
        hinders no other."""
        self._run(RELEASE_ENDED, now=now)
        ids = list(self._run(CLAIMABLE, now=now, most=limit).scalars())
        if not ids:
            return ()
        claimed = self._run(CLAIM, ids=ids, node=self._node, lease_until=now + lease)
        return tuple(sorted((legible(row, _ringing) for row in claimed), key=lambda row: ids.index(row.id)))

    def put_call_off(self, id: CallId, until: datetime) -> None:
        """This call, just claimed, cannot be read now: it waits until then, and the attempt does not count."""
        self._run(PUT_OFF.values(state="waiting", next_at=until, **FREED), call_id=id)

    def settle_call(self, row: Ringing, end: Literal["heard", "failed", "outdated"], said: str, now: datetime) -> None:
        """That was the last of it. Raises LeaseLost when the call is ours no more."""
        self._move_call(row, end, settled_at=now, said=said)

    def ring_again(self, row: Ringing, next_at: datetime, said: str) -> None:
        """Nobody was reached; the same again then."""
        self._move_call(row, "waiting", next_at=next_at, said=said)

    def _move_call(self, row: Ringing, state: CallState, **values: Any) -> None:
        """Our claimed call's next state."""
        if self._run(MINE.values(state=state, **values, **FREED), call_id=row.id, claim=row.epoch).rowcount != 1:
            raise LeaseLost(row.id, "call")

    def _recover_calls(self) -> None:
        self._run(RELEASE_MINE, mine=self._node)

    def calls(self, state: CallState | None = None, limit: int = 100) -> tuple[Called | Illegible, ...]:
        """The latest calls first, of one state or of all."""
        wanted = sa.select(*CALLED).order_by(calls.c.id.desc()).limit(limit)
        if state is not None:
            wanted = wanted.where(calls.c.state == state)
        return self._looked_at(wanted, _called)
