"""Lines of text while a page is laid out on them: words flow together, blocks begin lines, table rows become one where they can.

Nothing here knows an element; `layout` says what happens and this keeps the lines.
"""

import re
from dataclasses import dataclass, field

from maildesk.core.unseen import UNSEEN
from maildesk.mail.programs import Role

_CJK = "\u2e80-\u30ff\u31f0-\u9fff\uff00-\uffef"
_BROKEN_CJK = re.compile(rf"(?<=[{_CJK}])[ \t\r]*\n\s*(?=[{_CJK}])")
_SPACES = re.compile(r"[ \t\r\n\f]+")
LONGEST_ROW = 200
DEEPEST = 30
"""Levels of quotes and lists that are shown as such."""


@dataclass(slots=True)
class Line:
    """A line of text, how deep it is quoted, and what it is: new, old, signature, or QUOTE for what may be one.

    `faint`: some word in it is drawn so that nobody can read it.
    """

    text: str
    depth: int = 0
    role: Role = Role.NEW
    faint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the elements that are open make of a line."""

    depth: int = 0
    role: Role = Role.NEW
    preformatted: bool = False
    indent: int = 0


@dataclass(slots=True)
class _Table:
    """An open table: the cells of its open row, and the lines around the open cell."""

    cells: list[list[Line]] = field(default_factory=list)
    around: list[Line] | None = None


class Paper:
    """What is written so far.

    `answered`: in a frame, a quote was seen, so that what follows may be an answer to it. `is_cut`: the old mail has begun.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.ground = Ground()
        self.answered = False
        self.is_cut = False
        self.inline: list[str] = []
        self.faint = False
        self.bullet = ""
        self.wants_gap = False
        self.tables: list[_Table] = []

    def write(self, text: str | None, *, faint: bool = False) -> None:
        """Words, which flow on in the open line; `faint` when nobody can read them."""
        if not text:
            return
        faint = faint and bool(text.strip(UNSEEN).strip())
        if self.ground.preformatted:
            self._write_as_it_stands(text, faint=faint)
            return
        self.faint |= faint
        flowing = _SPACES.sub(" ", _BROKEN_CJK.sub("", text) if "\n" in text else text)
        if flowing[0] == " " and (not self.inline or self.inline[-1][-1] == " "):
            flowing = flowing[1:]
        if flowing:
            self.inline.append(flowing)

    def _write_as_it_stands(self, text: str, *, faint: bool) -> None:
        first, *others = text.split("\n")
        self.faint |= faint
        if first:
            self.inline.append(first)
        for line in others:
            self.break_line()
            self.faint |= faint
            if line:
                self.inline.append(line)

    def break_line(self) -> None:
        """Ends the open line; a line with nothing in it stays as a blank one."""
        if self.inline:
            self.end_line()
        else:
            self._add("")

    def end_line(self) -> None:
        """Ends the open line if there is one."""
        if self.inline:
            text = "".join(self.inline).replace("\u00a0", " ").rstrip()
            self.inline = []
            self._add(text)

    def gap(self) -> None:
        """A blank line before what comes next, but not between a bullet and its words."""
        self.end_line()
        self.wants_gap |= not self.bullet

    def cut(self) -> None:
        """Here the old mail begins."""
        self.end_line()
        self.is_cut = True
        self.lines.append(Line("", 0, Role.CUT))

    def last(self) -> Line | None:
        """The last line with words in it, if it is new and stands right above."""
        full = next((line for line in self.lines[:-4:-1] if line.text), None)
        return full if full and full.role is Role.NEW and not full.depth else None

    def _add(self, text: str) -> None:
        ground = self.ground
        role = ground.role
        if role is Role.FRAME:
            role = Role.NEW if self.answered else Role.OLD
        if text:
            self._fill_gap(ground.depth)
            text = " " * (ground.indent - len(self.bullet)) + self.bullet + text
            self.bullet = ""
        self.lines.append(Line(text, ground.depth, role, self.faint))
        self.faint = False

    def _fill_gap(self, depth: int) -> None:
        if self.wants_gap and self.lines and self.lines[-1].text:
            self.lines.append(Line("", min(depth, self.lines[-1].depth), self.lines[-1].role))
        self.wants_gap = False

    def open_table(self) -> None:
        self.tables.append(_Table())

    def open_cell(self) -> None:
        if self.tables:
            self.close_cell()
            self.tables[-1].around, self.lines = self.lines, []
            self.wants_gap = False

    def close_cell(self) -> None:
        self.end_line()
        if self.tables and (around := self.tables[-1].around) is not None:
            self.tables[-1].cells.append(self.lines)
            self.tables[-1].around, self.lines = None, around

    def close_row(self) -> None:
        if not self.tables:
            return
        self.close_cell()
        cells = [cell for cell in self.tables[-1].cells if any(line.text for line in cell)]
        self.tables[-1].cells = []
        if cells:
            row = _one_line(cells)
            self._fill_gap(cells[0][0].depth)
            self.lines += [row] if row else [line for cell in cells for line in cell]

    def close_table(self) -> None:
        if self.tables:
            self.close_row()
            self.tables.pop()


def _one_line(cells: list[list[Line]]) -> Line | None:
    """The row as one line, where each of its cells is one short line of the same kind."""
    if len(cells) < 2 or any(len(cell) > 3 for cell in cells):
        return None
    full = [[line for line in cell if line.text] for cell in cells]
    kinds = {(line.depth, line.role) for cell in full for line in cell}
    if any(len(cell) > 1 for cell in full) or len(kinds) > 1:
        return None
    text = " | ".join(cell[0].text.strip() for cell in full)
    faint = any(cell[0].faint for cell in full)
    return Line(text, full[0][0].depth, full[0][0].role, faint) if len(text) <= LONGEST_ROW else None
