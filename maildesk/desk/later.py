"""Facts that are looked up when they are first read, and then stay as they were."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class Lines(Sequence[T]):
    """A sequence that is looked up when it is first read."""

    def __init__(self, look: Callable[[], tuple[T, ...]]) -> None:
        self._look = look
        self._found: tuple[T, ...] | None = None

    def _read(self) -> tuple[T, ...]:
        if self._found is None:
            self._found = self._look()
        return self._found

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self._read()[place]

    def __len__(self) -> int:
        return len(self._read())


class Table(Mapping[K, V]):
    """A mapping that is looked up when it is first read."""

    def __init__(self, look: Callable[[], Mapping[K, V]]) -> None:
        self._look = look
        self._found: Mapping[K, V] | None = None

    def _read(self) -> Mapping[K, V]:
        if self._found is None:
            self._found = self._look()
        return self._found

    def __getitem__(self, key: K) -> V:
        return self._read()[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
