"""Bytes to letters: what a text really is, whatever its label says.

The order of evidence: a byte order mark; escape sequences (ISO-2022-JP); bytes that are valid UTF-8, which other charsets
hardly ever are; the label, repaired; the hint of a neighbour (the body's charset for raw 8-bit headers); Chinese by its look;
and Windows-1252, which reads anything. GB2312 and GBK labels are read as GB18030, their superset, because what Chinese mailers
call gb2312 seldom is. Nothing here raises: letters that cannot be read become U+FFFD.
"""

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

_ALIASES = {
    **dict.fromkeys(("gb2312", "gb_2312", "gb_2312-80", "gb2312-80", "csgb2312", "iso-ir-58"), "gb18030"),
    **dict.fromkeys(("chinese", "euc-cn", "euccn", "euccn_gb2312"), "gb18030"),
    **dict.fromkeys(("gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb18030-2000", "x-gb18030"), "gb18030"),
    **dict.fromkeys(("us-ascii", "ascii", "ansi_x3.4-1968"), "cp1252"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1"), "cp1252"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "euc-kr", "euckr", "ksc5601"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp", "iso-2022-jp-ms"), "iso2022_jp_ext"),
    **dict.fromkeys(("big5", "big-5", "x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("unicode-1-1-utf-7", "x-unicode-2-0-utf-7"), "utf-7"),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5"), "cp1254"),
    "iso-8859-8-i": "iso-8859-8",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "hz-gb-2312": "hz",
}
_NOT_A_CHARSET = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_NOT_OVER_ASCII = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "hz"})
_CJK = frozenset({"gb18030", "big5hkscs", "cp949", "cp932", "euc_jp"})
_WESTERN = frozenset({"cp1252", "cp1254", "iso8859-15", "mac-roman"})
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_THREE_BYTES = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_HIGH_RUNS = re.compile(rb"[\x80-\xff][\x40-\xff]*")
_ESCAPES = re.compile(rb"\x1b[$(]")
_LABEL_END = re.compile(r"[\s;,'\"()<>]")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\ue00f\ufeff]")
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
    if codec in _NOT_OVER_ASCII and (text := _strictly(data, codec)) is not None:
        return Decoded(text, codec)
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
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


@lru_cache(maxsize=256)
def known(label: str | None) -> str | None:
    """The codec for a charset label as mails write it, or None for an unknown one."""
    if not label:
        return None
    name = _LABEL_END.split(label.strip("\"' \t").lower(), maxsplit=1)[0]
    name = _ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name)
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


def _ascii(data: bytes, codec: str | None) -> Decoded:
    if _ESCAPES.search(data) and (text := _strictly(data, "iso2022_jp_ext")) is not None:
        return Decoded(text, "iso2022_jp_ext")
    return Decoded(data.decode("ascii"), "ascii" if codec in (None, "cp1252") else codec)


def _is_utf8(data: bytes, codec: str | None) -> bool:
    """Whether it is UTF-8 in spite of its label. Two-byte letters alone do not outvote a CJK label: 联 looks like them."""
    if _strictly(data, "utf-8") is None:
        return False
    return codec not in _CJK or _THREE_BYTES.search(data) is not None


def _eight_bit(data: bytes, codec: str | None, label: str | None, hint: str | None) -> Decoded:
    chinese = _looks_chinese(data)
    if codec is not None and codec != "utf-8" and not (codec in _WESTERN and chinese):
        text = _strictly(data, codec)
        if text is not None:
            return Decoded(text, codec)
    if hint in _CJK and (text := _strictly(data, hint)) is not None:
        return Decoded(text, hint)
    if chinese and codec not in _CJK:
        return _loosely(data, "gb18030", f"labelled {label}, reads as gb18030" if label else "")
    guess = codec or hint or "cp1252"
    return _least_damaged(data, tuple(dict.fromkeys((guess, "utf-8"))), label)


def _least_damaged(data: bytes, codecs_: tuple[str, ...], label: str | None) -> Decoded:
    tried = [_loosely(data, codec, "") for codec in codecs_]
    best = min(tried, key=lambda d: d.text.count("\ufffd"))
    if best.text.count("\ufffd") * 10 > len(best.text):
        best = Decoded(data.decode("cp1252", "replace"), "cp1252")
    return Decoded(best.text, best.charset, f"not all of it is {label or best.charset}")


def _looks_chinese(data: bytes) -> bool:
    """Whether the 8-bit letters come in pairs that are mostly everyday hanzi (GB2312 rows 16 to 55) or their punctuation.

    Western text has its accented letters one by one between plain ones; a run of high bytes is then short and odd.
    """
    if _strictly(data, "gb18030") is None:
        return False
    pairs = everyday = 0
    for run in _HIGH_RUNS.findall(data[:4096]):
        for lead, trail in zip(run[::2], run[1::2], strict=False):
            pairs += 1
            everyday += (0xB0 <= lead <= 0xD7 and trail >= 0xA1) or lead in (0xA1, 0xA3)
    return pairs >= 2 and everyday * 10 >= pairs * 8
