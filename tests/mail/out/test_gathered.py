"""What a limit held back for a requester, as one letter."""

from dataclasses import replace

import pytest

from maildesk.core.letter import Audience
from maildesk.core.trust import Scope
from maildesk.mail.bundle import LISTED, TAPPED
from maildesk.mail.letters import Letters
from maildesk.mail.samples import gathered, one
from maildesk.mail.story import NOW
from tests.mail.out.reading import LANGUAGES, PARTY, read, taps


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_in_it_however_many_there_are(letters: Letters, language: str) -> None:
    items = gathered(language)
    found = read(letters.bundle(items, party=PARTY, nonce="n", now=NOW))
    assert found.written.fault is None
    assert len(items) > LISTED
    assert [found.text.count(ticket.number) for _, ticket in items if ticket] == [1] * len(items)
    assert str(len(items)) in found["Subject"]


def test_its_buttons_write_to_the_ticket_below_which_they_stand_and_a_plain_answer_to_none(letters: Letters) -> None:
    items = gathered("en")
    found = read(letters.bundle(items, party=PARTY, nonce="n", now=NOW))
    tokens = [letters.keys.read(tap.to, NOW) for tap in taps(found.html)]
    assert [(token.scope, token.about) for token in tokens if token] == [(Scope.CUSTOMER, n) for n in range(1, TAPPED + 1)]
    answer = letters.keys.read(found.mail["Reply-To"].addresses[0].addr_spec, NOW)
    assert answer is not None
    assert (answer.scope, answer.about) == (Scope.CUSTOMER, 0)


def test_about_one_ticket_alone_it_belongs_to_that_ticket(letters: Letters) -> None:
    status, closed = one("zh", "status"), one("zh", "closed")
    assert status.ticket is not None
    items = ((status.letter, status.ticket), (closed.letter, status.ticket))
    found = read(letters.bundle(items, party=PARTY, nonce="n", now=NOW))
    assert f"[{status.ticket.number}]" in found["Subject"]
    assert letters.keys.read_id(found.written.message_id) == status.ticket.id


def test_no_machine_should_answer_it(letters: Letters) -> None:
    found = read(letters.bundle(gathered("zh"), party=PARTY, nonce="n", now=NOW))
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_stranger_is_repeated_in_it(letters: Letters, language: str) -> None:
    sample = one(language, "acknowledgement-stranger")
    assert sample.ticket is not None
    assert sample.letter.audience is Audience.REQUESTER
    hostile = replace(sample.ticket, subject="Buy pills", requester_name="Mallory")
    known = gathered(language)[0]
    found = read(letters.bundle((known, (sample.letter, hostile)), party=PARTY, nonce="n", now=NOW))
    assert "pills" not in found.text
    assert "Mallory" not in found.text
