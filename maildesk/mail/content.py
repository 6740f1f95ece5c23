"""What a letter says: its facts and views poured into the template of its kind and language, and the frame around it.

When the template breaks, the built-in plain page takes its place: every fact of the letter by name, under the same banner.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.orders import help_in
from maildesk.core.peace import Outage
from maildesk.core.people import People
from maildesk.core.policy import Policy
from maildesk.core.ticket import Ticket
from maildesk.mail.bundle import LISTED, Item, by_ticket, common, line, outside, overdue, ranks
from maildesk.mail.buttons import NAMES
from maildesk.mail.compose import NAME_LENGTH, clean_header
from maildesk.mail.letters_pages import BrokenTemplate, Page, Pages
from maildesk.mail.markup import Banner, Block, Buttons, Heading, Line, Paragraph, Quote, data, parse, spans
from maildesk.mail.views import PublicTicket, Who, called
from maildesk.mail.wording import Words
from maildesk.share import folder

BANNERS: Mapping[Audience, str] = MappingProxyType(
    {Audience.PUBLIC: "public", Audience.INTERNAL: "inside", Audience.DESK: "desk"}
)
"""The banner that a letter must carry, by who will read its answer. Letters to requesters have none, nor have alarms."""

_PLAIN: Mapping[Audience, str] = MappingProxyType(
    {
        Audience.REQUESTER: "",
        Audience.PUBLIC: "! public 回复会直接发给提交人 · Your reply goes to the requester",
        Audience.INTERNAL: "! inside 回复只有内部能看到 · Your reply stays inside",
        Audience.DESK: "! desk 只发给你一个人 · For you alone",
    }
)
_PREVIEW = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """The content of a letter, ready to be written as text and as HTML. `words` is None when even they could not be read."""

    subject: str
    blocks: tuple[Block, ...]
    audience: Audience
    language: str
    reader: Who
    requester: Who
    words: Words | None
    fault: str | None = None

    @property
    def preview(self) -> str:
        """The letter's own first words, for lists of mails."""
        lines = [line for block in self.blocks for line in _spoken(block)]
        return " ".join(" ".join(map(_plain, lines[:4])).split())[:_PREVIEW]


def _spoken(block: Block) -> tuple[Line, ...]:
    match block:
        case Heading(line):
            return (line,)
        case Paragraph(lines) | Quote(lines):
            return lines
        case _:
            return ()


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)


class Content:
    """Makes the content of letters from the templates, those of the folder `own` before the packaged ones."""

    def __init__(self, *, desk: str, zone: tzinfo, language: str, people: People, policy: Policy, own: Path | None) -> None:
        self.desk, self.zone, self.language = desk, zone, language
        self.people, self.policy = people, policy
        self.categories = {category.name: category.english for category in policy.categories}
        self.pages = Pages(folder("templates"), own)

    def single(self, letter: Letter, ticket: Ticket | None, now: datetime, outage: Outage | None = None) -> Matter:
        """One letter in its frame."""
        context = {**self._context(letter, ticket, now), "outage": outage}

        def written(language: str) -> tuple[str, str]:
            page = self.pages.render(language, letter.kind, context)
            return page.subject, self._framed(language, page, context)

        return self._matter(((letter, ticket),), context, written)

    def merged(self, items: tuple[Item, ...], now: datetime, outage: Outage | None = None) -> Matter:
        """Several letters for one person, a line for each ticket; the buttons of line n are called `name.n`."""
        to_requester, things = outside(items), by_ticket(items)
        template, about = ("gathered", common(items)) if to_requester else ("merged", None)
        first = next((letter for letter, _ in items if anonymous(letter)), items[0][0])
        late = [any(overdue(item, self.policy, now) is not None for item in thing) for thing in things]
        context = {
            **self._context(first, about, now),
            "audience": Audience.REQUESTER if to_requester else Audience.DESK,
            "merged": len(items),
            "things": len(things),
            "numbers": [ticket.number for (_, ticket), *_ in things[LISTED:] if ticket],
            "more": max(0, len(things) - LISTED),
            "late": sum(late),
            "more_late": sum(late[LISTED:]),
            "ranks": ranks(things),
            "outage": outage,
        }

        def written(language: str) -> tuple[str, str]:
            lines = [self._thing(n, thing, language, context) for n, thing in enumerate(things[:LISTED])]
            page = self.pages.render(language, template, {**context, "lines": lines})
            return page.subject, self._framed(language, page, context)

        return self._matter(items, context, written)

    def _framed(self, language: str, page: Page, context: Mapping[str, Any]) -> str:
        """A rendered letter in its frame, which says by what clock the moments in it are told."""
        clock = self.pages.words(language).clock_of(context["moments"], context["zone"])
        return self.pages.framed(language, page.source, {**context, "utc": clock})

    def _thing(self, n: int, thing: tuple[Item, ...], language: str, whole: Mapping[str, Any]) -> Mapping[str, object]:
        """The line of what presses most in the `whole` letter, with the headings of all that there is to say."""
        first, *others = (self._line(n, item, language, whole) for item in thing)
        what = dict.fromkeys(str(one["what"]) for one in (first, *others))
        return {**first, "what": Markup(" · ".join(what))}

    def _line(self, n: int, item: Item, language: str, whole: Mapping[str, Any]) -> Mapping[str, object]:
        letter, ticket = item
        context = {**self._context(letter, ticket, whole["now"]), "moments": whole["moments"]}
        source = self.pages.render(language, letter.kind, context).source
        told = line(n, item, source, self.pages.words(language).name("letter", letter.kind))
        own_words = {} if not anonymous(letter) else {"subject": ""}
        return {
            **told,
            **own_words,
            "kind": letter.kind,
            "missing": letter.facts.get("missing") or (),
            "first_answer_by": letter.facts.get("first_answer_by"),
            "requester": Who.requester(ticket, self.people).shown,
            "overdue": overdue(item, self.policy, whole["now"]),
        }

    def _matter(self, items: tuple[Item, ...], context: Mapping[str, Any], written: Callable[[str], tuple[str, str]]) -> Matter:
        """The template's words, or the plain page with the template's fault."""
        language = self.pages.language(items[0][0].language, self.language)
        audience, words, fault = context["audience"], None, None
        try:
            words = self.pages.words(language)
            subject, source = written(language)
            needed = None if items[0][0].kind is LetterKind.ALARM else BANNERS.get(audience)
            blocks = _sound(parse(source), needed, words, language)
        except BrokenTemplate as error:
            fault = str(error)
            subject, source = plain_page(items, audience)
            blocks = parse(source)
        return Matter(
            subject=_plain(spans(subject)),
            blocks=blocks,
            audience=audience,
            language=language,
            reader=context["reader"],
            requester=context["requester"],
            words=words,
            fault=fault,
        )

    def _context(self, letter: Letter, ticket: Ticket | None, now: datetime) -> dict[str, Any]:
        """Everything a template may name."""
        outside = letter.audience is Audience.REQUESTER
        person = self.people.get(letter.person)
        reader = Who.person(person) if person else Who(name=clean_header(letter.name, NAME_LENGTH), address=letter.to)
        requester = Who.requester(ticket, self.people)
        zone = ZoneInfo(person.timezone) if person and person.timezone else self.zone
        if anonymous(letter):
            reader, requester = Who(address=letter.to), Who()
        return {
            **letter.facts,
            "kind": letter.kind,
            "audience": audience_of(letter, ticket),
            "merged": 0,
            "acting_for": letter.acting_for,
            "ticket": _seen(letter, ticket),
            "requester": requester,
            "holder": Who() if outside or ticket is None else Who.person(self.people.get(ticket.engineer)),
            "reader": reader,
            "desk": self.desk,
            "now": now,
            "zone": zone,
            "moments": {now, *_in_words(letter, ticket)},
            "orders": help_in(self.pages.language(letter.language, self.language)) if letter.facts.get("help") else (),
            "called": lambda key: called(key, self.people, self.desk),
            "categories": self.categories,
            **({} if outside else {"policy": self.policy}),
            **({} if outside or ticket is None else {"rules": self.policy.rules(ticket)}),
        }


def anonymous(letter: Letter) -> bool:
    """Whether nothing that the sender wrote may be repeated to him, his name included: he proved nothing."""
    return letter.kind is LetterKind.ACKNOWLEDGEMENT and not letter.facts["full"]


def _in_words(letter: Letter, ticket: Ticket | None) -> set[datetime]:
    """The moments that an answer to orders repeats in the words of the core."""
    if letter.kind is not LetterKind.TRANSCRIPT or ticket is None:
        return set()
    return {at for at in (ticket.eta.at if ticket.eta else None, ticket.waiting_until) if at}


def audience_of(letter: Letter, ticket: Ticket | None) -> Audience:
    """Who will read an answer. There is no inside of a ticket where there is no ticket."""
    return Audience.DESK if ticket is None and letter.audience is Audience.INTERNAL else letter.audience


def _seen(letter: Letter, ticket: Ticket | None) -> PublicTicket | Ticket | None:
    """The ticket as the reader of this letter may see it, its subject on one line."""
    if ticket is None:
        return None
    subject = "" if anonymous(letter) else clean_header(ticket.subject)
    seen = PublicTicket.of(ticket) if letter.audience is Audience.REQUESTER else ticket
    return replace(seen, subject=subject)


def _sound(blocks: tuple[Block, ...], needed: str | None, words: Words, language: str) -> tuple[Block, ...]:
    """The same blocks, when the banner that the letter must carry is there and all buttons exist."""
    banners = [block.kind for block in blocks if isinstance(block, Banner)]
    if needed is not None and needed not in banners:
        raise BrokenTemplate(f"templates/{language}/frame.txt: the banner {needed} is missing, which says who reads an answer")
    if unknown := set(banners) - {*BANNERS.values(), "warning"}:
        raise BrokenTemplate(f"templates/{language}: no such banner: {', '.join(sorted(unknown))}")
    names = {name.partition(".")[0] for block in blocks if isinstance(block, Buttons) for name in block.names}
    if unknown := {name for name in names if name not in NAMES or name not in words.buttons}:
        raise BrokenTemplate(f"templates/{language}: no such button: {', '.join(sorted(unknown))}")
    return blocks


def plain_page(items: tuple[Item, ...], audience: Audience) -> tuple[str, str]:
    """Subject and markup of the letter that needs no template: all facts by name, nothing else."""
    lines = [_PLAIN[audience], ""]
    for letter, ticket in items:
        number = f"[{data(ticket.number)}] " if ticket else ""
        subject = "" if anonymous(letter) else data(ticket.subject if ticket else letter.kind)
        lines += [f"# {number}{subject}", ""]
        lines += [f"| {name} | {data(_said(value))}" for name, value in letter.facts.items()]
        lines += [""]
    return lines[2].removeprefix("# "), "\n".join(lines)


def _said(fact: object) -> str:
    match fact:
        case None:
            return "—"
        case dict():
            return " · ".join(f"{key}: {_said(value)}" for key, value in fact.items())
        case list() | tuple():
            return "\n".join(": ".join(map(_said, one)) if isinstance(one, list | tuple) else _said(one) for one in fact)
        case _:
            return str(fact)
