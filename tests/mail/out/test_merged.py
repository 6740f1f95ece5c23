"""Several letters for one person as one."""

from dataclasses import replace

import pytest

from maildesk.core.trust import Scope
from maildesk.mail.letters import Letters
from maildesk.mail.samples import reminders
from maildesk.mail.story import NOW
from tests.mail.out.reading import LANGUAGES, PARTY, read


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


def test_it_belongs_to_no_single_ticket(letters: Letters) -> None:
    found = read(letters.bundle(reminders("zh"), party=PARTY, nonce="n", now=NOW))
    assert letters.keys.read_id(found.written.message_id) == 0
    assert found.mail["References"] is None


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
