"""Windows, outages and the pace, as the store remembers them."""

from datetime import datetime, timedelta

import pytest

from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, MessageId
from maildesk.core.peace import Outage
from maildesk.core.people import StaffId
from maildesk.store import Store, Tx
from tests.store.samples import ANN, LEASE, MINUTE, NOW, Bytes, letter, urgent_letter

WE, OTHER = StaffId("E001"), StaffId("E002")
SILENCE = 5 * MINUTE
SECOND = timedelta(seconds=1)


def test_a_window_is_remembered_for_each_person_until_the_next_one_opens(store: Store) -> None:
    with store.write() as tx:
        assert tx.window(WE) is None
        tx.open_window(WE, NOW)
        tx.open_window(OTHER, NOW + MINUTE)
        tx.open_window(WE, NOW + 2 * MINUTE)
    with store.read() as tx:
        assert (tx.window(WE), tx.window(OTHER)) == (NOW + 2 * MINUTE, NOW + MINUTE)


def test_the_letters_that_may_be_merged_are_found_by_their_person_while_they_are_not_written(store: Store) -> None:
    with store.write() as tx:
        first = tx.promise(letter(bundle_for=WE), None, NOW, at=NOW + MINUTE)
        second = tx.promise(letter(bundle_for=WE, not_before=NOW + 2 * MINUTE), None, NOW)
        tx.promise(letter(bundle_for=OTHER), None, NOW)
        tx.promise(letter(), None, NOW)
        assert [(one.id, one.next_at) for one in tx.companions(WE, 9)] == [(first, NOW + MINUTE), (second, NOW + 2 * MINUTE)]
        due = tx.promise(letter(bundle_for=WE), None, NOW)
        assert [one.id for one in tx.companions(WE, 2)] == [first, due]
        assert [one.id for one in tx.companions(WE, 9, until=NOW + MINUTE)] == [first, due]
        assert first is not None
        tx.written(first, Bytes(MessageId("md.1@desk")), NOW)
        assert [one.id for one in tx.companions(WE, 9)] == [second, due]


@pytest.mark.parametrize(
    ("signs", "outage"),
    [
        ((0,), None),
        ((0, 1, 2, 7), None),  # five minutes of silence are none yet
        ((0, 1, 7), (1, 7)),
        ((0, 60, 61, 62), (0, 60)),  # it is remembered
        ((0, 60, 61, 200), (61, 200)),  # the last one
        ((0, 10, 3, 9), (0, 10)),  # a clock that was put back makes no outage
    ],
)
def test_an_outage_is_a_long_time_without_a_sign_of_life(
    store: Store, signs: tuple[int, ...], outage: tuple[int, int] | None
) -> None:
    for minute in signs:
        with store.write() as tx:
            found = tx.alive(NOW + minute * MINUTE, SILENCE)
    expected = None if outage is None else Outage(since=NOW + outage[0] * MINUTE, until=NOW + outage[1] * MINUTE)
    assert found == expected


# -- the pace ------------------------------------------------------------------------------------------------------------


def chaser(tx: Tx, n: int, **fields: object) -> None:
    """A letter of the clock to a requester."""
    made = letter(to=Address(f"user{n}@x"), paced=True, **fields)
    tx.promise(made, None, NOW, Bytes(MessageId(f"md.{n}@desk")))


def sent(store: Store, now: datetime, pace: int = 3) -> list[str]:
    """Who is written to now."""
    with store.write() as tx:
        rows = tx.claim_letters(now, 50, LEASE, pace)
        for row in rows:
            tx.sent(row.id, "ok", now)
    return [row.to for row in rows]


def test_the_clocks_letters_to_requesters_go_out_at_a_pace_and_none_is_lost(store: Store) -> None:
    with store.write() as tx:
        for n in range(8):
            chaser(tx, n)
    rounds = [sent(store, NOW + n * 10 * SECOND) for n in range(20)]
    assert [len(found) for found in rounds if found] == [3, 3, 2]
    assert [to for found in rounds for to in found] == [f"user{n}@x" for n in range(8)]


def test_no_minute_has_more_of_them_however_they_come(store: Store) -> None:
    times: list[datetime] = []
    for n in range(120):
        now = NOW + n * 7 * SECOND
        with store.write() as tx:
            if n < 60:
                chaser(tx, n)
        times += [now] * len(sent(store, now, pace=5))
    assert len(times) == 60
    assert all(sum(at <= other < at + MINUTE for other in times) <= 5 for at in times)


def test_broken_promises_go_before_chasers_and_both_after_everything_else(store: Store) -> None:
    promise = {
        "kind": LetterKind.ETA,
        "facts": {"engineer": "", "at": "", "moved": False, "earlier": False, "missed": True, "reason": ""},
    }
    with store.write() as tx:
        chaser(tx, 1)
        chaser(tx, 2, **promise)
        tx.promise(letter(to=Address("ours@x")), None, NOW, Bytes(MessageId("md.3@desk")))
        tx.promise(urgent_letter(to=ANN), None, NOW, Bytes(MessageId("md.4@desk")))
    assert sent(store, NOW) == [ANN, "ours@x", "user2@x", "user1@x"]


def test_other_letters_do_not_wait_for_the_pace(store: Store) -> None:
    with store.write() as tx:
        for n in range(4):
            chaser(tx, n)
    assert len(sent(store, NOW)) == 3
    with store.write() as tx:
        tx.promise(letter(to=ANN), None, NOW, Bytes(MessageId("md.9@desk")))
    assert sent(store, NOW + SECOND) == [ANN]


def test_the_next_letter_is_due_when_the_pace_allows_it(store: Store) -> None:
    with store.write() as tx:
        for n in range(4):
            chaser(tx, n)
        assert tx.next_letter() == NOW
    sent(store, NOW)
    with store.read() as tx:
        assert tx.next_letter() == NOW + MINUTE
    assert sent(store, NOW + MINUTE) == ["user3@x"]
    with store.read() as tx:
        assert tx.next_letter() is None


# -- the reserve ---------------------------------------------------------------------------------------------------------


def test_what_people_write_goes_when_a_machine_may_send_no_more(store: Store) -> None:
    with store.write() as tx:
        for n in range(6):
            made = letter(to=Address(f"machine{n}@x")) if n % 2 else urgent_letter(to=Address(f"person{n}@x"))
            tx.promise(made, None, NOW, Bytes(MessageId(f"md.{n}@desk")))
        assert [row.to for row in tx.claim_letters(NOW, 50, LEASE, 30, spare=0)] == ["person0@x", "person2@x", "person4@x"]
        assert [row.to for row in tx.claim_letters(NOW, 50, LEASE, 30, spare=2)] == ["machine1@x", "machine3@x"]
        assert [row.to for row in tx.claim_letters(NOW, 50, LEASE, 30)] == ["machine5@x"]
