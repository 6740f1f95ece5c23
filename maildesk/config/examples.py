"""The example files, comments and all, with answers put in: the one way in which we write a configuration."""

import json
import re
from collections.abc import Mapping
from typing import Any

from maildesk import share

Tables = Mapping[str, Mapping[str, Any]]
"""The keys to set, by the names of their tables; "" for those that stand above every table."""

_HEADER = re.compile(r"\[\[?([\w.]+)\]\]?$")
_KEY = re.compile(r"#?(\w+) = ")


def text(name: str) -> str:
    """An example as it is shipped."""
    return (share.folder("config") / name).read_text(encoding="utf-8")


def filled(name: str, tables: Tables) -> str:
    """An example with these keys set, in the first table of each name; None switches a key off. Everything else stays.

    Raises KeyError for a key that the example does not have.
    """
    pending = {(table, key): value for table, keys in tables.items() for key, value in keys.items()}
    table, lines = "", []
    for line in text(name).splitlines():
        if header := _HEADER.match(line):
            table = header[1]
        key = _KEY.match(line)
        if key and (table, key[1]) in pending:
            value = pending.pop((table, key[1]))
            line = f"#{line.lstrip('#')}" if value is None else f"{key[1]} = {toml(value)}"
        lines.append(line)
    if pending:
        raise KeyError(f"{name} has no {sorted(pending)}")
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML writes it; JSON's texts, numbers, lists, true and false are TOML's."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)
