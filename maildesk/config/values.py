"""How the values of the configuration are written: spans of time, times of day, weekly hours, addresses, languages, zones.

Each reader takes what stands in the file and gives the value, or raises Wrong with what is wrong and what would be right.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from maildesk.config.findings import Wrong, nearest
from maildesk.config.settings import LOOPBACK
from maildesk.core.message import Address

LONGEST = timedelta(days=3660)
"""Ten years. What falls due later than a calendar knows days could not be told to anybody."""

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|[wdhms])")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_ADDRESS = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@(.+)")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NODE = re.compile(r"[\w.-]{1,63}", re.ASCII)
_WIDEST = {IPv4Network: 8, IPv6Network: 16}
_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_]\w+)?", re.ASCII)


def text(value: Any) -> str:
    """A text without the blanks around it."""
    if not isinstance(value, str):
        raise Wrong(f"must be text, not {_kind(value)}", "Put it in quotes.")
    if "\0" in value:
        raise Wrong("has a character that no text has (U+0000)", "Remove it: no file, server or database takes it.")
    return value.strip()


def node(value: Any) -> str:
    """The name of a machine among several, which is also the end of a file's name."""
    name = text(value)
    if name and _NODE.fullmatch(name) is None:
        raise Wrong(f"{name!r} is not a node's name", 'Use letters, digits, dots and hyphens: "desk-1".')
    return name


def words(value: Any) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    found = listed_as(text)(value)
    if not all(found):
        raise Wrong("has an empty text in it", "Remove the empty text.")
    return found


def listed_as(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """The reader of a list whose elements `read` reads."""

    def reader(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Wrong(f"must be a list, not {_kind(value)}", "Write [ … ], the elements separated by commas.")
        return tuple(read(element) for element in value)

    return reader


def span(value: Any) -> timedelta:
    """`90s`, `10m`, `2h`, `1d 4h`, `2w`; `0s` is none."""
    written = value.strip() if isinstance(value, str) else ""
    parts = _SPAN.findall(written)
    if not parts or _SPAN.sub("", written).strip():
        raise Wrong(f"{value!r} is not a span of time", 'Write it like "90s", "10m", "2h" or "1d 4h".')
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if seconds > LONGEST.total_seconds():
        raise Wrong("is longer than ten years", "Write a shorter span; a rule is switched off with on = false.")
    return timedelta(seconds=seconds)


def positive(value: Any) -> timedelta:
    """A span of time longer than nothing."""
    found = span(value)
    if not found:
        raise Wrong("must be longer than nothing", 'Write it like "10m"; to switch a rule off, write on = false.')
    return found


def clock(value: Any) -> time:
    """A time of day like `09:00`, local."""
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise Wrong(f"{value!r} is not a time of day", 'Write it like "09:00".')
    return time(int(match[1]), int(match[2]))


def day(value: Any) -> date:
    """A date like 2027-02-06, in quotes or without."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(text(value))
    except (Wrong, ValueError):
        raise Wrong(f"{value!r} is not a date", "Write it like 2027-02-06.") from None


def days(value: Any) -> frozenset[date]:
    """A list of dates and of spans of dates, `2027-02-06..2027-02-12`, both ends included."""
    return frozenset(one for some in listed_as(_dates)(value) for one in some)


def _dates(value: Any) -> Iterable[date]:
    first, dots, last = value.partition("..") if isinstance(value, str) else (value, "", "")
    begin, end = day(first), day(last) if dots else day(first)
    if end < begin:
        raise Wrong(f"{value!r} ends before it begins", "Write the earlier date first.")
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def address(value: Any) -> Address:
    """A mail address in the form in which we compare (see core.message.Address)."""
    written = unicodedata.normalize("NFKC", text(value))
    match = _ADDRESS.fullmatch(written)
    if match is None or len(match[1]) > 64:
        raise Wrong(f"{written!r} is not a mail address", "Write it like name@example.com.")
    return Address(f"{match[1]}@{domain(match[2])}")


def domain(value: Any) -> str:
    """A domain in lower-case A-labels (RFC 5890)."""
    written = unicodedata.normalize("NFKC", text(value)).rstrip(".")
    try:
        ascii_form = written.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_form = ""
    if len(ascii_form) > 253 or not all(_LABEL.fullmatch(label) for label in ascii_form.split(".")):
        raise Wrong(f"{written!r} is not a domain", "Write it like example.com.")
    return ascii_form


def signer(value: Any) -> str:
    """The name by which a host signs Authentication-Results (RFC 8601, 2.5), or `*.example.com` for all hosts below."""
    written = text(value).lower()
    if not written or any(mark.isspace() or mark in ';"()' for mark in written):
        raise Wrong(f"{written!r} is not the name of a host", "Write the first word of the header, like mx.example.com.")
    return _below(written) if "*" in written else written


def receiver(value: Any) -> str:
    """A host as it stands in Received lines: its name, `*.example.com` for all below, its address or a network of addresses."""
    written = text(value).lower()
    if "*" in written:
        return _below(written)
    try:
        network = ip_network(written)
    except ValueError as error:
        if "/" in written:
            raise Wrong(f"{written!r} is not a network ({error})", "Write it like 192.0.2.0/24 or 2001:db8::/32.") from None
        return domain(written)
    if network.prefixlen < _WIDEST[type(network)]:
        raise Wrong(f"{written!r} names half the world", "Name the addresses of your own servers only.")
    return str(network)


def _below(written: str) -> str:
    star, dot, above = written.partition(".")
    if star + dot != "*." or "." not in above or "*" in above:
        raise Wrong(f"{written!r} is not a pattern", "Write a whole name, or *.example.com for all hosts below a domain.")
    return star + dot + domain(above)


_CHINA = dict.fromkeys(
    (
        *("cst", "utc+8", "gmt+8", "china", "china standard time", "asia/china", "beijing", "asia/beijing"),
        *("peking", "asia/peking", "中国", "中国标准时间", "北京", "北京时间", "上海"),
    ),
    "Asia/Shanghai",
)
"""What people call the time of China."""

_IN_SHORT = re.compile(r"[A-Za-z]{0,4}(?:[+-].*)?")
"""PST, UTC+1: zones in short, and distances from UTC. Names that resemble them are those of other zones."""


def zone(value: Any) -> ZoneInfo:
    """A time zone by its IANA name."""
    written = text(value)
    try:
        return ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = "Write a name like Asia/Shanghai or Europe/Berlin."
        if written.casefold() in _CHINA or not _IN_SHORT.fullmatch(written):
            remedy = nearest(written, available_timezones(), remedy, _CHINA)
        raise Wrong(f"{written!r} is not a time zone", remedy) from None


def web_hook(value: Any) -> SplitResult:
    """The address of a web hook (RFC 3986): https, or http on this machine. It may be a secret, so no fault repeats any of it."""
    written = text(value)
    try:
        parts = urlsplit(written)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", 0
    if not host or port == 0 or parts.scheme not in ("http", "https") or not _VISIBLE.fullmatch(written):
        raise Wrong("is not the address of a web hook", 'Write it like "https://pager.example.com/maildesk".')
    if parts.scheme == "http" and host not in LOOPBACK:
        raise Wrong("would be called without encryption", "Use https; http is for this machine only.")
    if parts.username is not None:
        raise Wrong("has a login in it", "Write the login into secret instead.")
    return parts


def bearer(value: Any) -> str:
    """A secret as it may stand in a header."""
    if not _VISIBLE.fullmatch(text(value)):
        raise Wrong("has characters that no header can carry", "Use letters, digits and signs of ASCII, without spaces.")
    return text(value)


_NAMES_OF_LANGUAGES = {"中文": "zh", "简体中文": "zh", "汉语": "zh", "chinese": "zh", "english": "en", "英文": "en", "英语": "en"}


def language(value: Any) -> str:
    """A language as its two or three letters (RFC 5646, without region): `zh-CN` and `中文` are `zh`."""
    written = text(value)
    named = _NAMES_OF_LANGUAGES.get(written.casefold())
    if named is None and not _LANGUAGE.fullmatch(written):
        raise Wrong(f"{written!r} is not a language", 'Write "zh" or "en".')
    return named or re.split("[-_]", written)[0].lower()


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")
