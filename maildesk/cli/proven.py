"""Whether the desk would take a mail's sender for proven, as it is set now."""

from datetime import datetime
from functools import partial

from maildesk.config import Settings
from maildesk.core.message import Authentication
from maildesk.dns import Texts
from maildesk.mail.addresses import identity
from maildesk.mail.headers import Fields, parse
from maildesk.mail.proof import proof
from maildesk.mail.remarks import Remarks
from maildesk.mail.transfer import Buffer

HEADER_BYTES = 100_000


def proven(raw: Buffer, received_at: datetime, settings: Settings, texts: Texts | None) -> Authentication:
    """What proves the sender. Keys of signatures are looked up in `texts` where the desk checks them itself; without `texts`
    nobody is asked."""
    fields = head(raw)
    judged = partial(
        proof,
        raw,
        fields,
        identity(fields, None),
        received_at=received_at,
        hosts=settings.hosts,
        border=settings.border_hosts,
    )
    found = judged(keys={} if settings.local_dkim else None)
    keys = texts.at(found.keys) if texts is not None and found.keys else {}
    return judged(keys=keys) if keys else found


def head(raw: Buffer) -> Fields:
    """The fields of a mail."""
    return parse(bytes(raw[:HEADER_BYTES]).replace(b"\r\n", b"\n").partition(b"\n\n")[0], Remarks())[0]
