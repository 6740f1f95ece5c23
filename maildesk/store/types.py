"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row's number: 64 bits; SQLite wants the word INTEGER to make it the row's own key."""

Json = sa.JSON(none_as_null=True)
"""Plain JSON as text, so that the order of keys is kept (PostgreSQL's jsonb would sort them)."""


class Moment(TypeDecorator[datetime]):
    """An instant. Kept in UTC to the microsecond, given back aware in UTC; a naive time is refused.

    SQLite holds it as text. It is written and read in one step there, because most rows have several.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _to_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _from_text if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"a time without its offset: {value.isoformat()}")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    at = _in_utc(value)
    return None if at is None else at.isoformat(" ", "microseconds")[: -len("+00:00")]


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text of people. What no database can hold (NUL, half surrogates, from broken mails) becomes U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        return _whole_or_none


def _whole_or_none(text: str | None) -> str | None:
    return None if text is None else whole(text)


def whole(text: str) -> str:
    """The text without what no database can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd") if "\0" in text else text


_READABLE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ESCAPED = json.JSONEncoder(separators=(",", ":")).encode


def packed(value: Any) -> str:
    """JSON as the store writes it: readable where it can be, escaped where the text is no valid Unicode."""
    text = _READABLE(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _ESCAPED(value)
    return text
