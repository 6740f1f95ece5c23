"""Signed addresses and Message-IDs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.message import Address
from maildesk.core.trust import Scope
from maildesk.mail.tokens import LIFE, Keys, Token

KEYS = Keys((b"first secret, 16+ bytes",))
BASE = Address("support@example.com")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def token(address: str) -> str:
    return address.partition("+")[2].partition("@")[0]


@given(
    scope=st.sampled_from(Scope),
    ticket=st.integers(0, 2**40 - 1),
    party=st.integers(0, 2**24 - 1),
    epoch=st.integers(0, 255),
)
def test_an_address_says_what_was_signed(scope: Scope, ticket: int, party: int, epoch: int) -> None:
    address = KEYS.address(BASE, scope, ticket, party, epoch, NOW)
    assert KEYS.read(address, NOW) == Token(scope=scope, about=ticket, party=party, epoch=epoch)
    assert len(token(address)) == 37
    assert len(address.partition("@")[0]) <= 64


def test_letter_case_does_not_matter() -> None:
    address = KEYS.address(BASE, Scope.CUSTOMER, 5, 6, 0, NOW)
    assert KEYS.read(address.upper(), NOW) == KEYS.read(address, NOW) is not None


def test_a_catch_all_address_may_be_the_token_alone() -> None:
    address = KEYS.address(BASE, Scope.CUSTOMER, 5, 6, 0, NOW)
    assert KEYS.read(f"{token(address)}@reply.example.com", NOW) == KEYS.read(address, NOW) is not None


@pytest.mark.parametrize("place", range(37))
def test_no_letter_of_a_token_can_be_changed(place: int) -> None:
    text = token(KEYS.address(BASE, Scope.ENGINEER, 5, 6, 0, NOW))
    other = "a" if text[place] != "a" else "b"
    assert KEYS.read(f"support+{text[:place]}{other}{text[place + 1 :]}@example.com", NOW) is None


@pytest.mark.parametrize("scope", Scope)
def test_a_token_lives_as_long_as_its_scope_says_and_at_most_four_hours_more(scope: Scope) -> None:
    address = KEYS.address(BASE, scope, 5, 6, 0, NOW)
    assert KEYS.read(address, NOW + LIFE[scope] - timedelta(seconds=1)) is not None
    assert KEYS.read(address, NOW + LIFE[scope] + timedelta(hours=4)) is None


def test_another_secret_signs_nothing_here() -> None:
    stranger = Keys((b"somebody else's secret",))
    assert KEYS.read(stranger.address(BASE, Scope.CUSTOMER, 5, 6, 0, NOW), NOW) is None
    assert KEYS.read_id(stranger.message_id(5, "x", "example.com")) is None


def test_an_old_key_still_verifies_after_a_new_one_signs() -> None:
    rotated = Keys((b"second secret, 16+ bytes", b"first secret, 16+ bytes"))
    old = KEYS.address(BASE, Scope.CUSTOMER, 5, 6, 0, NOW)
    assert rotated.read(old, NOW) is not None
    assert KEYS.read(rotated.address(BASE, Scope.CUSTOMER, 5, 6, 0, NOW), NOW) is None
    assert rotated.read_id(KEYS.thread_id(5, "example.com")) == 5


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Keys((b"short",))


@given(st.text(max_size=80))
def test_any_other_address_has_no_token(text: str) -> None:
    assert KEYS.read(text, NOW) is None
    assert KEYS.read(f"{text}@example.com", NOW) is None
    assert KEYS.read_id(text) is None


@given(ticket=st.integers(0, 2**40 - 1), nonce=st.text("0123456789abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20))
def test_a_message_id_leads_back_to_its_ticket(ticket: int, nonce: str) -> None:
    assert KEYS.read_id(KEYS.message_id(ticket, nonce, "example.com")) == ticket


@given(ticket=st.integers(1, 2**40 - 1))
def test_a_thread_id_leads_back_to_its_ticket_on_any_host(ticket: int) -> None:
    assert KEYS.read_id(KEYS.thread_id(ticket, "example.com").replace("example.com", "ELSEWHERE.example")) == ticket


def test_the_mac_of_one_kind_is_worthless_for_another() -> None:
    letter, thread = KEYS.message_id(29, "t", "example.com"), KEYS.thread_id(29, "example.com")
    assert letter.split(".")[1:3] == thread.split(".")[1:3] == ["t", "t"]
    assert letter.split(".")[3] != thread.split(".")[3]
    assert KEYS.read_id(letter) == KEYS.read_id(thread) == 29
