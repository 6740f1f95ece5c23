"""Raw mails, attachments and large letters: one file each, named by the digest of its bytes.

A file is whole and on the disk before its name is told to anybody: written aside, synced, renamed, and the folder of the name
synced too. So a name in the database always has its bytes, and a crash leaves at most a nameless leftover in `incoming`.
The same bytes again cost next to nothing. The syncs of a batch run side by side, so that the file system answers them together.
"""

import errno
import hashlib
import mmap
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from maildesk.core.message import Digest
from maildesk.store.errors import Broken, Full, Missing, StoreError, Unreachable

T = TypeVar("T")
SYNCS_AT_ONCE = 16
DIGEST = re.compile(r"[0-9a-f]{64}")


class Stored(NamedTuple):
    """What a finished file is called and how many bytes it has."""

    digest: Digest
    size: int


class Writer:
    """A file that is being written piece by piece; `done` makes it durable and names it."""

    def __init__(self, files: "Files") -> None:
        self._files = files
        self._path = files.aside()
        self._hash = hashlib.sha256()
        self._file = private(self._path)
        self._size = 0

    def write(self, piece: bytes) -> None:
        with told():
            self._file.write(piece)
        self._hash.update(piece)
        self._size += len(piece)

    def done(self) -> Stored:
        with told():
            self._file.flush()
            if self._files.durable:
                os.fsync(self._file.fileno())
            self._file.close()
            stored = Stored(Digest(self._hash.hexdigest()), self._size)
            self._files.name(self._path, stored.digest)
        return stored

    def drop(self) -> None:
        """Forget an unfinished file; after `done` there is nothing to forget."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Files:
    """The folder of files; safe for many threads and processes at once. `node` keeps apart who is writing what; without
    `durable` nothing is synced."""

    def __init__(self, folder: Path, node: str, *, durable: bool = True) -> None:
        self.durable = durable
        self._folder = folder
        self._incoming = folder / "incoming"
        self._node = re.sub(r"[^0-9A-Za-z_-]", "_", node)
        self._serial = count()
        self._pool = ThreadPoolExecutor(SYNCS_AT_ONCE, thread_name_prefix="sync")
        with told():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._incoming.mkdir(exist_ok=True, mode=0o700)
            self._make_homes()
            self._sweep()

    def close(self) -> None:
        self._pool.shutdown()

    def free(self) -> int:
        """Bytes that may still be written on this disk."""
        with told():
            found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def path(self, digest: Digest) -> Path:
        """Where the bytes of this digest are, or would be."""
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"not a digest: {digest!r}")
        return self._folder / digest[:2] / digest

    def holds(self, digest: Digest) -> bool:
        return self.path(digest).exists()

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Keep the bytes that come piece by piece, however many they are."""
        with self.writer() as writer:
            for chunk in chunks:
                writer.write(chunk)
            return writer.done()

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """A new file to write into; without `done` nothing of it stays."""
        with told():
            writer = Writer(self)
        try:
            yield writer
        finally:
            writer.drop()

    def put_many(self, raws: tuple[bytes, ...]) -> tuple[Digest, ...]:
        """Keep a batch; all of it is on the disk when this returns."""
        digests = tuple(Digest(hashlib.sha256(raw).hexdigest()) for raw in raws)
        beginning = self.aside()
        written = [(beginning.with_name(f"{beginning.name}.{n}"), digest) for n, digest in enumerate(digests)]
        try:
            with told():
                for (path, _), raw in zip(written, raws, strict=True):
                    with private(path) as file:
                        file.write(raw)
            self.adopt(written)
        finally:
            self.drop_aside(beginning)
        return digests

    def adopt(self, written: Sequence[tuple[Path, Digest]]) -> None:
        """Keep files that were written aside, each with the digest of its bytes; all are on the disk when this returns.

        The syncs run side by side. Files that are kept already are left where they are, for `drop_aside`.
        """
        with told():
            fresh = {digest: aside for aside, digest in written if not self._whole(digest, aside.stat().st_size)}
            self._together(self._sync, fresh.values())
            for digest, aside in fresh.items():
                aside.rename(self.path(digest))
            self._together(self._sync, {self.path(digest).parent for _, digest in written})

    def drop_aside(self, beginning: Path) -> None:
        """Forget everything that was written aside under names that begin so."""
        for name in os.listdir(self._incoming):
            if name.startswith(f"{beginning.name}."):
                Path(self._incoming, name).unlink(missing_ok=True)

    def get(self, digest: Digest) -> bytes:
        with self.open_map(digest) as held:
            return bytes(held)

    @contextmanager
    def open_map(self, digest: Digest) -> Iterator[mmap.mmap | bytes]:
        """The bytes without a copy in memory, for as long as the context lasts, or a slice of them that somebody still has."""
        with told(), self.path(digest).open("rb") as file:
            empty = os.fstat(file.fileno()).st_size == 0
            held = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            yield held
        finally:
            if isinstance(held, mmap.mmap):
                with suppress(BufferError):
                    held.close()

    def aside(self) -> Path:
        """A name for a file that is not finished, known to be ours."""
        return self._incoming / f"{self._node}.{os.getpid()}.{next(self._serial)}.{os.urandom(4).hex()}"

    def name(self, aside: Path, digest: Digest) -> None:
        """Give a finished and synced file its name, durably."""
        aside.rename(self.path(digest))
        self._sync(self.path(digest).parent)

    def _make_homes(self) -> None:
        """A folder for every beginning of a digest, once and for all, so that keeping a file never makes one."""
        for first in range(256):
            Path(self._folder, f"{first:02x}").mkdir(exist_ok=True, mode=0o700)
        self._sync(self._folder)

    def _whole(self, digest: Digest, size: int) -> bool:
        try:
            return self.path(digest).stat().st_size == size
        except FileNotFoundError:
            return False

    def _together(self, act: Callable[..., T], items: Iterable[object]) -> list[T]:
        waiting = list(items)
        return [act(waiting[0])] if len(waiting) == 1 else list(self._pool.map(act, waiting))

    def _sync(self, path: Path) -> None:
        if self.durable:
            sync(path)

    def _sweep(self) -> None:
        """Remove what a process of this node left unfinished when it died."""
        for path in self._incoming.glob(f"{self._node}.*"):
            process = path.name.split(".")[1]
            if not Path("/proc", process).exists():
                path.unlink(missing_ok=True)


def private(path: Path) -> BinaryIO:
    """A new file for the desk's user alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def sync(path: Path) -> None:
    """Make a file's bytes durable, or the names in a folder (fsync(2): a file's own sync does not)."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def told() -> Iterator[None]:
    """The system's errors in our words."""
    try:
        yield
    except OSError as error:
        raise _word_for(error) from error


def _word_for(error: OSError) -> StoreError:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return Full(str(error), "make room on the disk of the state folder")
        case errno.ENOENT:
            return Missing(f"{error.filename} is not there", "restore the files of the state folder from the last backup")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Unreachable(str(error), "make the state folder writable for the desk's user")
        case _:
            return Broken(str(error), "look at the disk of the state folder (dmesg, smartctl)")
