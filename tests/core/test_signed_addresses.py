"""The signed addresses of colleagues stand in no letter to the outside."""

import pytest

from maildesk.core.letter import LetterKind
from tests.core.correspondence import DESK, DESKTOP, USER, letter, order
from tests.core.ordering import WORKING

TOKEN = "ciaaaaaaaabaaaaabaadkqx7m2n3o4p5q6r7s"
SIGNED = DESK.replace("@", f"+{TOKEN}@")


@pytest.mark.parametrize("address", [SIGNED, SIGNED.upper(), SIGNED.replace("+", "%2B").replace("@", "%40")])
@pytest.mark.parametrize("words", ["/public", "/ask", "/resolve", "/close"])
def test_no_letter_to_the_requester_names_a_signed_address(words: str, address: str) -> None:
    decision = order(WORKING, f"{words} 请重启。请回信到 {address} 谢谢", known=DESKTOP)
    told = [one for one in decision.letters if one.to == USER]
    assert told
    assert all(TOKEN not in str(one.facts).casefold() for one in told)
    assert any("谢谢" in str(one.facts) for one in told)


def test_any_other_address_stays_as_it_is() -> None:
    decision = order(WORKING, f"/public 请写给 support+hr@desk.example 或 other+{TOKEN}@desk.example", known=DESKTOP)
    text = letter(decision, LetterKind.ANSWER).facts["text"]
    assert text == f"请写给 support+hr@desk.example 或 other+{TOKEN}@desk.example"
