"""Who a mail is from: shown generously, believed strictly."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Message, Proof
from maildesk.mail import inbound
from maildesk.mail.addresses import normal

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOST = "mx.example.com"
STAMP = "id 1; Tue, 3 Mar 2026 12:00:00 +0000"
OUTSIDE = f"Received: from relay.example.net (relay.example.net [192.0.2.9]) by mx.example.com (Postfix) with ESMTPS {STAMP}"


def read(*fields: str, hosts: tuple[str, ...] = (HOST,)) -> Message:
    return inbound.read("\r\n".join((*fields, "", "body")).encode(), received_at=NOON, hosts=hosts)


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


def proof(*fields: str, sender: str = "anna@example.com", hosts: tuple[str, ...] = (HOST,)) -> Proof:
    return read(*fields, f"From: {sender}", hosts=hosts).authentication.proof


def results(*said: str, by: str = HOST) -> str:
    return f"Authentication-Results: {by}; " + "; ".join(said)


@pytest.mark.parametrize(
    "said",
    [
        ("dmarc=pass (p=reject) header.from=example.com",),
        ("spf=pass smtp.mailfrom=x.example", "dkim=pass header.d=example.com", "dmarc=pass header.from=EXAMPLE.com"),
        ("dkim=pass (2048-bit key) header.d=example.com header.s=k",),
        ("dkim=fail header.d=x.example", "dkim=pass header.i=@example.com"),
        ("dmarc=none header.from=example.com", "dkim=pass header.d=example.com"),
        ("auth=pass smtp.auth=anna@example.com",),
    ],
)
def test_the_named_host_vouches_for_the_sender(said: tuple[str, ...]) -> None:
    assert proof(results(*said), OUTSIDE) is Proof.PASS


@pytest.mark.parametrize(
    "said",
    [
        ("spf=pass smtp.mailfrom=example.com",),
        ("dkim=pass header.d=x.example",),
        ("dkim=pass header.d=com",),
        ("dmarc=pass header.from=x.example",),
        ("dmarc=pass",),
        ("dmarc=temperror header.from=example.com",),
        ("dmarc=pass header.from=example.com", "dmarc=pass header.from=x.example"),
        ("auth=pass smtp.auth=mallory@example.com",),
        ("none",),
        ('spf=none smtp.mailfrom="dmarc=pass header.from=example.com"',),
        ("spf=none (dmarc=pass header.from=example.com) smtp.mailfrom=x.example",),
        ('spf=none reason="x; dmarc=pass header.from=example.com"',),
        ("dkim=none (a (nested; dmarc=pass header.from=example.com) comment)",),
        ("dmarc pass header.from=example.com",),
    ],
)
def test_other_words_of_the_named_host_prove_nothing(said: tuple[str, ...]) -> None:
    assert proof(results(*said), OUTSIDE) is Proof.NONE


@pytest.mark.parametrize(
    "said",
    [
        ("dmarc=fail header.from=example.com",),
        ("dmarc=fail header.from=example.com", "dkim=pass header.d=example.com"),
        ("dmarc=pass header.from=example.com", "dmarc=fail header.from=example.com"),
    ],
)
def test_a_failed_or_contradictory_dmarc_fails(said: tuple[str, ...]) -> None:
    assert proof(results(*said), OUTSIDE) is Proof.FAIL


GOOD = "dmarc=pass header.from=example.com"


@pytest.mark.parametrize(
    "fields",
    [
        (OUTSIDE, results(GOOD)),
        (OUTSIDE, results(GOOD), "Received: from a by mx.example.com with LMTP id 2; x"),
        (OUTSIDE, results(GOOD), OUTSIDE),
        (results(GOOD, by="mx.evil.example"), OUTSIDE),
        (results(GOOD, by="mx.example.com.evil.example"), OUTSIDE),
        (results(GOOD, by="evil-mx.example.com"), OUTSIDE),
        (results(GOOD, by="example.com"), OUTSIDE),
        ("ARC-Authentication-Results: i=1; mx.example.com; " + GOOD, OUTSIDE),
        ("X-Authentication-Results: mx.example.com; " + GOOD, OUTSIDE),
        ("Authentication-Results: (mx.example.com;) mx.evil.example; " + GOOD, OUTSIDE),
        ("Authentication-Results: mx.evil.example (mx.example.com); " + GOOD, OUTSIDE),
        ("Authentication-Results: " + GOOD, OUTSIDE),
        ("Received: from x by other.example with ESMTP id 3; x", results(GOOD), OUTSIDE),
        (results("none"), results(GOOD)),
        (results(GOOD, by="mx.evil.example"), results(GOOD)),
    ],
)
def test_a_forged_result_proves_nothing(fields: tuple[str, ...]) -> None:
    assert proof(*fields) is Proof.NONE


def test_lmtp_steps_above_the_results_are_inside_the_house() -> None:
    inside = "Received: from mx.example.com by store.example.com with LMTP id 2; Tue, 3 Mar 2026 12:00:01 +0000"
    assert proof(inside, results(GOOD), OUTSIDE) is Proof.PASS


def test_without_a_trace_only_the_topmost_results_count() -> None:
    assert proof(results(GOOD)) is Proof.PASS


def test_a_star_names_all_hosts_below() -> None:
    assert proof(results(GOOD, by="mx7.mail.example.com"), OUTSIDE, hosts=("*.mail.example.com",)) is Proof.PASS


def test_without_named_hosts_nothing_is_believed() -> None:
    message = read(results(GOOD), OUTSIDE, "From: anna@example.com", hosts=())
    assert (message.authentication.proof, message.authentication.why) == (Proof.NONE, "no receiving host is named")


def test_without_an_identity_nothing_is_proven() -> None:
    assert proof(results(GOOD), OUTSIDE, sender="a@example.com, b@example.com") is Proof.NONE


def submission(login: str, protocol: str = "ESMTPSA", by: str = HOST, helo: str = "laptop") -> str:
    stamp = f"(Authenticated sender: {login}) " if login else ""
    return f"Received: from {helo} (unknown [192.0.2.7]) {stamp}by {by} (Postfix) with {protocol} {STAMP}"


@pytest.mark.parametrize("login", ["anna@example.com", "Anna@Example.com", "anna"])
def test_a_submission_with_the_senders_own_login_proves_him(login: str) -> None:
    assert proof(submission(login)) is Proof.PASS


@pytest.mark.parametrize(
    "line",
    [
        submission("mallory@example.com"),
        submission("mallory"),
        submission(""),
        submission("anna", protocol="ESMTPS"),
        submission("anna", by="mx.evil.example"),
        submission("mallory", helo="(Authenticated sender: anna)"),
    ],
)
def test_another_submission_proves_nothing(line: str) -> None:
    assert proof(line) is Proof.NONE


def test_a_login_of_the_house_proves_no_address_elsewhere() -> None:
    assert proof(submission("anna"), sender="anna@elsewhere.example") is Proof.NONE


def test_a_submission_below_the_line_of_the_house_is_forged() -> None:
    assert proof(OUTSIDE, submission("anna")) is Proof.NONE
