"""Text parts that are not simply lines: what must be undone before people read them.

format=flowed (RFC 3676), text/enriched and text/richtext (RFC 1896, RFC 1341), and the armour of inline PGP (RFC 9580, 7).
"""

import re
from collections.abc import Iterator
from html import unescape

_ENRICHED = re.compile(r"<param>.{0,1000}?</param>|<<|</?[a-z0-9-]{1,60}>", re.IGNORECASE | re.DOTALL)
_LINE_ENDS = re.compile(r"(?<!\n)\n(\n*)")
_RICH_LINE_ENDS = re.compile(r"<nl>|</?paragraph>", re.IGNORECASE)
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----\n"
_ESCAPED_DASH = re.compile(r"^- (?=-)", re.MULTILINE)


def unflowed(text: str, *, delsp: bool) -> str:
    """Lines of format=flowed joined again (RFC 3676, 4): a line that ends in a space goes on in the next of the same depth."""
    return "\n".join(_paragraphs(text, delsp))


def _paragraphs(text: str, delsp: bool) -> Iterator[str]:
    paragraph, depth = list[str](), 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        level = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if paragraph and (level != depth or content == "-- "):
            yield _quoted(paragraph, depth)
            paragraph = []
        paragraph.append(content[:-1] if flows and delsp else content)
        depth = level
        if not flows:
            yield _quoted(paragraph, depth)
            paragraph = []
    if paragraph:
        yield _quoted(paragraph, depth)


def _quoted(paragraph: list[str], depth: int) -> str:
    return (">" * depth + " " if depth else "") + "".join(paragraph)


def unenriched(text: str) -> str:
    """text/enriched without its commands (RFC 1896): `<<` is a `<`, one line end is a space, each further one a line end."""
    joined = _LINE_ENDS.sub(lambda ends: ends[1] or " ", text)
    return _ENRICHED.sub(lambda command: "<" if command[0] == "<<" else "", joined).rstrip()


def unriched(text: str) -> str:
    """text/richtext without its commands (RFC 1341): `<nl>` ends a line, `<lt>` is a `<`."""
    lines = _RICH_LINE_ENDS.sub("\n", text).replace("<lt>", "&lt;")
    return unescape(_ENRICHED.sub("", lines))


def disarmed(text: str) -> tuple[str, str]:
    """What is signed without its armour (RFC 9580, 7), and what people should know about it ("" for nothing).

    An encrypted text stays as it is, for whoever has the key.
    """
    if _ENCRYPTED in text:
        return text, "a part is encrypted with PGP; only who has the key can read it"
    start = text.find(_SIGNED)
    content = text.find("\n\n", start) + 2 if start >= 0 else 0
    signature = text.find(_SIGNATURE, content)
    if start < 0 or content < 2 or signature < 0:
        return text, ""
    end = text.find(_SIGNATURE_END, signature)
    rest = text[end + len(_SIGNATURE_END) :] if end >= 0 else ""
    signed = _ESCAPED_DASH.sub("", text[content:signature])
    return text[:start] + signed.rstrip("\n") + "\n" + rest.lstrip(
        "\n"
    ), "signed with PGP inside the text; the signature was not checked"
