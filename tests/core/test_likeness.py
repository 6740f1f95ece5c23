"""Who looks like one of us is told from who is one of us."""

from dataclasses import replace

import pytest

from maildesk.core.event import Opened
from maildesk.core.letter import LetterKind as K
from maildesk.core.likeness import imitated, skeleton
from maildesk.core.message import Address, Identity, Mailbox, Message
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.trust import Trust
from tests.core.clockwork import LI
from tests.core.correspondence import blank, decided, letter, mail

ANNA = Person(
    staff_id=StaffId("E1"), name="Anna Berg", addresses=(Address("anna.berg@example.com"),), roles=frozenset({Role.ENGINEER})
)
FANG = replace(ANNA, staff_id=StaffId("E2"), name="王芳", addresses=(Address("wangfang@vvorks.cn"),))
GUEST = replace(ANNA, staff_id=StaffId("E3"), name="Bo Ek", addresses=(Address("bo@example.com"),), roles=frozenset())
PEOPLE = People((ANNA, FANG, GUEST))


def wrote(address: str | None, name: str | None = None, identity: str | None = None) -> Message:
    who = Identity(address=Address(identity) if identity else None, why="test")
    return replace(mail("hello"), sender=Mailbox(address=address, name=name), identity=who)


@pytest.mark.parametrize(
    "address",
    [
        *("аnna.berg@example.com", "anna.berg@exarnple.com", "anna.berg@examp1e.com", "annа.bеrg@example.com"),
        *(
            "ａnna.berg@example.com",
            "anna.berg@éxample.com",
            "anna.berg@xn--xample-2of.com",
            "anna.berg@exampIe.com",
            "αnna.berg@example.com",
        ),
    ],
)
def test_an_address_that_looks_like_a_colleagues_is_noticed(address: str) -> None:
    assert imitated(wrote(address, identity=address), PEOPLE) is ANNA


@pytest.mark.parametrize(
    ("name", "person"),
    [
        *(("Anna Berg", ANNA), ("ANNA  BERG", ANNA), ("Аnnа Веrg", ANNA), ("王芳", FANG), ("anna.berg@example.com", ANNA)),
        *(("Anna Bergman", None), ("Bo Ek", None), ("", None), (None, None), ("王", None)),
    ],
)
def test_a_colleagues_name_above_a_foreign_address_is_noticed(name: str | None, person: Person | None) -> None:
    assert imitated(wrote("someone@elsewhere.example", name, "someone@elsewhere.example"), PEOPLE) is person


@pytest.mark.parametrize("address", ["ana.berg@example.com", "anna.berg@example.org", "li@example.com", None])
def test_others_are_taken_for_nobody(address: str | None) -> None:
    assert imitated(wrote(address, "Someone Else", address), PEOPLE) is None


def test_a_colleague_at_his_own_address_is_no_imitation() -> None:
    assert imitated(wrote("anna.berg@example.com", "Anna Berg", "anna.berg@example.com"), PEOPLE) is None


@pytest.mark.parametrize(
    ("one", "other"), [("rn", "m"), ("vv", "w"), ("0O", "oo"), ("Il1|", "llll"), ("ｆｕｌｌ", "full"), ("é", "e")]
)
def test_what_the_eye_confuses_has_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_the_engineer_is_warned_of_a_sender_who_looks_like_a_colleague() -> None:
    message = wrote("1i@elsewhere.example", LI.name, "1i@elsewhere.example")
    opened = Opened(message=message, requester=Address("1i@elsewhere.example"), trust=Trust.PLAUSIBLE)
    warned = letter(decided(blank(), opened), K.ASSIGNMENT).facts["warnings"]
    assert [one for one in warned if LI.name in one and LI.address in one and "1i@elsewhere.example" in one]
