"""A clock that can be moved: real time from a chosen moment on, plus every jump the story makes."""

import time
from datetime import datetime, timedelta


class StoryClock:
    """Starts at `start` and runs as fast as the real one; `jump` moves it on. Safe to read from any thread."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def jump(self, span: timedelta) -> None:
        """Let this much time pass at once."""
        self._start += span

    def jump_to(self, moment: datetime) -> None:
        """Move on to a moment; one that has passed already changes nothing."""
        self.jump(max(timedelta(), moment - self()))
