"""HTML bodies: made harmless to show, and turned into text that keeps what the markup said about quotes and signatures.

nh3 lets through an allow-list: no script, form, handler or embedded object, and nothing that loads from afar; of pictures only
`cid:` ones, which come with the mail. inscriptis lays out what is left as text. Between the two, the elements in which mail
programs wrap what they quote are marked, so that the text reads like a plain one (`> ` before quoted lines) and the
same rules find the new words in both.
"""

import re
from html import unescape

import nh3
from inscriptis import Inscriptis
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from lxml.etree import ParserError
from lxml.html import HtmlElement, document_fromstring

CUT = "\ue000"
"""Begins a line from which on everything is a quoted mail."""

SIGNATURE = "\ue001"
"""Begins a line of a signature."""

_OPEN, _CLOSE, _SIGN, _UNSIGN = "\ue002", "\ue003", "\ue004", "\ue005"
_MARKS = re.compile("[\ue000-\ue005]")

_TAGS = nh3.ALLOWED_TAGS | {"font", "big", "section", "main", "body"}
_ATTRIBUTES = {
    "*": {"class", "id", "style", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor", "name"},
    "a": {"href"},
    "img": {"src", "alt", "border"},
    "blockquote": {"type", "cite"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
    "ol": {"start", "type"},
}
_STYLES = {
    *("color", "background-color", "font-weight", "font-style", "font-size", "font-family", "text-align", "text-decoration"),
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
    ),
}
_DROPPED_WHOLE = {"script", "style", "title", "head", "noscript", "object", "template", "textarea", "select"}
_CONFIG = ParserConfig(css=STRICT_CSS_PROFILE.copy())

_QUOTES = re.compile(r"gmail_quote|moz-cite|isReplyContent|yahoo_quoted|protonmail_quote|freebirdFormviewer", re.IGNORECASE)
_CUTS = re.compile(
    r"appendonsend|divRplyFwdMsg|OutlookMessageHeader|mail-editor-reference-message-container|ms-outlook-mobile-reference-message"
    r"|stopSpelling|yahoo_quoted|protonmail_quote|zmail_extra|messageReplySection|moz-forward-container|ntes-mailmaster-quote",
    re.IGNORECASE,
)
_SIGNATURES = re.compile(
    r"gmail_signature|moz-signature|AppleMailSignature|ms-outlook-mobile-signature|mobile-signature|protonmail_signature_block"
    r"|\bSignature\b|ntes-mailmaster-signature",
    re.IGNORECASE,
)
_MARKED = tuple(mark.lower() for mark in (*_CUTS.pattern.split("|"), "<blockquote", "gmail_quote"))
_LINE_ENDS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>")
_SPACES = re.compile(r"[ \t\u00a0]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_ELEMENT = re.compile(
    r"<(/?)(?!p\b|br\b|li\b|t[rdh]\b|d[td]\b|hr\b|img\b|meta\b|link\b|input\b|col\b|wbr\b|option\b)[a-z]", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[^<>]*>")
_LETTERS = re.compile(r"\w")


DEEPEST = 2_000
"""Elements that are open at once; the sanitiser's time grows with their square."""


def too_deep(page: str) -> bool:
    """Whether a page nests deeper than any mail program writes, counting what HTML does not close by itself."""
    if page.count("<") <= DEEPEST:
        return False
    depth = 0
    for closing in _ELEMENT.findall(page):
        depth = depth + 1 if not closing else max(0, depth - 1)
        if depth > DEEPEST:
            return True
    return False


def bare(page: str) -> str:
    """The words of a page that must not be parsed."""
    return _BLANK_LINES.sub("\n\n", _SPACES.sub("\n", unescape(_ANY_TAG.sub("", _LINE_ENDS.sub("\n", page))))).strip("\n")


def sanitised(page: str) -> str:
    """`page` without anything that acts, loads or submits."""
    return nh3.clean(
        page,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WHOLE,
        attribute_filter=_harmless if "<img" in page or "<IMG" in page or "name" in page else None,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
    )


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value[:4].lower() == "cid:" else None
    return value


def quotes(page: str) -> bool:
    """Whether the markup of a sanitised page may tell about quotes at all."""
    page = page.lower()
    return any(mark in page for mark in _MARKED)


def text(page: str) -> str:
    """A sanitised page as text, with CUT and SIGNATURE before the lines that the markup says are old or a signature."""
    try:
        tree = document_fromstring(page) if page.strip() else None
        found = "" if tree is None else _prefixed(_laid_out(tree))
    except (ParserError, RecursionError, ValueError):
        found = ""
    return found if _is_whole(found, page) else _stripped(page)


def unmarked(marked: str) -> str:
    """The text as people see it."""
    return _MARKS.sub("", marked)


def _laid_out(tree: HtmlElement) -> str:
    for element in tree.iter("blockquote", "div", "hr", "table", "span", "p", "pre"):
        _mark(element)
    return str(Inscriptis(tree, _CONFIG).get_text())


def _mark(element: HtmlElement) -> None:
    label = f"{element.get('id', '')} {element.get('class', '')} {element.get('name', '')}"
    if element.tag == "blockquote" and _cites(element, label):
        _enclose(element, _OPEN, _CLOSE)
    elif label != "  " and _CUTS.search(label):
        _before(element, CUT)
    elif label != "  " and _SIGNATURES.search(label):
        _enclose(element, _SIGN, _UNSIGN)


def _cites(element: HtmlElement, label: str) -> bool:
    """A blockquote that quotes a mail. A bare one is only an indentation, which people use for their own words."""
    style = element.get("style", "").lower()
    return (
        element.get("type", "").lower() == "cite"
        or bool(element.get("cite"))
        or bool(_QUOTES.search(label))
        or "border-left" in style
    )


def _enclose(element: HtmlElement, first: str, last: str) -> None:
    opening, closing = (element.makeelement("div") for _ in range(2))
    opening.text, closing.text = first, last
    opening.tail, element.text = element.text, None
    element.insert(0, opening)
    element.append(closing)


def _before(element: HtmlElement, mark: str) -> None:
    line = element.makeelement("div")
    line.text = mark
    element.addprevious(line)


def _prefixed(laid_out: str) -> str:
    """Turns the marks around elements into what begins each line inside them."""
    depth = 0
    signed = False
    lines: list[str] = []
    for line in laid_out.split("\n"):
        bare = line.strip()
        if bare in (_OPEN, _CLOSE):
            depth = max(0, depth + (1 if bare == _OPEN else -1))
        elif bare in (_SIGN, _UNSIGN):
            signed = bare == _SIGN
        else:
            mark = SIGNATURE if signed and bare and not depth else ""
            lines.append(mark + "> " * depth + line.rstrip())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _is_whole(found: str, page: str) -> bool:
    """Whether the layout lost no text. It does so below 255 nested elements, so only deep pages are compared."""
    return page.count("<") < 400 or len(_LETTERS.findall(found)) * 10 >= len(_LETTERS.findall(_stripped(page))) * 9


def _stripped(page: str) -> str:
    """All text of a page by taking the tags away, for pages that cannot be laid out."""
    broken = _LINE_ENDS.sub("\n", page)
    plain = unescape(nh3.clean(broken, tags=set()))
    return _BLANK_LINES.sub("\n\n", _SPACES.sub("\n", plain)).strip("\n")
