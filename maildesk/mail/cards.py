"""Invitations and business cards in one line of text: `[calendar: …]` (RFC 5545, RFC 5546) and `[contact: …]` (RFC 6350).

Both are `NAME;PARAMETER=…:value` lines, which go on in the next one after a blank. Only the first event or person counts.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

LONGEST = 300

_FOLDED = re.compile(r"\n[ \t]")
_ESCAPED = re.compile(r"\\([nN,;:\\])")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d*(Z?))?")
_ZONE = re.compile(r";TZID=\"?([^\";:]{1,60})", re.IGNORECASE)
_COMMON_NAME = re.compile(r";CN=\"?([^\";:]{1,100})", re.IGNORECASE)
_ANSWER = re.compile(r";PARTSTAT=([A-Za-z-]{1,20})", re.IGNORECASE)


class _Property(NamedTuple):
    parameters: str
    value: str


def event(text: str) -> str:
    """What, when, where and who of the first event; "" when there is none."""
    found = _properties(text, "VEVENT")
    if not found:
        return ""
    answer = _answer(found.get("ATTENDEE")) if "METHOD:REPLY" in text[:2_000].upper() else ""
    said = (_value(found, "SUMMARY"), _when(found), _value(found, "LOCATION"), answer or _person(found.get("ORGANIZER")))
    return _line("calendar", said)


def contact(text: str) -> str:
    """Name, organisation, telephone and address of the first person; "" when there is none."""
    found = _properties(text, "VCARD")
    name = _value(found, "FN") or " ".join(part for part in reversed(_value(found, "N").split(";")[:2]) if part)
    organisation = ", ".join(part for part in _value(found, "ORG").split(";") if part)
    return _line("contact", (name, organisation, _value(found, "TEL").removeprefix("tel:"), _value(found, "EMAIL")))


def _line(kind: str, said: tuple[str, ...]) -> str:
    words = " · ".join(" ".join(one.split()) for one in said if one.strip())[:LONGEST]
    return f"[{kind}: {words}]" if words else ""


def _properties(text: str, component: str) -> Mapping[str, _Property]:
    """The first property of each name in the first component of that kind."""
    found: dict[str, _Property] = {}
    for name, parameters, value in _inside(_FOLDED.sub("", text), component):
        found.setdefault(name, _Property(parameters, value))
    return found


def _inside(text: str, component: str) -> Iterator[tuple[str, str, str]]:
    start = text.upper().find(f"BEGIN:{component}")
    for line in text[start:].split("\n")[1:] if start >= 0 else ():
        if line.upper().startswith((f"END:{component}", "BEGIN:")):
            return
        head, _, value = line.partition(":") if '"' not in line else _outside_quotes(line)
        name, semicolon, parameters = head.partition(";")
        yield name.rpartition(".")[2].strip().upper(), semicolon + parameters, value.strip()


def _outside_quotes(line: str) -> tuple[str, str, str]:
    """Splits at the first colon that does not stand in a quoted parameter."""
    quoted = False
    for at, letter in enumerate(line):
        quoted ^= letter == '"'
        if letter == ":" and not quoted:
            return line[:at], ":", line[at + 1 :]
    return line, "", ""


def _value(found: Mapping[str, _Property], name: str) -> str:
    value = found[name].value if name in found else ""
    return _ESCAPED.sub(lambda escape: " " if escape[1] in "nN" else escape[1], value)


def _when(found: Mapping[str, _Property]) -> str:
    """`2026-03-03 10:00–11:00 Asia/Shanghai`, as it stands there."""
    start, end = (found.get(name) for name in ("DTSTART", "DTEND"))
    first, last = (_TIME.match(one.value) if one else None for one in (start, end))
    if start is None or first is None:
        return ""
    day = "-".join(first.group(1, 2, 3))
    if first[4] is None:
        return day
    zone = "UTC" if first[6] else (match[1] if (match := _ZONE.search(start.parameters)) else "")
    until = "–" + ":".join(last.group(4, 5)) if last and last[4] and last.group(1, 2, 3) == first.group(1, 2, 3) else ""
    return f"{day} {first[4]}:{first[5]}{until} {zone}".rstrip()


def _person(one: _Property | None) -> str:
    if one is None:
        return ""
    address = re.sub("^mailto:", "", one.value, flags=re.IGNORECASE)
    name = _COMMON_NAME.search(one.parameters)
    return f"{name[1]} <{address}>" if name and name[1] != address else address


def _answer(one: _Property | None) -> str:
    answer = _ANSWER.search(one.parameters) if one else None
    return f"{_person(one)}: {answer[1].lower()}" if answer else ""
