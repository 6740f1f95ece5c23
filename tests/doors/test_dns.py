"""Texts out of the DNS: asked side by side, never waited for for long, remembered."""

import socket
import threading
from collections.abc import Collection, Iterator
from concurrent import futures
from concurrent.futures import Future

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from maildesk.dns import KNOWN, NONE, PATIENCE, SILENT, Silent, Texts, asked

LONG = " ".join(['"' + "x" * 250 + '"'] * 20)
RECORDS = {"one.test.": ('"v=DKIM1; " "p=abc"',), "two.test.": ('"a"', '"b"'), "long.test.": (LONG,)}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A name server that knows RECORDS, and is silent about names that begin so."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], door.getsockname()[1]
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    thread = threading.Thread(target=_serve, args=(door,))
    thread.start()
    yield
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"end", door.getsockname())
    thread.join()
    door.close()


def _serve(door: socket.socket) -> None:
    while (got := door.recvfrom(4096))[0] != b"end":
        query = dns.message.from_wire(got[0])
        name = str(query.question[0].name)
        answer = dns.message.make_response(query)
        if name in RECORDS:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *RECORDS[name]))
        elif name.startswith("broken"):
            answer.set_rcode(dns.rcode.SERVFAIL)
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        door.sendto(answer.to_wire(), got[1])


@pytest.mark.usefixtures("server")
def test_the_pieces_of_one_text_are_joined_and_several_texts_are_none() -> None:
    assert asked("one.test") == "v=DKIM1; p=abc"
    assert asked("two.test") == ""
    assert asked("missing.test") == ""
    assert asked("long.test") == ""


@pytest.mark.usefixtures("server")
def test_a_server_in_trouble_and_a_name_that_is_none_are_silent() -> None:
    for name in ("broken.test", "a..b", "x" * 70 + ".test"):
        with pytest.raises(Silent):
            asked(name)


class World:
    """Names and their texts, a clock, and what was asked."""

    def __init__(self, **texts: str) -> None:
        self.texts, self.now, self.asked = texts, 0.0, list[str]()
        self.kept = Texts(ask=self.ask, clock=lambda: self.now)

    def ask(self, name: str) -> str:
        self.asked.append(name)
        if name not in self.texts:
            raise Silent(name)
        return self.texts[name]


def test_what_was_answered_is_not_asked_again_until_its_time_is_over() -> None:
    world = World(a="key", b="")
    assert world.kept.at(["a", "b", "silent", "a"]) == {"a": "key", "b": ""}
    assert sorted(world.asked) == ["a", "b", "silent"]
    for now, again in ((SILENT - 1, []), (SILENT, ["silent"]), (NONE, ["b", "silent"]), (KNOWN, ["a", "b", "silent"])):
        world.now, world.asked = now, []
        world.kept.at(["a", "b", "silent"])
        assert sorted(world.asked) == again


def test_an_old_text_is_not_believed_when_its_servers_fall_silent() -> None:
    world = World(a="key")
    assert world.kept.at(["a"]) == {"a": "key"}
    world.texts, world.now = {}, KNOWN
    assert world.kept.at(["a"]) == {}


def test_nobody_waits_for_a_name_that_takes_too_long() -> None:
    end = threading.Event()

    def slow(name: str) -> str:
        return "key" if name == "quick" else str(end.wait(60))

    kept = Texts(ask=slow, patience=0.2)
    assert kept.at(["slow", "quick"]) == {"quick": "key"}
    end.set()


def test_after_a_long_wait_in_vain_nobody_waits_long_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a stranger who signs every mail with another name of a silent server could hold up the desk without end."""
    end, waits, now = threading.Event(), list[float | None](), [0.0]

    def noting(asked: Collection[Future[str]], timeout: float | None = None) -> object:
        waits.append(timeout)
        return futures.wait(asked, timeout)

    monkeypatch.setattr("maildesk.dns.wait", noting)
    kept = Texts(ask=lambda name: str(end.wait(60)), clock=lambda: now[0], patience=0.2, haste=0.1)
    for moment in (0.0, 1.0, SILENT - 1, SILENT, SILENT + 1):
        now[0] = moment
        kept.at([f"silent-{moment}"])
    end.set()
    assert waits == [0.2, 0.1, 0.1, 0.2, 0.1]


def test_a_quick_refusal_costs_nobody_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float | None]()

    def noting(asked: Collection[Future[str]], timeout: float | None = None) -> object:
        waits.append(timeout)
        return futures.wait(asked, timeout)

    monkeypatch.setattr("maildesk.dns.wait", noting)
    world = World()
    world.kept.at(["one"])
    world.kept.at(["two"])
    assert waits == [PATIENCE, PATIENCE]


def test_a_turn_asks_for_so_many_and_no_more_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maildesk.dns.MOST_NAMES", 3)
    monkeypatch.setattr("maildesk.dns.MOST_KEPT", 4)
    world = World(**{f"n{at}": "key" for at in range(9)})
    assert len(world.kept.at([f"n{at}" for at in range(9)])) == 3
    for at in range(9):
        world.kept.at([f"n{at}"])
    world.asked = []
    assert world.kept.at(["n8"]) == {"n8": "key"}
    assert world.asked == []
    world.kept.at(["n1"])
    assert world.asked == ["n1"]
