"""A backup, looked at and unpacked again; what it is made of is told in `store.backup`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Any

from maildesk import faults
from maildesk.core.message import Digest
from maildesk.store.backup import (
    DATABASE,
    FILES,
    FORMAT,
    MANIFEST,
    Manifest,
    copy_at,
    copy_file,
    digest_of,
    earlier,
    looking,
    named_files,
    told_of,
)
from maildesk.store.errors import Broken, Missing, Newer, Unreachable
from maildesk.store.files import DIGEST, sync
from maildesk.store.upgrading import revisions

NAMED = 5
"""So many files are named in an error at most."""

REPLACED = ".replaced-"
"""Behind the name of a database stands this, and when another took its place."""

ROOM = "make room on that disk, and restore again (a rehearsal works in $TMPDIR)"
CLOSED = "let the desk's user read the backup, or call maildesk as root"
DAMAGED = "take another backup, or an intact copy of this one"


def read(backup: Path) -> Manifest:
    """The manifest of a backup. Raises StoreError when this is none, or one that this program does not understand."""
    try:
        said = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        if said["format"] > FORMAT or said["schema"] > revisions()[-1]:
            raise Newer(f"{backup} was made by maildesk {said['maildesk']}", "install at least that version")
        return _manifest(said)
    except (FileNotFoundError, NotADirectoryError):
        inside = f": name one of those in it, like {found[0]}" if backup.is_dir() and (found := earlier(backup)) else ""
        raise Missing(f"{backup} is no backup", f"name the folder that holds manifest.json{inside}") from None
    except (PermissionError, IsADirectoryError) as error:
        raise Unreachable(f"{error.filename}: {error.strerror}", CLOSED) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Broken(f"the manifest of {backup} is damaged ({error!r})", DAMAGED) from error


def _manifest(said: dict[str, Any]) -> Manifest:
    at = datetime.fromisoformat(said["at"])
    if at.tzinfo is None:
        raise ValueError("its time has no zone")
    return Manifest(**{**said, "at": at, "missing": tuple(map(Digest, said["missing"]))})


def verify(backup: Path, manifest: Manifest) -> None:
    """Look at every byte of a backup. Raises Broken, which names what is damaged or missing."""
    with _intact(backup, manifest) as named:
        faulty = [digest for digest in named if digest not in manifest.missing and digest_of(_file(backup, digest)) != digest]
    if faulty:
        some = ", ".join(faulty[:NAMED])
        raise Broken(f"{len(faulty)} files of {backup} are damaged or missing: {some}", DAMAGED)


@contextmanager
def _intact(backup: Path, manifest: Manifest) -> Iterator[tuple[Digest, ...]]:
    """The names of the files of a backup whose database is as its manifest says."""
    if digest_of(backup / manifest.database) != manifest.sha256:
        raise Broken(f"{backup / manifest.database} is damaged or missing", DAMAGED)
    if manifest.database == DATABASE:
        with looking(copy_at(backup / DATABASE)) as connection:
            yield tuple(named_files(connection))
    else:
        there = tuple(Digest(path.name) for path in (backup / FILES).glob("??/*") if DIGEST.fullmatch(path.name))
        if len(there) < manifest.files:  # which they are stands in the dump
            raise Broken(f"{manifest.files - len(there)} files of {backup} are missing", DAMAGED)
        yield there


def restore_files(backup: Path, manifest: Manifest, folder: Path) -> int:
    """Give a state folder every file of a backup that it has not got whole; how many. Nothing in it is taken away."""
    given = 0
    with told_of(folder, ROOM), _intact(backup, manifest) as named:
        for digest in named:
            target = folder / digest[:2] / digest
            if digest in manifest.missing or digest_of(target) == digest:
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = target.with_name(f".{digest}.restoring")
            aside.unlink(missing_ok=True)
            if copy_file(_file(backup, digest), aside) != digest:
                aside.unlink()
                raise Broken(f"the file {digest} of {backup} is damaged", DAMAGED)
            aside.rename(target)
            given += 1
        for home in folder.glob("[0-9a-f][0-9a-f]"):
            sync(home)
    return given


def restore_database(backup: Path, to: Path) -> None:
    """Put the database of a backup under a new name, synced. What was left there of an earlier attempt goes."""
    with told_of(to.parent, ROOM):
        for end in ("", "-wal", "-shm"):
            Path(f"{to}{end}").unlink(missing_ok=True)
        copy_file(backup / DATABASE, to)


def swap(fresh: Path, database: Path, now: datetime) -> Path | None:
    """Put a finished database in the place of another, which is set aside with its log; where to, None when there was none.

    While this breaks off, there is the old database, or none, and never half of one.
    """
    kept = database.with_name(f"{database.name}{REPLACED}{now:%Y%m%dT%H%M%SZ}") if database.exists() else None
    with told_of(database.parent, ROOM):
        for end in ("", "-wal", "-shm"):
            old = Path(f"{database}{end}")
            if kept is None:
                old.unlink(missing_ok=True)
            elif old.exists():
                old.rename(f"{kept}{end}")
        sync(fresh)
        faults.point("restore-half")
        fresh.rename(database)
        sync(database.parent)
    return kept


def set_aside(database: Path) -> tuple[Path, ...]:
    """What lay in the place of a database before, and has been replaced."""
    return tuple(database.parent.glob(f"{escape(database.name)}{REPLACED}*Z"))


def _file(backup: Path, digest: Digest) -> Path:
    return backup / FILES / digest[:2] / digest
