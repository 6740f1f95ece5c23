"""One row of the database that cannot be read is told by the verbs that look, and hides no other."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from maildesk.core.call import Call
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Address, Digest
from maildesk.core.ticket import UNSAVED, Number, Priority, Status, Ticket
from tests.cli.test_looking import lines

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
REMEDY = "mend it there: the last backup may have it whole"


@pytest.fixture
def desk_of_three(desk: Any) -> Any:
    """Three rows of each kind."""
    with desk.store() as store, store.write() as tx:
        for n in (1, 2, 3):
            number = tx.mint(date(2026, 11, 20))
            opened = {"status": Status.NEW, "requester": Address("ann@acme.test"), "opened_at": AT, "subject": f"number {n}"}
            ticket = tx.save(Ticket(id=UNSAVED, number=number, **opened))
            call = Call(alarm=f"a{n}", number=number, priority=Priority.P1, subject="", requester="", phone="", due=AT)
            tx.promise_call(call, ticket.id, AT)
            tx.promise(Letter(kind=LetterKind.WITHDRAWN, to=Address(f"to{n}@acme.test"), language="en"), None, AT)
            tx.keep(Digest(f"{n:064x}"), 1, AT, AT)
    return desk


def damage(desk: Any, table: str, column: str, spoilt: str) -> None:
    """The second row of a table."""
    with desk.store() as store, store.write() as tx:
        tx._connection.execute(sa.text(f"UPDATE {table} SET {column} = :spoilt WHERE id = 2"), {"spoilt": spoilt})


DAMAGED = [
    (("calls",), "calls", "call", '{"alarm"'),
    (("calls",), "calls", "call", "5"),
    (("calls",), "calls", "created_at", "soon"),
    (("outbox",), "outbox", "kind", "unheard of"),
    (("outbox",), "outbox", "next_at", "soon"),
    (("inbox",), "inbox", "received_at", "soon"),
    (("inbox", "--state", "kept"), "inbox", "held_at", ""),
    (("list",), "tickets", "eta", '{"at"'),
    (("list", "--status", "new", "--status", "waiting"), "tickets", "fields", "[5]"),
    (("list", "--all"), "tickets", "confirmed", "P9"),
]


@pytest.mark.parametrize(("words", "table", "column", "spoilt"), DAMAGED)
def test_one_row_that_cannot_be_read_stands_beside_the_others(
    words: tuple[str, ...], table: str, column: str, spoilt: str, desk_of_three: Any
) -> None:
    whole = desk_of_three.call(*words).stdout.splitlines()
    damage(desk_of_three, table, column, spoilt)
    result = desk_of_three.call(*words)
    assert result.exit_code == 0, result.stderr
    *others, told = result.stdout.splitlines()
    assert [line.split()[0] for line in others] == [line.split()[0] for line in whole if line != whole[2]]
    assert told.startswith(f"{whole[2].split()[0]} cannot be read: ")
    assert told.endswith(f"{REMEDY}.")


@pytest.mark.parametrize(("words", "table", "column", "spoilt"), DAMAGED)
def test_programs_are_told_too(words: tuple[str, ...], table: str, column: str, spoilt: str, desk_of_three: Any) -> None:
    damage(desk_of_three, table, column, spoilt)
    found = lines(desk_of_three.call(*words, "--json").stdout)
    (told,) = (one for one in found if "remedy" in one)
    assert (told["id"], len(found)) == (2, 3)
    assert REMEDY in told["remedy"]


def test_a_ticket_that_cannot_be_read_is_not_shown_and_its_remedy_is(desk_of_three: Any) -> None:
    damage(desk_of_three, "tickets", "eta", "5")
    number = Number("TS20261120002")
    result = desk_of_three.call("show", number)
    assert result.exit_code == 1
    assert f"{number} cannot be read" in result.stderr
    assert REMEDY in " ".join(result.stderr.split())


def test_a_check_is_not_ended_by_what_cannot_be_read(desk_of_three: Any) -> None:
    damage(desk_of_three, "calls", "call", "5")
    damage(desk_of_three, "inbox", "kept_at", "soon")
    assert "every template renders" in desk_of_three.call("check", "--no-servers").stdout
