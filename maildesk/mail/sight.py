"""Whether people see the words of an element: hidden by its style, or drawn so that nothing of them shows.

What is hidden (no display, no height, beyond the edge of the screen) is seen by nobody and is left out of the text. What is only
drawn like its ground (white on white, a letter of one pixel) stays in it: on the dark screen of who wrote it, it may have been
quite plain. But where it counts that the writer saw a line, as with an order, such a line is not taken for seen.

Of style sheets only what they say of a class or an id counts, outside conditions such as `@media`. Elements get it as classes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

Colour = tuple[int, int, int]

HIDDEN = "hidden-by-its-sheet"
"""The class that an element gets whose class or id a style sheet hides."""

DRAWN = "drawn-by-its-sheet:"
"""How the classes begin that an element gets for the colours and the size that a style sheet draws its class or id in."""

UNKNOWN = "mixed"
"""What stands for a ground of which we cannot tell the colour; no screen knows the word."""

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
ALIKE = 24
"""Colours that differ by no more than this in red, green and blue are one to the eye."""

SMALLEST = 2.0
"""Pixels of letters that nobody can read."""

LONGEST_SHEET = 200_000
LONGEST_VALUE = 40

FAR = -300.0
"""Pixels beyond the edge at which nothing is seen any more."""

_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "cm": 37.8, "mm": 3.78, "in": 96.0, "pc": 16.0}
_OF_SCREEN = dict.fromkeys(("%", "vw", "vh", "vmin", "vmax"), 10.0)
_LENGTH = re.compile(r"\s*([-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(%|[a-z]{0,4})", re.IGNORECASE)
_AWAY = ("text-indent", "margin-left", "margin-top", "margin-right", "margin-bottom")
_PLACED = ("left", "top", "right", "bottom")
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0}
_SHORTHAND = re.compile(r"(?:^|\s)([\d.]+(?:px|pt|em|rem|%)?)(?:\s*/\s*\S+)?\s+\S")
_SHRUNK = re.compile(
    r"scale[xy3d]{0,2}\(\s*0?\.?0*\s*[,)]|translate[xyz3d]{0,2}\(\s*-(?:\d{3,}(?:px|%|vw|vh)|\d{2,}r?em)", re.IGNORECASE
)
_CLIPPED = re.compile(
    r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?|inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0", re.IGNORECASE
)
_OPENS, _CLOSES = re.compile(r"<style\b", re.IGNORECASE), re.compile(r"</style", re.IGNORECASE)
_SIGNS = re.compile(r"[@;{}]")
_MAY_HIDE = re.compile(r"none|hid|collapse|opacity|max-height|clip|scale|[:\s(]-\s*\.?\d", re.IGNORECASE)
"""Few styles hide anything, and every one of a page is asked."""

_MAY_DRAW = re.compile(r"color|background|font-size", re.IGNORECASE)
_DRAWS = ("color", "background", "font-size")
_NAMED = re.compile(r"[a-z][a-z0-9]{0,10}?[.#]([\w-]{1,100})|[.#]([\w-]{1,100})", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]{1,60}\)|[a-z]{3,20}", re.IGNORECASE)
_NO_COLOUR = frozenset({"none", "0", "inherit", "initial", "unset"})
_HEX = re.compile(r"[0-9a-f]{3}|[0-9a-f]{6}", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})%?")
_NAMES = """
    white ffffff black 000000 red ff0000 lime 00ff00 blue 0000ff yellow ffff00 aqua 00ffff cyan 00ffff fuchsia ff00ff
    magenta ff00ff gray 808080 grey 808080 silver c0c0c0 maroon 800000 olive 808000 green 008000 teal 008080 navy 000080
    purple 800080 orange ffa500 snow fffafa ivory fffff0 azure f0ffff mintcream f5fffa ghostwhite f8f8ff floralwhite fffaf0
    whitesmoke f5f5f5 aliceblue f0f8ff honeydew f0fff0 seashell fff5ee lavenderblush fff0f5 oldlace fdf5e6 linen faf0e6
    cornsilk fff8dc lightyellow ffffe0 lightcyan e0ffff beige f5f5dc gainsboro dcdcdc lightgray d3d3d3 lightgrey d3d3d3
    darkgray a9a9a9 darkgrey a9a9a9 dimgray 696969 dimgrey 696969 darkblue 00008b darkred 8b0000 darkgreen 006400
"""
_NAMED_COLOURS = dict(zip(_NAMES.split()[::2], _NAMES.split()[1::2], strict=True))


def styles(style: str) -> dict[str, str]:
    """The properties of a style by name; of several the last that is important, else the last."""
    found: dict[str, str] = {}
    binding: set[str] = set()
    for one in style.lower().split(";"):
        name, _, value = (part.strip() for part in one.partition(":"))
        value, mark, _ = value.partition("!")
        if mark or name not in binding:
            found[name] = value.strip()
        if mark:
            binding.add(name)
    return found


# -- hidden ----------------------------------------------------------------------------------------------------------


def hides(style: str) -> bool:
    """Whether a style leaves nothing of its element to be seen, whatever stands in it."""
    if _MAY_HIDE.search(style) is None:
        return False
    said = styles(style)
    if said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse") or said.get("mso-hide") == "all":
        return True
    if _part(said.get("opacity")) <= 0.05 or _pixels(said.get("max-height"), 1.0) <= 0:
        return True
    return _is_shut(said) or _is_away(said)


def _part(value: str | None) -> float:
    """A number from 0 to 1, or so many percent."""
    return _pixels((value or "1").rstrip("% "), 1.0) / (100 if (value or "").endswith("%") else 1)


def _is_shut(said: dict[str, str]) -> bool:
    """Whether it is a box without room from which nothing may hang out, or cut away."""
    shut = any(_pixels(said.get(side), 99.0) <= 1 for side in ("height", "width", "max-width", "max-height"))
    clipped = any(_CLIPPED.search(said[name]) for name in ("clip", "clip-path") if name in said)
    return clipped or (shut and any(said.get(name) in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y")))


def _is_away(said: dict[str, str]) -> bool:
    """Whether it stands beyond the edge of the screen."""
    placed = _PLACED if said.get("position") in ("absolute", "fixed", "relative") else ()
    lengths = (*map(said.get, (*_AWAY, *placed)), *said.get("margin", "").split())
    return any(_pixels(one, 0.0) <= FAR for one in lengths) or _SHRUNK.search(said.get("transform", "")) is not None


Sheets = Mapping[str, Mapping[str, str]]
"""What style sheets say of classes and ids: their colours and size, and HIDDEN where they hide."""


def by_sheets(page: str) -> Sheets:
    """What the style sheets of a page say. Of colours nothing where one lays a ground under elements that it names otherwise
    (`body`, `.a .b`): then it is not known what stands on it."""
    found: dict[str, dict[str, str]] = {}
    knows_grounds = True
    for names, is_all, style in _rules(page):
        said, hiding = _drawing(style), hides(style)
        knows_grounds = knows_grounds and (is_all or "background" not in said)
        for name in names:
            of_name = found.setdefault(name, {})
            of_name |= said | ({HIDDEN: ""} if hiding else {})
            if not hiding and ("display" in style or "visibility" in style):
                of_name.pop(HIDDEN, None)
    return {name: said if knows_grounds else _hiding(said) for name, said in found.items() if said}


def _hiding(said: Mapping[str, str]) -> Mapping[str, str]:
    return {HIDDEN: ""} if HIDDEN in said else {}


def classed(names: str, sheets: Sheets) -> str:
    """The classes or the id of an element, with those that tell what style sheets say of it."""
    said: dict[str, str] = {}
    for name in names.lower().split():
        said |= sheets.get(name, {})
    return " ".join((names, *(HIDDEN if name == HIDDEN else f"{DRAWN}{name}:{value}" for name, value in said.items())))


def _drawing(style: str) -> dict[str, str]:
    """What a style says of colours and size; a ground by one name, be it a colour or more."""
    if _MAY_DRAW.search(style) is None:
        return {}
    said = {"background" if name == "background-color" else name: value for name, value in styles(style).items()}
    return {name: "".join(said[name].split())[:LONGEST_VALUE] for name in _DRAWS if said.get(name)}


def _drawn(attributes: Mapping[str, str]) -> dict[str, str]:
    """What style sheets say of an element, as its classes tell."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if DRAWN not in names:
        return {}
    said = (name.removeprefix(DRAWN).partition(":") for name in names.split() if name.startswith(DRAWN))
    return {name: value for name, _, value in said}


def _rules(page: str) -> Iterator[tuple[set[str], bool, str]]:
    """The names of the rules that hold for a class or an id alone, whether these are all that a rule names, and its style."""
    for sheet in _sheets(page):
        for rule in _unconditional(_uncommented(sheet)).split("}"):
            selectors, _, style = rule.partition("{")
            matches = [_NAMED.fullmatch(one.strip()) for one in selectors.rpartition(";")[2].split(",")]
            yield {(match[1] or match[2]).lower() for match in matches if match}, all(matches), style


def _sheets(page: str) -> Iterator[str]:
    at = 0
    while opened := _OPENS.search(page, at):
        closed = _CLOSES.search(page, opened.end())
        at = closed.start() if closed else len(page)
        yield page[opened.end() : min(at, opened.end() + LONGEST_SHEET)].partition(">")[2]


def _uncommented(sheet: str) -> str:
    first, *others = sheet.replace("<!--", " ").replace("-->", " ").split("/*")
    return " ".join((first, *(one.partition("*/")[2] for one in others)))


def _unconditional(sheet: str) -> str:
    """A sheet without the blocks that hold on some screens only."""
    kept, at, depth = [], 0, 0
    block: int | None = None
    for sign in _SIGNS.finditer(sheet):
        match sign[0]:
            case "@" if block is None:
                block = sign.start()
            case ";" if not depth:
                block = None
            case "{" if block is not None:
                depth += 1
            case "}" if depth:
                depth -= 1
                if not depth and block is not None:
                    kept.append(sheet[at:block])
                    at, block = sign.end(), None
    return "".join((*kept, sheet[at : block if depth else None]))


# -- drawn -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How words are drawn at some place of a page: the colours of letters and ground (None: one that is not known), their size
    in pixels."""

    ink: Colour = BLACK
    ground: Colour | None = WHITE
    size: float = 16.0

    @property
    def plain(self) -> bool:
        """Whether somebody can read them, as far as is known."""
        ground = self.ground
        differs = ground is None or max(abs(one - other) for one, other in zip(self.ink, ground, strict=True)) > ALIKE
        return differs and self.size > SMALLEST

    def within(self, tag: str, attributes: Mapping[str, str]) -> "Sight":
        """How they are drawn inside an element that stands there."""
        said = _drawn(attributes) | styles(attributes.get("style") or "")
        laid = said.get("background-color") or said.get("background") or _plain_hex(attributes.get("bgcolor"))
        seen = replace(self, ground=self._colour(laid) if laid and laid not in _NO_COLOUR else self.ground)
        link = "#0000ee" if tag == "a" and attributes.get("href") else None
        inked = _plain_hex(attributes.get("color") if tag == "font" else None) or _plain_hex(attributes.get("text"))
        ink = seen._colour(said.get("color") or inked or link)
        size = 13.0 if tag == "font" and attributes.get("size") else self.size
        return replace(seen, ink=ink or self.ink, size=_size(said, size))

    def _colour(self, said: str | None) -> Colour | None:
        """The first colour that is named, as it looks on this ground; None for none, or one that is not known."""
        colours = (_colour(one) for one in _COLOUR.findall(said or ""))
        found = next((one for one in colours if one), None)
        if found is None:
            return None
        *mixed, cover = found
        red, green, blue = (
            round(cover * one + (1 - cover) * under) for one, under in zip(mixed, self.ground or WHITE, strict=True)
        )
        return red, green, blue


DARK = Sight(ink=WHITE, ground=BLACK)


def _plain_hex(value: str | None) -> str | None:
    """The colour of an attribute, which may lack its #."""
    return f"#{value}" if value and _HEX.fullmatch(value) else value


def _size(said: dict[str, str], around: float) -> float:
    """The size of letters; parts of that around them, in `em` and in percent."""
    short = _SHORTHAND.search(said.get("font", ""))
    value = said.get("font-size") or (short[1] if short else "")
    if value in _SIZES:
        return _SIZES[value]
    match = _LENGTH.match(value)
    if match is None:
        return around
    number, unit = float(match[1]), match[2]
    return number * {"em": around, "%": around / 100, "rem": 16.0, "ex": around / 2}.get(unit, _PIXELS.get(unit, 16.0))


def _pixels(value: str | None, otherwise: float) -> float:
    match = _LENGTH.match(value or "")
    if match is None:
        return otherwise
    return float(match[1]) * (_PIXELS | _OF_SCREEN).get(match[2].lower(), 1.0)


def _colour(word: str) -> tuple[float, float, float, float] | None:
    """Red, green and blue up to 255, and how much of what lies below is covered, up to 1."""
    if word == "transparent":
        return 0, 0, 0, 0
    if word[0] != "#" and "(" in word:
        return _reckoned(word)
    digits = word[1:] if word[0] == "#" else _NAMED_COLOURS.get(word.lower(), "")
    digits = "".join(2 * digit for digit in digits) if len(digits) in (3, 4) else digits
    if len(digits) not in (6, 8):
        return None
    red, green, blue, cover = bytes.fromhex(f"{digits}ff"[:8])
    return red, green, blue, cover / 255


def _reckoned(word: str) -> tuple[float, float, float, float] | None:
    """`rgb(1, 2, 3)`, `rgba(…, .5)`; of `hsl(…)` the lightness tells enough."""
    said = [float(one.rstrip("%")) * (2.55 if one.endswith("%") else 1) for one in _NUMBER.findall(word)]
    if len(said) < 3:
        return None
    cover = said[3] / 255 if len(said) > 3 and said[3] > 1 else said[3] if len(said) > 3 else 1.0
    if word.lower().startswith("hsl"):
        return said[2], said[2], said[2], min(1.0, cover)
    red, green, blue = (min(255.0, max(0.0, one)) for one in said[:3])
    return red, green, blue, min(1.0, cover)
