"""The door to the relay, against a server that misbehaves at every verb, each way in turn."""

import asyncio
import time
from datetime import timedelta

import pytest

from maildesk.config import Relay, Secret
from maildesk.smtp import Line, Lines, Outcome, Reply
from tests.servers import machine
from tests.servers.smtp_double import DROP, HANG, TAKE_AND_DROP, TAKE_AND_HANG, Double

RAW = b"Subject: hi\r\n\r\nbody\r\n"
SHORT = timedelta(seconds=0.3)


def relay(server: Double, **changes: object) -> Relay:
    given = {"host": "127.0.0.1", "port": server.port, "security": "plain", "timeout": SHORT, "final": SHORT}
    return Relay(**given | {"rate_per_minute": 100_000} | changes)


async def send(line: Line, to: str = "ann@customer.example", raw: bytes = RAW) -> Reply:
    reply = await line.offer("desk@example.org", to, len(raw))
    return await line.deliver(raw) if reply.accepted else reply


async def sent_once(server: Double, **changes: object) -> Reply:
    """One letter over a new line."""
    line = Line(relay(server, **changes))
    reply = await send(line)
    await line.close()
    return reply


# -- every verb, every misfortune ----------------------------------------------------------------------------------------

MISFORTUNES = ("450 not now", "550 never", "421 closing", DROP, HANG)
ENDS: dict[str, tuple[Outcome, ...]] = {
    "greeting": ("down", "down", "down", "down", "down"),
    "AUTH": ("down", "down", "down", "down", "down"),
    "MAIL": ("deferred", "refused", "deferred", "deferred", "deferred"),
    "RCPT": ("deferred", "refused", "deferred", "deferred", "deferred"),
    "DATA": ("deferred", "refused", "deferred", "deferred", "deferred"),
    "dot": ("deferred", "refused", "deferred", "uncertain", "uncertain"),
}


@pytest.mark.parametrize(
    ("verb", "misfortune", "outcome"),
    [(verb, misfortune, end) for verb, ends in ENDS.items() for misfortune, end in zip(MISFORTUNES, ends, strict=True)],
)
async def test_a_misfortune_ends_as_it_must_and_the_next_letter_goes(verb: str, misfortune: str, outcome: Outcome) -> None:
    login = {"user": "desk", "password": Secret("secret")} if verb == "AUTH" else {}
    async with Double({verb: [misfortune]}) as server:
        line = Line(relay(server, **login))
        first = await send(line)
        second = await send(line, "bob@customer.example")
        await line.close()
    assert (first.outcome, second.outcome) == (outcome, "accepted")
    assert [mail.recipients for mail in server.taken] == [("bob@customer.example",)]


@pytest.mark.parametrize("misfortune", [TAKE_AND_DROP, TAKE_AND_HANG])
async def test_a_letter_that_was_taken_without_an_answer_is_uncertain(misfortune: str) -> None:
    async with Double({"dot": [misfortune]}) as server:
        reply = await sent_once(server)
    assert (reply.outcome, reply.code) == ("uncertain", None)
    assert [mail.raw for mail in server.taken] == [RAW]


@pytest.mark.parametrize("nonsense", ["abc what", "250 " + "x" * 40_000, "354 again", "999 no such code", "\xff"])
async def test_an_answer_that_means_nothing_leaves_the_letter_uncertain(nonsense: str) -> None:
    async with Double({"dot": [nonsense]}) as server:
        reply = await sent_once(server)
    assert reply.outcome == "uncertain"
    assert len(reply.text) <= 500


@pytest.mark.parametrize("odd", ["250 fine", "220 hello", "252 perhaps", "334 go on", "999 no such code"])
async def test_a_text_that_was_not_asked_for_is_not_taken_and_the_next_letter_goes_over_a_new_line(odd: str) -> None:
    async with Double({"DATA": [odd]}) as server:
        line = Line(relay(server))
        first = await send(line)
        second = await send(line, "bob@customer.example")
        await line.close()
    assert (first.outcome, second.outcome) == ("deferred", "accepted")
    assert [mail.recipients for mail in server.taken] == [("bob@customer.example",)]
    assert server.connections == 2


async def test_the_final_answer_has_its_own_patience() -> None:
    async with Double({"dot": [0.5]}) as server:
        slow = await sent_once(server, final=timedelta(seconds=5))
    async with Double({"DATA": [0.5]}) as server:
        late = await sent_once(server, final=timedelta(seconds=5))
    assert (slow.outcome, late.outcome) == ("accepted", "deferred")


async def test_the_servers_words_come_back_on_one_line() -> None:
    async with Double({"RCPT": ["550-5.1.1 no such user\r\n550 \x1b[31mtry\tanother"]}) as server:
        reply = await sent_once(server)
    assert reply == Reply("refused", 550, "550 5.1.1 no such user [31mtry another")


# -- lines are kept ------------------------------------------------------------------------------------------------------


async def test_one_connection_serves_many_letters() -> None:
    async with Double() as server:
        line = Line(relay(server))
        assert [(await send(line)).outcome for _ in range(20)] == ["accepted"] * 20
        await line.close()
    assert server.connections == 1
    assert len(server.taken) == 20
    assert server.verbs().count("EHLO") == server.verbs().count("QUIT") == 1
    assert "RSET" not in server.verbs()


async def test_a_refused_recipient_does_not_disturb_the_next_letter() -> None:
    async with Double({"RCPT": ["250 fine", "550 never"]}) as server:
        line = Line(relay(server))
        assert [(await send(line)).outcome for _ in range(3)] == ["accepted", "refused", "accepted"]
        await line.close()
    assert server.connections == 1
    assert server.verbs()[4:] == ["MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_an_offer_that_was_not_followed_up_is_taken_back() -> None:
    async with Double() as server:
        line = Line(relay(server))
        assert (await line.offer("desk@example.org", "ann@customer.example", 10)).accepted
        assert (await send(line, "bob@customer.example")).accepted
        await line.close()
    assert [mail.recipients for mail in server.taken] == [("bob@customer.example",)]


async def test_a_line_that_the_server_closed_meanwhile_costs_the_letter_nothing() -> None:
    async with Double() as server:
        line = Line(relay(server))
        assert (await send(line)).accepted
        server.hang_up()
        await asyncio.sleep(0.05)
        assert (await send(line)).accepted
        await line.close()
    assert server.connections == 2


@pytest.mark.parametrize("misfortune", [DROP, HANG, "421 too many messages"])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
async def test_a_line_that_dies_at_the_next_offer_costs_the_letter_nothing(verb: str, misfortune: str) -> None:
    async with Double({verb: ["250 fine", misfortune]}) as server:
        line = Line(relay(server))
        assert [(await send(line)).outcome for _ in range(2)] == ["accepted", "accepted"]
        await line.close()
    assert server.connections == 2
    assert len(server.taken) == 2


@pytest.mark.parametrize("misfortune", ["250 fine", DROP, HANG, "421 idle for too long"])
async def test_a_line_that_lay_still_is_asked_whether_it_lives(monkeypatch: pytest.MonkeyPatch, misfortune: str) -> None:
    monkeypatch.setattr("maildesk.smtp.line.STILL", 0.0)
    async with Double({"RSET": [misfortune]}) as server:
        line = Line(relay(server))
        assert [(await send(line)).outcome for _ in range(2)] == ["accepted", "accepted"]
        await line.close()
    assert "RSET" in server.verbs()
    assert server.connections == (1 if misfortune == "250 fine" else 2)


async def test_a_letter_that_always_breaks_the_line_does_not_stop_the_others() -> None:
    async with Double({"RCPT": [DROP, DROP]}) as server:
        line = Line(relay(server))
        assert [(await send(line)).outcome for _ in range(3)] == ["deferred", "deferred", "accepted"]
        await line.close()


async def test_several_letters_share_a_few_lines() -> None:
    async with Double() as server:
        lines = Lines(relay(server), size=2)

        async def one(number: int) -> Reply:
            async with lines.line() as line:
                return await send(line, f"user{number}@customer.example")

        replies = await asyncio.gather(*(one(number) for number in range(30)))
        await lines.close()
    assert {reply.outcome for reply in replies} == {"accepted"}
    assert len({mail.recipients for mail in server.taken}) == 30
    assert server.connections == 2


async def test_one_letter_after_another_needs_one_line() -> None:
    async with Double() as server:
        lines = Lines(relay(server), size=3)
        for _ in range(5):
            async with lines.line() as line:
                assert (await send(line)).accepted
        await lines.close()
    assert server.connections == 1


async def test_a_letter_given_up_in_the_middle_leaves_a_clean_line() -> None:
    async with Double({"dot": [0.4]}) as server:
        lines = Lines(relay(server, final=timedelta(seconds=60)), size=1)

        async def one() -> Reply:
            async with lines.line() as line:
                return await send(line)

        task = asyncio.create_task(one())
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await one()).accepted
        await lines.close()
    assert server.connections == 2


async def test_closing_lets_a_letter_that_is_under_way_arrive() -> None:
    async with Double({"dot": ["250 fine", 0.3]}) as server:
        lines = Lines(relay(server, final=timedelta(seconds=60)), size=1)

        async def one() -> Reply:
            async with lines.line() as line:
                return await send(line)

        assert (await one()).accepted
        task = asyncio.create_task(one())
        await asyncio.sleep(0.1)
        await lines.close()
        assert (await task).accepted
    assert server.connections == 1
    assert server.verbs()[-1] == "QUIT"


async def test_no_more_letters_go_in_a_minute_than_the_relay_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maildesk.smtp.lines.MINUTE", 0.5)
    async with Double() as server:
        lines = Lines(relay(server, rate_per_minute=4), size=3)

        async def one() -> float:
            async with lines.line() as line:
                assert (await send(line)).accepted
                return time.monotonic()

        began = time.monotonic()
        times = sorted(moment - began for moment in await asyncio.gather(*(one() for _ in range(10))))
        await lines.close()
    assert times[4] > 0.45
    assert times[8] > 0.95


# -- what is said --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"S: x\r\n\r\n.\r\n..\r\n.a\r\n",
        b"S: x\r\n\r\nlong " + b"y" * 5_000 + b"\r\n",
        "S: x\r\n\r\n工单\r\n".encode(),
        b"S: x\r\n\r\n" + b"0123456789abcdef\r\n" * 200_000,
    ],
    ids=["dots", "a long line", "eight bits", "three megabytes"],
)
async def test_the_text_arrives_byte_for_byte(raw: bytes) -> None:
    async with Double() as server:
        line = Line(relay(server, final=timedelta(seconds=20)))
        assert (await send(line, raw=raw)).accepted
        await line.close()
    assert [mail.raw for mail in server.taken] == [raw]


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r\n.\r\n"])
async def test_no_text_can_end_itself_and_smuggle_another_letter(end: bytes) -> None:
    raw = b"S: x\r\n\r\nfirst" + end + b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<ann@customer.example>\r\nDATA\r\nsecond\r\n"
    async with Double() as server:
        line = Line(relay(server))
        assert (await send(line, raw=raw)).accepted
        await line.close()
    assert len(server.taken) == 1
    assert server.taken[0].raw.endswith(b"second\r\n")
    assert server.verbs().count("MAIL") == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@customer.example",
        "a b@x.example",
        "ann@x.example\n",
        "ann@x.example\r\nRCPT TO:<eve@x.example>",
        "ann\x00@x.example",
        "ann@x.example>",
        "<ann@x.example>",
        "ann@x.example,eve@x.example",
        "ann@x.example SIZE=1",
        "ann@x.example\u2028",
    ],
)
async def test_what_is_no_address_is_refused_before_anything_is_said(address: str) -> None:
    async with Double() as server:
        line = Line(relay(server))
        to = await line.offer("desk@example.org", address, 10)
        sender = await line.offer(address, "ann@customer.example", 10) if address else to
        await line.close()
    assert (to.outcome, sender.outcome) == ("refused", "refused")
    assert "not an address" in to.text
    assert to.text.isprintable()
    assert server.connections == 0


async def test_nobody_may_be_the_sender() -> None:
    async with Double() as server:
        line = Line(relay(server))
        assert (await line.offer("", '"a b"@customer.example', 10)).accepted
        await line.close()
    assert server.heard[1:3] == ["MAIL FROM:<> SIZE=10", 'RCPT TO:<"a b"@customer.example>']


async def test_other_than_ascii_addresses_need_a_relay_that_takes_them() -> None:
    async with Double() as server:
        line = Line(relay(server))
        refused = await line.offer("desk@example.org", "安@customer.example", 10)
        await line.close()
    async with Double(extensions=("SMTPUTF8",)) as server:
        line = Line(relay(server))
        accepted = await line.offer("desk@example.org", "安@customer.example", 10)
        await line.close()
    assert refused.outcome == "refused"
    assert "SMTPUTF8" in refused.text
    assert accepted.accepted
    assert server.heard[1:3] == ["MAIL FROM:<desk@example.org> SMTPUTF8", "RCPT TO:<安@customer.example>"]


# -- the channel ---------------------------------------------------------------------------------------------------------


async def test_a_relay_that_is_not_there_is_down() -> None:
    down = Line(Relay(host="127.0.0.1", port=machine.free_port(), security="plain", timeout=SHORT))
    reply = await send(down)
    await down.close()
    assert reply.outcome == "down"
    assert "host, port" in reply.text


async def test_a_wrong_password_takes_the_channel_down_and_is_not_repeated() -> None:
    async with Double({"AUTH": ["535 5.7.8 wrong"]}) as server:
        reply = await sent_once(server, user="desk", password=Secret("hunter2"))
    assert (reply.outcome, reply.code) == ("down", 535)
    assert "password" in reply.text
    assert "hunter2" not in reply.text


async def test_a_password_that_cannot_be_read_takes_the_channel_down() -> None:
    async with Double() as server:
        reply = await sent_once(server, user="desk", password=Secret("MAILDESK_NO_SUCH_THING", "env"))
    assert reply.outcome == "down"
    assert "MAILDESK_NO_SUCH_THING" in reply.text


async def test_a_relay_that_does_not_offer_starttls_gets_no_password() -> None:
    async with Double() as server:
        reply = await sent_once(server, security="starttls", user="desk", password=Secret("secret"))
    assert reply.outcome == "down"
    assert "STARTTLS" in reply.text
    assert "AUTH" not in server.verbs()


async def test_nothing_leaves_in_clear_for_another_machine() -> None:
    line = Line(Relay(host="mail.elsewhere.example", port=25, security="plain", user="desk", password=Secret("secret")))
    reply = await send(line)
    assert reply.outcome == "down"
    assert "insecure" in reply.text
