"""Postfix's own test server, smtp-sink: takes any mail, writes it to files, and misbehaves as its flags say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import machine
from tests.servers.machine import free_port, program


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSink:
    """A running sink on 127.0.0.1."""

    port: int
    dumps: Path

    def mails(self) -> tuple[bytes, ...]:
        """Every mail taken, in no particular order: `X-Mail-Args` and `X-Rcpt-Args` lines, `Received`, then its bytes.

        Lines end in LF here, as smtp-sink writes them.
        """
        return tuple(raw for path in self.dumps.iterdir() if (raw := read(path)) is not None)


def read(path: Path) -> bytes | None:
    """A mail that the sink wrote; None when it was never finished and is gone again."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@contextmanager
def running(*flags: str) -> Iterator[SmtpSink]:
    """A sink for the length of the context; `flags` as in smtp-sink(1), for example `-Q DATA`."""
    sink = program("smtp-sink", "postfix")
    with machine.folder("sink") as folder:
        dumps = folder / "mails"
        dumps.mkdir()
        port = free_port()
        dump = ("-d", f"{dumps}/%M.")
        command = (sink, "-4", *(("-u", "root") if machine.ROOT else ()), *dump, *flags, f"127.0.0.1:{port}", "100")
        with machine.serving(command, (port,), folder / "out"):
            yield SmtpSink(port=port, dumps=dumps)
