"""Where a signature begins, and how far it goes: "-- ", "Kind regards", the line a phone adds, a notice of confidentiality.

A signature is short, and nothing that the writer says stands below it. Where that is not so, the line is only a line: to show a
signature is a blemish, to hide what somebody wrote is a fault.
"""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from maildesk.core.orders.table import WORDS
from maildesk.mail import languages
from maildesk.mail.attributions import LETTER
from maildesk.mail.headings import is_rule

LONGEST = 12
"""Lines of a signature that begins with something else than `-- `."""

_LONGEST_CLOSING = 8
_LONGEST_LINE = 80
_LONGEST_NOTICE = 2_000
_SHORTEST_NOTICE = 90

_DASHES = re.compile(r"[ \t]*(?:--[ \t\u00a0]?|—|——|__|－－|_____+)[ \t]*")
_CONTACT = re.compile(
    r"@|https?:|www\.|\+?\d[\d ()/.-]{5,}|(?:tel|phone|fax|mob|电话|電話|手机|手機|邮箱|郵箱|部|전화)", re.IGNORECASE
)
_CLOSING = re.compile(rf"[ \t]*[/-]?(?:{languages.every('closings')})[ \t]*[,.!，。！、]{{0,2}}[ \t]*", re.IGNORECASE)
_CLOSING_AND_NAME = re.compile(rf"[ \t]*(?:{languages.every('closings')})[,，][ \t]*([^\W\d_][^\n,.:;?!]{{1,40}})", re.IGNORECASE)
_NAME = re.compile(r"[ \t]*(?:[-–—~]|[–—~][ \t]|/)([^\W\d_][\w.'’-]{0,20}(?: [^\W\d_][\w.'’-]{0,20}){0,3})[ \t]*")
_PARTICLES = {"de", "da", "di", "van", "von", "der", "den", "la", "le", "el", "al", "bin"}
_SAYS = re.compile(r"\A(?:p\.? ?s\.?|n\.?b\.?|nachtrag|附|又及|另)\b[ \t:：.]|[?？][ \t]*$", re.IGNORECASE)
_LINK = re.compile(r"[<(\[](?:https?:|mailto:)[^<>()\[\]\s]{0,400}[>)\]]|[\[\]]")
_PRODUCT = (
    r"(?:iphon\w*|ipad\w*|ipod|ios|android|samsung|galaxy|huawei|honor|xiaomi|redmi|oppo|oneplus|vivo|pixel|motorola|nokia|sony|xperia"
    r"|blackberry|windows|outlook|hotmail|gmail|yahoo|aol|gmx|web\.de|mail\.ru|yandex|яндекс|rambler|spark|proton ?mail|zoho"
    r"|foxmail|qq|wps|thunderbird|k-?9|bluemail|aqua ?mail|typeapp|airmail|newton|edison|mailbird|postbox|em client|naver|daum"
    r"|superhuman|mobi?l\w{0,6}|smartphone|handy|phone|tablet|device|e-?mail|mail|app|\bmy\b|t[eé]l[eé]phone|portable|teléfono|móvil"
    r"|cellulare|celular|telefon\w{0,4}|komórk\w{0,3}|телефон\w{0,3}|смартфон\w{0,3}|по[чш]т\w{0,3}|планшет\w{0,3}"
    r"|手机|手機|邮箱|郵箱|信箱|微信|飞书|钉钉|客户端|邮件|郵件|大师|大師|平板|电脑|電腦|小米|红米|华为|荣耀|魅族|三星|苹果|安卓|一加"
    r"|スマート|スマホ|携帯|アプリ|휴대|스마트폰|메일)"
)
_IDEOGRAPHS = "\u3400-\u9fff"
_FIRST_IDEOGRAPH = "\u2e80"
_ALIKE = 0.8
"""How like an order a word must be to be one written wrongly."""

_ADDED = re.compile(
    rf"(?:{languages.every('sent')})(?:(?<![{LETTER}])|(?![{LETTER}]))[^\n,，。;；!?！？]{{0,50}}?{_PRODUCT}"
    rf"(?:版|端)?(?:[^\n,，。;；!?！？{_IDEOGRAPHS}]{{0,24}}|.{{0,12}}(?:发送|傳送|发出|寄出|outlook))[.。]?",
    re.IGNORECASE,
)
_ADDED_LAST = re.compile(
    rf"[^\n,，。;；!?！？]{{0,50}}?{_PRODUCT}[^\n,，。;；!?！？]{{0,30}}(?:{languages.every('sent_last')})[.。]?", re.IGNORECASE
)
_EXCUSE = re.compile(
    r"[.,;!][ \t]{0,2}(?:please |bitte |kindly )?(?:excuse|pardon|forgive|apolog|sorry|entschuldig|veuillez)[^\n]{0,60}$",
    re.IGNORECASE,
)
_SECRET = re.compile(rf"[ \t*_]*+(?:{languages.every('secret')})", re.IGNORECASE)
_SCANNER = re.compile(
    r"[ \t]*(?:virus[- ]?free\.?[ \t]?)?[<(\[]?(?:https?://)?(?:www\.)?(?:avast|avg)\.com\S{0,200}[ \t]*", re.IGNORECASE
)
_CARD = re.compile(r"[| \t\u00a0]*\|[| \t\u00a0]*")
_CARD_ENDS = re.compile(r"[| \t]*(?:签名由|signature is customized by)[^\n]{0,60}", re.IGNORECASE)
_TRACE = re.compile(r"[\s\u1427\u200b-\u200f\u2060\ufeff\ufffc]+")

Ends = Callable[[int], bool]
"""Whether an older mail or a quote begins at a line, so that a signature ends above it."""


def below_dashes(lines: list[str], at: int, ends: Ends) -> int | None:
    """The end of the signature that `-- ` or the like at the line `at` begins, or None if the line is none of these."""
    dashes = _DASHES.fullmatch(lines[at]) is not None
    if not dashes and not is_rule(lines[at]):
        return None
    sure = lines[at].rstrip("\n") in ("-- ", "--\u00a0")
    most = LONGEST + 8 if dashes else _LONGEST_CLOSING
    end, said = at + 1, list[str]()
    while end < len(lines) and not ends(end):
        said += [lines[end]] * bool(lines[end].strip())
        end += 1
        if len(said) == most + 1 and not sure and not (dashes and _notice_within(said)):
            return None
    if sure or not said:
        return end
    if dashes:
        goes_on = _SAYS.search(said[0].strip()) or (lines[at].strip().startswith("__") and any(map(_says, said)))
        return end if (len(said) <= LONGEST and not goes_on) or _notice_within(said) else None
    return end if len(said) <= _LONGEST_CLOSING and _is_contact(said) else None


def below_closing(lines: list[str], at: int, ends: Ends) -> int | None:
    """The end of the signature that begins with "Kind regards" or "-Anna": it is short, and nothing is said below."""
    if len(lines[at]) > 60 or not (_closes(lines[at]) or (_said_above(lines, at, ends) and _signs_with_name(lines[at]))):
        return None
    below = 0
    for end in range(at + 1, len(lines)):
        line = lines[end]
        if not line.strip():
            continue
        if ends(end) or _SECRET.match(line) or is_rule(line) or _DASHES.fullmatch(line):
            return end
        below += 1
        if below > _LONGEST_CLOSING or len(line) > _LONGEST_LINE or _says(line):
            return None
    return len(lines)


def added_by_program(lines: list[str], at: int, ends: Ends) -> bool:
    """Whether the line is "Sent from my phone": a paragraph of its own, or the last line above what is quoted."""
    line = _EXCUSE.sub("", _LINK.sub("", lines[at][:300])).strip(" \t\u00a0()*_~")
    if not line or len(line) > 90 or not (_ADDED.fullmatch(line) or _ADDED_LAST.fullmatch(line)):
        return False
    return not _above(lines, at) or at + 1 >= len(lines) or not lines[at + 1].strip() or ends(at + 1)


def added(text: str) -> Iterator[str]:
    """The lines of a text that a phone or a program has added, by their words alone, wherever they stand."""
    return (line for line in text.splitlines() if added_by_program([line], 0, lambda _: False))


def notice(lines: list[str], at: int) -> int | None:
    """The end of a paragraph of confidentiality that begins at the line `at`."""
    if (_above(lines, at) and not is_rule(lines[at - 1])) or not _SECRET.match(
        lines[at][:400] + " " + "".join(lines[at + 1 : at + 2])[:200]
    ):
        return None
    end, size = at, 0
    while end < len(lines) and lines[end].strip() and size < _LONGEST_NOTICE:
        size += _weight(lines[end])
        end += 1
    asks = lines[end - 1].rstrip().endswith(("?", "？"))
    return None if asks or size < _SHORTEST_NOTICE else end


def scanned(lines: list[str], at: int) -> int | None:
    """The end of the few lines in which a virus scanner praises itself: the last of them is its address."""
    if _above(lines, at) and not is_rule(lines[at - 1]):
        return None
    for end in range(at, min(at + 4, len(lines))):
        if not lines[end].strip():
            return None
        if _SCANNER.fullmatch(lines[end][:300]):
            return end + 1
    return None


def card(lines: list[str], at: int) -> int | None:
    """The end of the table that NetEase's programs put below a mail: cells between bars, and who made it."""
    if not _CARD.fullmatch(lines[at]):
        return None
    for end in range(at + 1, min(at + 24, len(lines))):
        if _CARD_ENDS.fullmatch(lines[end]):
            return end + 1
    return None


def nothing_said(line: str) -> bool:
    """Whether a last line is only a rule, or what a tracker leaves behind."""
    return is_rule(line) or _TRACE.fullmatch(line) is not None


def _above(lines: list[str], at: int) -> bool:
    return at > 0 and bool(lines[at - 1].strip())


def _said_above(lines: list[str], at: int, ends: Ends) -> bool:
    """Whether something was said that a name may stand under, and the line is a paragraph of its own. A mail that is nothing
    but `/关单` means it."""
    return not _above(lines, at) and any(lines[line].strip() and not ends(line) for line in range(at))


def _closes(line: str) -> bool:
    if _CLOSING.fullmatch(line):
        return True
    named = _CLOSING_AND_NAME.fullmatch(line)
    return named is not None and _is_name(named[1])


def _signs_with_name(line: str) -> bool:
    """ "-Anna Berg" or "/Anna", and no item of a list, path or order of an engineer: nobody signs `/王芳`."""
    named = _NAME.fullmatch(line)
    if named is None or not _is_name(named[1]) or _is_order(named[1]):
        return False
    return not line.lstrip().startswith("/") or named[1][0] < _FIRST_IDEOGRAPH


def _is_order(words: str) -> bool:
    """Whether it begins with a word of the orders, or one much like it; a Chinese one needs no space behind it."""
    first = words.split()[0].casefold()
    return bool(get_close_matches(first, WORDS, 1, _ALIKE)) or any(first.startswith(word) for word in WORDS if not word.isascii())


def _is_name(words: str) -> bool:
    return all(not word[0].islower() or word in _PARTICLES for word in words.split()) and len(words.split()) <= 4


def _says(line: str) -> bool:
    """Whether a line below a closing is a sentence of the writer."""
    return _SAYS.search(line.strip()) is not None or (len(line.split()) > 8 and line.rstrip().endswith((".", "!", "。", "！")))


def _is_contact(said: list[str]) -> bool:
    """A name or a firm, and below it how to reach it."""
    first = said[0].strip()
    named = len(first) <= 40 and len(first.split()) <= 5 and not re.search(r"[\d:：]", first)
    return named and any(map(_CONTACT.search, said[1:])) and all(len(line) <= _LONGEST_LINE and not _says(line) for line in said)


def _notice_within(said: list[str]) -> bool:
    return any(map(_SECRET.match, said[: LONGEST + 8]))


def _weight(line: str) -> int:
    """Letters, where a Chinese one says as much as three others."""
    return sum(3 if letter >= "\u2e80" else 1 for letter in line)
