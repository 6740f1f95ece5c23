"""What is inside an S/MIME part: the signed mail, or that it is encrypted (RFC 8551; the DER of RFC 5652).

The walk reads tags and lengths only, each byte at most once, and believes no length beyond the part; signatures are not checked.
"""

from dataclasses import dataclass
from enum import Enum

KINDS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
DEEPEST, MOST = 16, 50_000

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = frozenset(bytes.fromhex(oid) for oid in ("2a864886f70d010703", "2a864886f70d0109100117"))
_SEQUENCE, _OID, _OCTETS, _CONSTRUCTED_OCTETS, _ENDLESS = 0x30, 0x06, 0x04, 0x24, 0x80


class State(Enum):
    """What a part turned out to be."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a part is and, when it is signed, the mail inside it."""

    state: State
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class _Value:
    """A value between `start` and `end`; the next one begins `after` it."""

    tag: int
    start: int
    end: int
    after: int


def opened(data: bytes) -> Opened:
    """The content of a CMS structure. Never raises; what cannot be understood is UNKNOWN."""
    try:
        return _opened(data)
    except (IndexError, RecursionError, StopIteration):
        return Opened(state=State.UNKNOWN)


def _opened(data: bytes) -> Opened:
    outer = _children(data, _value(data, 0, len(data), 0), 0)
    kind = data[outer[0].start : outer[0].end] if outer and outer[0].tag == _OID else b""
    if kind in _ENCRYPTED:
        return Opened(state=State.ENCRYPTED)
    if kind != _SIGNED_DATA:
        return Opened(state=State.UNKNOWN)
    signed = _children(data, _children(data, outer[1], 1)[0], 2)
    enclosed = next(one for one in signed[1:] if one.tag == _SEQUENCE)
    content = _children(data, _children(data, enclosed, 3)[1], 4)[0]
    return Opened(state=State.SIGNED, content=b"".join(_octets(data, content, 5)))


def _octets(data: bytes, value: _Value, depth: int) -> list[bytes]:
    """An octet string, which may be a series of them."""
    if value.tag == _OCTETS:
        return [data[value.start : value.end]]
    if value.tag != _CONSTRUCTED_OCTETS:
        return []
    return [piece for one in _children(data, value, depth) for piece in _octets(data, one, depth + 1)]


def _children(data: bytes, value: _Value, depth: int) -> list[_Value]:
    found, at = list[_Value](), value.start
    while at < value.end and data[at : at + 2] != b"\0\0" and len(found) < MOST:
        found.append(_value(data, at, value.end, depth))
        at = found[-1].after
    return found


def _value(data: bytes, at: int, end: int, depth: int) -> _Value:
    """Tag and extent of the value at `at` (X.690, 8.1); one of indefinite length ends where its children do."""
    if depth > DEEPEST:
        raise RecursionError
    tag, length, start = data[at], data[at + 1], at + 2
    if length == _ENDLESS:
        inside = _children(data, _Value(tag, start, end, end), depth + 1)
        stop = inside[-1].after if inside else start
        return _Value(tag, start, stop, stop + 2)
    if length > _ENDLESS:
        start += length - _ENDLESS
        length = int.from_bytes(data[at + 2 : start][:8], "big")
    stop = min(start + length, end)
    return _Value(tag, start, stop, stop)
