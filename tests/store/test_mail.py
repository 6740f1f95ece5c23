"""Mail in: the same mail once, strikes before work, and every end known."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from maildesk.core.message import MessageId
from maildesk.core.people import StaffId
from maildesk.core.trust import Standing
from maildesk.store import LeaseLost, Place, Position, Store, Tx, Unfiled
from tests.servers.databases import Open
from tests.store.samples import LEASE, MINUTE, NOW, claimed, digest, kept, opened

HERE = Place(mailbox="support", folder="INBOX", uidvalidity=7, uid=11)
THERE = Place(mailbox="help", folder="INBOX", uidvalidity=3, uid=900)
WE = StaffId("E001")


def test_a_position_is_remembered_and_moved(store: Store) -> None:
    first = Position(mailbox="support", folder="INBOX", uidvalidity=7, next_uid=12, floor=12, since=NOW)
    moved = Position(mailbox="support", folder="INBOX", uidvalidity=7, next_uid=62, floor=12, since=NOW)
    with store.write() as tx:
        assert tx.position("support", "INBOX") is None
        tx.move_position(first)
        tx.move_position(moved)
    with store.read() as tx:
        assert tx.position("support", "INBOX") == moved
        assert tx.position("support", "Archive") is None


def test_the_same_bytes_are_the_same_mail_wherever_they_lie(store: Store) -> None:
    with store.write() as tx:
        first = tx.keep(digest(1), 100, NOW, NOW, HERE)
        again = tx.keep(digest(1), 100, NOW, NOW + MINUTE, THERE)
        other = tx.keep(digest(2), 100, NOW, NOW)
    assert first == again != other
    with store.read() as tx:
        assert tx.places(first) == (HERE, THERE)
        assert tx.places(other) == ()
        assert [mail.id for mail in tx.inbox()] == [other, first]


def test_the_same_place_twice_is_one_place(store: Store) -> None:
    with store.write() as tx:
        mail = tx.keep(digest(1), 100, NOW, NOW, HERE)
        tx.keep(digest(1), 100, NOW, NOW, HERE)
    with store.read() as tx:
        assert tx.places(mail) == (HERE,)


def test_uids_are_known_only_with_their_folder_and_uidvalidity(store: Store) -> None:
    with store.write() as tx:
        tx.keep(digest(1), 100, NOW, NOW, HERE)
    with store.read() as tx:
        assert tx.known_uids("support", "INBOX", 7, [10, 11, 12]) == {11}
        assert tx.known_uids("support", "INBOX", 8, [11]) == frozenset()
        assert tx.known_uids("support", "Other", 7, [11]) == frozenset()
        assert tx.known_uids("support", "INBOX", 7, []) == frozenset()


def test_the_lowest_kept_uid_is_found(store: Store) -> None:
    with store.write() as tx:
        for uid in (40, 11, 90):
            place = Place(mailbox="support", folder="INBOX", uidvalidity=7, uid=uid)
            tx.keep(digest(uid), 100, NOW, NOW, place)
    with store.read() as tx:
        assert tx.first_uid("support", "INBOX", 7) == 11
        assert tx.first_uid("support", "INBOX", 8) is None


def test_new_mails_are_claimed_together_in_their_order_with_one_strike_each(store: Store) -> None:
    ids = kept(store, 1, 2, 3)
    batch = claimed(store, limit=2)
    assert [mail.id for mail in batch] == list(ids[:2])
    assert {mail.strikes for mail in batch} == {1}
    assert [mail.id for mail in claimed(store)] == [ids[2]]
    assert claimed(store) == ()


def test_a_claimed_mail_is_nobody_elses_until_the_lease_ends(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    kept(here, 1)
    assert len(claimed(here)) == 1
    assert claimed(there, NOW + LEASE - timedelta(seconds=1)) == ()
    (taken,) = claimed(there, NOW + LEASE)
    assert taken.strikes == 2


def test_mails_that_were_tried_before_come_back_one_at_a_time(store: Store) -> None:
    ids = kept(store, 1, 2, 3)
    claimed(store)
    fresh = kept(store, 4, 5)
    later = NOW + LEASE
    assert [[mail.id for mail in claimed(store, later)] for _ in range(4)] == [[id] for id in ids] + [list(fresh)]


def test_a_mail_that_was_tried_twice_waits_for_all_others(store: Store) -> None:
    (suspect,) = kept(store, 1)
    claimed(store)
    claimed(store, NOW + LEASE)
    fresh = kept(store, 2, 3)
    later = NOW + 2 * LEASE
    assert [[mail.id for mail in claimed(store, later)] for _ in range(2)] == [list(fresh), [suspect]]


def test_the_third_claim_is_the_third_strike(store: Store) -> None:
    kept(store, 1)
    strikes = [claimed(store, NOW + turn * LEASE)[0].strikes for turn in range(3)]
    assert strikes == [1, 2, 3]


def test_a_node_that_starts_again_frees_its_own_claims_and_keeps_their_strikes(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    kept(here, 1, 2)
    claimed(here, limit=1)
    claimed(there, limit=1)
    with here.write() as tx:
        tx.recover(NOW)
    (mail,) = claimed(here)
    assert mail.digest == digest(1)
    assert mail.strikes == 2
    assert claimed(here) == ()


def test_a_mail_given_back_unharmed_has_no_strike(store: Store) -> None:
    (id,) = kept(store, 1)
    claimed(store)
    with store.write() as tx:
        tx.unclaim({id: 1})
    (again,) = claimed(store)
    assert again.strikes == 1


def test_to_give_a_mail_back_twice_or_without_having_it_changes_nothing(store: Store) -> None:
    first, second = kept(store, 1, 2)
    claimed(store, limit=1)
    with store.write() as tx:
        tx.unclaim({first: 1, second: 1})
        tx.unclaim({first: 1})
    assert [mail.strikes for mail in claimed(store)] == [1, 1]


def test_what_became_of_a_mail_is_told_in_full(store: Store) -> None:
    (id,) = kept(store, 1)
    claimed(store)
    with store.write() as tx:
        ticket = opened(tx)
        tx.settle(
            id,
            "done",
            epoch=1,
            verdict="person",
            outcome="opened: new matter",
            ticket=ticket.id,
            reason="",
            folder="processed",
            message_id=MessageId("m1@example.org"),
            semantic="abc",
        )
    with store.read() as tx:
        mail = tx.mail(id)
    assert mail is not None
    assert (mail.state, mail.verdict, mail.outcome, mail.ticket) == ("done", "person", "opened: new matter", ticket.id)
    assert (mail.folder, mail.message_id, mail.semantic, mail.strikes) == ("processed", "m1@example.org", "abc", 1)
    assert (mail.received_at, mail.kept_at, mail.size) == (NOW, NOW, 100)
    assert claimed(store, NOW + LEASE) == ()


def test_a_settled_mail_is_to_be_filed_wherever_it_lies_until_that_is_done(store: Store) -> None:
    with store.write() as tx:
        mail = tx.keep(digest(1), 100, NOW, NOW, HERE)
        tx.keep(digest(1), 100, NOW, NOW, THERE)
        assert tx.unfiled("support", NOW, 10) == ()
        tx.settle(mail, "done", folder="processed")
        (here,) = tx.unfiled("support", NOW, 10)
        (there,) = tx.unfiled("help", NOW, 10)
        assert (here.mailbox, here.folder, here.uidvalidity, here.uid) == ("support", "INBOX", 7, 11)
        assert (here.target, there.target, here.inbox) == ("processed", "processed", mail)
        tx.filed([here.id], "moved")
        assert tx.unfiled("support", NOW, 10) == ()
        assert tx.unfiled("help", NOW, 10) == (there,)


@pytest.mark.parametrize("seen_first", [True, False])
def test_what_is_seen_again_while_it_is_settled_is_to_be_filed_too(seen_first: bool, open_store: Open) -> None:
    stores = open_store(), open_store(node="there")
    (mail,) = kept(stores[0], 1)
    steps: list[Callable[[Tx], object]] = [
        lambda tx: tx.keep(digest(1), 100, NOW, NOW, THERE),
        lambda tx: tx.settle(mail, "done", folder="processed"),
    ]
    earlier, later = steps if seen_first else reversed(steps)
    meanwhile = threading.Thread(target=_done, args=(stores[1], later))
    with stores[0].write() as tx:
        earlier(tx)
        meanwhile.start()
        meanwhile.join(0.3)
    meanwhile.join()
    with stores[0].read() as tx:
        (waiting,) = tx.unfiled("help", NOW, 10)
    assert (waiting.uid, waiting.target) == (THERE.uid, "processed")


def _done(store: Store, step: Callable[[Tx], object]) -> None:
    with store.write() as tx:
        step(tx)


def place_in_hand(here: Store) -> Unfiled:
    """The place of a mail that is done, as it was before this node began to file it."""
    with here.write() as tx:
        tx.settle(tx.keep(digest(1), 100, NOW, NOW, HERE), "done", folder="processed")
        (fresh,) = tx.unfiled("support", NOW, 10)
        assert tx.claim_places([fresh.id], 40, NOW, LEASE) == {fresh.id}
    return fresh


def test_a_place_is_in_one_nodes_hands_until_its_lease_ends(open_store: Open) -> None:
    here, there = open_store(), open_store(node="there")
    fresh = place_in_hand(here)
    with here.write() as tx:
        assert tx.claim_places([fresh.id], 50, NOW, LEASE) == {fresh.id}
    with there.write() as tx:
        assert tx.unfiled("support", NOW, 10) == ()
        assert tx.claim_places([fresh.id], 60, NOW, LEASE) == frozenset()
        (tried,) = tx.unfiled("support", NOW + LEASE, 10)
        assert (fresh.above, tried.above) == (None, 40)
        assert tx.claim_places([fresh.id], 60, NOW + LEASE, LEASE) == {fresh.id}
        tx.unclaim_places([fresh.id])
    with here.read() as tx:
        assert tx.unfiled("support", NOW, 10) == (fresh,)


def test_who_was_frozen_over_a_place_leaves_it_in_the_hands_that_have_it(open_store: Open) -> None:
    here, there = open_store(), open_store(node="there")
    fresh = place_in_hand(here)
    with there.write() as tx:
        assert tx.claim_places([fresh.id], 60, NOW + LEASE, LEASE) == {fresh.id}
    with here.write() as tx:
        tx.unclaim_places([fresh.id])
        assert tx.unfiled("support", NOW + LEASE, 10) == (), "it was not ours to give back"
        assert [place.above for place in tx.unfiled("support", NOW + 2 * LEASE, 10)] == [40]


def test_a_mail_seen_again_while_it_is_filed_stays_in_the_same_hands(open_store: Open) -> None:
    here, there = open_store(), open_store(node="there")
    with here.write() as tx:
        mail = tx.keep(digest(1), 100, NOW, NOW, HERE)
        tx.settle(mail, "done", folder="processed")
        tx.claim_places([one.id for one in tx.unfiled("support", NOW, 10)], 40, NOW, LEASE)
    with there.write() as tx:
        assert tx.keep(digest(1), 100, NOW, NOW, HERE) == mail
        assert tx.unfiled("support", NOW, 10) == ()


def test_a_copy_of_a_settled_mail_is_to_be_filed_at_once(store: Store) -> None:
    with store.write() as tx:
        mail = tx.keep(digest(1), 100, NOW, NOW, HERE)
        tx.settle(mail, "done", folder="ignored")
        tx.keep(digest(1), 100, NOW, NOW, THERE)
        assert [place.target for place in tx.unfiled("help", NOW, 10)] == ["ignored"]


def test_a_mail_without_a_decided_folder_stays_where_it_is(store: Store) -> None:
    with store.write() as tx:
        mail = tx.keep(digest(1), 100, NOW, NOW, HERE)
        tx.settle(mail, "awaiting", person=WE)
        assert tx.unfiled("support", NOW, 10) == ()


def test_a_twin_has_the_same_id_and_the_same_content(store: Store) -> None:
    first, second = kept(store, 1, 2)
    id = MessageId("m1@example.org")
    with store.write() as tx:
        assert tx.twins(id, "abc") == ()
        assert not tx.used_id(id, "other")
        tx.settle(first, "done", message_id=id, semantic="abc")
        assert [twin.id for twin in tx.twins(id, "abc")] == [first]
        assert tx.twins(id, "other") == ()
        assert [tx.used_id(id, said) for said in ("abc", "other")] == [False, True]
        tx.settle(second, "duplicate", message_id=id, semantic="abc")
        assert [twin.id for twin in tx.twins(id, "abc")] == [first]


def test_a_twin_of_which_more_became_comes_first_and_one_of_old_stands_by_its_state(store: Store) -> None:
    ids = kept(store, 1, 2, 3, 4)
    id = MessageId("m1@example.org")
    with store.write() as tx:
        tx.settle(ids[0], "done", message_id=id, semantic="abc", folder="ignored")
        tx.settle(ids[1], "held", message_id=id, semantic="abc")
        tx.settle(ids[2], "done", message_id=id, semantic="abc", standing=Standing.DOUBTED)
        assert [twin.standing for twin in tx.twins(id, "abc")] == [Standing.DOUBTED, Standing.HELD, Standing.IGNORED]
        tx.settle(ids[3], "done", message_id=id, semantic="abc")
        assert tx.twins(id, "abc")[0].standing is Standing.DONE


def test_a_mail_whose_better_copy_came_waits_no_more(store: Store) -> None:
    held, done = kept(store, 1, 2)
    with store.write() as tx:
        tx.settle(held, "held")
        tx.settle(done, "done", folder="ignored")
        tx.supersede(held)
        tx.supersede(done)
        assert not tx.admit(held)
        assert [(mail.state, mail.folder) for mail in tx.inbox()] == [("done", "ignored"), ("duplicate", "processed")]


def test_what_was_said_is_known_under_any_id_once_it_was_believed(store: Store) -> None:
    first, second = kept(store, 1, 2)
    id = MessageId("m1@example.org")
    with store.write() as tx:
        tx.settle(first, "held", message_id=id, semantic="abc", said="take", standing=Standing.HELD)
        assert not tx.said_before("take", None, "abc")
        tx.settle(second, "done", message_id=id, semantic="abc", said="take", standing=Standing.DONE)
        assert tx.said_before("take", None, "abc")
        assert tx.said_before("take", MessageId("m2@example.org"), "abc")
        assert not tx.said_before("take", id, "abc")
        assert not tx.said_before("give", None, "abc")


def test_a_mail_is_not_its_own_twin_when_it_is_tried_again(store: Store) -> None:
    (mail,) = kept(store, 1)
    id = MessageId("m1@example.org")
    with store.write() as tx:
        tx.settle(mail, "failed", message_id=id, semantic="abc", folder="failed")
        assert tx.replay(mail)
        assert tx.twins(id, "abc") == ()


def test_a_held_mail_that_is_let_in_is_not_taken_for_a_copy_of_its_own_copy(store: Store) -> None:
    first, second = kept(store, 1, 2)
    id = MessageId("m1@example.org")
    with store.write() as tx:
        tx.settle(first, "held", message_id=id, semantic="abc")
        tx.settle(second, "duplicate", message_id=id, semantic="abc")
        assert tx.admit(first)
        assert tx.twins(id, "abc") == ()
        assert not tx.used_id(id, "other")


def test_a_message_id_of_any_length_is_kept_and_told_apart(store: Store) -> None:
    first, second = kept(store, 1, 2)
    longest = "x" * 100_000
    with store.write() as tx:
        tx.settle(first, "done", message_id=MessageId(longest + "1"), semantic="abc")
        tx.settle(second, "done", message_id=MessageId(longest + "2"), semantic="abc")
        assert [twin.id for twin in tx.twins(MessageId(longest + "2"), "abc")] == [second]


def test_a_failed_mail_is_replayed_alone_and_keeps_its_ticket(store: Store) -> None:
    failed, fresh = kept(store, 1, 2)
    with store.write() as tx:
        ticket = opened(tx)
        tx.settle(failed, "failed", ticket=ticket.id, folder="failed", reason="three strikes")
        assert tx.replay(failed)
        assert not tx.replay(fresh)
    (mail,) = claimed(store)
    assert (mail.id, mail.ticket, mail.reason) == (failed, ticket.id, "three strikes")
    with store.write() as tx:
        tx.settle(failed, "kept", epoch=mail.epoch, reason="again")
    with store.read() as tx:
        again = tx.mail(failed)
    assert again is not None
    assert again.ticket == ticket.id


def test_a_mail_that_awaits_a_confirmation_waits_for_that_person_and_no_other_mail_is_freed_with_it(store: Store) -> None:
    first, second = kept(store, 1, 2)
    with store.write() as tx:
        for mail in (first, second):
            tx.settle(mail, "awaiting", person=WE, waits_until=NOW + LEASE)
    assert claimed(store) == ()
    with store.write() as tx:
        assert not tx.answered(first, StaffId("E002"), yes=True)
        assert tx.answered(first, WE, yes=True)
        assert not tx.answered(first, WE, yes=True)
    (mail,) = claimed(store)
    assert (mail.id, mail.strikes, mail.vouched, mail.waits_until) == (first, 1, True, NOW + LEASE)


def test_a_no_is_kept_with_the_mail_and_vouches_for_nothing(store: Store) -> None:
    (mail,) = kept(store, 1)
    with store.write() as tx:
        tx.settle(mail, "awaiting", person=WE, waits_until=NOW + LEASE)
        assert tx.answered(mail, WE, yes=False, said="不是我")
    (again,) = claimed(store)
    assert (again.vouched, again.reason) == (False, "不是我")


def test_a_mail_that_nobody_confirms_in_time_is_taken_in_again_and_still_known_to_have_been_asked_about(store: Store) -> None:
    early, late = kept(store, 1, 2)
    with store.write() as tx:
        tx.settle(early, "awaiting", person=WE, waits_until=NOW)
        tx.settle(late, "awaiting", person=WE, waits_until=NOW + MINUTE)
        assert tx.lapse(NOW) == 1
    (mail,) = claimed(store)
    assert (mail.id, mail.vouched, mail.waits_until) == (early, False, NOW)
    with store.write() as tx:
        tx.settle(early, "held", epoch=mail.epoch, person=WE)
        assert tx.held() == 1
        assert tx.answered(early, WE, yes=True), "his word still counts while his token does"


def test_a_held_mail_is_let_in_or_refused_once(store: Store) -> None:
    first, second, plain = kept(store, 1, 2, 3)
    with store.write() as tx:
        tx.keep(digest(2), 100, NOW, NOW, HERE)
        tx.settle(first, "held", reason="failed")
        tx.settle(second, "held", reason="failed")
        assert tx.held() == 2
        assert not tx.admit(plain)
        assert not tx.refuse(plain, "why")
        assert tx.admit(first)
        assert tx.refuse(second, "冒名的")
        assert not tx.admit(second)
        assert tx.held() == 0
        assert [place.target for place in tx.unfiled("support", NOW, 10)] == ["ignored"]
        refused = tx.mail(second)
    assert refused is not None
    assert (refused.state, refused.folder, refused.reason) == ("done", "ignored", "冒名的")
    assert [(mail.id, mail.vouched) for mail in claimed(store)] == [(first, True), (plain, False)]


@pytest.mark.parametrize("state", ["kept", "done", "failed", "duplicate", "awaiting", "held"])
def test_mails_are_listed_by_their_state(store: Store, state: str) -> None:
    states = ("kept", "done", "failed", "duplicate", "awaiting", "held")
    ids = dict(zip(states, kept(store, *range(1, 7)), strict=True))
    with store.write() as tx:
        for each in states:
            tx.settle(ids[each], each)  # type: ignore[arg-type]
    with store.read() as tx:
        assert [mail.id for mail in tx.inbox(state)] == [ids[state]]  # type: ignore[arg-type]
        assert len(tx.inbox()) == 6
        assert len(tx.inbox(limit=3)) == 3


def test_a_mail_nobody_kept_is_nowhere(store: Store) -> None:
    with store.read() as tx:
        assert tx.mail(4711) is None  # type: ignore[arg-type]


def test_the_latest_files_that_are_not_on_the_disk_are_named(store: Store) -> None:
    there, size = store.files.put([b"mail"])
    with store.write() as tx:
        tx.keep(there, size, NOW, NOW)
        tx.keep(digest(1), 100, NOW, NOW)
    assert store.missing_files() == (digest(1),)


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("name", ["there", "here"])
def test_who_was_too_slow_saves_nothing_of_a_mail_that_another_has_by_now(open_store: Open, finished: bool, name: str) -> None:
    here, there = open_store("here"), open_store(name)
    (mail,) = kept(here, 1)
    assert len(claimed(here, NOW)) == 1
    assert len(claimed(there, NOW + LEASE)) == 1
    if finished:
        with there.write() as tx:
            tx.settle(mail, "done", epoch=2, folder="processed")
    with pytest.raises(LeaseLost), here.write() as tx:
        tx.settle(mail, "failed", epoch=1, folder="failed")
    with here.write() as tx:
        tx.unclaim({mail: 1})
    with here.read() as tx:
        found = tx.mail(mail)
    assert found is not None
    assert (found.state, found.strikes) == ("done" if finished else "kept", 2)
