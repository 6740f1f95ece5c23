"""The mail that comes next is read while the clock still speaks before it, so that nobody waits for the process that reads."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from maildesk.reader import Raw, Reader, Reading


class Foresight(Reader):
    """A reader to whom one mail may be shown beforehand. What came of it is used if just that mail is asked for and was
    understood; else it is forgotten, and everything is read as it would have been."""

    _foreseen: tuple[Raw, Iterator[Reading]] | None = None

    def close(self) -> None:
        """End the process; what nobody asked for leaves nothing behind."""
        with suppress(OSError):
            self._drop()
        super().close()

    def foresee(self, raw: Raw) -> None:
        """Begin to read this mail."""
        self._drop()
        self._foreseen = raw, super().read((raw,))

    def read(self, raws: Sequence[Raw]) -> Iterator[Reading]:
        """As `Reader.read`; at once, if it was foreseen."""
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None:
            raw, readings = foreseen
            reading = next(readings, None)
            if [replace(one, aside=raw.aside) for one in raws] == [raw] and reading is not None and reading.message is not None:
                for number in range(len(reading.message.attachments)):
                    Path(f"{raw.aside}.{number}").rename(f"{raws[0].aside}.{number}")
                return iter((reading,))
            _forget(raw, reading)
        return super().read(raws)

    def _drop(self) -> None:
        if self._foreseen is not None:
            raw, readings = self._foreseen
            self._foreseen = None
            _forget(raw, next(readings, None))


def _forget(raw: Raw, reading: Reading | None) -> None:
    """Remove what was written aside."""
    for number in range(len(reading.message.attachments) if reading and reading.message else 0):
        with suppress(FileNotFoundError):
            Path(f"{raw.aside}.{number}").unlink()
