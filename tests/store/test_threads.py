"""Message-IDs and the tickets they belong to."""

import pytest

from maildesk.core.letter import Audience
from maildesk.core.message import MessageId
from maildesk.core.ticket import TicketId
from maildesk.store import Conflict, Ref, Store
from tests.store.samples import NOW, letter, opened

HIS, OURS = MessageId("m1@example.org"), MessageId("md.1.2.abc@desk")


def test_what_is_known_of_an_id_comes_back(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        outbox = tx.promise(letter(), ticket.id, NOW)
        tx.refer(HIS, ticket.id, None, None, False, NOW)
        tx.refer(OURS, ticket.id, Audience.REQUESTER, outbox, True, NOW)
    with store.read() as tx:
        assert tx.refs([HIS, OURS, MessageId("unknown@x")]) == {
            HIS: Ref(message_id=HIS, ticket=ticket.id, audience=None, outbox=None, automatic=False, at=NOW),
            OURS: Ref(message_id=OURS, ticket=ticket.id, audience=Audience.REQUESTER, outbox=outbox, automatic=True, at=NOW),
        }
        assert tx.refs([]) == {}


def test_nobody_takes_over_an_id_by_using_it_again(store: Store) -> None:
    with store.write() as tx:
        first, second = opened(tx), opened(tx)
        tx.refer(HIS, first.id, None, None, False, NOW)
        tx.refer(HIS, second.id, Audience.PUBLIC, None, True, NOW)
        assert tx.refs([HIS])[HIS].ticket == first.id
        assert tx.thread(second.id) == ()


def test_an_id_of_any_length_is_found_again(store: Store) -> None:
    longest = MessageId("x" * 90_000 + "\ud83d@example.org")
    with store.write() as tx:
        ticket = opened(tx)
        tx.refer(longest, ticket.id, None, None, False, NOW)
        assert tx.refs([longest])[longest].ticket == ticket.id
        assert tx.refs([MessageId(longest + "x")]) == {}


def test_a_thread_shows_the_requester_only_what_he_has_got(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        tx.refer(MessageId("his@x"), ticket.id, None, None, False, NOW)
        tx.refer(MessageId("to-him@x"), ticket.id, Audience.REQUESTER, None, True, NOW)
        tx.refer(MessageId("to-engineer@x"), ticket.id, Audience.PUBLIC, None, True, NOW)
        tx.refer(MessageId("note@x"), ticket.id, None, None, False, NOW, inside=True)
        assert tx.thread(ticket.id, Audience.REQUESTER) == ("his@x", "to-him@x")
        assert tx.thread(ticket.id, Audience.INTERNAL) == ("his@x", "to-him@x", "to-engineer@x", "note@x")
        assert tx.thread(ticket.id, None, 2) == ("to-engineer@x", "note@x")


def test_an_id_of_a_ticket_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(Conflict), store.write() as tx:
        tx.refer(HIS, TicketId(4711), None, None, False, NOW)
