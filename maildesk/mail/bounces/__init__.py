"""Delivery reports: which of our letters did not reach whom, and whether for good.

A report after the standard is believed field by field (`standard`). Others are read as a person reads them (`told`, with the help
of `known`), and only when a server wrote them (`written`): the words of a failure alone are what people write to a helpdesk, too.
Whether a failure is final is decided in one place (`judged`). `words` has what servers say.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from maildesk.core.message import Bounce, FailedRecipient, MessageId
from maildesk.mail import charset, headers
from maildesk.mail.bounces import judged, known, notices, standard, told, written
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

MOST_RECIPIENTS = 200
MOST_EVIDENCE = 4
LONGEST_RETURNED = 200_000

_RETURNED_KINDS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]{1,998})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A delivery report and the rule that found it. `failed` is False when it tells of nothing but success."""

    bounce: Bounce
    rule: str
    evidence: tuple[str, ...]

    @property
    def failed(self) -> bool:
        found = self.bounce.recipients
        return not found or any(one.action != "delivered" for one in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """What the readers look at. `by_a_server` is what header and words together say of who wrote it."""

    buffer: Buffer
    root: Part
    subject: str
    text: str
    told: told.Told
    returned: tuple[Part, ...]
    by_a_server: bool

    def report(self, rule: str, found: tuple[FailedRecipient, ...], *evidence: str) -> Report:
        bounce = Bounce(recipients=found[:MOST_RECIPIENTS], original_message_id=_original_id(self))
        return Report(bounce=bounce, rule=rule, evidence=evidence[:MOST_EVIDENCE])


def read(buffer: Buffer, root: Part, subject: str, text: str) -> Report | None:
    """The delivery report this mail is, or None when it is none."""
    kinds = {part.kind for part in root.walk()}
    sender = written.sender(root.fields, subject)
    if "message/feedback-report" in kinds or not (sender or kinds & standard.KINDS or root.fields.first("x-failed-recipients")):
        return None
    said = told.apart(text)
    returned = tuple(part for part in root.walk() if part.kind in _RETURNED_KINDS)
    mail = _Mail(
        buffer=buffer,
        root=root,
        subject=subject,
        text=text,
        told=said,
        returned=returned,
        by_a_server=sender is not None and written.proven(sender, subject, said, bool(returned)),
    )
    return next((report for reader in READERS if (report := reader(mail)) is not None), None)


def _standard(mail: _Mail) -> Report | None:
    """After RFC 3464, in a multipart/report or from a server; one that names nobody is read like a report in plain words."""
    if not (mail.root.kind == "multipart/report" or mail.by_a_server):
        return None
    groups = standard.groups(mail.buffer, mail.root)
    found = tuple(_by_its_line(one, mail) for one in standard.recipients(groups)) or _named(mail) if groups else ()
    return mail.report("a delivery report after RFC 3464", found, *standard.evidence(groups)) if groups else None


def _failed_field(mail: _Mail) -> Report | None:
    """Exim names the failed ones in a field of its own."""
    values = [raw.decode("utf-8", "replace") for raw in mail.root.fields.all("x-failed-recipients")]
    found = _judged((address for value in values for address in told.addresses_in(value)), mail.told.words)
    evidence = (f"X-Failed-Recipients: {value}" for value in values)
    return mail.report("X-Failed-Recipients names who failed", found, *evidence) if found else None


def _notice(mail: _Mail) -> Report | None:
    """Notifications that a mail service sends in a form for programs."""
    found = notices.recipients(mail.text)
    return mail.report("a notification of a mail service", found, f"Subject: {mail.subject}") if found else None


def _in_plain_words(mail: _Mail) -> Report | None:
    if not mail.by_a_server:
        return None
    found = standard.recipients(standard.groups_in(mail.text)) or _named(mail)
    told_by = f"From: {mail.root.fields.text('from')}"
    return mail.report("a mail server tells of a failure", found, told_by, f"Subject: {mail.subject}")


Reader = Callable[[_Mail], Report | None]
READERS: tuple[Reader, ...] = (_standard, _failed_field, _notice, _in_plain_words)


def _named(mail: _Mail) -> tuple[FailedRecipient, ...]:
    """Who failed by the words of the report, of whom only the known are believed; else those to whom the letter went."""
    found = told.named(mail.told.words, mail.root.fields)
    sure = known.failed(mail.buffer)
    believed = tuple(one for one in found if one.address.lower() in sure)
    return believed or found or _judged(sorted(sure) or _returned_to(mail), mail.told.words)


def _by_its_line(one: FailedRecipient, mail: _Mail) -> FailedRecipient:
    own = (line for line in mail.told.words.splitlines() if one.address.lower() in line.lower())
    return judged.by_its_line(one, next(own, ""))


def _judged(addresses: Iterable[str], words: str) -> tuple[FailedRecipient, ...]:
    return tuple(judged.of_words(address, words, words) for address in dict.fromkeys(addresses))


def _returned_to(mail: _Mail) -> tuple[str, ...]:
    """To whom the returned letter was addressed, by its own header."""
    if not mail.returned:
        return ()
    fields, _ = headers.parse(mail.returned[0].decoded(mail.buffer, LONGEST_RETURNED).split(b"\n\n", 1)[0], Remarks())
    return tuple(told.addresses_in(fields.text("to")))


def _original_id(mail: _Mail) -> MessageId | None:
    """The Message-ID of the mail that came back, from the returned part or from the text below the report."""
    for words in _repeated(mail):
        if match := _MESSAGE_ID.search(words):
            return MessageId(match[1])
    return None


def _repeated(mail: _Mail) -> Iterator[str]:
    for part in mail.returned:
        yield charset.decode(part.decoded(mail.buffer, LONGEST_RETURNED)).text
    yield mail.text
