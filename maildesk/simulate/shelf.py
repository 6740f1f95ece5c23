"""The letters of a rehearsal as files. They are written beside the play: it takes a file system longer to make one than the desk
to write what is in it."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from maildesk.core.message import Digest
from maildesk.mail import headers
from maildesk.mail.letters import Letters
from maildesk.mail.remarks import Remarks

FilesOf = Callable[[Digest], bytes]
"""What gives the bytes of a file that is attached."""


class Shelf:
    """A folder of letters, each with some fields of ours in front."""

    def __init__(self, folder: Path, files: FilesOf | None = None) -> None:
        self._folder = folder
        self._subjects: dict[str, str] = {}
        self._ours: dict[str, int] = {}
        self._writer, self._unwritten = ThreadPoolExecutor(1, "letters"), deque[Future[int]]()
        folder.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """All letters are in their files now. Raises OSError for what could not be written."""
        self._writer.shutdown()
        self._wait()

    def pen(self, letters: Letters) -> Letters:
        """Who writes what lies here: the desk itself."""
        return letters

    def put(self, file: str, ours: bytes, raw: bytes) -> None:
        """Write a letter down. Raises OSError when an earlier one could not be written."""
        self._subjects[file], self._ours[file] = head(raw).text("subject"), len(ours)
        while self._unwritten and self._unwritten[0].done():
            self._unwritten.popleft().result()
        self._unwritten.append(self._writer.submit((self._folder / file).write_bytes, ours + raw))

    def letter(self, file: str) -> bytes:
        """A letter as it went out."""
        self._wait()
        return (self._folder / file).read_bytes()[self._ours[file] :]

    def subjects(self) -> dict[str, str]:
        """What the letters are about, by the names of their files."""
        return self._subjects

    def _wait(self) -> None:
        while self._unwritten:
            self._unwritten.popleft().result()


def head(letter: bytes) -> headers.Fields:
    """The header of a letter of ours, whose lines end as they should."""
    return headers.parse(letter.partition(b"\r\n\r\n")[0], Remarks())[0]
