"""Letters: from a Letter, which says what is to be told to whom, to the bytes of a mail.

    facts + views --template--> markup --parse--> blocks --> text and HTML --compose--> bytes

What makes a letter safe to answer is put on here and not in templates: the signed address for the answer, the signed
Message-ID, the headers that keep machines from answering machines.
A template that breaks never stops a letter: the built-in plain letter goes out instead, with all the facts, and the fault
is told.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from types import MappingProxyType

from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.message import Address, Digest, MessageId
from maildesk.core.peace import Outage
from maildesk.core.people import People
from maildesk.core.policy import Policy
from maildesk.core.ticket import Ticket
from maildesk.core.trust import Scope
from maildesk.mail.bundle import TAPPED, Item, by_ticket, common, outside, urgency
from maildesk.mail.buttons import Bench, Button
from maildesk.mail.compose import File, clean_header, mail
from maildesk.mail.content import Content, Matter
from maildesk.mail.hypertext import to_html
from maildesk.mail.letterhead import Letterhead
from maildesk.mail.plain import to_text
from maildesk.mail.samples import OUTAGE, burst, every, gathered
from maildesk.mail.story import NOW
from maildesk.mail.tokens import Keys

SCOPES: Mapping[Audience, Scope] = MappingProxyType(
    {
        Audience.REQUESTER: Scope.CUSTOMER,
        Audience.PUBLIC: Scope.ENGINEER,
        Audience.INTERNAL: Scope.INTERNAL,
        Audience.DESK: Scope.DESK,
    }
)
"""Where a plain answer goes, by who will read it."""

DELIMITER = "##- Please reply above this line -##"
"""The line that parts an answer from our letter, when the language's own could not be read; all of them begin with ##- ."""

KINDS: Mapping[LetterKind, Scope] = MappingProxyType({LetterKind.SURVEY: Scope.SURVEY, LetterKind.CONFIRM: Scope.CONFIRM})
"""Letters whose answer means something of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The desk as a correspondent: its name and address, the host of its Message-IDs, its zone and language.

    `bounce` is the address undelivered letters come back to, when it is not the desk's own; either gets a token.
    """

    name: str
    address: Address
    host: str
    zone: tzinfo
    language: str
    bounce: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The recipient as tokens know him."""

    number: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A finished letter. `sender` is the envelope's; `fault` says why the built-in plain letter was used, if it was."""

    message_id: MessageId
    sender: Address
    to: Address
    subject: str
    raw: bytes
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What surrounds the content: the letter it was made from, the store's keys, the moment. Ticket 0 is none."""

    letter: Letter
    ticket: int
    party: Party
    nonce: str
    now: datetime


def _no_files(digest: Digest) -> bytes:
    raise LookupError(f"the file {digest} was wanted, but this letter carries none")


class Letters:
    """Writes letters. Made once; templates are read from disk when they are first needed, and kept."""

    def __init__(self, house: House, keys: Keys, people: People, policy: Policy, templates: Path | None = None) -> None:
        self.house, self.keys = house, keys
        self.content = Content(
            desk=house.name, zone=house.zone, language=house.language, people=people, policy=policy, own=templates
        )

    def write(
        self,
        letter: Letter,
        *,
        ticket: Ticket | None,
        party: Party,
        nonce: str,
        now: datetime,
        references: tuple[MessageId, ...] = (),
        files: Callable[[Digest], bytes] = _no_files,
        outage: Outage | None = None,
    ) -> Written:
        """One letter. `nonce` makes its Message-ID unlike any other; `references` are earlier mails of its thread, oldest
        first; `files` gives the bytes of its attachments; `outage` is why it comes late."""
        envelope = self.envelope(((letter, ticket),), party=party, nonce=nonce, now=now)
        matter = self.content.single(letter, ticket, now, outage)
        bench = self._bench(envelope, matter, ticket)
        thread = (self.keys.thread_id(ticket.id, self.house.host),) if ticket else ()
        answered = (letter.answers,) if letter.answers else ()
        attached = tuple(
            File(filename=one.filename, content_type=one.content_type, content=files(one.digest)) for one in letter.attachments
        )
        return self._post(envelope, matter, bench.make, (*thread, *references, *answered), attached)

    def bundle(
        self, items: tuple[Item, ...], *, party: Party, nonce: str, now: datetime, outage: Outage | None = None
    ) -> Written:
        """Several letters for one person as one, a line for each, what presses most first; the first have their buttons."""
        items = tuple(sorted(items, key=lambda item: urgency(item, now)))
        letter, ticket = items[0]
        if len(items) == 1:
            return self.write(letter, ticket=ticket, party=party, nonce=nonce, now=now, outage=outage)
        envelope = self.envelope(items, party=party, nonce=nonce, now=now)
        matter = self.content.merged(items, now, outage)
        benches = [
            self._bench(replace(envelope, letter=each, ticket=about.id if about else 0), matter, about, apart=True)
            for (each, about), *_ in by_ticket(items)[:TAPPED]
        ]
        desk = self._bench(envelope, matter, None)

        def button(name: str) -> Button:
            name, _, n = name.partition(".")
            return (benches[int(n)] if n else desk).make(name)

        return self._post(envelope, matter, button, (), ())

    def envelope(self, items: tuple[Item, ...], *, party: Party, nonce: str, now: datetime) -> Envelope:
        """What surrounds one letter, or several for one person as one."""
        letter, _ = min(items, key=lambda item: urgency(item, now))
        about = common(items) if len(items) == 1 or outside(items) else None
        return Envelope(letter=letter, ticket=about.id if about else 0, party=party, nonce=nonce, now=now)

    def message_id(self, envelope: Envelope) -> MessageId:
        """The Message-ID, which nobody but us can make."""
        return self.keys.message_id(envelope.ticket, envelope.nonce, self.house.host)

    def sender(self, envelope: Envelope) -> Address:
        """Where the letter comes back to when it cannot be delivered."""
        return self._address(envelope, Scope.BOUNCE, self.house.bounce)

    def kept(self, raw: bytes) -> bytes:
        """A letter by what the store keeps of it, which is the letter itself."""
        return raw

    def check(self) -> tuple[str, ...]:
        """Every template of every language with sample facts: what is wrong with them, empty when nothing is."""
        written = (one for language in self.content.pages.languages for one in self._samples(language))
        return tuple(dict.fromkeys(one.fault for one in written if one.fault))

    def _samples(self, language: str) -> Iterator[Written]:
        party = Party(number=1, epoch=0)
        for sample in every(language):
            yield self.write(sample.letter, ticket=sample.ticket, party=party, nonce="sample", now=NOW, files=lambda _: b"")
        for items in (burst(language), gathered(language)):
            yield self.bundle(items, party=party, nonce="sample", now=NOW, outage=OUTAGE)

    def _post(
        self,
        envelope: Envelope,
        matter: Matter,
        button: Callable[[str], Button],
        references: tuple[MessageId, ...],
        attached: tuple[File, ...],
    ) -> Written:
        """The content put into its envelope."""
        house, letter, button = self.house, envelope.letter, cache(button)
        message_id = self.message_id(envelope)
        scope = KINDS.get(letter.kind, SCOPES[matter.audience])
        words = matter.words
        head = Letterhead(
            desk=house.name,
            address=house.address,
            to_name=matter.reader.name,
            subject=matter.subject,
            message_id=message_id,
            references=references,
            reply_name=_reply_name(matter, house.name),
            reply_to=None if letter.kind is LetterKind.ALARM else self._address(envelope, scope),
            language=matter.language,
            now=envelope.now.astimezone(house.zone),
        )
        delimiter, colon = (words.phrase("delimiter"), words.phrase("colon")) if words else (DELIMITER, ": ")
        text = f"{delimiter}\n\n{to_text(matter.blocks, button, colon)}"
        html = to_html(
            matter.blocks, button, language=matter.language, title=matter.subject, top=delimiter, preview=matter.preview
        )
        return Written(
            message_id=message_id,
            sender=self.sender(envelope),
            to=letter.to,
            subject=clean_header(matter.subject),
            raw=mail(head.headers(letter), text=text, html=html, files=attached, mark=envelope.nonce),
            fault=matter.fault,
        )

    def _bench(self, envelope: Envelope, matter: Matter, ticket: Ticket | None, *, apart: bool = False) -> Bench:
        """The maker of this letter's buttons."""
        words, missing = matter.words, envelope.letter.facts.get("missing") or ()
        return Bench(
            words=words.buttons if words else {},
            address=cache(lambda scope: self._address(envelope, scope)),
            about=f"[{ticket.number}]" if ticket else "",
            form="".join(words.phrase("blank", field=words.name("field", name)) + "\n" for name in missing) if words else "",
            phone=clean_header(str(envelope.letter.facts.get("phone") or matter.requester.phone), 40),
            mail=envelope.letter.facts.get("mail", 0),
            apart=apart,
        )

    def _address(self, envelope: Envelope, scope: Scope, base: Address | None = None) -> Address:
        party, about = envelope.party, envelope.ticket
        if scope is Scope.CONFIRM:
            about = envelope.letter.facts.get("mail", 0)
        return self.keys.address(base or self.house.address, scope, about, party.number, party.epoch, envelope.now)


def _reply_name(matter: Matter, desk: str) -> str:
    """What the reader's mail program shows as the recipient of his answer: one more place that says who will read it."""
    if matter.words is None or matter.audience in {Audience.REQUESTER, Audience.DESK}:
        return desk
    return matter.words.phrase(f"reply_{matter.audience}", requester=matter.requester.shown)
