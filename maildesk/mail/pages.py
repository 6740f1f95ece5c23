"""HTML bodies: made harmless to show, and turned into text that keeps what the markup said about quotes and signatures.

nh3 lets through an allow-list: no script, form, handler or embedded object, and nothing that loads from afar; of pictures only
`cid:` ones, which come with the mail. `layout` turns what is left into lines. Where mail programs wrap what they quote, the lines
are marked, so that the text reads like a plain one (`> ` before quoted lines) and the same rules find the new words in both:

    CUT          begins a line from which on everything is an old mail
    SIGNATURE    begins a line of a signature
    OLD          begins a line that is old though people see no `>` before it; to the rules it is a quoted one

Why no general layouter such as inscriptis: on mails with a plain form beside the HTML it comes no nearer to it than this one, and
it takes half a minute or six gigabytes for a megabyte of `<div>` or of table cells, reads `&amp;lt;` twice, joins words around
an `<hr>` and mixes the columns of a layout table line by line.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from html import unescape
from types import MappingProxyType

import nh3
from lxml.etree import ParserError

from maildesk.mail import layout, programs, sight
from maildesk.mail.paper import Line
from maildesk.mail.programs import Role

CUT = "\ue000"
SIGNATURE = "\ue001"
OLD = "> \ue002"
_MARKS = re.compile("> \ue002|[\ue000-\ue002]")

_TAGS = nh3.ALLOWED_TAGS | {"font", "big", "section", "main", "body"}
_ATTRIBUTES = {
    "*": {
        "class",
        "id",
        "style",
        "dir",
        "lang",
        "title",
        "align",
        "valign",
        "width",
        "height",
        "bgcolor",
        "text",
        "name",
        "hidden",
        "data-marker",
    },
    "a": {"href"},
    "img": {"src", "alt", "border"},
    "blockquote": {"type", "cite"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
    "ol": {"start", "type"},
    "hr": {"color"},
}
_STYLES = {
    *(
        "color",
        "background",
        "background-color",
        "font",
        "font-weight",
        "font-style",
        "font-size",
        "font-family",
        "text-align",
        "text-decoration",
    ),
    *("border", "border-top", "border-left", "border-right", "border-bottom", "border-collapse", "display", "white-space"),
    *(
        "margin",
        "margin-top",
        "margin-left",
        "margin-right",
        "margin-bottom",
        "padding",
        "padding-left",
        "vertical-align",
        "width",
        "mso-list",
    ),
}
_DROPPED_WHOLE = {
    *("script", "style", "title", "head", "noscript", "object", "template", "textarea", "select"),
    *("audio", "video", "canvas", "iframe", "noembed", "datalist", "dialog"),
}
_UNSEEN = ("script", "style", "title", "head", "!--")
_LINE_ENDS = frozenset({"br", "/p", "/div", "/tr", "/li", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6"})
_SPACES = re.compile(r"(?<![ \t\u00a0])[ \t\u00a0]++\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_BODY = re.compile(r"<body(?=\s[^>]{0,1000}(?:color|background|text=))", re.IGNORECASE)
"""The sanitiser drops the element; where it has colours, what stands in it is drawn by them."""

_LOADS = re.compile(r"url|image|expression|behaviou?r|binding|[\\@<]", re.IGNORECASE)
_VOID = r"br\b|hr\b|img\b|col\b|wbr\b|area\b|base\b|embed\b|input\b|link\b|meta\b|param\b|source\b|track\b"
_ELEMENT = re.compile(rf"<(/?)(?!{_VOID})[a-z]", re.IGNORECASE)
_LONG_LIVED = re.compile(rf"<(/?)(?!{_VOID}|p\b|li\b|t[rdh]\b|d[td]\b|option\b)[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<(/?[a-z][a-z0-9]{0,20}|!--)(?:[^<>]*>)?", re.IGNORECASE)
_CROWDED = re.compile(r"<[a-z][^<>\s]*(?:\s++[^<>\s]++){200}", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\s%]{64,}", re.IGNORECASE)

DEEPEST = 2_000
"""Elements that are open at once: the sanitiser's time grows with their square, and the layout's parser ends soon after."""

MOST_TAGS = 100_000


def is_monstrous(page: str) -> bool:
    """Whether a page has what no mail program writes and what costs the sanitiser much: depth, tags, attributes without end."""
    tags = page.count("<")
    return tags > MOST_TAGS or _CROWDED.search(page) is not None or _is_deep(page, _LONG_LIVED)


def _is_deep(page: str, element: re.Pattern[str]) -> bool:
    """Whether a page nests too deep. Before it is sanitised, what HTML closes by itself does not count."""
    if page.count("<") <= DEEPEST:
        return False
    depth = 0
    for closing in element.findall(page):
        depth = depth + 1 if not closing else max(0, depth - 1)
        if depth > DEEPEST:
            return True
    return False


def bare(page: str) -> str:
    """The words of a page that must not be parsed."""
    return _BLANK_LINES.sub("\n\n", _SPACES.sub("\n", unescape("".join(_outside_tags(page))))).strip("\n")


def _outside_tags(page: str) -> Iterator[str]:
    """What stands between the tags, but for scripts, styles and comments. Each `find` starts where the last one ended."""
    at = 0
    while tag := _TAG.search(page, at):
        yield page[at : tag.start()]
        name, at = tag[1].lower(), tag.end()
        if name in _LINE_ENDS:
            yield "\n"
        elif name in _UNSEEN:
            end = page.find("-->" if name == "!--" else f"</{name}", at)
            at = end if end >= 0 else len(page)
    yield page[at:]


def without_embedded(page: str) -> tuple[str, int]:
    """The page without the pictures that are written into it (`data:`), which are never shown, and their number."""
    return _EMBEDDED.subn("data:,", page) if "data:" in page else (page, 0)


def sanitised(page: str) -> str:
    """`page` without anything that acts, loads or submits. What a style hides, in whatever way, is said to have no display."""
    return nh3.clean(
        _BODY.sub("<div", page, count=1),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WHOLE,
        attribute_filter=partial(_harmless, sight.by_sheets(page)),
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
    )


def _harmless(sheets: sight.Sheets, tag: str, attribute: str, value: str) -> str | None:
    """What stays of an attribute; to a class or an id is added what style sheets say of it."""
    if tag == "img" and attribute == "src":
        return value if value[:4].lower() == "cid:" else None
    if attribute == "style":
        harmless = ";".join(map(_unloaded, value.split(";")))
        return f"{harmless};display:none" if sight.hides(value) else harmless
    return sight.classed(value, sheets) if sheets and attribute in ("class", "id") else value


def quotes(page: str) -> bool:
    """Whether the markup of a sanitised page may tell about quotes at all."""
    return programs.tells(page)


def _unloaded(declaration: str) -> str:
    """One of a style, its name in small letters, as the sanitiser knows it. Of a ground that would load something is left that
    there is one."""
    name, _, value = declaration.partition(":")
    name = name.strip().lower()
    if not _LOADS.search(declaration):
        return f"{name}:{value}"
    return f"background:{sight.UNKNOWN}" if name.startswith("background") else ""


def text(page: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """A sanitised page as marked text. `names` gives the file names of its pictures by Content-ID."""
    if _is_deep(page, _ELEMENT):
        return bare(page)
    try:
        found = layout.lines(page, names)
    except (ParserError, ValueError):
        return bare(page)
    return _BLANK_LINES.sub("\n\n", "\n".join(map(_marked, found))).strip("\n")


def drawn(page: str, names: Mapping[str, str], *, dark: bool) -> layout.Drawn:
    """What can be read of a sanitised page on somebody's screen, and what cannot."""
    if _is_deep(page, _ELEMENT):
        return layout.Drawn()
    try:
        return layout.drawn(page, names, sight.DARK if dark else sight.Sight())
    except (ParserError, ValueError):
        return layout.Drawn()


def unmarked(marked: str) -> str:
    """The text as people see it."""
    return _MARKS.sub("", marked)


def _marked(line: Line) -> str:
    if line.depth:
        return ("> " * line.depth + line.text).rstrip()
    match line.role:
        case Role.CUT:
            return CUT
        case Role.OLD if line.text:
            return OLD + line.text
        case Role.SIGNATURE if line.text:
            return SIGNATURE + line.text
        case _:
            return line.text
