"""The language of orders: one table is parser, permission and help, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verb(StrEnum):
    """Every order of the desk."""

    TAKE = "take"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    PRIORITY = "priority"
    CATEGORY = "category"
    ETA = "eta"
    NOTE = "note"
    ASK = "ask"
    WAIT = "wait"
    CALLED = "called"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    PUBLIC = "public"
    AWAY = "away"
    BACK = "back"
    SHOW = "show"
    LIST = "list"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order line: the verb, its arguments by name as text, and the line as it was written."""

    verb: Verb
    line: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A line that looks like an order and is none: what is wrong with it and what would be right."""

    line: str
    why: str
    remedy: str
