"""A letter as HTML: hand-made tables with their styles in place, because that is what mail programs agree on.

One column, so that 360 pixels are enough; buttons no lower than 44 pixels; nothing is loaded from anywhere. The dark colours
come by media query where it is understood, through the classes, and are never needed to read the letter.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from markupsafe import escape as _escape

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

FONT = (
    "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'PingFang SC','Hiragino Sans GB','Microsoft YaHei',"
    "'Noto Sans CJK SC',Helvetica,Arial,sans-serif"
)
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Noto Sans Mono CJK SC',monospace"

DARK = """
.pg{background:#101418!important}
.cd{background:#1a2026!important;border-color:#2b333b!important}
.cd,.tx,.qt,.fm{color:#e7ebef!important}
.mu{color:#98a4b0!important}
.ln{border-color:#2f3841!important}
.qt{background:#222a31!important;border-color:#4a5763!important}
.fm{background:#222a31!important;border-color:#566471!important}
.kc{background:#2a333c!important;color:#e7ebef!important}
.b1{background:#3b82f6!important;border-color:#3b82f6!important}
.b2{background:#2a333c!important;border-color:#465360!important}
.b2 a{color:#e7ebef!important}
.n-public{background:#3d2c0a!important;color:#ffd58a!important;border-color:#d9920a!important}
.n-inside{background:#1d2b3f!important;color:#b5d3ff!important;border-color:#4f8be0!important}
.n-desk{background:#262e35!important;color:#c3ccd5!important;border-color:#6b7884!important}
.n-warning{background:#43191a!important;color:#ffb4ae!important;border-color:#e5534b!important}
"""

STYLE: Mapping[str, str] = MappingProxyType(
    {
        "body": "margin:0;padding:0;background:#eef1f4;-webkit-text-size-adjust:100%",
        "page": "background:#eef1f4",
        "column": f"max-width:600px;text-align:left;font-family:{FONT}",
        "top": "padding:4px 12px 8px;font-size:11px;line-height:16px;color:#7a8591",
        "card": "padding:20px 20px 12px;background:#ffffff;border:1px solid #dfe4e9;border-radius:12px;font-size:16px;"
        "line-height:1.6;color:#1d252c;word-break:break-word;overflow-wrap:anywhere",
        "preview": "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden",
        "heading": "margin:4px 0 12px;font-size:19px;line-height:1.4;font-weight:600",
        "paragraph": "margin:0 0 14px",
        "list": "margin:0 0 14px;padding:0 0 0 22px",
        "item": "margin:0 0 4px",
        "rows": "margin:0 0 14px",
        "key": "padding:3px 14px 3px 0;font-size:14px;line-height:1.6;color:#6a7682;white-space:nowrap;width:1%",
        "long key": "padding:3px 14px 3px 0;font-size:14px;line-height:1.6;color:#6a7682;width:40%",
        "value": "padding:3px 0;font-size:15px;line-height:1.55",
        "history": "margin:0 0 14px;padding:0 0 0 14px;border-left:2px solid #d5dce2",
        "event": "padding:0 0 8px;font-size:15px;line-height:1.5",
        "entry": "margin:0 0 10px;padding:0 0 10px;border-bottom:1px solid #e3e8ec",
        "title": "font-size:15px;line-height:1.5",
        "detail": "font-size:13px;line-height:1.5;color:#6a7682",
        "quote": "margin:0 0 14px;padding:10px 14px;background:#f5f7f9;border-left:3px solid #b9c3cd;border-radius:4px",
        "form": "margin:0 0 14px;padding:10px 14px;background:#f7f9fb;border:1px dashed #a9b5c0;border-radius:8px;line-height:2",
        "small": "margin:0 0 8px;font-size:13px;line-height:1.5;color:#6a7682",
        "across": "margin:18px 0 12px;border-top:1px solid #e3e8ec;font-size:0;line-height:0",
        "code": f"padding:1px 5px;border-radius:4px;background:#eef1f4;font-family:{MONO};font-size:14px",
        "banner": "margin:0 0 16px;padding:10px 14px;border-radius:6px;border-left:4px solid;font-size:14px;line-height:1.5",
        "public": "background:#fff4dc;color:#6b4300;border-color:#e09a10",
        "inside": "background:#e8f1ff;color:#163d73;border-color:#4f8be0",
        "desk": "background:#eef1f4;color:#414c56;border-color:#8b98a5",
        "warning": "background:#ffe9e7;color:#8a1c14;border-color:#d9443a",
        "buttons": "margin:4px 0 8px",
        "button": "display:inline-table;margin:0 8px 10px 0",
        "face": "border-radius:8px",
        "first": "background:#1f6feb;border:1px solid #1f6feb",
        "other": "background:#f4f6f8;border:1px solid #cfd7de",
        "tap": "display:block;padding:11px 18px;font-size:16px;line-height:22px;font-weight:600;text-decoration:none;"
        "white-space:nowrap",
    }
)

_TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'
_WIDE = f'{_TABLE} width="100%"'


def to_html(
    blocks: tuple[Block, ...], button: Callable[[str], Button], *, language: str, title: str, top: str, preview: str
) -> str:
    """The whole page. `top` is the line above the card, `preview` what a list of mails shows before the letter is opened."""
    head = (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<meta name="supported-color-schemes" content="light dark"><title>{escape(title)}</title>\n'
        "<style>:root{color-scheme:light dark;supported-color-schemes:light dark}\n"
        f"@media (prefers-color-scheme:dark){{{DARK}}}</style></head>\n"
    )
    body = "\n".join(_block(block, button) for block in blocks)
    return (
        f'{head}<body class="pg" style="{STYLE["body"]}">\n'
        f'<table {_WIDE} class="pg" style="{STYLE["page"]}"><tr><td align="center" style="padding:8px 8px 24px">\n'
        f'<table {_WIDE} style="{STYLE["column"]}">\n'
        f'<tr><td class="mu" style="{STYLE["top"]}">{escape(top)}</td></tr>\n'
        f'<tr><td class="cd" style="{STYLE["card"]}"><div style="{STYLE["preview"]}">{escape(preview)}</div>\n{body}\n'
        "</td></tr></table>\n</td></tr></table>\n</body></html>\n"
    )


def escape(text: str) -> str:
    return str(_escape(text))


def _block(block: Block, button: Callable[[str], Button]) -> str:
    match block:
        case Heading(line):
            return _tag("h2", "tx", "heading", _line(line))
        case Paragraph(lines):
            return _tag("p", "tx", "paragraph", _lines(lines))
        case Items(lines, numbered):
            items = "".join(_tag("li", "tx", "item", _line(line)) for line in lines)
            return _tag("ol" if numbered else "ul", "tx", "list", items)
        case Rows(rows):
            return _rows(rows)
        case History(events):
            return _tag("div", "ln", "history", "".join(_event(when, words) for when, words in events))
        case Entry(title, details):
            below = "".join(_tag("div", "mu", "detail", _line(line)) for line in details)
            return _tag("div", "ln", "entry", _tag("div", "tx", "title", _line(title)) + below)
        case Quote(lines):
            return _tag("div", "qt", "quote", _lines(lines))
        case Form(lines):
            return _tag("div", "fm", "form", _lines(lines))
        case Banner(kind, line):
            return f'<div class="n-{kind}" style="{STYLE["banner"]};{STYLE[kind]}">{_line(line)}</div>'
        case Small(lines):
            return _tag("p", "mu", "small", _lines(lines))
        case Buttons(names):
            return _buttons(tuple(map(button, names)))
        case Across():
            return _tag("div", "ln", "across", "&nbsp;")


def _tag(tag: str, colours: str, style: str, inner: str) -> str:
    return f'<{tag} class="{colours}" style="{STYLE[style]}">{inner}</{tag}>'


def _lines(lines: tuple[Line, ...]) -> str:
    return "<br>".join(map(_line, lines))


def _line(line: Line) -> str:
    return "".join([_span(span.text, span.style) for span in line])


def _span(text: str, style: str) -> str:
    words = escape(text)
    if "\n" in words:
        words = words.replace("\n", "<br>\n")
    if "  " in words or "\t" in words:
        words = words.replace("\t", "    ").replace("  ", "&nbsp; ")
    match style:
        case "b":
            return f"<strong>{words}</strong>"
        case "code":
            return _tag("code", "kc", "code", words)
        case _:
            return words


def _rows(rows: tuple[tuple[Line, Line], ...]) -> str:
    cells = "".join(
        f'<tr><td class="mu" valign="top" style="{STYLE["key" if _short(key) else "long key"]}">{_line(key)}</td>'
        f'<td class="tx" valign="top" style="{STYLE["value"]}">{_line(value)}</td></tr>'
        for key, value in rows
    )
    return f'<table {_WIDE} style="{STYLE["rows"]}">{cells}</table>'


def _short(key: Line) -> bool:
    """Whether a key may stand on one line and still leave the room to its value."""
    return sum(len(span.text.encode()) for span in key) <= 20


def _event(when: Line, words: Line) -> str:
    return _tag("div", "mu", "detail", _line(when)) + _tag("div", "tx", "event", _line(words))


def _buttons(buttons: tuple[Button, ...]) -> str:
    """Each button is a table of its own: they stand side by side as far as there is room. The first is the likeliest."""
    drawn = [_button(*link, first=n == 0 and not one.quiet) for n, one in enumerate(buttons) for link in one.links]
    captions = [_tag("p", "mu", "small", escape(one.caption)) for one in buttons if one.caption]
    return _tag("div", "tx", "buttons", "".join(drawn) + "".join(captions))


def _button(label: str, href: str, *, first: bool) -> str:
    colours, face, ink = ("b1", "first", "#ffffff") if first else ("b2", "other", "#1d252c")
    link = f'<a href="{escape(href)}" style="{STYLE["tap"]};color:{ink}">{escape(label)}</a>'
    return (
        f'<table {_TABLE} style="{STYLE["button"]}"><tr>'
        f'<td class="{colours}" align="center" style="{STYLE["face"]};{STYLE[face]}">{link}</td></tr></table>'
    )
