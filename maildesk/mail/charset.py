"""Bytes to letters: what a text really is, whatever its label says.

The order of evidence: a byte order mark; escape sequences (ISO-2022-JP, HZ, UTF-7); every second byte a NUL; bytes that are valid
UTF-8, which other charsets hardly ever are; the label, repaired; the hint of a neighbour (the body's charset for raw 8-bit
headers); the look of it, for the scripts of the East and Cyrillic; and Windows-1252, which reads anything. A label is read as the
largest set that goes by its name (GB18030 for GB2312, Windows-1252 for ISO-8859-1), because what mailers call by the small one
seldom is, and when its bytes do not fit, the other charsets of its language are tried. Nothing here raises: letters that cannot
be read become U+FFFD.
"""

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

from maildesk.mail import looks

_ALIASES = {
    **dict.fromkeys(
        ("gb2312", "gb_2312", "gb_2312-80", "gb2312-80", "csgb2312", "iso-ir-58", "gb-2312", "gb2312_charset"), "gb18030"
    ),
    **dict.fromkeys(("chinese", "euc-cn", "euccn", "euccn_gb2312", "hanzi", "simplified"), "gb18030"),
    **dict.fromkeys(("gbk", "gb18030-2000", "gb18030-2005", "gb18030-2022", "cp936", "cp54936", "cp20936", "cp51936"), "gb18030"),
    **dict.fromkeys(("hz-gb-2312", "cp52936"), "hz"),
    **dict.fromkeys(("us-ascii", "ascii", "ansi_x3.4-1968", "us", "latin1", "latin-1", "l1", "cp20127", "cp28591"), "cp1252"),
    **dict.fromkeys(("iso8859-1", "iso_8859-1:1987", "ibm819"), "cp1252"),
    **dict.fromkeys(("iso8859-9", "latin5", "cp28599"), "cp1254"),
    **dict.fromkeys(("iso8859-11", "tis-620", "tis620", "thai"), "cp874"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601-1989", "ks_c_5601", "ksc5601", "ksc_5601", "5601", "korean"), "cp949"),
    **dict.fromkeys(("euc-kr", "euc_kr", "euckr", "uhc", "cp51949", "cp20949"), "cp949"),
    **dict.fromkeys(("cp1361",), "johab"),
    **dict.fromkeys(("shift_jis", "shift-jis", "shiftjis", "sjis", "csshiftjis", "ms_kanji", "windows-31j", "japanese"), "cp932"),
    **dict.fromkeys(
        ("iso-2022-jp", "csiso2022jp", "iso-2022-jp-ms", "iso-2022-jp-1", "cp50220", "cp50221", "cp50222"), "iso2022_jp_ext"
    ),
    **dict.fromkeys(("iso2022_jp", "iso2022_jp_1", "jis", "iso2022jp"), "iso2022_jp_ext"),
    **dict.fromkeys(("cp51932", "cp20932", "eucjp"), "euc_jp"),
    **dict.fromkeys(("big5", "big-5", "cn-big5", "big5-eten", "big5-hkscs", "cp950", "traditional"), "big5hkscs"),
    **dict.fromkeys(("unicode-1-1-utf-7", "unicode-2-0-utf-7", "cp65000"), "utf-7"),
    **dict.fromkeys(("utf8mb4", "utf-8mb4", "utf8mb3", "unicode-1-1-utf-8", "utf-8n", "utf", "cp65001", "utf-8-strict"), "utf-8"),
    **dict.fromkeys(("cp1200", "ucs-2", "ucs2", "iso-10646-ucs-2"), "utf-16"),
    **dict.fromkeys(("cp1201", "unicodefffe"), "utf-16-be"),
    **dict.fromkeys(("latin-9", "latin9"), "iso8859-15"),
    "mac-ce": "mac-latin2",
    "cp12000": "utf-32-le",
    **dict.fromkeys(("cp20866", "koi8", "koi"), "koi8-r"),
    "cp21866": "koi8-u",
    **dict.fromkeys(("macintosh", "mac-roman", "mac", "cp10000"), "mac-roman"),
    **dict.fromkeys(("mac-cyrillic", "cp10007"), "mac-cyrillic"),
}
"""What labels mean, beside what Python knows itself."""

_CODEPAGE = re.compile(r"(?:windows|win|cp|ms|ibm|dos|codepage|microsoft-cp)[-_]?(\d{3,5})(?:-.*)?")
_ISO = re.compile(r"iso[-_]?8859[-_]?(\d{1,2})(?:[-_][ei])?(?::\d{4})?")
_NO_LABEL = re.compile(r"x-+(?=[a-z])|charset\s*=|3d\b|[\s\"'=<(]+")
_NOT_A_CHARSET = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_SEVEN_BIT = frozenset({"utf-7", "hz", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_kr"})
_CJK = frozenset({"gb18030", "big5hkscs", "cp949", "johab", "cp932", "euc_jp"})
_WESTERN = frozenset({"cp1252", "cp1254", "iso8859-15", "mac-roman"})
_KIN = {
    "big5hkscs": ("cp950", "gb18030"),
    "gb18030": ("big5hkscs",),
    "cp949": ("johab",),
    "cp932": ("shift_jis_2004", "euc_jp", "euc_jis_2004"),
    "euc_jp": ("euc_jis_2004", "cp932"),
    **dict.fromkeys(("iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3"), ("cp932", "euc_jp")),
}
"""What a text may be when its label's charset cannot read it."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_ISO_2022 = ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_kr")
_ESCAPES = re.compile(rb"\x1b[$(]")
_JIS_ESCAPES = re.compile(rb"\x1b(\$\(?[@-Q]|\([A-Z])")
_HZ_ESCAPES = re.compile(rb"~\{(?:[!-}][!-~]){1,100}~\}")
_TWO_BYTES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_IN_A_WORD = re.compile(rb"[\xc3-\xc9][\x80-\xbf][a-z]|[a-z][\xc3-\xc9][\x80-\xbf]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_THREE_BYTES = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
_LABEL_END = re.compile(r"[\s;,'\"()<>]")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\ue00f\ufeff]")
_C1 = re.compile("[\x80-\x9f]")
_C1_MEANT = {0x80 + n: bytes([0x80 + n]).decode("cp1252", "ignore") for n in range(32)}
"""No text has control characters of the C1 set; these were letters of Windows-1252 once."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Decoded(NamedTuple):
    """Text, the codec that read it, and what was doubtful about it ("" when nothing was)."""

    text: str
    charset: str
    doubt: str = ""


def decode(data: bytes, label: str | None = None, hint: str | None = None) -> Decoded:
    """Text out of `data`, which calls itself `label` and stands beside text in charset `hint`."""
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return _loosely(data, charset, "")
    codec = known(label)
    if (found := _wide(data, codec)) is not None:
        return found
    if data.isascii():
        return _ascii(data, codec)
    if _is_utf8(data, codec):
        doubt = "" if codec in (None, "utf-8") else f"labelled {label}, is utf-8"
        return Decoded(data.decode("utf-8"), "utf-8", doubt)
    return _eight_bit(data, codec, label, known(hint))


def tidy(text: str) -> str:
    """Text as we keep it: line feeds only, no control or private-use characters, no lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWANTED.sub("", text)
    if text.isascii():
        return text
    return _SURROGATE.sub("\ufffd", text.translate(_C1_MEANT) if _C1.search(text) else text)


def declared(page: bytes) -> str | None:
    """The charset an HTML page says it is in."""
    match = _META.search(page, 0, 4096)
    return match[1].decode("ascii", "replace") if match else None


@lru_cache(maxsize=256)
def known(label: str | None) -> str | None:
    """The codec for a charset label as mails write it, or None for an unknown one."""
    if not label:
        return None
    name = label.lower()
    while start := _NO_LABEL.match(name):
        name = name[start.end() :]
    name = _LABEL_END.split(name, maxsplit=1)[0]
    if match := _CODEPAGE.fullmatch(name):
        name = f"cp{int(match[1])}"
    elif match := _ISO.fullmatch(name):
        name = f"iso8859-{match[1]}"
    try:
        codec = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    usable = codec._is_text_encoding and codec.name not in _NOT_A_CHARSET
    return _ALIASES.get(codec.name, codec.name) if usable else None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _loosely(data: bytes, codec: str, doubt: str) -> Decoded:
    text = data.decode(codec, "replace")
    if "\ufffd" in text:
        doubt = doubt or f"not all of it is {codec}"
    return Decoded(text, codec, doubt)


def _wide(data: bytes, codec: str | None) -> Decoded | None:
    """Text in letters of two or four bytes: by its label when it does not look like any other text, or by its NULs alone."""
    if codec in _WIDE and (_CONTROL.search(data) or _strictly(data, "utf-8") is None):
        named = codec if codec not in ("utf-16", "utf-32") else codec + _order(data)
        text = _strictly(data, named)
        return Decoded(text, codec) if text is not None else _loosely(data, named, "")
    if codec not in _WIDE and b"\0" in data[:64]:
        nuls = sorted((data[:4096:2].count(0), data[1:4096:2].count(0)))
        if nuls[1] * 5 > len(data[:4096]) * 2 and nuls[0] * 10 < nuls[1]:
            return _loosely(data, "utf-16" + _order(data), "a text in 16-bit letters that does not say so")
    return None


def _order(data: bytes) -> str:
    """Which byte of a letter comes first: the high one, of which a text has fewer different ones."""
    return "-be" if len(set(data[:4096:2])) < len(set(data[1:4096:2])) or data[:1] == b"\0" else "-le"


def _ascii(data: bytes, codec: str | None) -> Decoded:
    if _ESCAPES.search(data):
        first = "iso2022_kr" if b"\x1b$)C" in data else codec
        tried = (first, *_ISO_2022) if first in _ISO_2022 else _ISO_2022
        text = next((text for one in tried if one and (text := _strictly(data, one)) is not None), None)
        return Decoded(text, "iso-2022") if text is not None else Decoded(_jis(data), "iso-2022")
    if codec == "utf-7" or (codec in (None, "hz", "gb18030", "cp1252") and _HZ_ESCAPES.search(data)):
        text = _strictly(data, "utf-7" if codec == "utf-7" else "hz")
        if text is not None:
            return Decoded(text, codec or "hz")
    return Decoded(data.decode("ascii"), "ascii" if codec in (None, "cp1252") or codec in _WIDE else codec)


def _jis(data: bytes) -> str:
    """ISO-2022-JP with letters of Windows in it, which no codec reads: each double byte as the Shift_JIS of Windows has it."""
    first, *pieces = _JIS_ESCAPES.split(data)
    found = [first.decode("ascii", "replace")]
    for escape, piece in zip(pieces[::2], pieces[1::2], strict=True):
        match escape:
            case b"(I":
                found.append(bytes(letter | 0x80 for letter in piece).decode("cp932", "replace"))
            case _ if escape.startswith(b"$"):
                found.append(b"".join(map(_shifted, piece[::2], piece[1::2])).decode("cp932", "replace"))
            case _:
                found.append(piece.decode("ascii", "replace"))
    return "".join(found)


def _shifted(row: int, cell: int) -> bytes:
    """A place of JIS X 0208 in Shift_JIS; a control character stands for itself."""
    if row < 0x21 or cell < 0x21:
        return bytes((row, cell))
    lead = (row + 1 >> 1) + (0x70 if row < 0x5F else 0xB0)
    return bytes((lead, cell + (0x7E if row % 2 == 0 else 0x20 if cell >= 0x60 else 0x1F)))


def _is_utf8(data: bytes, codec: str | None) -> bool:
    """Whether it is UTF-8 in spite of its label. A few two-byte letters do not outvote a CJK label: 联 looks like them."""
    if _strictly(data, "utf-8") is None:
        return False
    if codec not in _CJK or _THREE_BYTES.search(data) or _IN_A_WORD.search(data):
        return True
    return len(_TWO_BYTES.findall(data[:4096])) >= 5


def _eight_bit(data: bytes, codec: str | None, label: str | None, hint: str | None) -> Decoded:
    look = looks.codec(data)
    if codec is not None and codec != "utf-8" and codec not in _SEVEN_BIT and not (codec in _WESTERN and look):
        text = _strictly(data, codec)
        if text is not None:
            return Decoded(text, codec)
    for other in (*(one for one in (hint,) if one in _CJK), *_KIN.get(codec or hint or "", ())):
        if (text := _strictly(data, other)) is not None:
            return Decoded(text, other, f"labelled {label}, reads as {other}" if label else "")
    if look and codec not in _CJK and (hint is None or hint == "utf-8" or hint in _WESTERN or look == "gb18030"):
        return _loosely(data, look, f"labelled {label}, reads as {look}" if label else "")
    guess = codec if codec not in _SEVEN_BIT else None
    return _least_damaged(data, tuple(dict.fromkeys((guess or hint or "cp1252", "utf-8"))), label)


def _least_damaged(data: bytes, codecs_: tuple[str, ...], label: str | None) -> Decoded:
    tried = [_loosely(data, codec, "") for codec in codecs_]
    best = min(tried, key=lambda d: d.text.count("\ufffd"))
    if best.text.count("\ufffd") * 10 > len(best.text):
        best = Decoded(data.decode("cp1252", "replace"), "cp1252")
    return Decoded(best.text, best.charset, f"not all of it is {label or best.charset}")
