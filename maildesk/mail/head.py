"""The head of a mail alone: which mail it is, which ones it answers, and what it calls itself."""

import re
from dataclasses import dataclass

from maildesk.core.message import MessageId
from maildesk.mail import headers
from maildesk.mail.remarks import Remarks

LONGEST = 1 << 16
"""So many bytes hold the head of any mail that people write."""

_END = re.compile(rb"\r?\n\r?\n|\r\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`answers` are the mails that In-Reply-To and References name, each once."""

    message_id: MessageId | None
    answers: tuple[MessageId, ...]
    subject: str


def read(raw: bytes) -> Head:
    """The head of a mail, of which the beginning is enough."""
    fields, _ = headers.parse(_END.split(raw[:LONGEST], maxsplit=1)[0], Remarks())
    named = (*headers.ids(fields.first("in-reply-to")), *headers.ids(fields.first("references")))
    return Head(
        message_id=headers.own_id(fields.first("message-id")),
        answers=tuple(dict.fromkeys(named)),
        subject=fields.text("subject"),
    )
