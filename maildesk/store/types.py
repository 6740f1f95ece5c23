"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row's number: 64 bits; SQLite wants the word INTEGER to make it the row's own key."""

Json = sa.JSON(none_as_null=True)
"""Plain JSON as text, so that the order of keys is kept (PostgreSQL's jsonb would sort them)."""


class _Text(sqlite.DATETIME):
    """Instants in UTC as SQLite holds them, written in one step: most rows have several."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        return lambda value: None if value is None else value.isoformat(" ", "microseconds")[: -len("+00:00")]


class Moment(TypeDecorator[datetime]):
    """An instant. Kept in UTC to the microsecond, given back aware in UTC; a naive time is refused."""

    impl = sa.DateTime(timezone=True).with_variant(_Text(), "sqlite")  # type: ignore[no-untyped-call]
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without its offset: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text of people. What no database can hold (NUL, half surrogates, from broken mails) becomes U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else whole(value)


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
