"""One row that cannot be read holds up no other: it waits, the operator hears of it, and the desk goes on."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from maildesk.core.event import Event
from maildesk.core.ticket import Ticket, numbers_in
from maildesk.demo.world import ANN, FANG, JING, MING, OPERATOR
from maildesk.desk.saving import Saver
from maildesk.store import Busy
from maildesk.store.schema import inbox, outbox, tickets
from tests.desk.house import House, Letter

TORN = '{"kind"'


def spoil(house: House, table: sa.Table, column: str, where: sa.ColumnElement[bool]) -> None:
    """Put into a cell of one row what no program of ours has written."""
    with house.store.write() as tx:
        first = sa.select(sa.func.min(table.c.id)).where(where).scalar_subquery()
        tx._run(sa.update(table).where(table.c.id == first).values({column: {"kind": "unheard of"}}))


def test_a_promise_that_cannot_be_read_holds_up_no_other_letter(house: House) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    spoil(house, outbox, "letter", outbox.c.state == "unwritten")
    told = house.letters()
    assert {letter.to for letter in told} >= {FANG.address, ANN.address, MING.address}
    assert any(letter.to == OPERATOR.address and "unheard of" in letter.text for letter in told)
    with house.store.read() as tx:
        (waiting,) = tx.outbox("unwritten")
    assert "unheard of" in waiting.reason
    assert waiting.next_at > house.now
    house.after(minutes=20)
    with house.store.read() as tx:
        assert waiting.id in {letter.id for letter in tx.outbox("unwritten")}


def write_into(house: House, table: sa.Table, column: str, text: str, where: sa.ColumnElement[bool]) -> None:
    """Put words into a cell of one row, whatever belongs there. Torn JSON is nothing that PostgreSQL would take."""
    with house.store.write() as tx:
        words = "[0]" if text == TORN and tx._database == "postgresql" else text
        first = sa.select(sa.func.min(table.c.id)).where(where).scalar_subquery()
        tx._run(sa.update(table).where(table.c.id == first).values({column: sa.literal_column(f"'{words}'")}))


def note(**spoilt: object) -> str:
    """A letter as its row has it, with something that no program of ours has written."""
    facts = {"author": "a", "text": "b", "files": []}
    return json.dumps({"kind": "note", "language": "en", "facts": facts, "to": MING.address, **spoilt})


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("letter", TORN),
        ("created_at", "yesterday"),
        ("letter", note(bundle_for=7)),
        ("letter", note(person=["E001"])),
        ("letter", note(to=5)),
        ("letter", note(to=None)),
        ("letter", note(not_before="2026-11-01T00:00:00", person="E001", bundle_for="E001")),
    ],
)
def test_a_promise_in_which_anything_is_wrong_holds_up_no_other_letter(column: str, text: str, house: House) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    assert len(house.tickets()) == 2
    write_into(house, outbox, column, text, outbox.c.state == "unwritten")
    told = house.letters()
    assert {letter.to for letter in told} >= {FANG.address, ANN.address, MING.address}
    house.letters()
    with house.store.read() as tx:
        waiting = list(tx._run(sa.select(outbox.c.next_at).where(outbox.c.state == "unwritten")).scalars())
        assert tx.next_letter() == min(waiting, default=None)
    assert all(next_at > house.now for next_at in waiting)
    assert any(letter.to == OPERATOR.address for letter in told) == bool(waiting)


@pytest.mark.parametrize(("column", "text"), [("kind", "unheard of"), ("packed", "\\x00")])
def test_a_written_letter_that_cannot_be_read_holds_up_no_other(column: str, text: str, house: House) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    with house.store.read() as tx:
        id, whole = tx._run(sa.select(outbox.c.id, outbox.c[column]).where(outbox.c.recipient == FANG.address)).one()
    write_into(house, outbox, column, text, outbox.c.id == id)
    told = house.letters()
    assert {letter.to for letter in told} >= {ANN.address, MING.address, OPERATOR.address}
    with house.store.write() as tx:
        assert tx.next_letter() >= house.now + timedelta(minutes=10)
        tx._run(sa.update(outbox).where(outbox.c.id == id).values({column: whole}))
    house.now += timedelta(minutes=20)
    assert [letter.to for letter in house.letters()] == [FANG.address]
    with house.store.read() as tx:
        assert (sent := tx.letter(id))
    assert (sent.state, sent.attempts) == ("sent", 1)


@pytest.mark.parametrize("text", [TORN, '{"sender":"x"}', "5"])
def test_a_mail_of_which_it_cannot_be_read_why_it_was_held_is_in_nobodys_way(text: str, house: House) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    write_into(house, inbox, "doubt", text, sa.true())
    house.take_in()
    assert [ticket.requester for ticket in house.tickets()] == [ANN.address]
    assert any("mail 1" in letter.text for letter in house.letters(OPERATOR))
    assert [mail.state for mail in house.inbox()] == ["done", "kept"]
    house.take_in()
    assert house.letters(OPERATOR) == []
    with house.store.write() as tx:
        tx._run(sa.update(inbox).where(inbox.c.id == 1).values(doubt=None))
    house.now += timedelta(minutes=20)
    house.take_in()
    assert {ticket.requester for ticket in house.tickets()} == {ANN.address, FANG.address}
    assert [mail.strikes for mail in house.inbox()] == [1, 1]


@pytest.mark.parametrize("text", [TORN, "5"])
def test_a_held_mail_of_which_it_cannot_be_read_why_is_listed_all_the_same(text: str, house: House) -> None:
    house.mail(MING, "/status", proof="fail")
    write_into(house, inbox, "doubt", text, sa.true())
    with house.store.read() as tx:
        (listed,) = tx.longest_held(10)
    assert (listed.doubt, listed.reason) == (None, house.inbox()[0].reason)


@pytest.mark.parametrize(("column", "text"), [("status", "unheard of"), ("fields", TORN), ("eta", '{"at":1}')])
def test_a_ticket_that_cannot_be_read_keeps_no_other_asleep(column: str, text: str, house: House) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    house.letters()
    first, second = house.tickets()
    write_into(house, tickets, column, text, tickets.c.id == first.id)
    house.after(minutes=20)
    told = house.letters()
    assert any(letter.to == MING.address and second.number in letter.text + letter.subject for letter in told)
    assert any(letter.to == OPERATOR.address and first.number in letter.text for letter in told)
    with house.store.read() as tx:
        assert (soonest := tx.next_wake())
        assert soonest > house.now


def test_a_store_that_is_busy_for_a_moment_makes_no_rule_late(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.mail(FANG, "打印机坏了")
    house.letters()
    house.after(minutes=4)
    house.now += timedelta(minutes=1)

    def deadlocked(*_: object) -> None:
        raise Busy("deadlock detected", "try again")

    with monkeypatch.context() as other_node:
        other_node.setattr(Saver, "apply", deadlocked)
        with pytest.raises(Busy):
            house.desk.wake(house.now)
    house.desk.wake(house.now)
    assert [letter.to for letter in house.letters()] == [MING.address]


def store_fails_for(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is done with this ticket takes too long; with "" that is so for all of them."""
    apply = Saver.apply

    def timed_out(self: Saver, event: Event, ticket: Ticket | None, reopens: Ticket | None = None) -> Ticket | None:
        if ticket is not None and number in ("", ticket.number):
            raise Busy("canceling statement due to statement timeout", "try again")
        return apply(self, event, ticket, reopens)

    monkeypatch.setattr(Saver, "apply", timed_out)


def reminded(told: list[Letter]) -> set[str]:
    """The tickets of which the clock spoke to their engineers."""
    words = "".join(letter.subject + letter.text for letter in told if letter.to != OPERATOR.address)
    return set(numbers_in(words))


def test_a_ticket_for_which_the_store_fails_again_and_again_stops_the_clock_of_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    house.letters()
    first, second = house.tickets()
    house.now += timedelta(minutes=15)
    with monkeypatch.context() as slow:
        store_fails_for(first.number, slow)
        for _ in range(3):
            with pytest.raises(Busy):
                house.desk.wake(house.now)
        while house.desk.wake(house.now):
            pass
        told = house.letters()
    assert reminded(told) == {second.number}
    assert any(letter.to == OPERATOR.address and first.number in letter.text for letter in told)
    house.after(minutes=20)
    assert first.number in reminded(house.letters())


def test_a_store_that_fails_for_all_tickets_makes_none_of_them_late(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    house.letters()
    house.now += timedelta(minutes=15)
    with monkeypatch.context() as slow:
        store_fails_for("", slow)
        for _ in range(5):
            with pytest.raises(Busy):
                house.desk.wake(house.now)
    while house.desk.wake(house.now):
        pass
    assert reminded(house.letters()) == {ticket.number for ticket in house.tickets()}


def test_a_ticket_that_is_due_alone_is_not_put_off_while_nobody_knows_whether_the_store_fails_for_all(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.mail(FANG, "打印机坏了")
    house.letters()
    house.now += timedelta(minutes=15)
    with monkeypatch.context() as slow:
        store_fails_for("", slow)
        for _ in range(6):
            with pytest.raises(Busy):
                house.desk.wake(house.now)
    house.desk.wake(house.now)
    assert reminded(house.letters()) == {house.ticket().number}


@pytest.mark.parametrize("text", [TORN, '{"sender":"x"}', "5"])
def test_who_judges_a_held_mail_that_cannot_be_read_hears_which_it_is_and_how_it_is_mended(text: str, house: House) -> None:
    for _ in range(2):
        house.mail(MING, "/status", proof="fail")
    second, first = (mail.id for mail in house.inbox())
    letter = house.letters(JING)[0]
    write_into(house, inbox, "doubt", text, inbox.c.id == first)
    house.mail(JING, f"/refuse {first} not his\n/refuse {second} not his", answering=letter)
    (told,) = house.letters(JING)
    assert "备份" in told.text
    assert [mail.state for mail in house.inbox()] == ["done", "held", "held"]
    house.mail(JING, f"/refuse {second} not his", answering=letter)
    assert [mail.state for mail in house.inbox()] == ["done", "done", "done", "held"]


def test_a_written_letter_whose_time_cannot_be_read_holds_up_no_other(house: House) -> None:
    house.keep(house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken"))
    house.take_in()
    write_into(house, outbox, "next_at", "yesterday", outbox.c.recipient == FANG.address)
    told = house.letters()
    assert {letter.to for letter in told} >= {ANN.address, MING.address}
    waits = FANG.address not in {letter.to for letter in told}  # PostgreSQL knows that word
    assert any(letter.to == OPERATOR.address and "yesterday" in letter.text for letter in told) == waits
    house.now += timedelta(minutes=20)
    assert [letter.to for letter in house.letters()] == [FANG.address] * waits
