"""An independent reader of what the desk wrote: the standard library's parser."""

from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import unquote, urlsplit

from maildesk.core.message import Address, Digest
from maildesk.mail.letters import Letters, Party, Written
from maildesk.mail.samples import Sample, every
from maildesk.mail.story import NOW

PARTY = Party(number=7, epoch=0)
LANGUAGES = ("en", "zh")
NAMES = tuple(sample.name for sample in every("zh"))


@dataclass(frozen=True, slots=True)
class Read:
    """A letter as somebody else's program reads it."""

    written: Written
    mail: EmailMessage
    text: str
    html: str

    def __getitem__(self, header: str) -> str:
        return str(self.mail[header])


def read(written: Written) -> Read:
    mail = message_from_bytes(written.raw, policy=default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return Read(written, mail, _content(text), _content(html))


def _content(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def file_of(digest: Digest) -> bytes:
    return b"the bytes of " + digest.encode()


def write(letters: Letters, sample: Sample, **changes: Any) -> Read:
    """A sample letter written and read back; `changes` replace facts of it."""
    letter = replace(sample.letter, facts={**sample.letter.facts, **changes})
    return read(letters.write(letter, ticket=sample.ticket, party=PARTY, nonce="n1", now=NOW, files=file_of))


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button's link would write."""

    to: Address
    subject: str
    body: str


def taps(html: str) -> tuple[Tap, ...]:
    """The mails behind the buttons of a letter."""
    links = (piece.split('"')[0].replace("&amp;", "&") for piece in html.split('href="mailto:')[1:])
    return tuple(_tap(urlsplit("mailto:" + link)) for link in links)


def _tap(link: Any) -> Tap:
    fields = {name: unquote(value, errors="strict") for name, _, value in (one.partition("=") for one in link.query.split("&"))}
    return Tap(Address(unquote(link.path)), fields["subject"], fields["body"])
