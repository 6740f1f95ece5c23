"""A letter as plain text: pleasant in a terminal, and all that some people ever see."""

from collections.abc import Callable

from maildesk.mail.buttons import Button
from maildesk.mail.markup import (
    Across,
    Banner,
    Block,
    Buttons,
    Entry,
    Form,
    Heading,
    History,
    Items,
    Line,
    Paragraph,
    Quote,
    Rows,
    Small,
)

RULE = "-" * 32


def to_text(blocks: tuple[Block, ...], button: Callable[[str], Button], colon: str = ": ") -> str:
    """The text of a letter, its lines ended by a line feed, blocks parted by an empty line; `colon` is the language's."""
    return "\n\n".join(_block(block, button, colon) for block in blocks) + "\n"


def _block(block: Block, button: Callable[[str], Button], colon: str) -> str:
    match block:
        case Heading(line):
            return _line(line)
        case Paragraph(lines) | Form(lines) | Small(lines):
            return "\n".join(map(_line, lines))
        case Items(lines, numbered):
            return "\n".join(_hanging(f"{n}. " if numbered else "- ", _line(line)) for n, line in enumerate(lines, 1))
        case Rows(pairs) | History(pairs):
            return "\n".join(_row(_line(key), _line(value), colon) for key, value in pairs)
        case Entry(title, details):
            return "\n".join((_hanging("* ", _line(title)), *(_hanging("  ", _line(line)) for line in details)))
        case Quote(lines):
            words = "\n".join(map(_line, lines))
            return "\n".join(f"> {line}".rstrip() for line in words.split("\n"))
        case Banner(_, line):
            return f"*** {_line(line)} ***"
        case Buttons(names):
            return "\n".join(f"- {button(name).hint}" for name in names)
        case Across():
            return RULE


def _line(line: Line) -> str:
    return "".join(span.text for span in line)


def _row(key: str, value: str, colon: str) -> str:
    """A fact; a row without a key goes on with the one above."""
    return _hanging(key + colon if key else "  ", value)


def _hanging(mark: str, words: str) -> str:
    """Words behind a mark; their further lines are set in by two spaces, so that none looks like a line of ours."""
    return mark + words.replace("\n", "\n  ")
