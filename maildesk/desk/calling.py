"""Calls out: whoever is on call is rung by a road that is not mail.

    promised   with the decision, in its transaction
    claimed    an attempt has begun: counted and committed before the hook hears of it
    rung       outside of any transaction, with a deadline
    settled    he was reached, or it is tried again later, or all tries have failed and the operator is told

What has lost its reason when its turn comes is not rung: somebody phoned the requester, the ticket was closed, a later step of
the rule rings by now. An attempt that ended together with its desk has reached somebody or not, nobody knows: it is made once
more, under the same id. When that one is broken off as well, the call has failed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk import faults, hook
from maildesk.config import OnCall
from maildesk.core.alarms import stands
from maildesk.core.call import Call
from maildesk.core.event import Rung
from maildesk.desk.desk import POSTPONED, Desk
from maildesk.hook import Answer
from maildesk.log import say, warn
from maildesk.store import CallId, Illegible, LeaseLost, Ringing, Stale, Tx

BATCH = 5
AFTERWARDS = timedelta(minutes=1)
"""Time to write down the end of an attempt; then another node may take the call for lost and ring."""

BROKEN_OFF = 2
"""So many attempts that nobody knows the end of make a call that has failed."""

AGAIN = 5
"""How often the end of an attempt is written down anew when somebody else changed the ticket meanwhile."""

Hook = Callable[[OnCall, Call], Awaitable[Answer]]


def claim(desk: Desk, tx: Tx, now: datetime) -> tuple[int, tuple[Ringing, ...]]:
    """How many calls were claimed, their attempts counted, and those of them that are still to be rung."""
    on_call = desk.config.settings.on_call or OnCall()
    rows = tx.claim_calls(now, BATCH, on_call.timeout + AFTERWARDS)
    for illegible in (row for row in rows if isinstance(row, Illegible)):
        _put_off(desk, tx, illegible, now)
    return len(rows), tuple(row for row in rows if isinstance(row, Ringing) and _current(desk, tx, row, now))


def _put_off(desk: Desk, tx: Tx, call: Illegible, now: datetime) -> None:
    """It waits by itself, and the operator hears of it."""
    warn("call not rung", call=call.id, trouble=call.why)
    tx.put_call_off(CallId(call.id), now + POSTPONED)
    desk.saver(tx, desk.gatherer(tx, now)).alarm("call not rung", f"call {call.id}: {call.why}", call.remedy)


def _current(desk: Desk, tx: Tx, row: Ringing, now: datetime) -> bool:
    """Whether the alarm that rings would still ring; else the call is dropped as outdated."""
    ticket, on_call = tx.ticket(row.ticket), desk.config.settings.on_call
    if on_call and ticket and stands(ticket, desk.config.policy, row.call.alarm):
        return True
    tx.settle_call(row, "outdated", "the ticket moved on" if on_call else "nobody is on call any more", now)
    return False


def write_down(desk: Desk, tx: Tx, row: Ringing, answer: Answer, now: datetime) -> None:
    """How an attempt ended. The end of a call is told to the ticket, and a bad one to the operator, in the same commit."""
    on_call = desk.config.settings.on_call or OnCall()
    if not (answer.heard or lost(row) or row.attempts >= on_call.tries):
        tx.ring_again(row, now + on_call.every * 2 ** (row.attempts - 1), answer.said)
        return
    tx.settle_call(row, "heard" if answer.heard else "failed", answer.said, now)
    saver = desk.saver(tx, desk.gatherer(tx, now))
    saver.apply(Rung(heard=answer.heard, tries=row.attempts, status=answer.status), tx.ticket(row.ticket))
    if not answer.heard:
        saver.alarm("on call", f"{row.call.number}: {answer.said}", "maildesk calls --state failed")


def lost(row: Ringing) -> bool:
    """Whether it has been broken off too often to be rung again."""
    return row.broken_off >= BROKEN_OFF


@dataclass(frozen=True, slots=True)
class Calling:
    """The half of the desk that rings. `clock` tells when an answer came."""

    desk: Desk
    clock: Callable[[], datetime]
    hook: Hook = hook.ring

    async def call(self) -> int:
        """Ring all who are to be rung now, at most a batch at the same time; how many calls were looked at."""
        looked_at, rows = await asyncio.to_thread(self._claim)
        ended = await asyncio.gather(*(self._ring(row) for row in rows), return_exceptions=True)
        if trouble := next((end for end in ended if isinstance(end, BaseException)), None):
            raise trouble
        return looked_at

    def _claim(self) -> tuple[int, tuple[Ringing, ...]]:
        with self.desk.store.write() as tx:
            claimed = claim(self.desk, tx, self.clock())
        faults.point("call-claimed")
        return claimed

    async def _ring(self, row: Ringing) -> None:
        """One attempt, unless of two nobody knows already whether they reached anybody."""
        answer = Answer(False, "broken off twice") if lost(row) else await self._answer(row.call)
        await asyncio.to_thread(self._settle, row, answer)

    async def _answer(self, call: Call) -> Answer:
        on_call = self.desk.config.settings.on_call
        if on_call is None:  # the configuration was changed between two steps
            return Answer(False, "nobody is on call any more")
        answer = await self.hook(on_call, call)
        faults.point("rung")
        return answer

    def _settle(self, row: Ringing, answer: Answer) -> None:
        """Write down how the attempt ended, on the ticket as it is when nobody else changes it at the same moment."""
        for last in (*[False] * AGAIN, True):
            try:
                with self.desk.store.write() as tx:
                    write_down(self.desk, tx, row, answer, self.clock())
                    faults.point("call-settled")
                break
            except LeaseLost:
                warn("call held too long", call=row.id)
                break
            except Stale:
                if last:
                    raise
        tell = say if answer.heard else warn
        tell("call out", call=row.id, number=row.call.number, key=row.call.alarm, attempt=row.attempts, said=answer.said)
