"""The door to the relay, against a real Postfix in front of a real Dovecot, and against smtp-sink."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from maildesk.config import Relay, Secret
from maildesk.smtp import Line, Reply
from tests.servers import authority as authorities
from tests.servers import machine, smtp_sink
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import LARGEST, Postfix
from tests.servers.smtp_sink import SmtpSink

RAW = "Message-ID: <one@desk.example>\r\nSubject: hello\r\n\r\n.dots\r\n工单\r\n".encode()
ELSEWHERE = "ann@elsewhere.example"


async def send(relay: Relay, to: str, raw: bytes = RAW) -> Reply:
    line = Line(relay)
    reply = await line.offer("desk@example.org", to, len(raw))
    if reply.accepted:
        reply = await line.deliver(raw)
    await line.close()
    return reply


def eventually(look: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    end = time.monotonic() + 15
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@pytest.fixture
def stranger() -> Iterator[Authority]:
    """An authority that vouches for another machine."""
    with machine.folder("stranger") as folder:
        yield authorities.found(folder)


async def test_a_letter_reaches_a_mailbox_through_a_real_relay(postfix: Postfix, dovecot: Dovecot, user: str) -> None:
    to = user.replace("@", "+c0ffee@")
    reply = await send(postfix.relay(), to)
    assert (reply.outcome, reply.code) == ("accepted", 250)
    (arrived,) = eventually(lambda: dovecot.mails(user))
    assert arrived.endswith(RAW.partition(b"\r\n\r\n")[2])
    assert b"Message-ID: <one@desk.example>" in arrived
    assert f"Delivered-To: {to}".encode() in arrived


async def test_logged_in_a_letter_may_go_anywhere(postfix: Postfix) -> None:
    assert (await send(postfix.relay("desk@example.org"), ELSEWHERE)).outcome == "accepted"
    assert (await send(postfix.relay(), ELSEWHERE)).outcome == "refused"


async def test_a_wrong_password_takes_the_channel_down(postfix: Postfix) -> None:
    reply = await send(postfix.relay("desk@example.org", password=Secret("hunter2")), ELSEWHERE)
    assert (reply.outcome, reply.code) == ("down", 535)


async def test_a_certificate_of_another_authority_takes_the_channel_down(postfix: Postfix, stranger: Authority) -> None:
    for ca_file in (stranger.ca_file, None):
        reply = await send(postfix.relay(ca_file=ca_file), ELSEWHERE)
        assert reply.outcome == "down"
        assert "no safe connection" in reply.text


async def test_a_letter_too_large_is_refused_before_it_is_sent(postfix: Postfix, user: str) -> None:
    line = Line(postfix.relay())
    reply = await line.offer("desk@example.org", user, LARGEST + 1)
    await line.close()
    assert (reply.outcome, reply.code) == ("refused", 552)


async def test_an_address_may_have_other_than_ascii_characters(postfix: Postfix, user: str) -> None:
    line = Line(postfix.relay())
    reply = await line.offer("desk@example.org", user.replace("@", "+工单@"), len(RAW))
    await line.close()
    assert reply.outcome == "accepted"


async def test_two_hundred_letters_go_over_one_connection(sink: SmtpSink) -> None:
    line = Line(Relay(host="127.0.0.1", port=sink.port, security="plain", rate_per_minute=100_000))
    began = time.monotonic()
    for number in range(200):
        assert (await line.offer("desk@example.org", f"user{number}@customer.example", len(RAW))).accepted
        assert (await line.deliver(RAW)).accepted
    took = time.monotonic() - began
    await line.close()
    assert len(sink.mails()) == 200
    assert took < 5


@pytest.mark.parametrize(
    ("flags", "outcome"),
    [
        (("-r", "RCPT"), "deferred"),
        (("-f", "RCPT"), "refused"),
        (("-Q", "MAIL"), "deferred"),
        (("-q", "DATA"), "deferred"),
        (("-f", "."), "refused"),
        (("-r", "."), "deferred"),
        (("-q", "."), "uncertain"),
        (("-f", "CONNECT"), "down"),
        (("-A", "1"), "refused"),
    ],
    ids=" ".join,
)
async def test_what_became_of_a_letter_is_told_of_a_relay_that_misbehaves(flags: tuple[str, ...], outcome: str) -> None:
    with smtp_sink.running(*flags) as sink:
        short = timedelta(seconds=2)
        reply = await send(Relay(host="127.0.0.1", port=sink.port, security="plain", timeout=short, final=short), ELSEWHERE)
    assert reply.outcome == outcome
