"""What a server says about mails and folders, believed no further than it must be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError
from imapclient.response_parser import parse_response

UNDATED = datetime.max.replace(tzinfo=UTC)
"""The server's date of a mail to which it gives none that can be read: later than any time known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mail in the folder: its UID, its size in bytes as the server says, and when the server took it (INTERNALDATE)."""

    uid: int
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A mail fetched whole."""

    uid: int
    received_at: datetime
    raw: bytes = field(repr=False)


def found(client: IMAPClient, *criteria: str) -> set[int]:
    """The UIDs that a search finds, be it told in one line or in several."""
    typ, data = client._imap.uid("SEARCH", *criteria)
    client._checkok("search", typ, data)
    return {int(word) for line in data if line for word in line.split() if word.isdigit()}


def sized(client: IMAPClient, uids: Sequence[int]) -> Iterator[Waiting]:
    """Size and date of mails. What a server adds unasked, or leaves out for a mail just expunged, is passed over."""
    answers = fetched(client, uids, "RFC822.SIZE", "INTERNALDATE")
    for uid in uids:
        answer = answers.get(uid, {})
        if isinstance(size := answer.get(b"RFC822.SIZE"), int):
            yield Waiting(uid=uid, size=size, received_at=instant(answer.get(b"INTERNALDATE")))


def whole(client: IMAPClient, uids: Sequence[int]) -> dict[int, Arrived]:
    """Those of the mails that came with a body; no mail is empty, whatever a server says that has lost it for a moment."""
    answers = fetched(client, uids, "BODY.PEEK[]", "INTERNALDATE")
    return {
        uid: Arrived(uid=uid, received_at=instant(answer.get(b"INTERNALDATE")), raw=raw)
        for uid, answer in answers.items()
        if isinstance(raw := answer.get(b"BODY[]"), bytes) and raw
    }


def fetched(client: IMAPClient, uids: Sequence[int], *items: str) -> dict[int, dict[bytes, Any]]:
    """What the server says about mails, by the UID that it says.

    The library takes the number of a mail for its UID where that is missing, and of two bodies for one UID it keeps the last:
    either way a mail would be taken for another. The first says nothing here, the second is no answer at all.
    """
    typ, data = client._imap.uid("FETCH", ",".join(map(str, uids)), f"({' '.join(items)})")
    client._checkok("fetch", typ, data)
    said_of: dict[int, dict[bytes, Any]] = {}
    for answer in parse_response(data)[1::2] if data != [None] else ():
        said = {name.upper(): value for name, value in zip(answer[::2], answer[1::2], strict=True)}
        if isinstance(uid := said.get(b"UID"), int):
            known = said_of.setdefault(uid, {})
            if any(name.startswith(b"BODY[") and known[name] != said[name] for name in known.keys() & said.keys()):
                raise ProtocolError("two mails with one UID")
            known.update(said)
    return said_of


def instant(date: object) -> datetime:
    """An INTERNALDATE (RFC 3501, 9: date-time)."""
    try:
        read = parse_to_datetime(date, normalise=False) if isinstance(date, bytes) else UNDATED
        return read.astimezone(UTC) if read.tzinfo else UNDATED
    except (ValueError, OverflowError):
        return UNDATED


def exists(client: IMAPClient, name: str) -> bool:
    """Whether mails can lie there; a server may list a name that is only a step to others (RFC 3501, 7.2.2)."""
    listed = client.list_folders("", name)
    return any(not {b"\\Noselect", b"\\NonExistent"} & set(flags) for flags, _, called in listed if called == name)


def next_uid(client: IMAPClient, name: str) -> int:
    """The UID that the next mail of a folder gets, without opening it; 0 where the server does not say (RFC 3501, 6.3.10)."""
    try:
        return int(client.folder_status(name, ["UIDNEXT"]).get(b"UIDNEXT") or 0)
    except IMAPClientAbortError:
        raise
    except (IMAPClientError, LookupError, TypeError, ValueError):
        return 0
