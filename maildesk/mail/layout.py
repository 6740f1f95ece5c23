"""A sanitised page as lines of text: what a person would read off the screen, and what each line is.

One pass over the elements in their order, whatever their number and depth, so that time and memory grow with the page and no
faster. Blocks begin lines, `<p>` and its like keep a blank line around them, `<br>` in an empty line is a blank line. The cells
of a table row stand in one line where each has only one (`Room | 4.12`); a row of anything more is layout, and its cells follow
each other. What nobody sees is left out, unless nobody sees anything then.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from maildesk.mail import programs
from maildesk.mail.paper import DEEPEST, Ground, Line, Paper
from maildesk.mail.programs import Role
from maildesk.mail.sight import HIDDEN, Sight

_BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dir div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6
    header hgroup hr li main nav ol p pre section summary table td th tr ul
"""
_SPACED_TAGS = "blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul"
_BLOCKS, _SPACED = frozenset(_BLOCK_TAGS.split()), frozenset(_SPACED_TAGS.split())
_END = r"\s*(?:!important\s*)?(?:;|$)"
_HIDING = re.compile(rf"(?:^|;)\s*display:\s*none{_END}", re.IGNORECASE)
_TINY = re.compile(rf"(?:^|;)\s*font-size:\s*[01](?:px|pt|em|%)?{_END}", re.IGNORECASE)
_NO_MARGIN = re.compile(rf"(?:^|;)\s*margin:\s*0[a-z]*(?:\s+0?[.\d]*[a-z]*){{0,3}}{_END}", re.IGNORECASE)
_TIGHT = re.compile(r"\b(?:Mso\w+|p\d)\b")
_WHITE_SPACE = re.compile(r"white-space:\s*(pre|normal|nowrap|initial)", re.IGNORECASE)
_DISPLAY = re.compile(r"display:\s*(inline|block)\s*(?:;|$)", re.IGNORECASE)
_WORD_LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d)")
_NUMBER = re.compile(r"\w{1,3}[.)]|\([\w]{1,3}\)")
_NAMES_TARGET = re.compile(r"(?:\S*(?:://|www\.|@)\S*|\S+\.\S+)")
_FILE_NAME = re.compile(r"[^/\\<>\"@\x00-\x1f]{1,80}\.[A-Za-z0-9]{2,5}")
_LETTER = re.compile(r"\w")
LONGEST_LINK = 200
LONGEST_SYMBOL = 8
SMALLEST_PICTURE = 48
"""Pixels."""


def lines(page: str, names: Mapping[str, str]) -> list[Line]:
    """The lines of a sanitised page. `names` gives the file names of its pictures by Content-ID."""
    if not page.strip():
        return []
    tree = document_fromstring(page, parser=HTMLParser(huge_tree=True))
    seen = _Layout(names, shows_all=False).of(tree)
    return seen if any(line.text for line in seen) else _Layout(names, shows_all=True).of(tree)


class Drawn(NamedTuple):
    """What people can read of a page without what is quoted, and what stands in it and nobody can read; line by line."""

    readable: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def drawn(page: str, names: Mapping[str, str], sight: Sight) -> Drawn:
    """A sanitised page on a screen that draws like this."""
    if not page.strip():
        return Drawn()
    tree = document_fromstring(page, parser=HTMLParser(huge_tree=True))
    layout = _Layout(names, shows_all=False, sight=sight)
    found = [line for line in layout.of(tree) if line.text and not line.depth]
    faint = (line.text for line in found if line.faint)
    return Drawn(tuple(line.text for line in found if not line.faint), (*faint, *layout.hidden))


class _Layout:
    """`sight`: how words without a style are drawn; None when it does not matter whether they can be read."""

    def __init__(self, names: Mapping[str, str], *, shows_all: bool, sight: Sight | None = None) -> None:
        self.names = names
        self.shows_all = shows_all
        self.sight = sight
        self.sights: list[Sight | None] = []
        self.hidden: list[str] = []
        self.paper = Paper()
        self.grounds: list[Ground] = []
        self.lists: list[int] = []
        """The number of the next item of each open list, 0 in those without numbers."""
        self.links: list[tuple[int, int]] = []

    def of(self, tree: HtmlElement) -> list[Line]:
        walk = iterwalk(tree, events=("start", "end"))
        skipped: HtmlElement | None = None
        for event, element in walk:
            if event == "end":
                self.close(element, skipped=element is skipped)
                continue
            self.grounds.append(self.paper.ground)
            self.sights.append(self.sight)
            is_hidden = self.is_hidden(element)
            if is_hidden and self.sight is not None:
                self.hidden.append("".join(element.itertext()))
            if is_hidden or self.stands_for_something(element):
                walk.skip_subtree()
                skipped = element
            else:
                self.open(element)
        self.paper.end_line()
        return _decided(self.paper.lines)

    def open(self, element: HtmlElement) -> None:
        tag, style = element.tag, element.get("style") or ""
        if self.sight is not None and len(element.attrib):
            self.sight = self.sight.within(tag, dict(element.attrib))
        if tag == "br":
            self.paper.break_line()
            return
        if _is_block(tag, style):
            self.begin(element, tag, style)
        if tag == "a":
            self.links.append((len(self.paper.lines), len(self.paper.inline)))
        elif tag == "blockquote" or len(element.attrib):
            self.enter(element)
        if tag == "pre" or "white-space" in style:
            kind = _WHITE_SPACE.search(style)
            self.paper.ground = replace(self.paper.ground, preformatted=kind[1].lower() == "pre" if kind else tag == "pre")
        self.say(element.text)

    def say(self, words: str | None) -> None:
        self.paper.write(words, faint=self.sight is not None and not self.sight.plain)

    def close(self, element: HtmlElement, *, skipped: bool) -> None:
        tag = element.tag
        if tag == "a" and not skipped:
            self.end_link(element)
        elif tag != "br" and not skipped and _is_block(tag, element.get("style") or ""):
            self.end(element, tag)
        ground = self.grounds.pop()
        if ground.role is not self.paper.ground.role:
            self.paper.end_line()
        self.paper.ground, self.sight = ground, self.sights.pop()
        self.say(element.tail)

    # --- blocks

    def begin(self, element: HtmlElement, tag: str, style: str) -> None:
        self.space(element, tag, style, inside_list=bool(self.lists))
        match tag:
            case "ul" | "ol" | "dir":
                self.lists.append(_first_number(element) if tag == "ol" else 0)
                self.paper.ground = replace(self.paper.ground, indent=min(2 * len(self.lists), DEEPEST))
            case "li":
                self.paper.bullet = self.next_bullet()
                self.paper.ground = replace(self.paper.ground, indent=max(2, self.paper.ground.indent))
            case "table":
                self.paper.open_table()
            case "td" | "th":
                self.paper.open_cell()
            case _:
                if level := _WORD_LEVEL.search(style):
                    self.paper.ground = replace(self.paper.ground, indent=2 * int(level[1]))

    def end(self, element: HtmlElement, tag: str) -> None:
        self.space(element, tag, element.get("style") or "", inside_list=len(self.lists) > 1)
        match tag:
            case "ul" | "ol" | "dir" if self.lists:
                self.lists.pop()
            case "li":
                self.paper.bullet = ""
            case "table":
                self.paper.close_table()
                self.paper.gap()
            case "tr":
                self.paper.close_row()
            case "td" | "th":
                self.paper.close_cell()
            case _:
                pass

    def space(self, element: HtmlElement, tag: str, style: str, *, inside_list: bool) -> None:
        """Ends the line; around paragraphs and the like, with a blank line, unless its style or its program has none there."""
        flush = tag == "p" and (_NO_MARGIN.search(style) or _TIGHT.search(element.get("class") or ""))
        if flush or tag not in _SPACED or (inside_list and tag in ("ul", "ol")):
            self.paper.end_line()
        else:
            self.paper.gap()

    def next_bullet(self) -> str:
        if not self.lists or not self.lists[-1]:
            return "* "
        self.lists[-1] += 1
        return f"{self.lists[-1] - 1}. "

    # --- what is old

    def enter(self, element: HtmlElement) -> None:
        """Takes an element for what its program means by it. Inside what is old nothing but the depth of quotes matters."""
        role, inside = programs.role(element), self.paper.ground.role
        if element.tag == "blockquote" or role is Role.QUOTE:
            self.quote(element, role)
        elif self.paper.is_cut or self.paper.ground.depth or inside is Role.OLD or role in (inside, Role.NEW):
            return
        elif role is Role.CUT:
            self.paper.cut()
        elif role is Role.FRAME:
            self.paper.end_line()
            whole = programs.forwards(element) or not programs.holds_quote(element)
            self.turn(Role.OLD if whole else Role.FRAME)
            self.paper.answered = False
        else:
            self.paper.end_line()
            self.turn(role)

    def quote(self, element: HtmlElement, role: Role) -> None:
        """A quote, and the line above it that says whose it is. Without either it is an indentation of the writer's.

        Gmail gives what is only indented the class of its quotes, but no frame around it.
        """
        above = self.paper.last()
        said = above is not None and programs.introduces(above.text)
        if above is not None and said:
            above.role = Role.OLD
        if role not in (Role.NEW, Role.FRAME) or said or self.paper.ground.role is Role.FRAME or self.paper.ground.depth:
            self.paper.answered = True
            self.deeper()
        elif role is Role.NEW and programs.has_line_at_side(element):
            wrote = above is not None and programs.names_writer(above.text)
            self.deeper() if wrote else self.turn(Role.QUOTE)

    def deeper(self) -> None:
        self.paper.ground = replace(self.paper.ground, depth=min(self.paper.ground.depth + 1, DEEPEST))

    def turn(self, role: Role) -> None:
        self.paper.ground = replace(self.paper.ground, role=role)

    # --- inside lines

    def end_link(self, element: HtmlElement) -> None:
        """A link shows where it leads, in case its words do not."""
        line, at = self.links.pop()
        words = "".join(self.paper.inline[at:]).strip() if line == len(self.paper.lines) else ""
        target = element.get("href") or ""
        is_own = not self.paper.ground.depth and self.paper.ground.role is Role.NEW
        is_short = target[:4].lower() == "http" and len(target) <= LONGEST_LINK and not programs.advertises(target)
        if is_own and is_short and _LETTER.search(words) and not _NAMES_TARGET.search(words) and words[0] != "[":
            self.paper.write(f" <{target}>")

    def is_hidden(self, element: HtmlElement) -> bool:
        if self.shows_all or not len(element.attrib):
            return not isinstance(element.tag, str)
        style = element.get("style") or ""
        if element.get("hidden") is not None or (style and _HIDING.search(style)) or _is_hidden_by_sheet(element):
            return True
        return "font-size" in style and not len(element) and _TINY.search(style) is not None

    def stands_for_something(self, element: HtmlElement) -> bool:
        """Pictures, Foxmail's short rule and the bullets that Word makes out of letters are written in words."""
        if element.tag == "img":
            self.paper.write(self.picture(element))
            return True
        if element.tag == "hr" and programs.is_above_signature(element):
            self.paper.end_line()
            self.paper.write("-- ")
            self.paper.end_line()
            return True
        if "mso-list:ignore" in (element.get("style") or "").replace(" ", "").lower():
            number = _NUMBER.match("".join(element.itertext()).strip())
            self.paper.bullet = f"{number[0]} " if number else "* "
            return True
        return False

    def picture(self, element: HtmlElement) -> str:
        """A picture of the mail by its file name; a small one that is a letter by that."""
        alternative = (element.get("alt") or "").strip()
        source = element.get("src") or ""
        if source[:4].lower() == "cid:" and not _is_icon(element):
            own = source[4:].partition("@")[0]
            named = self.names.get(source[4:]) or next((name for name in (alternative, own) if _FILE_NAME.fullmatch(name)), "")
            return f"[image: {named}]" if named else "[image]"
        is_symbol = len(alternative) <= LONGEST_SYMBOL and not _LETTER.search(alternative)
        return alternative if self.shows_all or is_symbol else ""


def _is_hidden_by_sheet(element: HtmlElement) -> bool:
    return HIDDEN in (element.get("class") or "") or HIDDEN in (element.get("id") or "")


def _is_block(tag: str, style: str) -> bool:
    shown = _DISPLAY.search(style) if "display" in style else None
    return shown[1].lower() == "block" if shown else tag in _BLOCKS


def _is_icon(element: HtmlElement) -> bool:
    """Whether a picture is too small to show anything: the signs of social networks below a signature."""
    sides = [(element.get(side) or "").removesuffix("px") for side in ("width", "height")]
    return any(side.isascii() and side.isdecimal() and len(side) < 6 and int(side) <= SMALLEST_PICTURE for side in sides)


def _first_number(element: HtmlElement) -> int:
    start = element.get("start") or ""
    return int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 1


def _decided(found: list[Line]) -> list[Line]:
    """What may be a quote is one where nothing new follows it, and the writer's own words elsewhere."""
    last = max((at for at, line in enumerate(found) if line.role is Role.NEW and line.text and not line.depth), default=-1)
    for at, line in enumerate(found):
        if line.role is Role.QUOTE:
            line.role, line.depth = Role.NEW, line.depth + (at > last)
    return found
