"""Values as bytes and back. What comes from a process that reads strangers' mails is data and cannot become anything else.

A value is written as JSON: dataclasses as the list of their fields, moments in ISO 8601. It is read against the annotations of
the class that is expected, each field checked, so that the other side can neither choose a class nor slip in a wrong type.
Each message on a pipe is four bytes of length (big endian) and so many bytes.
"""

import json
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import IO, Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from maildesk.core.message import Digest

T = TypeVar("T")
Make = Callable[[Any], Any]

READY = b"ready"
"""What the process says first."""

LENGTH = struct.Struct(">I")
LONGEST = 16 << 20
"""Bytes of the longest message that is believed."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Garbled(Exception):
    """The bytes are not what was expected."""


def packed(value: object) -> bytes:
    """A dataclass, or a tuple of them, as bytes."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        kind: Any = type(value)
        return [getattr(value, name) for name in _names(kind)]
    raise TypeError(f"{type(value).__name__} does not cross")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def unpacked(kind: type[T], data: bytes) -> T:
    """The value of class `kind` in `data`; Garbled when it is none."""
    expected: Any = kind
    try:
        made: T = _maker(expected)(json.loads(data.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Garbled("the answer is not understood") from error
    return made


@cache
def _maker(kind: Any) -> Make:
    """What makes a value of one annotation from plain data; TypeError or ValueError from it when the data do not fit."""
    origin, of = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(_maker(next(one for one in of if one is not NoneType)))
    if origin is tuple:
        return _tuple(_maker(of[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_maker(of[1]))
    if kind is Digest:
        return _digest
    if isinstance(kind, NewType):
        return _maker(kind.__supertype__)
    if is_dataclass(kind):
        return _fields(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return datetime.fromisoformat if kind is datetime else _exactly(kind)


def _optional(make: Make) -> Make:
    return lambda data: None if data is None else make(data)


def _tuple(make: Make) -> Make:
    return lambda data: tuple([make(one) for one in _list(data)])


def _mapping(make: Make) -> Make:
    return lambda data: {_str(key): make(value) for key, value in _dict(data).items()}


def _fields(kind: Any) -> Make:
    hints = get_type_hints(kind)
    makers = tuple((name, _maker(hints[name])) for name in _names(kind))

    def make(data: Any) -> Any:
        return kind(**{name: of(value) for (name, of), value in zip(makers, _list(data), strict=True)})

    return make


def _digest(data: Any) -> Digest:
    if not _DIGEST.fullmatch(_str(data)):
        raise ValueError("not a digest")
    return Digest(data)


def _exactly(kind: Any) -> Make:
    """Data of just this type: a truth value is no number, and what is no plain type (a function) fits nothing."""

    def make(data: Any) -> Any:
        if type(data) is kind or (kind is float and type(data) is int):
            return data
        raise TypeError(f"{type(data).__name__} instead of {getattr(kind, '__name__', kind)}")

    return make


_str, _list, _dict = _exactly(str), _exactly(list), _exactly(dict)


def send(pipe: IO[bytes], message: bytes) -> None:
    """One message, whole."""
    pipe.write(LENGTH.pack(len(message)) + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None at the end."""
    head = pipe.read(LENGTH.size)
    return pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None
