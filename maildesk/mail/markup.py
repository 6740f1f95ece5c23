"""The light markup in which letters are written: one source, from which the text part and the HTML part both come.

A line's first characters say what it is; anything else is a paragraph, whose lines stay lines.

    # words              heading
    - words              item of a list; lines beside each other make one list
    1. words             step of a numbered list
    | key | value        a row of facts
    + words              an entry (a ticket in a list); its indented lines are its details
    @ when, who | words  an event of a history
    > words              somebody's words, quoted
    = words              a line of a form to fill in
    ! kind words         a banner; kinds are public, inside, desk and warning
    ~ words              small print
    [take] [note]        buttons, by the names of `mail.buttons`
    ---                  a line across
    **words** `words`    bold, and words to be typed exactly so

Values from mails never pass through this parser. `data` seals each value between two private characters and hides its line
ends, so that no value can begin a line, hold a mark or end a quote; the writers open the seals again, each with the escape of its
own form. That is all the protection there is, and all that is needed: whatever is sealed comes out literally.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_OPEN, _CLOSE, _BREAK = "\ue000", "\ue001", "\ue002"
_SEALED = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_FOREIGN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\ue002\ud800-\udfff\ufeff]"
)
_MARK = re.compile(r"(\*\*|`)")
_BUTTONS = re.compile(r"\[[a-z]+(?:\.\d+)?\](?: \[[a-z]+(?:\.\d+)?\])*")
_STEP = re.compile(r"\d+\. ")


LONGEST = 100_000
"""A value longer than this is cut, with a sign how much is missing; what it was made from is kept elsewhere."""


def literal(value: str) -> str:
    """A value as it may be shown: one kind of line end, no control characters, nothing that turns the direction of writing."""
    if len(value) > LONGEST:
        value = f"{value[:LONGEST]}\n… (+{len(value) - LONGEST})"
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _FOREIGN.sub("", value)


def data(value: str) -> str:
    """A value sealed for use within markup."""
    return f"{_OPEN}{literal(value).replace(chr(10), _BREAK)}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style: "" plain, "b" bold, "code" to be typed so. Its text is literal, its line ends are real."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Items:
    lines: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    rows: tuple[tuple[Line, Line], ...]


@dataclass(frozen=True, slots=True)
class History:
    events: tuple[tuple[Line, Line], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    title: Line
    details: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Form:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Banner:
    kind: str
    line: Line


@dataclass(frozen=True, slots=True)
class Small:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Buttons:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Across:
    pass


Block = Heading | Paragraph | Items | Rows | History | Entry | Quote | Form | Banner | Small | Buttons | Across

_LISTS: Mapping[str, Callable[[tuple[Line, ...]], Block]] = {"-": Items, ">": Quote, "=": Form, "~": Small}


def parse(source: str) -> tuple[Block, ...]:
    """The blocks of a letter, in order."""
    blocks: list[Block] = []
    lines = source.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].rstrip()
        if not line.strip():
            at += 1
            continue
        kind = _kind(line)
        end = at + 1
        while end < len(lines) and _goes_on(kind, lines[end]):
            end += 1
        blocks.append(_block(kind, [one.rstrip() for one in lines[at:end]]))
        at = end
    return tuple(blocks)


def _kind(line: str) -> str:
    """What a line begins: its mark, "1." for a step, "[" for buttons, "" for a paragraph."""
    if line[:2] in {"# ", "- ", "| ", "+ ", "@ ", "> ", "= ", "! ", "~ "}:
        return line[0]
    if line == "---":
        return line
    if line[0] == "[" and _BUTTONS.fullmatch(line):
        return "["
    return "1." if _STEP.match(line) else ">" if line == ">" else ""


def _goes_on(kind: str, line: str) -> bool:
    """Whether a line belongs to the block that a line of `kind` began."""
    if kind in {"#", "!", "---", "["} or not line.strip():
        return False
    return line[:2] == "  " if kind == "+" else _kind(line.rstrip()) == kind


def _block(kind: str, lines: list[str]) -> Block:
    match kind:
        case "#":
            return Heading(spans(lines[0][2:]))
        case "!":
            name, _, words = lines[0][2:].partition(" ")
            return Banner(name, spans(words))
        case "[":
            return Buttons(tuple(lines[0][1:-1].split("] [")))
        case "---":
            return Across()
        case "|":
            return Rows(tuple(_pair(line) for line in lines))
        case "@":
            return History(tuple(_pair(line) for line in lines))
        case "+":
            return Entry(spans(lines[0][2:]), tuple(spans(line.strip()) for line in lines[1:]))
        case "1.":
            return Items(tuple(spans(line.partition(". ")[2]) for line in lines), numbered=True)
        case "":
            return Paragraph(tuple(spans(line) for line in lines))
        case _:
            return _LISTS[kind](tuple(spans(line[2:]) for line in lines))


def _pair(line: str) -> tuple[Line, Line]:
    """Key and value, parted at the first bar that is the template's own."""
    line = line[2:].removesuffix(" |")
    bar = _SEALED.sub(lambda sealed: " " * len(sealed[0]), line).find("|")
    return (spans(line[:bar].strip()), spans(line[bar + 1 :].strip())) if bar >= 0 else (spans(line), ())


def spans(line: str) -> Line:
    """A line in its pieces. Marks are looked for in the template's own words only."""
    found: list[Span] = []
    style = ""
    for index, piece in enumerate(_SEALED.split(line)):
        if index % 2:
            if piece:
                found.append(Span(piece.replace(_BREAK, "\n"), style))
            continue
        for part in _MARK.split(piece) if "*" in piece or "`" in piece else (piece,):
            mark = {"**": "b", "`": "code"}.get(part)
            if mark:
                style = "" if style == mark else mark
            elif part:
                found.append(Span(part, style))
    return tuple(found)
