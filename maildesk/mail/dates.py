"""The date of a quoted or forwarded mail, as mail programs of many languages write it for people to read."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

LONGEST = 200

_NAMES = (
    "jan|ene|gen|styc|sty|led|янв|січ|oca|tammi",
    "feb|fév|fev|lut|úno|фев|лют|şub|helmi",
    "mar|mär|mrz|maa|mrt|bře|мар|бер",
    "apr|avr|abr|kwi|dub|апр|квіт|nis|huhti",
    "may|mai|maj|mei|mag|květ|мая|май|трав|touko",
    "jun|juin|giu|cze|červn|июн|черв|haz|kesä",
    "jul|juil|lug|lip|července|июл|лип|tem|heinä",
    "aug|aoû|ago|sie|srp|авг|серп|ağu|elo",
    "sep|set|wrz|zář|сен|вер|eyl|syys",
    "oct|okt|ott|out|paź|říj|окт|жов|eki|loka",
    "nov|lis|noi|ноя|листоп|kas|marras",
    "dec|dez|déc|dic|des|gru|pros|дек|груд|ara|joulu",
)
"""How the name of each month begins. One word may begin like two of them; the longer beginning is right."""

_MONTH_OF = {start: number for number, names in enumerate(_NAMES, 1) for start in names.split("|")}
_MONTHS = (re.compile(r"(?<=\d)\W{0,3}(?:de |of )?([^\W\d_]{3,14})"), re.compile(r"([^\W\d_]{3,14})\W{1,2}(?=\d{1,2}(?!\d))"))
"""A month stands beside its day; days of the week begin like months."""

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_DAY = re.compile(r"(?<![\d:.+-])([0-3]?\d)(?![\d:])")
_TIME = re.compile(
    r"(上午|下午|午前|午後|오전|오후|凌晨|晚上)?\s?(?<![\d:+-])(\d{1,2})\s?[:：時时點点시]\s?(\d{2})(?:\s?[:：分분]\s?(\d{2}))?(?:\s?([ap])\.?m\b)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"(?:GMT|UTC|(?<=[\s(]))([+−-])(\d{1,2}):?(\d{2})?(?![\d-])|(?<![A-Za-z])(?:GMT|UTC|Z)(?!\w)")
_LATE = frozenset({"下午", "午後", "오후", "晚上", "p"})


def written(text: str) -> datetime | None:
    """The moment that `text` names; None when its day or its time zone is not certain: "1/2/2024" is one in two countries."""
    text = text[:LONGEST].strip()
    zone, day = _zone(text), _day(text)
    clock = _TIME.search(text)
    if zone is None or day is None or clock is None:
        return None
    hour, half = int(clock[2]), (clock[1] or clock[5] or "").lower()
    if half:
        hour = hour % 12 + 12 * (half in _LATE)
    try:
        return datetime(*day, hour, int(clock[3]), int(clock[4] or 0), tzinfo=zone)
    except ValueError:
        return None


def _zone(text: str) -> tzinfo | None:
    match = _ZONE.search(text)
    if match is None or match[1] is None:
        return UTC if match else None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset >= timedelta(hours=24):
        return None
    return timezone(offset if match[1] == "+" else -offset)


def _day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day, where they are told apart by their order or by the month's name."""
    if match := _YEAR_FIRST.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    words = (word for pattern in _MONTHS for word in pattern.findall(text))
    month = next((number for word in words if (number := _month(word.lower()))), None)
    year, day = _YEAR.search(text), _DAY.search(text)
    return (int(year[1]), month, int(day[1])) if year and day and month else None


def _month(word: str) -> int | None:
    starts = [start for start in _MONTH_OF if word.startswith(start)]
    return _MONTH_OF[max(starts, key=len)] if starts else None
