"""Every letter in every language, to look at: as HTML, as text and as the mail itself, with sample facts and an index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path

from maildesk.core.calendar import Calendar, Hours
from maildesk.core.message import Address
from maildesk.core.policy import Category, Policy
from maildesk.mail.letters import House, Letters, Party, Written
from maildesk.mail.samples import OUTAGE, burst, every, reminders
from maildesk.mail.story import NOW, PEOPLE, ZONE
from maildesk.mail.tokens import Keys

CATEGORIES = (Category(name="系统故障-登录异常", english="System fault - login"),)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""What the sample screenshot shows: one transparent pixel."""

_INDEX = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Letters</title><style>body{{font:16px/1.6 sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color-scheme:light dark}}
td,th{{padding:.2em 1em .2em 0;text-align:left;vertical-align:top}}</style>
<h1>Letters</h1><p>{count} letters with sample facts, written {when}.</p><table><tr><th>letter</th>{heads}</tr>
{rows}</table></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One previewed letter and its files in the folder."""

    name: str
    language: str
    written: Written


def preview(folder: Path, templates: Path | None = None) -> tuple[str, ...]:
    """Write every letter × language into `folder`, and an index; the answer is what was wrong with templates, if anything."""
    letters = sample_letters(templates)
    folder.mkdir(parents=True, exist_ok=True)
    shown = tuple(_shown(letters))
    for one in shown:
        _put(folder, one)
    (folder / "index.html").write_text(_index(shown, letters.content.pages.languages), "utf-8")
    return tuple(dict.fromkeys(one.written.fault for one in shown if one.written.fault))


def sample_letters(templates: Path | None = None) -> Letters:
    """Letters of a desk that exists nowhere, for the people of the samples."""
    day = (Hours(time(9), time(12)), Hours(time(13), time(18)))
    calendar = Calendar(name="sample", zone=ZONE, week=(*(day,) * 5, (), ()))
    house = House(name="IT 服务台", address=Address("support@example.com"), host="example.com", zone=ZONE, language="zh")
    return Letters(house, Keys((b"a key for samples only",)), PEOPLE, Policy(calendar=calendar, categories=CATEGORIES), templates)


def _shown(letters: Letters) -> Iterator[Shown]:
    party = Party(number=7, epoch=0)
    for language in letters.content.pages.languages:
        for sample in every(language):
            written = letters.write(
                sample.letter, ticket=sample.ticket, party=party, nonce=sample.name, now=NOW, files=lambda _: PICTURE
            )
            yield Shown(name=sample.name, language=language, written=written)
        bundle = letters.bundle(reminders(language), party=party, nonce="merged", now=NOW)
        yield Shown(name="merged", language=language, written=bundle)
        many = letters.bundle(burst(language), party=party, nonce="burst", now=NOW, outage=OUTAGE)
        yield Shown(name="merged-outage", language=language, written=many)


def _put(folder: Path, one: Shown) -> None:
    """The mail, and its two readings taken from the mail itself."""
    mail = message_from_bytes(one.written.raw, policy=default)
    assert isinstance(mail, EmailMessage)
    stem = folder / f"{one.name}.{one.language}"
    stem.with_name(stem.name + ".eml").write_bytes(one.written.raw)
    for kind, suffix in (("plain", ".txt"), ("html", ".html")):
        part = mail.get_body((kind,))
        assert part is not None
        stem.with_name(stem.name + suffix).write_text(part.get_content().replace("\r\n", "\n"), "utf-8")


def _index(shown: tuple[Shown, ...], languages: tuple[str, ...]) -> str:
    names = dict.fromkeys(one.name for one in shown)
    rows = "\n".join(
        f"<tr><td>{escape(name)}</td>{''.join(_links(name, language) for language in languages)}</tr>" for name in names
    )
    heads = "".join(f"<th>{escape(language)}</th>" for language in languages)
    return _INDEX.format(count=len(shown), when=_day(NOW), heads=heads, rows=rows)


def _links(name: str, language: str) -> str:
    links = " · ".join(f'<a href="{name}.{language}{suffix}">{suffix[1:]}</a>' for suffix in (".html", ".txt", ".eml"))
    return f"<td>{links}</td>"


def _day(at: datetime) -> str:
    return f"as on {at:%Y-%m-%d %H:%M}"
