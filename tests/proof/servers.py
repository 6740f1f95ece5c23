"""The servers of a proof outside the tests: started when first asked for, ended together."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from tests.servers import authority, dovecot, machine, postgres, smtp_sink
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink


class Servers:
    """What a run may use. `close` ends all that was started."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def close(self) -> None:
        self._open.close()

    @cached_property
    def authority(self) -> Authority:
        return authority.found(self._open.enter_context(machine.folder("authority")))

    @cached_property
    def dovecot(self) -> Dovecot:
        return self._open.enter_context(dovecot.running(self.authority))

    @cached_property
    def postgres(self) -> Postgres:
        return self._open.enter_context(postgres.running())

    @contextmanager
    def sink(self) -> Iterator[SmtpSink]:
        """A sink in which nothing is yet."""
        with smtp_sink.running() as sink:
            yield sink

    @contextmanager
    def place(self) -> Iterator[Path]:
        """An empty folder."""
        with tempfile.TemporaryDirectory(prefix="maildesk-proof-") as place:
            yield Path(place)
