"""The road that fails as it is told: a fault test is worth what its proxy does."""

import errno
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.servers.fault_proxy import Fault, FaultProxy, How, Way
from tests.servers.machine import free_port


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that sends back what it gets; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                talk, _ = listener.accept()
                threading.Thread(target=answer, args=(talk,), daemon=True).start()

    def answer(talk: socket.socket) -> None:
        with suppress(OSError), talk:
            while piece := talk.recv(65536):
                talk.sendall(piece)

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)


def said(port: int, words: bytes, *, timeout: float = 1.0) -> tuple[bytes, str]:
    """What comes back over the proxy for these words, and how it ends: closed, reset or silent."""
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as talk:
            talk.sendall(words)
            talk.shutdown(socket.SHUT_WR)
            while piece := talk.recv(65536):
                got += piece
    except TimeoutError:
        return got, "silent"
    except OSError as trouble:
        if not isinstance(trouble, ConnectionError) and trouble.errno != errno.ENOTCONN:  # reset before we said that we end
            raise
        return got, "reset"
    return got, "closed"


WORDS = b"one two three"


@pytest.mark.parametrize(
    ("fault", "answer", "end"),
    [
        (Fault(how=How.CLOSE, after=3), b"one", "closed"),
        (Fault(how=How.CLOSE, after=0), b"", "closed"),
        (Fault(how=How.CLOSE, after=len(WORDS)), WORDS, "closed"),
        (Fault(how=How.CLOSE, at=b"two"), b"one two", "closed"),
        (Fault(how=How.CLOSE, way=Way.UP, after=5), b"", "closed"),
        (Fault(how=How.HALF, after=7), b"one two", "closed"),
        (Fault(how=How.SILENT, after=3), b"one", "silent"),
        (Fault(how=How.SILENT, way=Way.UP, after=3), b"one", "silent"),
        (Fault(how=How.MUTE, way=Way.UP, after=3), None, "silent"),
        (Fault(how=How.LATE, seconds=0.2), WORDS, "closed"),
        (Fault(how=How.TRICKLE, seconds=0.005), WORDS, "closed"),
        (Fault(how=How.CLOSE, after=1000), WORDS, "closed"),
    ],
)
def test_a_connection_meets_the_fault_laid_out_for_it(echo: int, fault: Fault, answer: bytes | None, end: str) -> None:
    with FaultProxy(echo) as proxy:
        proxy.lay(fault)
        got, how = said(proxy.port, WORDS)
        assert how == end
        assert answer is None or got == answer or (fault.way is Way.UP and fault.how is How.CLOSE and WORDS.startswith(got))
        assert proxy.fired == (fault.after <= len(WORDS))
        assert said(proxy.port, WORDS) == (WORDS, "closed")


def test_a_reset_tears_both_ends(echo: int) -> None:
    with FaultProxy(echo) as proxy:
        proxy.lay(Fault(how=How.RESET, after=3))
        assert said(proxy.port, WORDS)[1] == "reset"


def test_a_pattern_is_found_across_pieces(echo: int) -> None:
    with FaultProxy(echo) as proxy:
        proxy.lay(Fault(how=How.CLOSE, at=b"\r\n.\r\n"))
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=2) as talk:
            got = b""
            for piece in (b"text\r\n", b".\r", b"\nmore"):
                with suppress(ConnectionError):
                    talk.sendall(piece)
                    got += talk.recv(100)
    assert got == b"text\r\n.\r\n"


def test_in_the_dark_nothing_passes_until_it_is_light_again(echo: int) -> None:
    with FaultProxy(echo) as proxy, socket.create_connection(("127.0.0.1", proxy.port), timeout=0.3) as talk:
        talk.sendall(b"before")
        assert talk.recv(100) == b"before"
        proxy.dark = True
        talk.sendall(b"within")
        with pytest.raises(TimeoutError):
            talk.recv(100)
        proxy.dark = False
        talk.settimeout(2)
        assert talk.recv(100) == b"within"


def test_where_no_server_is_the_connection_is_torn() -> None:
    with FaultProxy(free_port()) as proxy:
        assert said(proxy.port, WORDS) == (b"", "reset")


def test_a_server_hears_that_its_client_is_gone() -> None:
    """Else a program that was killed leaves behind a session that holds its locks."""
    with socket.create_server(("127.0.0.1", 0)) as listener, FaultProxy(listener.getsockname()[1]) as proxy:
        listener.settimeout(5)
        client = socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
        server, _ = listener.accept()
        with server:
            server.settimeout(5)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            with suppress(ConnectionResetError):
                assert server.recv(1) == b""
