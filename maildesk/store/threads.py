"""Message-IDs: which ticket each belongs to, and which of them a thread may show to whom."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.letter import Audience
from maildesk.core.message import MessageId
from maildesk.core.ticket import TicketId
from maildesk.store.part import Part, as_key
from maildesk.store.prepared import Listed, Prepared
from maildesk.store.schema import refs
from maildesk.store.statements import insert_once
from maildesk.store.values import OutboxId, Ref

REF = tuple(refs.c[name] for name in Ref.__dataclass_fields__ if name != "message_id")
REFER = insert_once(refs, "message_id")
KNOWN = Listed("ids", refs.c.message_id, lambda these: sa.select(refs.c.message_id, *REF).where(these))
_LATEST = (
    sa.select(refs.c.message_id)
    .where(refs.c.ticket == bindparam("of"))
    .order_by(refs.c.id.desc())
    .limit(bindparam("most", type_=sa.Integer()))
)
THREAD = Prepared(_LATEST)
THREAD_OUTSIDE = Prepared(_LATEST.where(refs.c.outside.is_(True)))
INSIDE = Prepared(_LATEST.with_only_columns(refs.c.outbox).where(refs.c.outbox.is_not(None), refs.c.outside.is_(False)))


class Threads(Part):
    def refer(
        self,
        message_id: MessageId,
        ticket: TicketId | None,
        audience: Audience | None,
        outbox: OutboxId | None,
        automatic: bool,
        at: datetime,
        *,
        inside: bool = False,
    ) -> None:
        """Remember whose a Message-ID is. The first word counts: nobody takes over an id by using it again.

        `audience` is that of our letter, None for a mail that came to us; `inside` marks such a mail as one that the requester
        has not got (a note of an engineer), so that no letter to him refers to it.
        """
        outside = audience is Audience.REQUESTER if audience is not None else not inside
        self._run(
            REFER,
            message_id=as_key(message_id),
            ticket=ticket,
            audience=audience and audience.value,
            outbox=outbox,
            automatic=automatic,
            outside=outside,
            at=at,
        )

    def refs(self, message_ids: Iterable[MessageId]) -> Mapping[MessageId, Ref]:
        """What we know of these ids; those we do not know are left out."""
        asked = {as_key(message_id): message_id for message_id in message_ids}
        if not asked:
            return {}
        rows = self._run(KNOWN, ids=list(asked))
        return {
            asked[key]: Ref(
                message_id=asked[key],
                ticket=ticket,
                audience=audience and Audience(audience),
                outbox=outbox,
                automatic=automatic,
                at=at,
            )
            for key, ticket, audience, outbox, automatic, at in rows
        }

    def thread(self, ticket: TicketId, audience: Audience | None = None, limit: int = 10) -> tuple[MessageId, ...]:
        """The latest ids of a ticket's mails, oldest of them first; for the requester only what he has got himself."""
        latest = THREAD_OUTSIDE if audience is Audience.REQUESTER else THREAD
        return tuple(self._run(latest, of=ticket, most=limit).scalars())[::-1]

    def letters_inside(self, ticket: TicketId, limit: int) -> tuple[OutboxId, ...]:
        """Our latest letters about a ticket to those who work here, the last first."""
        return tuple(map(OutboxId, self._run(INSIDE, of=ticket, most=limit).scalars()))
