"""What 8-bit letters without a true label are, by their look: how mails of old programs, scripts and spammers come.

Western text has its accented letters one by one between plain ones. In other scripts the high bytes stand in runs, and each
charset has its everyday letters in rows of its own. A text is only taken for what it looks like when most of it does, because a
wrong guess is worse to read than a letter that is missing.
"""

import re
from collections.abc import Callable

_LOOKED_AT = 4_096
_RUNS = re.compile(rb"[\x80-\xff][\x40-\xff]*")
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_KANA_OF_SHIFT_JIS = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x7e\x80-\x96]")
_FEWEST = 6

Pairs = list[tuple[int, int]]


def codec(data: bytes) -> str | None:
    """The codec of the charset that the text looks like, or None when it looks like none or Western."""
    data = data[:_LOOKED_AT]
    if _is_cyrillic(data):
        return _cyrillic(data)
    pairs = [pair for run in _RUNS.findall(data) for pair in zip(run[::2], run[1::2], strict=False)]
    return next((name for name, fits in _SCRIPTS.items() if fits(data, pairs) and _can_be(data, name)), None)


def _can_be(data: bytes, name: str) -> bool:
    """Whether the codec reads it all; the last letter may have been cut in two."""
    return any(_reads(data[: len(data) - cut], name) for cut in (0, 1, 2, 3)[: 4 if len(data) == _LOOKED_AT else 1])


def _reads(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeError:
        return False
    return True


def _most(pairs: Pairs, is_everyday: Callable[[int, int], bool], *, least: int, percent: int) -> bool:
    return len(pairs) >= least and 100 * sum(is_everyday(*pair) for pair in pairs) >= percent * len(pairs)


def _is_shift_jis(data: bytes, pairs: Pairs) -> bool:
    """A quarter of Japanese and more is kana."""
    kana = len(_KANA_OF_SHIFT_JIS.findall(data))
    return kana >= 3 and kana * 4 >= len(pairs)


def _is_euc_jp(_: bytes, pairs: Pairs) -> bool:
    return _most(pairs, lambda lead, trail: lead in (0xA4, 0xA5) and trail >= 0xA1, least=_FEWEST, percent=25)


def _is_korean(data: bytes, pairs: Pairs) -> bool:
    """Syllables stand in rows 16 to 40, in words of a few; Chinese uses the rows beyond and writes without spaces."""
    words = len(_HIGH_RUNS.findall(data))
    hangul = _most(pairs, lambda lead, trail: 0xB0 <= lead <= 0xC8 and trail >= 0xA1, least=_FEWEST, percent=95)
    return hangul and words > 1 and len(pairs) <= 5 * words


def _is_chinese(_: bytes, pairs: Pairs) -> bool:
    """Everyday hanzi stand in rows 16 to 55 of GB 2312, their punctuation in the rows 1 and 3."""
    return _most(pairs, lambda lead, trail: (0xB0 <= lead <= 0xD7 and trail >= 0xA1) or lead in (0xA1, 0xA3), least=2, percent=80)


def _is_big5(_: bytes, pairs: Pairs) -> bool:
    """Everyday hanzi begin with A4 to C6, and a good part of them ends in a byte of ASCII, which none of GB 2312 does."""
    everyday = _most(pairs, lambda lead, _: 0xA4 <= lead <= 0xC6 or lead == 0xA1, least=_FEWEST, percent=80)
    return everyday and _most(pairs, lambda _, trail: trail <= 0x7E, least=_FEWEST, percent=15)


_SCRIPTS = {
    "cp932": _is_shift_jis,
    "euc_jp": _is_euc_jp,
    "cp949": _is_korean,
    "gb18030": _is_chinese,
    "big5hkscs": _is_big5,
}


def _is_cyrillic(data: bytes) -> bool:
    """Several words of high letters alone, all from C0 on; of hanzi every other one has a byte below."""
    words = _HIGH_RUNS.findall(data)
    letters = b"".join(words)
    if len(words) < 2 or len(letters) < 2 * _FEWEST or len(letters) < 3 * len(words):
        return False
    return sum(letter >= 0xC0 for letter in letters) * 100 >= len(letters) * 97


def _cyrillic(data: bytes) -> str:
    """Small letters are the many; KOI8-R has them where Windows has the capitals."""
    small = sum(letter >= 0xE0 for letter in data)
    return "cp1251" if small * 2 > sum(letter >= 0xC0 for letter in data) else "koi8-r"
