"""The parsers that anybody may choose, each doing the same: id, sender, subject and text, and every attachment decoded."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import mailparser
from fast_mail_parser import parse_email

Parsed = tuple[str | None, str, str, str]
"""Message-ID, sender, subject, text."""


def by_email(raw: bytes) -> Parsed:
    """The standard library, as its documentation recommends it."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain", "html"))
    for attachment in mail.iter_attachments():
        attachment.get_content()
    return mail["message-id"], str(mail["from"]), str(mail["subject"]), str(body.get_content()) if body else ""


def by_compat32(raw: bytes) -> Parsed:
    """The standard library, as most programs still use it."""
    mail = message_from_bytes(raw)
    text = ""
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and part.get_content_type() == "text/plain":
            text = text or content.decode(part.get_content_charset("utf-8"), "replace")
    sender, subject = (str(make_header(decode_header(mail[name]))) for name in ("from", "subject"))
    return mail["message-id"], sender, subject, text


def by_mail_parser(raw: bytes) -> Parsed:
    """mail-parser, which leaves attachments in base64."""
    mail = mailparser.parse_from_bytes(raw)
    return mail.message_id, str(mail.from_), mail.subject, "\n".join(mail.text_plain)


def by_fast_mail_parser(raw: bytes) -> Parsed:
    """fast-mail-parser, which is compiled."""
    mail = parse_email(raw)
    return mail.headers["Message-ID"][0], mail.headers["From"][0], mail.subject, "\n".join(mail.text_plain)


PARSERS: dict[str, Callable[[bytes], Parsed]] = {
    "email": by_email,
    "email, compat32": by_compat32,
    "mail-parser": by_mail_parser,
    "fast-mail-parser": by_fast_mail_parser,
}
