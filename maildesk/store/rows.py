"""Dataclasses as rows and as JSON, by their type hints alone.

A field of a plain type (text, number, truth, instant, word of an enumeration) becomes a column of its own; everything with
parts (tuples, mappings, dataclasses) becomes a JSON column. A field that does not count in comparison is not kept. A hint that
nobody taught this module is refused at import, so a new kind of field cannot be lost silently.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

import sqlalchemy as sa

from maildesk.store.types import Json, Moment, Words

T = TypeVar("T")
Turn = Callable[[Any], Any]

COLUMNS: Mapping[type, type[sa.types.TypeEngine[Any]]] = {
    str: Words,
    int: sa.BigInteger,
    bool: sa.Boolean,
    float: sa.Double,
    datetime: Moment,
}


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written down and read back."""

    write: Turn
    read: Turn

    def or_none(self) -> "Form":
        return Form(
            lambda value: None if value is None else self.write(value),
            lambda value: None if value is None else self.read(value),
        )


def same(value: Any) -> Any:
    return value


AS_IS = Form(same, same)


def bare(hint: Any) -> tuple[Any, bool]:
    """The hint without NewType and None, and whether None is allowed."""
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (arm for arm in get_args(hint) if arm is not type(None))
        optional = True
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    return hint, optional


def kept_fields(cls: Any) -> dict[str, Any]:
    """The fields that are kept, in their order, with their hints."""
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls) if field.compare}


def form(hint: Any) -> Form:
    """How a value of this type becomes plain JSON and comes back."""
    kind, optional = bare(hint)
    made = _form(kind)
    return made.or_none() if optional and made is not AS_IS else made


def _form(kind: Any) -> Form:
    if kind in (str, int, float, bool, Any):
        return AS_IS
    if kind is datetime:
        return Form(datetime.isoformat, datetime.fromisoformat)
    if kind is timedelta:
        return Form(timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return Form(lambda word: word.value, kind)
    if is_dataclass(kind):
        return _parts(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and args[1:] == (...,):
        item = form(args[0])
        return Form(lambda items: [item.write(each) for each in items], lambda items: tuple(item.read(each) for each in items))
    if origin is frozenset:
        item = form(args[0])
        return Form(lambda items: sorted(map(item.write, items)), lambda items: frozenset(map(item.read, items)))
    if origin is Mapping and bare(args[0])[0] is str:
        item = form(args[1])
        return Form(
            lambda items: {key: item.write(each) for key, each in items.items()},
            lambda items: {key: item.read(each) for key, each in items.items()},
        )
    raise TypeError(f"the store cannot keep a {kind}")


def _parts(cls: Any) -> Form:
    forms = {name: form(hint) for name, hint in kept_fields(cls).items()}
    return Form(
        lambda value: {name: part.write(getattr(value, name)) for name, part in forms.items()},
        lambda written: cls(**{name: part.read(written[name]) for name, part in forms.items() if name in written}),
    )


class Rows(Generic[T]):
    """One dataclass as the columns of a table."""

    def __init__(self, cls: type[T]) -> None:
        self._cls = cls
        self._hints = kept_fields(cls)
        self.names = tuple(self._hints)
        forms = {name: self._cell(hint) for name, hint in self._hints.items()}
        self._written = [(name, None if made is AS_IS else made.write) for name, made in forms.items()]
        self._read = [(name, None if made is AS_IS else made.read) for name, made in forms.items()]

    @staticmethod
    def _cell(hint: Any) -> Form:
        """Instants go to their column as they are; all else as in JSON."""
        return AS_IS if bare(hint)[0] is datetime else form(hint)

    def columns(self) -> tuple[sa.Column[Any], ...]:
        """Fresh columns for a table, in the order of the fields."""
        return tuple(self._column(name, *bare(hint)) for name, hint in self._hints.items())

    @staticmethod
    def _column(name: str, kind: Any, optional: bool) -> sa.Column[Any]:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return sa.Column(name, sa.Text(), nullable=optional)
        plain = COLUMNS.get(kind) if isinstance(kind, type) else None
        return sa.Column(name, plain() if plain else Json, nullable=optional)

    def row(self, value: T) -> dict[str, Any]:
        """The value as the parameters of a statement."""
        return {name: getattr(value, name) if write is None else write(getattr(value, name)) for name, write in self._written}

    def changes(self, before: T, after: T) -> dict[str, Any]:
        """The same of those fields alone in which one value differs from the other."""
        return {
            name: new if write is None else write(new)
            for name, write in self._written
            if (new := getattr(after, name)) is not (old := getattr(before, name)) and new != old
        }

    def value(self, cells: Any) -> T:
        """The value of a row whose first columns are ours, in our order."""
        return self._cls(
            **{name: cell if read is None else read(cell) for (name, read), cell in zip(self._read, cells, strict=False)}
        )
