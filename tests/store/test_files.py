"""Files by digest: whole or not there."""

import hashlib
import mmap
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from maildesk.core.message import Digest
from maildesk.store import Broken, Files, Full, Missing, StoreError, Unreachable
from maildesk.store.files import told

NOBODY = Digest("0" * 64)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    found = Files(tmp_path / "files", "here")
    yield found
    found.close()


def leftovers(files: Files) -> list[Path]:
    return list(files.path(NOBODY).parent.parent.joinpath("incoming").iterdir())


def test_bytes_come_back_under_the_digest_of_all_their_pieces(files: Files) -> None:
    digest, size = files.put([b"one ", b"", b"two"])
    assert digest == hashlib.sha256(b"one two").hexdigest()
    assert size == 7
    assert files.get(digest) == b"one two"
    assert files.path(digest).read_bytes() == b"one two"
    assert leftovers(files) == []


def test_a_batch_is_kept_in_its_order_with_equal_bytes_once(files: Files) -> None:
    raws = (b"a", b"b" * 100_000, b"a", b"", b"c")
    digests = files.put_many(raws)
    assert digests == tuple(hashlib.sha256(raw).hexdigest() for raw in raws)
    assert tuple(files.get(digest) for digest in digests) == raws
    assert leftovers(files) == []


def test_an_empty_batch_is_nothing(files: Files) -> None:
    assert files.put_many(()) == ()


def test_the_same_bytes_again_change_nothing(files: Files) -> None:
    (digest,) = files.put_many((b"mail",))
    before = files.path(digest).stat()
    assert files.put_many((b"mail",)) == (digest,)
    assert files.put([b"mail"]).digest == digest
    assert files.get(digest) == b"mail"
    assert files.path(digest).stat().st_size == before.st_size


def test_a_file_that_lost_its_end_is_written_anew(files: Files) -> None:
    (digest,) = files.put_many((b"whole mail",))
    files.path(digest).write_bytes(b"whole")
    files.put_many((b"whole mail",))
    assert files.get(digest) == b"whole mail"


def test_what_was_written_aside_is_kept_and_the_rest_of_it_forgotten(files: Files) -> None:
    beginning = files.aside()
    written = []
    for number, raw in enumerate((b"new", b"known", b"new", b"never kept")):
        path = beginning.with_name(f"{beginning.name}.{number}")
        path.write_bytes(raw)
        written.append((path, Digest(hashlib.sha256(raw).hexdigest())))
    files.put_many((b"known",))
    other = files.aside()
    other.write_bytes(b"of somebody else")
    files.adopt(written[:3])
    assert [files.get(digest) for _, digest in written[:3]] == [b"new", b"known", b"new"]
    files.drop_aside(beginning)
    assert leftovers(files) == [other]
    assert not files.holds(written[3][1])


def test_a_file_can_be_written_piece_by_piece(files: Files) -> None:
    with files.writer() as writer:
        for _ in range(10):
            writer.write(b"x" * 1000)
        digest, size = writer.done()
    assert (size, files.get(digest)) == (10_000, b"x" * 10_000)


def test_an_unfinished_file_leaves_nothing(files: Files) -> None:
    with suppress(ZeroDivisionError), files.writer() as writer:
        writer.write(b"half a mail")
        raise ZeroDivisionError
    with files.writer() as writer:
        writer.write(b"never done")
    assert leftovers(files) == []
    assert not files.holds(Digest(hashlib.sha256(b"half a mail").hexdigest()))


def test_large_files_are_read_without_a_copy(files: Files) -> None:
    digest, _ = files.put([b"x" * 5_000_000, b"end"])
    with files.open_map(digest) as held:
        assert isinstance(held, mmap.mmap)
        end = memoryview(held)[-3:]
    assert end == b"end"
    with files.open_map(files.put([]).digest) as held:
        assert held == b""


def test_a_file_nobody_kept_is_missing_with_a_remedy(files: Files) -> None:
    assert not files.holds(NOBODY)
    with pytest.raises(Missing, match="last backup"):
        files.get(NOBODY)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "0" * 65, "G" * 64, "A" * 64])
def test_what_is_no_digest_names_no_file(files: Files, name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        files.path(Digest(name))


def test_files_and_folders_are_for_the_desk_alone(files: Files) -> None:
    (digest,) = files.put_many((b"private",))
    assert files.path(digest).stat().st_mode & 0o077 == 0
    assert files.path(digest).parent.stat().st_mode & 0o077 == 0


def test_many_threads_may_keep_the_same_bytes_at_once(files: Files) -> None:
    raws = tuple(bytes([n]) * 1000 for n in range(20))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(files.put_many, [raws] * 8))
    assert set(found) == {files.put_many(raws)}
    assert all(files.get(digest) == raw for digest, raw in zip(found[0], raws, strict=True))
    assert leftovers(files) == []


def test_what_a_killed_process_left_is_swept_and_what_others_write_is_not(tmp_path: Path) -> None:
    killed = (
        "import os, sys; from pathlib import Path; from maildesk.store import Files\n"
        "files = Files(Path(sys.argv[1]), 'here')\n"
        "with files.writer() as writer: writer.write(b'half'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})
    (left,) = (tmp_path / "incoming").iterdir()
    other = tmp_path / "incoming" / "there.1.0.abc"
    other.write_bytes(b"half")
    living = tmp_path / "incoming" / f"here.{os.getppid()}.0.abc"
    living.write_bytes(b"half")
    Files(tmp_path, "here").close()
    assert not left.exists()
    assert other.exists()
    assert living.exists()


@pytest.mark.parametrize(
    ("number", "kind", "remedy"),
    [
        (28, Full, "make room"),
        (122, Full, "make room"),
        (13, Unreachable, "writable"),
        (30, Unreachable, "writable"),
        (5, Broken, "disk"),
    ],
)
def test_the_systems_errors_come_with_a_remedy(number: int, kind: type[StoreError], remedy: str) -> None:
    with pytest.raises(kind, match=remedy), told():
        raise OSError(number, os.strerror(number), "file")


def test_a_full_disk_keeps_nothing_and_what_was_there_stays(files: Files, tmp_path: Path) -> None:
    """The limit on a file's size stands for the end of the disk: the write fails half way, as it does there."""
    (digest,) = files.put_many((b"before",))
    limited = (
        "import resource, signal, sys; from pathlib import Path; from maildesk.store import Files, StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "files = Files(Path(sys.argv[1]), 'here')\n"
        "try: files.put_many((b'x' * 5000,))\n"
        "except StoreError as error: sys.exit(7)"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    ended = subprocess.run([sys.executable, "-c", limited, str(tmp_path / "files")], check=False, env=environment)
    assert ended.returncode == 7
    assert not files.holds(Digest(hashlib.sha256(b"x" * 5000).hexdigest()))
    assert files.get(digest) == b"before"
    assert leftovers(files) == []
