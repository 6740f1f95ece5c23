"""Who a mail is from: shown generously, believed strictly."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Message
from maildesk.mail import inbound
from maildesk.mail.addresses import normal

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read(*fields: str) -> Message:
    return inbound.read("\r\n".join((*fields, "", "body")).encode(), received_at=NOON)


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("anna@example.com", "anna@example.com"),
        ("<anna@example.com>", "anna@example.com"),
        ("Anna Berg <anna@example.com>", "anna@example.com"),
        ('"Berg, Anna (IT)" <anna@example.com>', "anna@example.com"),
        ("anna@example.com (Anna Berg)", "anna@example.com"),
        ("Anna (IT) <anna@example.com>", "anna@example.com"),
        ("=?utf-8?B?5p2O5aic?= <li.na@example.cn>", "li.na@example.cn"),
        ("李娜 <li.na@example.cn>", "li.na@example.cn"),
        ('"alice@corp.example" <evil@x.example>', "evil@x.example"),
        ("Anna <Anna.Berg@EXAMPLE.Com>", "Anna.Berg@example.com"),
        ("Anna <anna@bücher.example>", "anna@xn--bcher-kva.example"),
        ("  anna@example.com  ", "anna@example.com"),
        ("Anna<anna@example.com>", "anna@example.com"),
        ("< anna@example.com >", "anna@example.com"),
        ('"" <anna@example.com>', "anna@example.com"),
        ('"a \\"quoted\\" name" <anna@example.com>', "anna@example.com"),
        ('"evil@x.example\\" <b@y.example>" <anna@example.com>', "anna@example.com"),
        ("Anna B. Berg, <anna@example.com>".replace(",", ""), "anna@example.com"),
        ("<anna+tag@example.com>", "anna+tag@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("Anna <anna@mail.sub.example.co.uk>", "anna@mail.sub.example.co.uk"),
        ("Anna <анна@пример.example>", "анна@xn--e1afmkfd.example"),
        ("Anna\r\n <anna@example.com>", "anna@example.com"),
        ("=?utf-8?Q?Anna_=3Cevil=40x.example=3E?= <anna@example.com>", "anna@example.com"),
    ],
)
def test_one_plain_mailbox_is_an_identity(field: str, address: str) -> None:
    assert read(f"From: {field}").identity.address == address


@pytest.mark.parametrize(
    "field",
    [
        *("alice@corp.example <evil@x.example>", "<alice@corp.example>evil@x.example", "alice@corp.example]<evil@x.example>"),
        *("a@x.example, b@y.example", "Team: a@x.example;", "a@x.example b@y.example", "<a@x.example> <b@y.example>", ""),
        *("undisclosed-recipients:;", "Anna", "anna@", "@example.com", "a@b@c.example", "<a@x.example", "a@x.example>"),
        *(
            "=?utf-8?q?alice=40corp.example?=",
            "<=?utf-8?q?alice?=@corp.example>",
            "a@[192.0.2.1]",
            "a b@x.example",
            "a@x..example",
        ),
        *(
            "<a@x.example;b@y.example>",
            "ａlice@corp.example",
            "a@-x.example",
            "a@x.example\x00.evil.example",
            '"alice"@corp.example',
            "Anna, Berg <anna@example.com>",
            "Anna <anna@example.com>, ",
            "Anna <anna@example.com>;",
            "<<anna@example.com>>",
            "Anna <anna@example.com",
            "Anna anna@example.com",
            "Anna <anna@example.com> <b@y.example>",
            "<anna@example.com> (a) b@y.example",
            "(alice@corp.example) <evil@x.example> c@z.example",
            "<@relay.example:anna@example.com>",
            "anna@example.com@evil.example",
            "anna%evil.example@example.com>",
            "anna@example.com\u202e",
            "an\u200bna@example.com",
            "anna@exa mple.com",
            "anna@example.com.",
            "anna@.example.com",
            "anna..berg@example.com",
            "anna.@example.com",
            "anna@example_.com.",
            "anna@" + "a" * 64 + ".example",
            "x" * 65 + "@example.com",
            "anna@example.com<evil@x.example>",
            '"anna@example.com"',
            "anna(comment)berg@example.com",
            "mailto:anna@example.com",
            "anna＠example.com",
            "=?utf-8?B?YW5uYUBleGFtcGxlLmNvbQ==?= <=?utf-8?Q?evil?=@x.example>",
            "<anna@example.com>\t<evil@x.example>",
            "<>",
            "< >",
            "@",
        ),
    ],
)
def test_anything_else_is_nobody_and_says_why(field: str) -> None:
    identity = read(f"From: {field}").identity
    assert identity.address is None
    assert identity.why


def test_two_from_fields_are_nobody() -> None:
    identity = read("From: anna@example.com", "From: bob@example.com").identity
    assert (identity.address, identity.why) == (None, "2 From fields")


def test_sender_and_reply_to_are_shown_but_never_believed() -> None:
    message = read("Sender: boss@example.com", "Reply-To: evil@x.example")
    assert message.sender is not None
    assert (message.sender.address, message.identity.address) == ("boss@example.com", None)


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("anna berg anna@example.com", ("anna@example.com", "anna berg")),
        ("Anna, Berg <anna@example.com>", ("anna@example.com", "Berg")),
        ("<alice@corp.example>evil@x.example", ("evil@x.example", "alice@corp.example")),
        ("Anna", (None, "Anna")),
        ("'Anna Berg' <anna@example.com>", ("anna@example.com", "Anna Berg")),
    ],
)
def test_a_broken_from_field_still_shows_somebody(field: str, shown: tuple[str | None, str]) -> None:
    sender = read(f"From: {field}").sender
    assert sender is not None
    assert (sender.address, sender.name) == shown


def test_groups_are_opened_and_envelope_fields_count_as_addressed() -> None:
    message = read(
        "From: a@x.example", "To: Desk: help+tok@desk.example, Bo <bo@x.example>;", "Delivered-To: <HELP@Desk.Example>"
    )
    assert [box.address for box in message.to] == ["help+tok@desk.example", "bo@x.example"]
    assert message.addressed == ("help+tok@desk.example", "bo@x.example", "HELP@desk.example")


@pytest.mark.parametrize(
    "text", ["a", "a@", "@b", "a b@c.d", "a@b c.d", ".a@b.c", "a@b_.c d", "a" * 65 + "@b.c", "x@" + "a" * 64 + ".b"]
)
def test_what_is_no_plain_address_has_no_normal_form(text: str) -> None:
    assert normal(text) is None
