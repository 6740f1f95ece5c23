"""Mail out: promised once, attempts counted first, no end forgotten."""

from datetime import timedelta

import pytest

from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Address, Attachment, Digest, MessageId
from maildesk.core.people import StaffId
from maildesk.store import LeaseLost, Missing, OutboxId, Outgoing, Store
from tests.servers.databases import Open
from tests.store.samples import ANN, DESK, LEASE, MINUTE, NOW, PACE, Bytes, alarm_letter, letter, opened, promised, urgent_letter

LATER = NOW + 10 * MINUTE


def claim(store: Store, now: object = NOW, limit: int = 50) -> tuple[Outgoing, ...]:
    with store.write() as tx:
        tx.release_letters(now)  # type: ignore[arg-type]
        return tx.claim_letters(now, limit, LEASE, PACE)  # type: ignore[arg-type]


def state(store: Store, id: OutboxId) -> str:
    with store.read() as tx:
        found = tx.letter(id)
    assert found is not None
    return found.state


def test_a_promised_letter_comes_back_whole(store: Store) -> None:
    full = Letter(
        kind=LetterKind.ALARM,
        to=ANN,
        language="en",
        facts={"what": ["a", 1, None], "detail": {"z": 1, "a": [True]}, "remedy": "整理"},
        person=StaffId("E001"),
        name="Ann",
        attachments=(Attachment(filename="a.txt", content_type="text/plain", size=1, digest=Digest("d" * 64)),),
        answers=MessageId("m1@example.org"),
        not_before=NOW - MINUTE,
        bundle_for=StaffId("E001"),
        alarm="alarm:x",
        key="report:2026-10",
    )
    with store.write() as tx:
        ticket = opened(tx)
        id = tx.promise(full, ticket.id, NOW)
        (found,) = tx.unwritten(NOW, 10)
    assert (found.id, found.ticket, found.letter, found.created_at) == (id, ticket.id, full, NOW)


def test_a_letter_with_a_key_is_promised_once_for_ever(store: Store) -> None:
    with store.write() as tx:
        assert tx.promise(letter(key="report:2026-10"), None, NOW) is not None
    with store.write() as tx:
        assert tx.promise(letter(key="report:2026-10"), None, NOW) is None
        assert tx.promise(letter(), None, NOW) is not None
        assert tx.promise(letter(), None, NOW) is not None
        assert len(tx.outbox()) == 3
        assert tx.promised(["report:2026-10", "report:2026-11"]) == {"report:2026-10"}


def test_a_promise_waits_for_its_hour(store: Store) -> None:
    with store.write() as tx:
        id = tx.promise(letter(not_before=LATER), None, NOW)
        assert tx.unwritten(LATER - timedelta(seconds=1), 10) == ()
        assert tx.next_letter() == LATER
        assert [promise.id for promise in tx.unwritten(LATER, 10)] == [id]


def test_a_promise_whose_hour_is_past_is_due_now(store: Store) -> None:
    with store.write() as tx:
        id = tx.promise(letter(not_before=NOW - MINUTE), None, NOW)
        assert [promise.id for promise in tx.unwritten(NOW, 10)] == [id]


def test_without_letters_there_is_no_next_one(store: Store) -> None:
    with store.read() as tx:
        assert tx.next_letter() is None


def test_a_written_letter_goes_out_as_it_was_written(store: Store) -> None:
    written = Bytes(MessageId("md.1@desk"), b"Subject: x\r\n\r\n\0\xff\r\n")
    with store.write() as tx:
        ticket = opened(tx)
        id = tx.promise(alarm_letter(), ticket.id, NOW)
        assert id is not None
        tx.written(id, written, NOW)
        assert tx.unwritten(NOW, 10) == ()
    (found,) = claim(store)
    assert (found.id, found.ticket, found.kind, found.to, found.sender) == (id, ticket.id, LetterKind.ALARM, ANN, DESK)
    assert (found.message_id, found.raw, found.size) == (written.message_id, written.raw, len(written.raw))
    assert (found.attempts, found.created_at, found.resent) == (1, NOW, False)


def test_a_large_letter_goes_out_as_it_was_written(store: Store) -> None:
    raw = bytes(range(256)) * 4096
    promised(store, letter(), raw)
    (found,) = claim(store)
    assert found.raw == raw
    assert found.size == len(raw)
    assert store.missing_files() == ()


@pytest.mark.parametrize("size", [100, 300_000])
def test_the_bytes_of_a_letter_can_be_read_again_after_it_went_out(store: Store, size: int) -> None:
    raw = b"Subject: x\r\n\r\n" + b"a" * size
    id = promised(store, letter(), raw)
    claim(store)
    with store.write() as tx:
        tx.sent(id, "250 taken", NOW)
        waiting = tx.promise(letter(), None, NOW)
    assert waiting is not None
    with store.read() as tx:
        assert tx.raw(id) == raw
        assert tx.raw(waiting) is None


def test_a_large_letter_whose_file_is_gone_is_told(store: Store) -> None:
    promised(store, letter(), b"x" * 300_000)
    (found,) = claim(store)
    assert not isinstance(found.body, bytes)
    found.body.unlink()
    with pytest.raises(Missing, match="last backup"):
        assert found.raw


def test_merged_and_outdated_promises_never_go_out(store: Store) -> None:
    with store.write() as tx:
        first, second, third = (tx.promise(letter(to=Address(f"{n}@x")), None, NOW) for n in range(3))
        assert None not in (first, second, third)
        tx.written(first, Bytes(MessageId("md.1@desk")), NOW)
        tx.merged([second], first)
        tx.outdated(third, "the ticket moved on")
    assert [found.id for found in claim(store)] == [first]
    assert (state(store, second), state(store, third)) == ("merged", "outdated")
    with store.read() as tx:
        assert [found.reason for found in tx.outbox("outdated")] == ["the ticket moved on"]


def test_peoples_own_words_go_before_all_that_machines_say(store: Store) -> None:
    notice, word = promised(store, alarm_letter()), promised(store, urgent_letter(), now=NOW + MINUTE)
    assert [found.id for found in claim(store, NOW + MINUTE)] == [word, notice]


def test_of_many_letters_the_urgent_ones_fill_the_batch(store: Store) -> None:
    notices = [promised(store, alarm_letter()) for _ in range(3)]
    words = [promised(store, urgent_letter(), now=NOW + MINUTE) for _ in range(2)]
    assert [found.id for found in claim(store, NOW + MINUTE, 3)] == [*words, notices[0]]
    assert [found.id for found in claim(store, NOW + MINUTE, 3)] == notices[1:]


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    id = promised(here, letter())
    (mine,) = claim(here)
    assert claim(there, NOW + LEASE - MINUTE) == ()
    (found,) = claim(there, NOW + LEASE)
    assert (found.id, found.attempts, found.resent) == (id, 2, False)
    with pytest.raises(LeaseLost), here.write() as tx:
        tx.in_data(mine)


def test_a_letter_that_is_held_is_nobody_elses_for_longer(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    id = promised(here, letter())
    (mine,) = claim(here)
    with here.write() as tx:
        tx.in_data(mine)
        tx.hold_letters([mine], NOW + 2 * LEASE)
    assert claim(there, NOW + LEASE) == ()
    assert [found.resent for found in claim(there, NOW + 2 * LEASE)] == [True]
    with here.write() as tx:
        tx.hold_letters([mine], NOW + 9 * LEASE)
    assert [found.id for found in claim(there, NOW + 3 * LEASE)] == [id]


def test_a_sent_letter_is_never_sent_again(store: Store) -> None:
    id = promised(store, letter())
    (claimed,) = claim(store)
    with store.write() as tx:
        tx.in_data(claimed)
        tx.sent(id, "250 2.0.0 Ok: queued as ABC", LATER)
    assert claim(store, NOW + 2 * LEASE) == ()
    with store.read() as tx:
        found = tx.letter(id)
    assert found is not None
    assert (found.state, found.reply, found.settled_at, found.attempts) == ("sent", "250 2.0.0 Ok: queued as ABC", LATER, 1)


def test_a_letter_the_server_took_is_sent_even_when_its_lease_was_lost(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    id = promised(here, letter())
    (mine,) = claim(here)
    with here.write() as tx:
        tx.in_data(mine)
    (theirs,) = claim(there, NOW + LEASE)
    assert theirs.resent
    with here.write() as tx:
        tx.sent(id, "250 late", LATER)
    with pytest.raises(LeaseLost), there.write() as tx:
        tx.in_data(theirs)


def test_a_deferred_letter_waits_and_its_attempts_count(store: Store) -> None:
    promised(store, letter())
    (claimed,) = claim(store)
    with store.write() as tx:
        tx.deferred(claimed, LATER, "451 greylisted")
        assert tx.next_letter() == LATER
    assert claim(store, LATER - MINUTE) == ()
    (found,) = claim(store, LATER)
    assert found.attempts == 2


def test_a_refused_letter_ends_with_the_servers_words(store: Store) -> None:
    id = promised(store, letter())
    (claimed,) = claim(store)
    with store.write() as tx:
        tx.refused(claimed, "550 no such user", LATER)
        (found,) = tx.outbox("refused")
    assert (found.id, found.reply, found.settled_at, found.to) == (id, "550 no such user", LATER, ANN)
    assert claim(store, LATER) == ()


def test_a_letter_no_server_heard_of_keeps_its_attempt(store: Store) -> None:
    promised(store, letter())
    (claimed,) = claim(store)
    with store.write() as tx:
        tx.given_back(claimed, LATER, "connection refused")
    (found,) = claim(store, LATER)
    assert found.attempts == 1


def test_an_uncertain_letter_goes_out_once_more_and_then_waits_for_a_person(store: Store) -> None:
    raw = b"the very same bytes"
    id = promised(store, letter(), raw)
    (first,) = claim(store)
    with store.write() as tx:
        tx.in_data(first)
        assert tx.uncertain(first, "connection lost", NOW, LATER)
    (second,) = claim(store, LATER)
    assert (second.resent, second.raw, second.message_id, second.attempts) == (True, raw, first.message_id, 2)
    with store.write() as tx:
        tx.in_data(second)
        assert not tx.uncertain(second, "connection lost", LATER, LATER + MINUTE)
        (found,) = tx.outbox("uncertain")
    assert (found.id, found.settled_at) == (id, LATER)
    assert claim(store, LATER + 2 * MINUTE) == ()


def test_an_uncertain_letter_that_must_not_be_repeated_waits_for_a_person(store: Store) -> None:
    id = promised(store, letter())
    (claimed,) = claim(store)
    with store.write() as tx:
        tx.in_data(claimed)
        assert not tx.uncertain(claimed, "connection lost", NOW, None)
    assert state(store, id) == "uncertain"


def test_a_node_that_starts_again_finds_its_letters_where_they_were(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    claimed, in_data, resent, other = (promised(here, letter(to=Address(f"{n}@x"))) for n in range(4))
    _, second, third = claim(here, limit=3)
    claim(there)
    with here.write() as tx:
        tx.in_data(second)
        tx.in_data(third)
        tx.uncertain(third, "lost", NOW, NOW)
    (again,) = claim(here)
    assert again.id == resent
    with here.write() as tx:
        tx.in_data(again)
    with here.write() as tx:
        tx.recover(LATER)
    assert [state(here, id) for id in (claimed, in_data, resent, other)] == ["queued", "queued", "uncertain", "claimed"]
    assert {found.id: found.resent for found in claim(here)} == {claimed: False, in_data: True}


def test_what_happens_to_a_letter_that_is_not_claimed_is_refused(store: Store) -> None:
    id = promised(store, letter())
    (claimed,) = claim(store)
    with store.write() as tx:
        tx.given_back(claimed, NOW, "no line")
    for act in ("deferred", "refused", "given_back"):
        with pytest.raises(LeaseLost), store.write() as tx:
            getattr(tx, act)(claimed, *((NOW, "x") if act != "refused" else ("x", NOW)))
    assert state(store, id) == "queued"


@pytest.mark.parametrize("act", ["in_data", "deferred", "refused", "given_back", "uncertain"])
def test_who_had_a_letter_before_does_nothing_with_it_even_if_he_has_it_again(store: Store, act: str) -> None:
    """As a letter whose lease ran out while we were frozen, and which we have claimed once more since."""
    id = promised(store, letter())
    (before,) = claim(store)
    (now,) = claim(store, NOW + LEASE)
    more = {"in_data": (), "refused": ("x", LATER), "uncertain": ("x", LATER, LATER)}.get(act, (LATER, "x"))
    with pytest.raises(LeaseLost), store.write() as tx:
        getattr(tx, act)(before, *more)
    with store.write() as tx:
        tx.hold_letters([before], NOW + 9 * LEASE)
    assert (before.id, state(store, id), now.epoch - before.epoch) == (id, "claimed", 1)
    assert [found.id for found in claim(store, NOW + 2 * LEASE)] == [id]


def test_letters_are_listed_by_their_state_latest_first(store: Store) -> None:
    first, second = promised(store, letter()), promised(store, letter())
    with store.write() as tx:
        third = tx.promise(letter(), None, NOW)
    claim(store, limit=1)
    with store.write() as tx:
        tx.sent(first, "250", NOW)
    with store.read() as tx:
        assert [found.id for found in tx.outbox()] == [third, second, first]
        assert [found.id for found in tx.outbox("queued")] == [second]
        assert [found.id for found in tx.outbox("sent")] == [first]
        assert [found.id for found in tx.outbox(limit=1)] == [third]
        assert tx.letter(OutboxId(4711)) is None
