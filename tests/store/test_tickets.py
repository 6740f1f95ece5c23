"""Tickets: whole, once, and never over somebody else's word."""

from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from maildesk.core.message import Address, Attachment, Digest, Fact, MessageId
from maildesk.core.people import StaffId
from maildesk.core.ticket import (
    UNSAVED,
    Archive,
    Eta,
    Feedback,
    Former,
    Mark,
    Number,
    Pause,
    Priority,
    Progress,
    Status,
    Ticket,
    TicketId,
    Waiting,
)
from maildesk.store import Conflict, Stale, Store
from tests.store.samples import ANN, DAY, MINUTE, NOW, line, opened

WE, THEY = StaffId("E001"), StaffId("E002")

FULL: dict[str, Any] = {
    "status": Status.WAITING,
    "subject": "打印机 [urgent] “not working”",
    "language": "en",
    "requester": ANN,
    "requester_name": "安 Ann",
    "internal": True,
    "watchers": (Address("bob@example.org"), Address("eve@example.org")),
    "opened_at": NOW,
    "reopened_at": NOW + MINUTE,
    "raw": Digest("a" * 64),
    "fields": {
        "symptom": Fact(value="不能打印", source="line"),
        "occurred": Fact(value="10:00", source="subject"),
        "a": Fact(value="", source="signature"),
    },
    "missing": ("error", "system"),
    "missing_asked_at": NOW + 2 * MINUTE,
    "category": "系统故障-登录异常",
    "category_source": "words",
    "category_confidence": 0.75,
    "asked": Priority.P1,
    "proposed": Priority.P2,
    "confirmed": Priority.P4,
    "priority_reason": "影响一人",
    "priority_at": NOW + 3 * MINUTE,
    "former": (Former(until=NOW + MINUTE, priority=Priority.P3, category="软件", internal=True),),
    "engineer": WE,
    "assigned_at": NOW + 4 * MINUTE,
    "line": 2,
    "line2_at": NOW + 4 * MINUTE,
    "line_since": NOW + 5 * MINUTE,
    "first_answer_at": NOW + 6 * MINUTE,
    "progressed_at": NOW + 7 * MINUTE,
    "heard_at": NOW + 8 * MINUTE,
    "called_at": NOW + 9 * MINUTE,
    "eta": Eta(at=NOW + 10 * MINUTE, said_at=NOW),
    "promised": Eta(at=NOW + 20 * MINUTE, said_at=NOW),
    "waiting": Waiting.VENDOR,
    "waiting_until": NOW + 11 * MINUTE,
    "chased_at": NOW + 12 * MINUTE,
    "pauses": (Pause(why=Waiting.USER, since=NOW, until=NOW + MINUTE), Pause(why=Waiting.VENDOR, since=NOW + MINUTE)),
    "solution": "reboot",
    "resolved_at": NOW + 13 * MINUTE,
    "round": 3,
    "feedback": Feedback.PARTLY,
    "closed_at": NOW + 14 * MINUTE,
    "closed_how": "confirmed",
    "rating": 4,
    "rating_comment": "谢谢",
    "surveyed_at": NOW + 15 * MINUTE,
    "archive": Archive.PENDING,
    "article": "KB-012",
    "merged_into": Number("TS20261027009"),
    "linked": (Number("TS20261027001"),),
    "spoken": frozenset({"alarm:first_answer:1:x", "alarm:progress:2:y"}),
    "wake_at": NOW + 16 * MINUTE,
    "due_at": NOW + 17 * MINUTE,
}


def test_a_ticket_comes_back_as_it_was_saved(store: Store) -> None:
    with store.write() as tx:
        bare = tx.save(Ticket(id=UNSAVED, number=tx.mint(DAY), opened_at=NOW))
        full = opened(tx, **FULL)
    with store.read() as tx:
        assert tx.ticket(bare.id) == bare
        assert tx.ticket(full.id) == full
        assert tx.by_number(full.number, follow_merges=False) == full
        assert tx.ticket(TicketId(4711)) is None
        assert tx.by_number(Number("TS20991231999")) is None


def test_the_sample_has_something_in_every_field() -> None:
    bare = Ticket(id=UNSAVED, number=Number(""), opened_at=NOW - MINUTE)
    full = replace(bare, id=TicketId(1), number=Number("TS1"), version=1, **FULL)
    assert [field.name for field in fields(Ticket) if getattr(bare, field.name) == getattr(full, field.name)] == []


def test_the_order_of_a_tickets_facts_is_kept(store: Store) -> None:
    with store.write() as tx:
        full = opened(tx, **FULL)
    with store.read() as tx:
        again = tx.ticket(full.id)
    assert again is not None
    assert list(again.fields) == ["symptom", "occurred", "a"]


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
def test_an_instant_comes_back_as_the_same_instant_in_utc(store: Store, zone: timezone) -> None:
    at = datetime(2026, 3, 29, 2, 30, 15, 123456, tzinfo=zone)
    with store.write() as tx:
        ticket = opened(tx, opened_at=at)
    with store.read() as tx:
        again = tx.ticket(ticket.id)
    assert again is not None
    assert again.opened_at == at
    assert again.opened_at.tzinfo is UTC


def test_a_time_without_an_offset_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="offset"), store.write() as tx:
        opened(tx, opened_at=datetime(2026, 10, 27, 9, 0))  # noqa: DTZ001


def test_text_that_no_database_can_hold_is_repaired(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx, subject="nul \0 half \ud83d pair \ud83d\ude00", watchers=(Address("half\ud83d@x"),))
        tx.append(ticket.id, line("also \udc80"))
    with store.read() as tx:
        again = tx.ticket(ticket.id)
        assert again is not None
        assert again.subject == "nul \ufffd half \ufffd pair \U0001f600"
        assert again.watchers == ("half\ud83d@x",)
        assert [said.text for said in tx.history(ticket.id)] == ["also \ufffd"]


def test_every_save_makes_the_version_one_higher(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        again = tx.save(replace(ticket, subject="new"))
    assert (ticket.version, again.version) == (1, 2)
    with store.read() as tx:
        assert tx.ticket(ticket.id) == again


def test_a_ticket_saved_by_somebody_else_meanwhile_is_stale(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        tx.save(replace(ticket, subject="theirs"))
    with pytest.raises(Stale, match="decide anew"), store.write() as tx:
        tx.save(replace(ticket, subject="ours"))
    with store.read() as tx:
        found = tx.ticket(ticket.id)
    assert found is not None
    assert found.subject == "theirs"


def test_two_tickets_cannot_have_one_number(store: Store) -> None:
    with store.write() as tx:
        first = opened(tx)
    with pytest.raises(Conflict), store.write() as tx:
        opened(tx, number=first.number)


def test_ids_are_never_given_twice(store: Store) -> None:
    with store.write() as tx:
        ids = [opened(tx).id for _ in range(5)]
    with store.write() as tx:
        ids += [opened(tx).id for _ in range(5)]
    assert len({UNSAVED, *ids}) == 11


def test_numbers_count_each_day_from_one(store: Store) -> None:
    with store.write() as tx:
        numbers = [tx.mint(date(2026, 10, 27)), tx.mint(date(2026, 10, 27)), tx.mint(date(2026, 10, 28))]
    with store.write() as tx:
        numbers.append(tx.mint(date(2026, 10, 27)))
    assert numbers == ["TS20261027001", "TS20261027002", "TS20261028001", "TS20261027003"]


def test_numbers_grow_past_three_digits(store: Store) -> None:
    with store.write() as tx:
        numbers = [tx.mint(DAY) for _ in range(1001)]
    assert numbers[998:] == ["TS20261027999", "TS202610271000", "TS202610271001"]


def test_a_number_of_an_undone_transaction_is_free_again(store: Store) -> None:
    with suppress(ZeroDivisionError), store.write() as tx:
        tx.mint(DAY)
        raise ZeroDivisionError
    with store.write() as tx:
        assert tx.mint(DAY) == "TS20261027001"


def test_a_merged_ticket_leads_to_the_one_it_became(store: Store) -> None:
    with store.write() as tx:
        last = opened(tx)
        middle = opened(tx, merged_into=last.number, status=Status.MERGED)
        first = opened(tx, merged_into=middle.number, status=Status.MERGED)
    with store.read() as tx:
        assert tx.by_number(first.number) == last
        assert tx.by_number(first.number, follow_merges=False) == first


def test_tickets_merged_in_a_circle_or_into_nothing_end_somewhere(store: Store) -> None:
    with store.write() as tx:
        one, two = tx.mint(DAY), tx.mint(DAY)
        opened(tx, number=one, merged_into=two)
        opened(tx, number=two, merged_into=one)
        lost = opened(tx, merged_into=Number("TS20991231001"))
    with store.read() as tx:
        circle = tx.by_number(one)
        assert circle is not None
        assert circle.number in (one, two)
        assert tx.by_number(lost.number) == lost


def test_due_tickets_come_longest_waiting_first(store: Store) -> None:
    with store.write() as tx:
        late = opened(tx, wake_at=NOW - 2 * MINUTE)
        now = opened(tx, wake_at=NOW)
        opened(tx, wake_at=NOW + MINUTE)
        opened(tx)
        earliest = opened(tx, wake_at=NOW - 3 * MINUTE)
        assert tx.due(NOW, 10) == (earliest, late, now)
        assert tx.due(NOW, 1) == (earliest,)
        assert tx.next_wake() == NOW - 3 * MINUTE


def test_without_an_alarm_nobody_is_to_be_woken(store: Store) -> None:
    with store.write() as tx:
        opened(tx)
        assert tx.due(NOW + 1000 * MINUTE, 10) == ()
        assert tx.next_wake() is None


def test_a_postponed_ticket_sleeps_and_whoever_held_it_is_stale(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx, wake_at=NOW)
        tx.postpone(ticket.id, NOW + 15 * MINUTE)
        assert tx.due(NOW, 10) == ()
        with pytest.raises(Stale):
            tx.save(ticket)


def test_tickets_are_found_by_what_is_asked_youngest_first(store: Store) -> None:
    with store.write() as tx:
        a = opened(tx, engineer=WE, status=Status.ASSIGNED, opened_at=NOW)
        b = opened(tx, engineer=WE, status=Status.CLOSED, opened_at=NOW + MINUTE)
        c = opened(tx, engineer=THEY, status=Status.WAITING, requester=Address("bob@x"), opened_at=NOW + 2 * MINUTE)
        d = opened(tx, opened_at=NOW + 3 * MINUTE)
    with store.read() as tx:
        assert tx.tickets() == (d, c, b, a)
        assert tx.tickets(open=True) == (d, c, a)
        assert tx.tickets(open=False) == (b,)
        assert tx.tickets(open=True, engineer=WE) == (a,)
        assert tx.tickets(engineer=WE) == (b, a)
        assert tx.tickets(requester=ANN) == (d, b, a)
        assert tx.tickets(status=(Status.WAITING, Status.NEW)) == (d, c)
        assert tx.tickets(status=(Status.NEW, Status.CLOSED), limit=1) == (d,)
        assert tx.tickets(open=True, limit=2) == (d, c)


def test_the_last_survey_of_a_person_counts_over_all_his_tickets(store: Store) -> None:
    with store.write() as tx:
        opened(tx, surveyed_at=NOW)
        opened(tx, surveyed_at=NOW + MINUTE)
        opened(tx)
        opened(tx, requester=Address("bob@x"), surveyed_at=NOW + 2 * MINUTE)
    with store.read() as tx:
        assert tx.surveyed_at(ANN) == NOW + MINUTE
        assert tx.surveyed_at(Address("eve@x")) is None


def test_progress_comes_back_whole_and_in_order(store: Store) -> None:
    full = Progress(
        at=NOW + MINUTE,
        mark=Mark.MAIL,
        author="ann@example.org",
        text="看图\n\nthanks",
        public=True,
        key="alarm:x",
        message_id=MessageId("m1@example.org"),
        raw=Digest("b" * 64),
        attachments=(
            Attachment(
                filename="图.png", content_type="image/png", size=9, digest=Digest("c" * 64), inline=True, content_id="i1"
            ),
            Attachment(filename="a.txt", content_type="text/plain", size=1, digest=Digest("d" * 64), chunks=lambda: [b"x"]),
        ),
    )
    with store.write() as tx:
        ticket = opened(tx)
        assert tx.append(ticket.id, line("first"))
        assert tx.append(ticket.id, full)
    with store.read() as tx:
        assert tx.history(ticket.id) == (line("first"), full)
        assert tx.history(ticket.id, limit=1) == (full,)


def test_what_somebody_told_requesters_is_found_in_all_tickets_the_latest_first(store: Store) -> None:
    def said(text: str, **fields: Any) -> Progress:
        return line(text, **{"mark": Mark.ANSWER, "public": True, "author": WE, **fields})

    with store.write() as tx:
        first, second = opened(tx), opened(tx)
        tx.append(first.id, said("one"), said("a note", mark=Mark.NOTE, public=False), said("another's", author=THEY))
        tx.append(second.id, said("two"), said("the requester's", mark=Mark.MAIL))
        tx.append(first.id, said("three"))
    with store.read() as tx:
        assert tx.answers(WE, 20) == ("three", "two", "one")
        assert tx.answers(WE, 2) == ("three", "two")


def test_what_was_written_and_done_is_found_behind_all_that_the_clock_said(store: Store) -> None:
    with store.write() as tx:
        ticket, other = opened(tx), opened(tx)
        said = [line(f"{n}", mark=Mark.ALARM, key=f"alarm:progress:{n}") for n in range(60)]
        tx.append(ticket.id, line("first"), *said[:30], line("second", mark=Mark.ORDER), *said[30:])
        tx.append(other.id, line("other"))
    with store.read() as tx:
        assert [one.text for one in tx.history(ticket.id, clock=False)] == ["first", "second"]
        assert [one.text for one in tx.history(ticket.id, limit=1, clock=False)] == ["second"]
        assert [one.text for one in tx.beginning(ticket.id, 1)] == ["first"]
        assert len(tx.history(ticket.id, limit=100)) == 62


def test_files_of_earlier_mails_are_known_again(store: Store) -> None:
    logo, other = Digest("c" * 64), Digest("d" * 64)
    with store.write() as tx:
        assert tx.seen((logo, other)) == frozenset()
        file = Attachment(filename="logo.png", content_type="image/png", size=9, digest=logo, inline=True)
        tx.append(opened(tx).id, line("with a logo", attachments=(file,)))
    with store.read() as tx:
        assert tx.seen((logo, other)) == {logo}
        assert tx.seen(()) == frozenset()


def test_progress_with_a_key_happens_once_per_ticket(store: Store) -> None:
    with store.write() as tx:
        one, other = opened(tx), opened(tx)
        assert tx.append(one.id, line("first", key="alarm:first_answer:1"))
        assert not tx.append(one.id, line("second", key="alarm:first_answer:1"))
        assert tx.append(one.id, line("third", key="alarm:first_answer:2"))
        assert tx.append(other.id, line("other", key="alarm:first_answer:1"))
        assert [said.text for said in tx.history(one.id)] == ["first", "third"]


def test_of_many_lines_the_new_ones_are_added_and_counted(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        tx.append(ticket.id, line("spoken", key="alarm:first_answer:1"))
        assert tx.append(ticket.id, line("one"), line("again", key="alarm:first_answer:1"), line("two")) == 2
        assert tx.append(ticket.id) == 0
        assert [said.text for said in tx.history(ticket.id)] == ["spoken", "one", "two"]


def test_progress_without_a_key_may_say_the_same_twice(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        assert tx.append(ticket.id, line("again"))
        assert tx.append(ticket.id, line("again"))
        assert len(tx.history(ticket.id)) == 2


def test_progress_of_a_ticket_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(Conflict), store.write() as tx:
        tx.append(TicketId(4711), line())
