"""The only place that speaks SQL: one database (SQLite or PostgreSQL) and a folder of files named by their digests.

    with store.write() as tx:      one transaction, all or nothing
        ticket = tx.save(ticket)
        tx.append(ticket.id, line)

Bytes go to `store.files` first; a transaction then names them. Nothing outside sees a table, a statement or a driver's error:
what goes in and out are values of the core and of `store.values`, and every fault is a StoreError with a remedy.
"""

from maildesk.store.errors import (
    Broken,
    Busy,
    Conflict,
    Full,
    LeaseLost,
    Missing,
    Newer,
    Older,
    Stale,
    StoreError,
    Unreachable,
)
from maildesk.store.files import Files, Stored, Writer
from maildesk.store.loads import NOBODY, NOTHING, Share
from maildesk.store.recovery import Doubtful
from maildesk.store.store import Store
from maildesk.store.transaction import Tx
from maildesk.store.values import (
    Adopted,
    Breach,
    Called,
    CallId,
    CallState,
    Figures,
    Filed,
    Illegible,
    Inbox,
    InboxId,
    LetterState,
    MailFolder,
    MailState,
    OutboxId,
    Outgoing,
    Owed,
    Party,
    Place,
    PlaceId,
    Position,
    Posted,
    Promise,
    Ref,
    Rendered,
    Ringing,
    SchemaState,
    Suppression,
    Tally,
    Twin,
    Unfiled,
)

__all__ = [
    "NOBODY",
    "NOTHING",
    "Adopted",
    "Breach",
    "Broken",
    "Busy",
    "CallId",
    "CallState",
    "Called",
    "Conflict",
    "Doubtful",
    "Figures",
    "Filed",
    "Files",
    "Full",
    "Illegible",
    "Inbox",
    "InboxId",
    "LeaseLost",
    "LetterState",
    "MailFolder",
    "MailState",
    "Missing",
    "Newer",
    "Older",
    "OutboxId",
    "Outgoing",
    "Owed",
    "Party",
    "Place",
    "PlaceId",
    "Position",
    "Posted",
    "Promise",
    "Ref",
    "Rendered",
    "Ringing",
    "SchemaState",
    "Share",
    "Stale",
    "Store",
    "StoreError",
    "Stored",
    "Suppression",
    "Tally",
    "Twin",
    "Tx",
    "Unfiled",
    "Unreachable",
    "Writer",
]
