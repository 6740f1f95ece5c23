"""A file is on the disk before anything names it, and its name before anybody is told, as the system's calls show."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from maildesk.store import Files

Deed = tuple[str, str]


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> list[Deed]:
    """What is synced and what is renamed, in order, by the last part of the path."""
    done: list[Deed] = []
    fsync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        done.append(("sync", Path(os.readlink(f"/proc/self/fd/{handle}")).name))
        fsync(handle)

    def renamed(path: Path, target: Path) -> Path:
        done.append(("name", path.name))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    return done


@pytest.mark.parametrize(
    "keep",
    [
        lambda files: files.put((b"one ", b"two")).digest,
        lambda files: files.put_many((b"one two",))[0],
    ],
    ids=["piece by piece", "as a batch"],
)
def test_bytes_then_name_then_folder(keep: Callable[[Files], str], tmp_path: Path, deeds: list[Deed]) -> None:
    files = Files(tmp_path, "here")
    deeds.clear()
    digest = keep(files)
    (synced, bytes_of), (named, name_of), (folder_synced, folder) = deeds
    assert (synced, named, folder_synced) == ("sync", "name", "sync")
    assert bytes_of == name_of
    assert folder == digest[:2]
    files.close()
