"""What is passed on is told from what is only answered, and read as written. The forms of the programs are in forward-*."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Forwarded, Mailbox
from maildesk.mail import dates, inbound

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HEADER = (
    "From: Anna Smith <anna@example.com>\nSent: Tuesday, January 2, 2024 10:15 AM\nTo: {}\nSubject: Printer\n\nIt does not print."
)


def forwarded(text: str, *fields: str) -> Forwarded | None:
    raw = "\n".join(("From: Bob <bob@example.com>", "Content-Type: text/plain; charset=utf-8", *fields, "", text))
    return inbound.read(raw.encode(), received_at=NOON).forwarded


@pytest.mark.parametrize(
    ("fields", "passed_on"),
    [
        (("Subject: FW: Printer",), True),
        (("Subject: 转发：打印机", "In-Reply-To: <1@example.com>"), True),
        (("Subject: Printer",), True),
        (("Subject: Re: Printer",), True),
        (("Subject: Re: Printer", "In-Reply-To: <1@example.com>"), False),
        (("Subject: AW: Printer", "Thread-Index: AdFu"), False),
        (("Subject: Printer", "References: <1@example.com>"), False),
    ],
)
def test_an_older_mail_without_a_title_is_passed_on_unless_this_one_answers_it(fields: tuple[str, ...], passed_on: bool) -> None:
    assert (forwarded(f"Look.\n\n{HEADER}", *fields) is not None) is passed_on


def test_an_answer_may_pass_on_a_mail_below_a_title() -> None:
    found = forwarded(
        f"Look.\n\n---------- Forwarded message ---------\n{HEADER}", "Subject: Re: x", "In-Reply-To: <1@example.com>"
    )
    assert found is not None
    assert found.sender == Mailbox(address="anna@example.com", name="Anna Smith")


def test_what_was_passed_on_in_a_quoted_mail_is_only_quoted() -> None:
    quoted = "\n".join(f"> {line}" for line in f"---------- Forwarded message ---------\n{HEADER}".split("\n"))
    text = f"Thanks.\n\nOn Tue, Jan 2, 2024 at 11:00 AM Carl <carl@example.com> wrote:\n{quoted}"
    assert forwarded(text, "Subject: Re: x", "In-Reply-To: <1@example.com>") is None


@pytest.mark.parametrize(
    "text", ["From: Berlin\nTo: Paris\nDate: 3 May\n\nIs there a train?", "from: what is that\nsubject: no idea"]
)
def test_lines_that_only_look_like_a_header_pass_nothing_on(text: str) -> None:
    assert forwarded(text, "Subject: A question") is None


@pytest.mark.parametrize(
    ("to", "people"),
    [
        (
            "Huber, Max <max@example.com>; 'Bob' <bob@example.com>",
            [("max@example.com", "Huber, Max"), ("bob@example.com", "Bob")],
        ),
        ("max@example.com<mailto:max@example.com>", [("max@example.com", None)]),
        ("Max [mailto:max@example.com]", [("max@example.com", "Max")]),
        ("<max@example.com>,\n <bob@example.com>", [("max@example.com", None), ("bob@example.com", None)]),
        ('"max"<max@example.com>;', [("max@example.com", "max")]),
        ("Max Huber", [(None, "Max Huber")]),
    ],
)
def test_people_are_freed_from_what_programs_add(to: str, people: list[tuple[str | None, str | None]]) -> None:
    found = forwarded(HEADER.format(to), "Subject: FW: Printer")
    assert found is not None
    assert [(one.address, one.name) for one in found.to] == people


def test_a_field_may_go_on_in_the_next_line_and_below_a_blank_one() -> None:
    text = "-----Original Message-----\nFrom: Anna <a@example.com>\n\nDate: 2 Jan 2024 10:15\nSubject: A long\n subject\n\nwords"
    found = forwarded(text, "Subject: FW: x")
    assert found is not None
    assert (found.subject, found.dated, found.text) == ("A long subject", "2 Jan 2024 10:15", "words")


def test_what_follows_a_quoted_forward_is_not_part_of_it() -> None:
    quoted = "\n".join(f"> {line}" for line in HEADER.split("\n"))
    found = forwarded(f"Begin forwarded message:\n\n{quoted}\n\nSent from my phone", "Subject: Fwd: x")
    assert found is not None
    assert found.text == "It does not print."


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 2 Jan 2024 10:15:00 +0100", "2024-01-02T10:15:00+01:00"),
        ("1. August 2011 23:28:15 GMT-07:00", "2011-08-01T23:28:15-07:00"),
        ("mardi 2 janvier 2024 à 10:15 UTC+1", "2024-01-02T10:15:00+01:00"),
        ("2024年1月2日 GMT+8 10:15:30", "2024-01-02T10:15:30+08:00"),
        ("2024年1月2日(星期二) 下午3:05 (UTC+08:00)", "2024-01-02T15:05:00+08:00"),
        ("вт, 2 янв. 2024 г. в 10:15 +0300", "2024-01-02T10:15:00+03:00"),
        ("Thursday, March 7, 2013 12:09:41 AM GMT", "2013-03-07T00:09:41+00:00"),
        ("2024-01-02T10:15:00Z", "2024-01-02T10:15:00+00:00"),
        ("Thursday, March 7, 2013 7:09:41 PM", None),
        ("1/2/2024 10:15 +0100", None),
        ("31 Feb 2024 10:15 +0100", None),
        ("2 Jan 2024 10:15 +9900", None),
        ("yesterday", None),
    ],
)
def test_a_date_is_understood_where_day_and_zone_are_certain(text: str, moment: str | None) -> None:
    found = dates.written(text)
    assert (found and found.isoformat()) == moment
