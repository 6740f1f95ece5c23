"""Several letters for one person as one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core.ticket import Number, Priority
from maildesk.core.trust import Scope
from maildesk.mail.bundle import LISTED, SUBJECT, TAPPED, Item, urgency
from maildesk.mail.letters import Letters
from maildesk.mail.samples import OUTAGE, burst, reminders
from maildesk.mail.story import NOW
from tests.mail.out.reading import LANGUAGES, PARTY, read, taps


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_them_are_in_it(letters: Letters, language: str) -> None:
    items = reminders(language)
    found = read(letters.bundle(items, party=PARTY, nonce="n", now=NOW))
    assert found.written.fault is None
    assert all(ticket is not None and ticket.number in found.text for _, ticket in items)
    assert "2" in found["Subject"]


def test_an_answer_to_it_reaches_no_requester(letters: Letters) -> None:
    found = read(letters.bundle(reminders("zh"), party=PARTY, nonce="n", now=NOW))
    token = letters.keys.read(found.mail["Reply-To"].addresses[0].addr_spec, NOW)
    assert token is not None
    assert (token.scope, token.about) == (Scope.DESK, 0)
    assert "直接回复不会发给任何提交人" in found.text


@pytest.mark.parametrize(("language", "subject"), [("zh", "2 件事等你处理"), ("en", "2 things wait for you")])
def test_a_ticket_stands_in_it_once_however_much_there_is_to_say_of_it(letters: Letters, language: str, subject: str) -> None:
    (letter, ticket), other = reminders(language)
    again = other[0], ticket
    assert ticket is not None
    found = read(letters.bundle(((letter, ticket), other, again), party=PARTY, nonce="n", now=NOW))
    assert found["Subject"].startswith(subject)
    assert found.text.count(ticket.number) == 1
    both = [read(letters.bundle(((one, ticket), other), party=PARTY, nonce="n", now=NOW)) for one in (letter, other[0])]
    headings = [_first_line(alone.text, ticket.number) for alone in both]
    assert set(_first_line(found.text, ticket.number).split(" · ")) == set(headings)


def _first_line(text: str, number: str) -> str:
    """What the letter says of a ticket: the heading two lines above its number."""
    before = [line for line in text.partition(number)[0].splitlines() if line.strip()]
    return before[-2]


def test_it_belongs_to_no_single_ticket(letters: Letters) -> None:
    found = read(letters.bundle(reminders("zh"), party=PARTY, nonce="n", now=NOW))
    assert letters.keys.read_id(found.written.message_id) == 0
    assert found.mail["References"] is None


@pytest.mark.parametrize(("language", "more"), [("zh", "另有 12 件没有列在这里"), ("en", "12 more are not listed here")])
def test_of_very_many_the_first_have_buttons_the_next_a_line_and_the_rest_a_number(
    letters: Letters, language: str, more: str
) -> None:
    items = burst(language)
    found = read(letters.bundle(items, party=PARTY, nonce="n", now=NOW, outage=OUTAGE))
    listed = [ticket.number for _, ticket in sorted(items, key=lambda item: urgency(item, NOW))[:LISTED] if ticket]
    assert sorted(listed, key=found.text.index) == listed
    assert sum(ticket is not None and ticket.number in found.text for _, ticket in items) == LISTED
    assert more in found.text
    assert len({letters.keys.read(tap.to, NOW).about for tap in taps(found.html)}) == 2  # type: ignore[union-attr]
    assert len(taps(found.html)) == 2 * TAPPED + 1


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("zh", "P1 2 件 · P3 298 件。先列最急的 30 件。", "另有 270 件没有列在这里，其中 {late} 件已超时。"),
        ("en", "2 × P1 · 298 × P3. Here are the 30 that press most.", "270 more are not listed here, {late} of them overdue."),
    ],
)
def test_three_hundred_are_told_in_one_line_before_the_first_of_them(
    letters: Letters, language: str, first: str, last: str
) -> None:
    (letter, ticket), _ = reminders(language)
    assert ticket is not None
    items = [
        (
            replace(letter, facts={**letter.facts, "due": (NOW + (n - 150) * timedelta(minutes=1)).isoformat()}),
            replace(
                ticket,
                number=Number(f"TS20231027{n:03}"),
                subject=f"{n} " + "long " * 60,
                confirmed=Priority.P1 if n in (7, 207) else Priority.P3,
            ),
        )
        for n in range(300)
    ]
    found = read(letters.bundle(tuple(items), party=PARTY, nonce="n", now=NOW))
    lines = [line for line in found.text.splitlines() if line.strip()]
    at = lines.index(first)
    assert "300" in lines[at - 1]
    assert "7 long" in lines[at + 2]
    assert any(line.startswith(last.format(late=150 - 29)) for line in lines)
    assert all(line.count("long") <= SUBJECT / 5 for line in lines)


@pytest.mark.parametrize(("language", "words"), [("zh", "服务台 08:05 到 14:03 停机"), ("en", "was down from 08:05 to 14:03")])
def test_after_an_outage_every_letter_says_so_that_comes_late_for_it(letters: Letters, language: str, words: str) -> None:
    (letter, ticket), _ = reminders(language)
    late = letters.write(letter, ticket=ticket, party=PARTY, nonce="n", now=NOW, outage=OUTAGE)
    many = letters.bundle(reminders(language), party=PARTY, nonce="n", now=NOW, outage=OUTAGE)
    assert words in read(late).text
    assert words in read(many).text
    assert words not in read(letters.write(letter, ticket=ticket, party=PARTY, nonce="n", now=NOW)).text


def test_what_presses_most_stands_first_in_the_letter_and_in_its_subject(letters: Letters) -> None:
    (letter, ticket), other = reminders("zh")
    assert ticket is not None
    urgent = replace(ticket, proposed=Priority.P1, confirmed=None, subject="全公司断网")
    found = read(letters.bundle((other, (letter, urgent)), party=PARTY, nonce="n", now=NOW))
    assert found["Subject"].endswith("全公司断网")
    assert found.text.index("全公司断网") < found.text.index("确认优先级")


def test_what_is_late_stands_before_what_is_not_but_for_a_p1(letters: Letters) -> None:
    (letter, ticket), _ = reminders("en")
    assert ticket is not None

    def item(n: int, priority: Priority, due: str) -> Item:
        about = replace(ticket, number=Number(f"TS20231027{n:03}"), confirmed=priority)
        return replace(letter, facts={**letter.facts, "due": due}), about

    soon, passed = "2023-10-28T10:00:00+08:00", "2023-10-26T17:50:00+08:00"
    many = [item(n, Priority.P2, soon) for n in range(LISTED + 5)]
    late, urgent = item(900, Priority.P4, passed), item(901, Priority.P1, soon)
    found = read(letters.bundle((*many, late, urgent), party=PARTY, nonce="n", now=NOW)).text
    assert found.index("TS20231027901") < found.index("TS20231027900") < found.index("TS20231027000")
    assert "7 more are not listed here. Tap" in found


def test_what_presses_is_sorted_by_the_instant_wherever_its_clock_stands(letters: Letters) -> None:
    (letter, ticket), _ = reminders("en")
    assert ticket is not None
    dues = ("2023-10-28T10:00:00+08:00", "2023-10-28T03:00:00+00:00", "2023-10-27T22:30:00-05:00")
    items = [
        (replace(letter, facts={**letter.facts, "due": due}), replace(ticket, number=Number(f"TS20231027{n:03}")))
        for n, due in enumerate(dues)
    ]
    found = read(letters.bundle(tuple(reversed(items)), party=PARTY, nonce="n", now=NOW)).text
    places = [found.index(ticket.number) for _, ticket in items]
    assert places == sorted(places)


def test_overdue_counts_the_service_time_of_the_ticket(letters: Letters) -> None:
    (letter, ticket), other = reminders("zh")
    friday_evening = replace(letter, facts={**letter.facts, "due": "2023-10-26T17:50:00+08:00"})
    found = read(letters.bundle(((friday_evening, ticket), other), party=PARTY, nonce="n", now=NOW))
    assert "已超时 4 小时 15 分钟" in found.text


def test_one_letter_alone_is_written_as_itself(letters: Letters) -> None:
    (letter, ticket), _ = reminders("zh")
    alone = letters.bundle(((letter, ticket),), party=PARTY, nonce="n", now=NOW)
    assert alone == letters.write(letter, ticket=ticket, party=PARTY, nonce="n", now=NOW)


def test_a_letter_that_breaks_leaves_all_their_facts_readable(letters: Letters) -> None:
    (letter, ticket), other = reminders("zh")
    broken = replace(letter, facts={**letter.facts, "due": "no date"})
    found = read(letters.bundle(((broken, ticket), other), party=PARTY, nonce="n", now=NOW))
    assert found.written.fault is not None
    assert "reminder.txt" in found.written.fault
    assert "no date" in found.text
    assert "confirm_priority" in found.text
