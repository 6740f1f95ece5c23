"""What is secret, or harmless, by its looks: passwords, PINs and keys on one side, links that open nothing on the other.

A password is a word that mixes digits with letters or signs. What counts and measures looks alike: dates, times, numbers of
tickets and updates, error codes, versions, amounts, names of files and machines; those are none. Where a line names a secret, any
word with a digit may be it, and so may one that has a line for itself. A link is harmless where it opens nothing by itself: no
password or key is in it, nothing is asked behind its path; and an address of a mailbox ends in a domain.
"""

import re
from collections.abc import Iterator
from unicodedata import normalize

LEAST = 6
"""Letters of a password that nothing names as one,"""

LEAST_NAMED = 4
"""and of one that something does, or that has its line for itself."""

TURNS = 4
"""So many runs of letters and of digits in turn make a key."""

_WORD = re.compile(r"[!-~]+")
_BETWEEN = re.compile(r"[/:=,;|()<>\[\]{}\"'&?\\]+")
_AROUND = ".,;:!?()[]{}<>\"'*_`~-"
_MOMENT = re.compile(
    r"(?<![!-~])(?:\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?|\d{1,2}[-/.月]\d{1,2}(?:日|[-/.]\d{2,4})?|\d{1,2}:\d\d(?::\d\d)?)"
    r"(?=[,.;:!?)]*(?![!-~]))"
)
_NAMED = re.compile(
    r"密码|口令|密钥|验证码|激活码|暗号|pass(?:word|code|phrase|wort)|kennwort|\b(?:pass|pwd?|pin|psk|otp|token|secret)s?\b"
    r"|\b(?:access|door|unlock|security|alarm|verification)[ -]?code|\b(?:product|licen[cs]e|recovery|api|private)[ -]?key",
    re.ASCII | re.IGNORECASE,
)
_UNIT = r"[kmgt]i?b?(?:ps|its?|ytes?)?|[kmg]?hz|m?sec|min|px|dpi|[cm]m|mah|st|nd|rd|th"
_MEASURES = re.compile(rf"0x[0-9a-f]+|v?\d+(?:\.\d+)+[a-z]?|\d[\d.,x]*(?:{_UNIT})", re.ASCII | re.IGNORECASE)
_COUNTS = re.compile(
    r"[\d.,:/+#%°-]+|[A-Z]{1,4}\d+|[A-Z]{2,8}(?:[-_.](?:[A-Z]{1,4}\d+|[A-Z0-9]{1,8}))+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,4}", re.ASCII
)
_HOST = r"(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*"
_LINK = re.compile(
    r"(?:^|(?<=[^!-~])|(?<=[<(\[\"':=,;|>]))"
    rf"(?:https?://{_HOST}(?::\d{{1,5}})?(?:/[\w./~%+,-]*+)?|\\\\{_HOST}(?:\\[\w.~%+,-]++)*+\\?"
    rf"|(?:mailto:)?[\w.+-]{{1,64}}@(?:[a-z0-9-]+\.)+[a-z]{{2,}})"
    r"(?=[>)\]\"'.,;:!?*_]*+(?![!-~]))",
    re.ASCII | re.IGNORECASE | re.MULTILINE,
)
_RUN = re.compile(r"[a-z0-9]{6,}", re.IGNORECASE)
_TURN = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}", re.IGNORECASE)


def secrets(note: str) -> Iterator[str]:
    """The words of a note that may be secrets, in small letters."""
    for line in normalize("NFKC", note).splitlines():
        named = _NAMED.search(line) is not None or _WORD.fullmatch(line.strip()) is not None
        yield from (word.casefold() for word in _words(line) if _secret(word, named=named))


def words(text: str) -> Iterator[str]:
    """The words of a text as they are compared with secrets."""
    return (word.casefold() for word in _words(normalize("NFKC", text)))


def harmless(text: str) -> Iterator[str]:
    """The links of a text that open nothing to who reads them."""
    return (link[0] for link in _LINK.finditer(normalize("NFKC", text)) if _opens_nothing(link[0]))


def _words(plain: str) -> Iterator[str]:
    """Words between blanks, and what signs part in them; no moments, and no harmless links."""
    left = _MOMENT.sub(" ", _LINK.sub(lambda link: " " if _opens_nothing(link[0]) else link[0], plain))
    for run in _WORD.findall(left):
        whole, parts = run.strip(_AROUND), _BETWEEN.split(run)
        yield whole
        yield from (part for one in parts if (part := one.strip(_AROUND)) and part != whole)


def _secret(word: str, *, named: bool) -> bool:
    if not any(sign.isdigit() for sign in word) or _MEASURES.fullmatch(word):
        return False
    return len(word) >= LEAST_NAMED if named else len(word) >= LEAST and _COUNTS.fullmatch(word) is None


def _opens_nothing(link: str) -> bool:
    """Whether no part of it looks like a key: letters and digits in turn."""
    return not _UUID.search(link) and all(len(_TURN.findall(run)) < TURNS for run in _RUN.findall(link))
