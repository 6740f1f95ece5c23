"""Machines are told from people by what they put into the header, in any letter case; people may write about machines."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Address, Kind
from maildesk.mail import inbound

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DESK = frozenset({Address("help@desk.example")})


def kind(*fields: str, body: str = "words") -> Kind:
    head = fields if any(field.lower().startswith("from:") for field in fields) else ("From: anna@example.com", *fields)
    return inbound.read("\r\n".join((*head, "", body)).encode(), received_at=NOON, own=DESK).verdict.kind


@pytest.mark.parametrize(
    ("field", "verdict"),
    [
        ("Auto-Submitted: auto-generated", Kind.AUTOMATIC),
        ("auto-submitted: AUTO-REPLIED; owner-email=x", Kind.AUTOMATIC),
        ("Auto-Submitted: auto-notified", Kind.AUTOMATIC),
        ("Auto-Submitted: auto-replied (vacation)", Kind.VACATION),
        ("Auto-Submitted: no", Kind.PERSON),
        ("Auto-Submitted: No; x=y", Kind.PERSON),
        ("X-AUTOREPLY: yes", Kind.AUTOMATIC),
        ("X-Autorespond: x", Kind.AUTOMATIC),
        ("X-Loop: x", Kind.AUTOMATIC),
        ("X-RT-Loop-Prevention: x", Kind.AUTOMATIC),
        ("X-Desk-Loop: x", Kind.AUTOMATIC),
        ("X-GitHub-Reason: mention", Kind.AUTOMATIC),
        ("X-Apple-Action: VACATION", Kind.VACATION),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", Kind.PERSON),
        ("X-MS-Exchange-Inbox-Rules-Loop: a@b.c", Kind.PERSON),
        ("Feedback-ID: 1.eu-west-1.x:AmazonSES", Kind.PERSON),
        ("Auto-Submitted: (a person) no", Kind.PERSON),
        ("Auto-Submitted: yes", Kind.AUTOMATIC),
        ("Precedence: BULK", Kind.LIST),
        ("precedence: junk", Kind.LIST),
        ("Precedence: auto_reply", Kind.VACATION),
        ("Precedence: first-class", Kind.PERSON),
        ("List-Unsubscribe: <mailto:x@news.example>", Kind.LIST),
        ("Mailing-List: x", Kind.LIST),
        ("List-Post: <mailto:HELP@desk.example>", Kind.PERSON),
        ("Return-Path: <>", Kind.AUTOMATIC),
        ("Return-Path: <anna@example.com>", Kind.PERSON),
        ("X-Spam-Status: Yes, score=9", Kind.SPAM),
        ("X-Spam-Flag: NO", Kind.PERSON),
        ("From: MAILER-DAEMON@example.com", Kind.AUTOMATIC),
        ("From: do-not-reply@example.com", Kind.AUTOMATIC),
        ("From: noreply+x@example.com", Kind.AUTOMATIC),
        ("From: shop_no-reply@example.com", Kind.AUTOMATIC),
        ("From: purchase-request@example.com", Kind.PERSON),
        ("From: root@example.com", Kind.AUTOMATIC),
        ("From: Norely Stone <norely@example.com>", Kind.PERSON),
        ("From: Help+c123@Desk.example", Kind.OWN),
        ("From: help@desk.example.evil.example", Kind.PERSON),
    ],
)
def test_a_header_tells_what_wrote_the_mail(field: str, verdict: Kind) -> None:
    assert kind(field) is verdict


@pytest.mark.parametrize(
    "subject",
    [
        *(
            "Automatic reply: Printer",
            "Out of Office: Printer",
            "[Auto-Reply] Printer",
            "自动回复：打印机",
            "自动答复: x",
        ),
        *("Abwesenheitsnotiz: x", "Réponse automatique : x", "不在通知: x", "Respuesta automática: x", "Автоответ: x"),
        *("Automatikus válasz: x", "Otomatik Yanıt: x", "자동 회신: x", "Odpowiedź automatyczna: x", "Automatiskt svar: x"),
    ],
)
def test_an_absence_notice_is_known_by_what_mail_programs_put_before_its_subject(subject: str) -> None:
    assert kind(f"Subject: {subject}") is Kind.VACATION


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Anna Berg is out of the office.",
            "I will be out of the office starting  02.03.2026 and will not return until 09.03.2026.",
        ),
        ("Anna Berg ist außer Haus. (Rückkehr am 09.03.2026)", "Ich werde ab  02.03.2026 nicht im Büro sein."),
    ],
)
def test_an_absence_notice_of_notes_is_known_by_its_subject_and_its_words(subject: str, body: str) -> None:
    assert (kind(f"Subject: {subject}", body=body), kind(f"Subject: {subject}", body="please")) == (Kind.VACATION, Kind.PERSON)


@pytest.mark.parametrize("subject", ["Out of the office", "不在通知", "Anna is on leave until 5 May"])
@pytest.mark.parametrize("field", ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Return-Path: <>"])
def test_words_of_absence_count_where_a_machine_is_proven(subject: str, field: str) -> None:
    assert (kind(f"Subject: {subject}", field), kind(f"Subject: {subject}")) == (Kind.VACATION, Kind.PERSON)


def test_fields_that_exchange_writes_on_answers_and_on_redirected_mail_prove_a_machine_together() -> None:
    assert kind("X-Auto-Response-Suppress: All", "X-MS-Exchange-Inbox-Rules-Loop: a@b.c") is Kind.AUTOMATIC


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Read: Your request", "Your message was read on Tuesday, 3 March 2026 10:00:00."),
        ("Gelesen: Anfrage", "Ihre Nachricht wurde am Dienstag, 3. März 2026 gelesen."),
        ("已读: 打印机", "您的邮件已于 2026年3月3日 被阅读。"),
    ],
)
def test_a_receipt_in_plain_words_is_known_by_its_subject_and_its_words(subject: str, body: str) -> None:
    assert (kind(f"Subject: {subject}", body=body), kind(f"Subject: {subject}", body="please")) == (Kind.RECEIPT, Kind.PERSON)


def test_every_field_of_a_name_is_read() -> None:
    assert kind("Precedence: first-class", "precedence: Bulk") is Kind.LIST
    assert kind("Auto-Submitted: no", "Auto-Submitted: auto-generated") is Kind.AUTOMATIC


@pytest.mark.parametrize(
    "subject",
    [
        *(
            "Automatic reply does not work in Outlook",
            "Out of office message is wrong",
            "Absence request form is broken",
            "Urlaubsantrag",
        ),
        *("自动回复设置不了", "不在公司无法登录", "Vacation calendar", "Re: Automatic reply: Printer", "Undelivered mail to Bob"),
        *("Mail delivery failed when I write to Bob", "退信问题", "Delivery Status Notification (Failure), what is that?"),
    ],
)
def test_a_person_may_write_about_what_machines_do(subject: str) -> None:
    body = "I could not deliver my mail to bob@example.net, the server says: 550 5.1.1 user unknown"
    assert kind(f"Subject: {subject}", body=body) is Kind.PERSON


def test_the_evidence_names_the_field_and_its_value() -> None:
    raw = b"From: anna@example.com\r\nAuto-Submitted: auto-notified\r\n\r\nwords"
    verdict = inbound.read(raw, received_at=NOON).verdict
    assert (verdict.rule, verdict.evidence) == ("written by a machine", ("Auto-Submitted: auto-notified",))


def test_a_report_that_a_person_forwards_is_no_bounce() -> None:
    report = "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    body = f"--b\r\n\r\nWhat is this?\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{report}\r\n--b--"
    assert kind("Subject: Fwd: Undeliverable", "Content-Type: multipart/mixed; boundary=b", body=body) is Kind.PERSON
