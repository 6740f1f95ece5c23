"""Everybody we write to."""

from maildesk.core.absence import Absence
from maildesk.core.message import Address
from maildesk.core.people import StaffId
from maildesk.store import Store
from tests.store.samples import ANN, MINUTE, NOW

WE = StaffId("E001")


def test_a_party_has_one_number_for_ever(store: Store) -> None:
    with store.write() as tx:
        ann = tx.party("mail:ann@example.org")
        we = tx.party("staff:E001")
    with store.write() as tx:
        assert tx.party("mail:ann@example.org") == ann
        assert tx.party_by_id(we.id) == we
        assert tx.party_by_id(4711) is None
    assert ann.id != we.id
    assert (we.who, we.epoch, we.language, we.opened_until) == ("staff:E001", 0, None, None)


def test_revoking_makes_all_tokens_given_before_worthless(store: Store) -> None:
    with store.write() as tx:
        before = tx.party("staff:E001")
        tx.revoke("staff:E001")
        assert tx.party("staff:E001").epoch == before.epoch + 1


def away(since: int, until: int, *, here: bool = False) -> Absence:
    """From one minute to another, counted from now."""
    return Absence(since=NOW + since * MINUTE, until=NOW + until * MINUTE, here=here)


def test_several_absences_of_several_people_are_kept_until_they_are_over(store: Store) -> None:
    with store.write() as tx:
        tx.say_absent(WE, (away(0, 1), away(5, 9)), NOW)
        tx.say_absent(StaffId("E002"), (away(2, 3),), NOW)
        assert tx.absences(NOW) == {"E001": (away(0, 1), away(5, 9)), "E002": (away(2, 3),)}
        assert tx.absences(NOW + MINUTE) == {"E001": (away(5, 9),), "E002": (away(2, 3),)}
        assert tx.absences(NOW + 9 * MINUTE) == {}


def test_what_somebody_says_later_of_his_absences_holds(store: Store) -> None:
    with store.write() as tx:
        tx.say_absent(WE, (away(0, 4),), NOW)
        tx.say_absent(WE, (away(3, 6), away(8, 9)), NOW)
        assert tx.absences(NOW) == {"E001": (away(0, 6), away(8, 9))}
        tx.say_absent(WE, (away(2, 6, here=True),), NOW + MINUTE)
        assert tx.absences(NOW + MINUTE) == {"E001": (away(0, 2), away(2, 6, here=True), away(8, 9))}


def test_what_is_over_is_forgotten(store: Store) -> None:
    with store.write() as tx:
        tx.say_absent(WE, (away(0, 1), away(5, 9)), NOW)
        tx.say_absent(WE, (away(6, 7, here=True),), NOW + 2 * MINUTE)
        assert tx.absences(NOW)["E001"] == (away(5, 6), away(6, 7, here=True), away(7, 9))


def test_a_confirmation_opens_a_party_until_a_moment(store: Store) -> None:
    with store.write() as tx:
        tx.open_party("staff:E001", NOW + MINUTE)
        assert tx.party("staff:E001").opened_until == NOW + MINUTE


def test_languages_are_known_by_address(store: Store) -> None:
    with store.write() as tx:
        tx.party("mail:ann@example.org", "en")
        assert tx.party("mail:ann@example.org", "zh").language == "en"
        tx.party("mail:bob@example.org")
        assert tx.languages([ANN, Address("bob@example.org"), Address("eve@example.org")]) == {ANN: "en"}
        assert tx.languages([]) == {}


def test_a_suppressed_address_says_why_until_it_is_free_again(store: Store) -> None:
    with store.write() as tx:
        tx.refused_us(ANN, "550 no such user", NOW)
        assert tx.suppressed([ANN]) == {}
        tx.refused_us(Address(ANN.upper()), "550 gone", NOW + MINUTE)
        assert tx.suppressed([ANN, Address("bob@example.org")]) == {ANN: "550 no such user"}
        (suppression,) = tx.suppressions()
        assert (suppression.address, suppression.at) == (ANN, NOW + MINUTE)
        assert tx.lift(ANN)
        assert not tx.lift(ANN)
        assert tx.suppressed([ANN]) == {}
        assert tx.suppressed([]) == {}
