"""What crosses the pipes is what was sent, and nothing else can come out of them."""

import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.message import Attachment, Fact, Identity, Mailbox, Message, Verdict
from maildesk.mail import inbound
from maildesk.reader import Limits, Raw, Reading, wire

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAIL = b"From: Ann <ann@example.org>\r\nSubject: =?utf-8?b?5L2g5aW9?=\r\n\r\nThe printer is broken.\r\n"

zones = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones)
texts = st.text(st.characters(exclude_categories=()))
mailboxes = st.builds(Mailbox, address=texts | st.none(), name=texts | st.none())
messages = st.builds(
    Message,
    digest=st.just("0a" * 32),
    received_at=moments,
    date=moments | st.none(),
    sender=mailboxes | st.none(),
    identity=st.builds(Identity, address=texts | st.none(), why=texts),
    verdict=st.builds(Verdict),
    attachments=st.lists(st.builds(Attachment, digest=st.just("0b" * 32), chunks=st.none()), max_size=2).map(tuple),
    fields=st.dictionaries(texts, st.builds(Fact), max_size=2),
    headers=st.dictionaries(texts, texts, max_size=2),
    forwarded=st.none(),
    bounce=st.none(),
)


@given(messages)
def test_any_message_crosses_as_it_is(message: Message) -> None:
    reading = Reading(message=message)
    assert wire.unpacked(Reading, wire.packed(reading)) == reading


@given(st.lists(st.builds(Raw, received_at=moments), max_size=3).map(tuple))
def test_any_request_crosses_as_it_is(raws: tuple[Raw, ...]) -> None:
    assert wire.unpacked(tuple[Raw, ...], wire.packed(raws)) == raws


def test_limits_cross_though_a_whole_number_stands_for_seconds() -> None:
    assert wire.unpacked(Limits, wire.packed(Limits(wall=3))) == Limits(wall=3.0)


@given(st.binary(max_size=300) | texts.map(lambda text: json.dumps(text).encode()))
def test_whatever_else_comes_is_garbled(data: bytes) -> None:
    with pytest.raises(wire.Garbled):
        wire.unpacked(Reading, data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"subject"', b'["subject"]'),
        (b'"subject"', b"null"),
        (b'"subject"', b"7"),
        (b'"person"', b'"nobody knows"'),
        (b'"person"', b"[]"),
        (b'"2026-11-20T12:00:00+00:00"', b'"yesterday"'),
        (b'"2026-11-20T12:00:00+00:00"', b"1"),
        (b"0a0a0a0a", b"../../.."),
        (b"[[", b"["),
        (b",12,", b",true,"),
        (b'{"vpn":', b'{"vpn":1,"x":'),
    ],
)
def test_a_field_of_another_kind_makes_the_answer_garbled(old: bytes, new: bytes) -> None:
    message = inbound.unread("0a" * 32, size=12, received_at=NOON)  # type: ignore[arg-type]
    message = type(message)(
        **{name: getattr(message, name) for name in message.__dataclass_fields__}
        | {"subject": "subject", "fields": {"vpn": Fact(value="no", source="line")}}
    )
    sound = wire.packed(Reading(message=message))
    assert wire.unpacked(Reading, sound).message == message
    assert old in sound
    with pytest.raises(wire.Garbled):
        wire.unpacked(Reading, sound.replace(old, new, 1))


class Hostile:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return (Path.touch, (self.path,))


def test_an_answer_that_would_do_something_does_nothing(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    hostile = pickle.dumps(Hostile(trap))
    with pytest.raises(wire.Garbled):
        wire.unpacked(Reading, hostile)
    assert not trap.exists()
    pickle.loads(hostile)
    assert trap.exists()


def test_the_pieces_of_an_attachment_do_not_cross() -> None:
    attachment = Attachment(filename="a", content_type="a/b", size=1, digest="0b" * 32, chunks=lambda: [b"x"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="function"):
        wire.packed(attachment)
