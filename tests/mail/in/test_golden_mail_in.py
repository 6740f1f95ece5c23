"""The mails beside this file are understood as their expectations say (see README.md)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maildesk.core.message import Mailbox, Message
from maildesk.mail import inbound

HERE = Path(__file__).parent
MAILS = sorted(HERE.glob("*.eml"))
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def understood(path: Path, expected: dict[str, Any]) -> Message:
    hosts, keys = tuple(expected.get("hosts", ())), expected.get("keys")
    return inbound.read(path.read_bytes(), received_at=NOON, hosts=hosts, keys=keys, own=frozenset(expected.get("own", ())))


def box(one: Mailbox | None) -> list[str | None] | None:
    return None if one is None else [one.address, one.name]


def found(message: Message, key: str) -> Any:
    """What the message says under a key of an expectation."""
    match key:
        case "text":
            return message.text.rstrip("\n")
        case "from":
            return box(message.sender)
        case "identity":
            return message.identity.address
        case "proof":
            return message.authentication.proof
        case "verdict":
            return message.verdict.kind
        case "attachments":
            return [[one.filename, one.content_type, one.size, one.inline] for one in message.attachments]
        case "names":
            return [one.filename for one in message.attachments]
        case "fields":
            return {name: fact.value for name, fact in message.fields.items()}
        case "limits" | "warnings":
            return list(getattr(message, key))
        case "forwarded":
            assert message.forwarded is not None
            return [*(box(message.forwarded.sender) or [None, None]), message.forwarded.subject, message.forwarded.text]
        case "bounce":
            assert message.bounce is not None
            recipients = [[one.address, one.action, one.status, one.permanent] for one in message.bounce.recipients]
            return {"recipients": recipients, "original_message_id": message.bounce.original_message_id}
        case _:
            return getattr(message, key)


def compare(message: Message, key: str, wanted: Any) -> None:
    field, _, how = key.rpartition("_")
    if field in ("text", "new_text", "html") and how in ("has", "lacks", "starts"):
        text = getattr(message, field) or ""
        assert how != "starts" or text.startswith(wanted)
        assert how != "has" or [one for one in wanted if one not in text] == []
        assert how != "lacks" or [one for one in wanted if one in text] == []
    else:
        assert found(message, key) == wanted


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_understood_as_its_expectation_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    message = understood(path, expected)
    for key, wanted in expected.items():
        if key not in ("own", "hosts", "keys"):
            compare(message, key, wanted)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_with_text_has_new_text(path: Path) -> None:
    message = understood(path, {})
    assert bool(message.new_text.strip()) == bool(message.text.strip())


def test_every_mail_has_an_expectation() -> None:
    assert MAILS
    assert [path.name for path in MAILS if not path.with_suffix(".json").exists()] == []
