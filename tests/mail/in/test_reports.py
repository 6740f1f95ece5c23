"""Reports after the standard, nearly so, or for programs. Those in plain words are the mails bounce-in-words-*."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Kind, Message
from maildesk.mail import inbound

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.com>"


def read(sender: str, subject: str, body: str, *fields: str) -> Message:
    head = (f"From: {sender}", "To: help@desk.example", f"Subject: {subject}", "Content-Type: text/plain; charset=utf-8", *fields)
    return inbound.read("\r\n".join((*head, "", body.replace("\n", "\r\n"))).encode(), received_at=NOON)


def failed(message: Message) -> list[tuple[str, str, str | None, bool | None]]:
    assert message.bounce is not None
    return [(one.address, one.action, one.status, one.permanent) for one in message.bounce.recipients]


STATUS = "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; bob@example.net\n"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("Action: failed\nStatus: 5.1.1", ("bob@example.net", "failed", "5.1.1", True)),
        ("Action: failed (User unknown)\nStatus: 5.0.0 (permanent failure)", ("bob@example.net", "failed", "5.0.0", True)),
        ("Action: Delayed\nStatus: 4.4.7", ("bob@example.net", "delayed", "4.4.7", False)),
        ("Action: failed\nStatus: 4.4.7", ("bob@example.net", "failed", "4.4.7", False)),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 450 4.2.2 full", ("bob@example.net", "failed", "5.0.0", False)),
        (
            "Action: failed\nStatus: 4.5.0\nDiagnostic-Code: smtp; 550-5.5.0\n refused",
            ("bob@example.net", "failed", "4.5.0", True),
        ),
        ("Action: expired\nStatus: 4.4.1", ("bob@example.net", "failed", "4.4.1", False)),
        ("Status: 5.2.1", ("bob@example.net", "failed", "5.2.1", True)),
        ("Action: failed\nDiagnostic-Code: smtp; user unknown", ("bob@example.net", "failed", None, True)),
        ("Action: failed\nStatus: 5.1.1\n\n\n\n", ("bob@example.net", "failed", "5.1.1", True)),
        (
            "Original-Recipient: rfc822;robert@example.net\nAction: failed\nStatus: 5.1.1",
            ("robert@example.net", "failed", "5.1.1", True),
        ),
        ("Original-Recipient: rfc822;unknown\nAction: failed\nStatus: 5.1.1", ("bob@example.net", "failed", "5.1.1", True)),
    ],
)
def test_the_fields_of_a_recipient_tell_what_became_of_his_letter(
    fields: str, expected: tuple[str, str, str | None, bool]
) -> None:
    message = report(STATUS + fields)
    assert (message.verdict.kind, failed(message)) == (Kind.BOUNCE, [expected])


def report(status: str, *, kind: str = "message/delivery-status", head: str = "", words: str = "words") -> Message:
    body = f"--b\n\n{words}\n--b\nContent-Type: {kind}\n\n{status}\n\n--b--"
    fields = ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", *filter(None, [head]))
    return read_parts(DAEMON, "Undelivered Mail Returned to Sender", body, *fields)


def read_parts(sender: str, subject: str, body: str, *fields: str) -> Message:
    return inbound.read("\n".join((f"From: {sender}", f"Subject: {subject}", *fields, "", body)).encode(), received_at=NOON)


@pytest.mark.parametrize(
    "recipient", ["<bob@example.net>", "rfc822;<bob@example.net>", "RFC822; bob@example.net (Bob)", "rfc822;SMTP:bob@example.net"]
)
def test_an_address_is_found_however_it_is_written(recipient: str) -> None:
    assert [one[0] for one in failed(report(f"Final-Recipient: {recipient}\nAction: failed\nStatus: 5.1.1"))] == [
        "bob@example.net"
    ]


def test_an_international_address_is_read_with_its_escapes() -> None:
    message = report("Final-Recipient: utf-8; \\x{5F20}san@example.net\nAction: failed", kind="message/global-delivery-status")
    assert [one[0] for one in failed(message)] == ["张san@example.net"]


def test_groups_without_blank_lines_between_them_are_told_apart() -> None:
    one = "Final-Recipient: rfc822; {}@example.net\nAction: failed\nStatus: 5.1.1\n"
    message = report("Reporting-MTA: dns; mx\n\n" + one.format("ann") + one.format("bob"))
    assert [found[0] for found in failed(message)] == ["ann@example.net", "bob@example.net"]


def test_nothing_but_success_is_a_receipt() -> None:
    assert report(STATUS + "Action: relayed\nStatus: 2.0.0").verdict.kind is Kind.RECEIPT


def test_one_failure_beside_a_success_is_a_bounce() -> None:
    message = report(
        STATUS + "Action: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; ann@example.net\nAction: failed\nStatus: 5.1.1"
    )
    assert (message.verdict.kind, [one[1] for one in failed(message)]) == (Kind.BOUNCE, ["delivered", "failed"])


def test_a_report_that_names_nobody_is_about_those_to_whom_the_letter_went() -> None:
    body = (
        "--b\n\n--- Delivery report unavailable ---\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n--b\n"
        "Content-Type: message/rfc822\n\nMessage-ID: <1@desk.example>\nTo: Bob <bob@example.net>\n\nwords\n--b--"
    )
    message = read_parts(DAEMON, "Undelivered", body, "Content-Type: multipart/report; boundary=b")
    assert failed(message) == [("bob@example.net", "failed", None, True)]
    assert message.bounce is not None
    assert message.bounce.original_message_id == "1@desk.example"


def test_a_report_that_a_scanner_wrapped_is_opened() -> None:
    inner = (
        "From: postmaster@example.com\nContent-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\n"
        f"Content-Type: message/delivery-status\n\n{STATUS}Action: failed\nStatus: 5.1.1\n\n--i--"
    )
    body = f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--"
    fields = "Content-Type: multipart/mixed; report-type=delivery-status; boundary=b"
    message = read_parts("postmaster@example.com", "Delivery Status Notification (Failure)", body, fields)
    assert failed(message) == [("bob@example.net", "failed", "5.1.1", True)]


NOTICE = (
    '{"notificationType":"Bounce","bounce":{"bounceType":"%s","bouncedRecipients":[{"emailAddress":"bob@example.net","action":"failed",'
    '"status":"%s"}]},"mail":{"messageId":"1"}}\n\n--\nIf you wish to stop receiving notifications, visit the link below.'
)


@pytest.mark.parametrize(("kind", "status", "final"), [("Permanent", "5.1.1", True), ("Transient", "4.2.2", False)])
def test_a_notification_for_programs_is_read(kind: str, status: str, final: bool) -> None:
    message = read("AWS <no-reply@sns.amazonaws.com>", "AWS Notification Message", NOTICE % (kind, status))
    assert (message.verdict.kind, failed(message)) == (Kind.BOUNCE, [("bob@example.net", "failed", status, final)])


@pytest.mark.parametrize(
    "text", ["{", '{"notificationType": 1}', '{"notificationType":"Bounce","bounce":[]}', "{" * 5000, '{"a":' * 5000]
)
def test_a_broken_notification_is_none(text: str) -> None:
    assert read("AWS <no-reply@sns.amazonaws.com>", "AWS Notification Message", text).bounce is None


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "Anna <anna@example.com>",
            "Undeliverable mail",
            "Hi,\nmy mail to bob@example.net could not be delivered:\n\n550 5.1.1 User unknown",
        ),
        (
            "Anna <anna@example.com>",
            "Mail delivery failed",
            "Your server says: 550 5.1.1 <bob@example.net> unknown. What does that mean for me?",
        ),
        (
            "Anna <anna@example.com>",
            "Fwd: Undelivered Mail Returned to Sender",
            "The following addresses failed:\n\n<bob@example.net>: 550 5.1.1",
        ),
        ("Anna <anna@example.com>", "退信", "我发给 bob@example.net 的邮件被退回，550 5.1.1 User unknown，请帮忙看看"),
        (
            "Postmaster <postmaster@example.com>",
            "Your question",
            "Hello,\nwe have changed the filter, mail from you is not blocked any more.",
        ),
        (
            "IT System Administrator <admin@example.com>",
            "Maintenance on Friday",
            "The mail server cannot be reached from 8 to 9.",
        ),
    ],
)
def test_a_person_may_tell_of_a_failure(sender: str, subject: str, body: str) -> None:
    message = read(sender, subject, body)
    assert (message.verdict.kind is Kind.BOUNCE, message.bounce) == (False, None)


def test_a_newsletter_whose_returns_go_to_an_address_of_their_own_is_no_report() -> None:
    fields = ("Return-Path: <bounces@news.example>", "List-Unsubscribe: <mailto:x@news.example>")
    assert (
        read("News <news@news.example>", "Mail could not be delivered?", "Why was it rejected? 550 5.7.1", *fields).verdict.kind
        is Kind.LIST
    )


def test_an_automatic_answer_that_tells_of_a_failure_is_no_report() -> None:
    body = "I am away. My old address ann@example.net does not exist any more; mail to it could not be delivered."
    assert read("Anna <anna@example.com>", "Automatic reply: Printer", body, "Return-Path: <>").verdict.kind is Kind.VACATION


def test_a_complaint_about_a_letter_is_a_report() -> None:
    body = (
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
        "--b\nContent-Type: message/rfc822\n\nTo: bob@example.net\n\nx\n--b--"
    )
    message = read_parts("postmaster@example.com", "Delivery report", body, "Content-Type: multipart/mixed; boundary=b")
    assert (message.verdict.kind, message.bounce) == (Kind.REPORT, None)
