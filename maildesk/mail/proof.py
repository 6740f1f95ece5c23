"""What proves the sender of a mail: the named host's word; where no such host says anything, a signature."""

from collections.abc import Mapping
from datetime import datetime

from maildesk.core.message import Authentication, Identity
from maildesk.mail import authentication
from maildesk.mail.headers import Fields
from maildesk.mail.transfer import Buffer


def proof(
    raw: Buffer,
    fields: Fields,
    identity: Identity,
    *,
    received_at: datetime,
    hosts: tuple[str, ...],
    border: tuple[str, ...],
    keys: Mapping[str, str] | None,
) -> Authentication:
    """Whether the `identity` of the mail is proven, by `hosts` below the Received lines of the `border` too, or by `keys`: texts
    of the DNS by name, None where signatures are not to be checked."""
    said = authentication.judged(fields, identity, hosts, border)
    if keys is None or not authentication.silent(fields, hosts, border):
        return said
    from maildesk.mail import dkim  # its library is there only where it is wanted

    return dkim.judged(raw, fields, identity, received_at, keys)
