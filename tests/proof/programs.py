"""The states of the program that were tried, and in which of its files each differs from the program as it lies here."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import maildesk

State = Mapping[str, str]
"""The files of one state of the program (code, templates and tables), each with the digest of what is in it."""


@cache
def state() -> State:
    """The program as it lies here."""
    here = Path(maildesk.__file__).parent
    every = (path for folder in (here, here.parent / "templates") for path in folder.rglob("*"))
    files = sorted(path for path in every if path.is_file() and path.suffix != ".pyc")
    return {str(file.relative_to(here.parent)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@cache
def program() -> str:
    """A name for the program as it lies here: the same for the same files."""
    return hashlib.sha256("".join(f"{file} {digest}\n" for file, digest in state().items()).encode()).hexdigest()[:12]


def changed(since: State) -> set[str]:
    """The files that are others by now, new ones and those that are gone included."""
    return {file for file, _ in since.items() ^ state().items()}


def keep(path: Path) -> None:
    """Note what the program consists of, beside the states that are noted there."""
    path.write_text(written(_read(path) | {program(): state()}), "utf-8")


def kept(path: Path, tried: Iterable[str]) -> dict[str, State]:
    """What is noted there of the states with these names."""
    states = _read(path)
    return {name: states[name] for name in sorted(tried) if name in states}


def written(states: Mapping[str, State]) -> str:
    return json.dumps(states, indent=0) + "\n"


def _read(path: Path) -> dict[str, State]:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}
