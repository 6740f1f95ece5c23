"""Orders from the shell: what became of each line is said at once; the transcript comes by mail."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from maildesk.core.message import Address
from maildesk.core.people import StaffId
from maildesk.core.ticket import UNSAVED, Status, Ticket

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def number(desk: Any) -> str:
    """An open ticket of the engineer."""
    with desk.store() as store, store.write() as tx:
        ticket = Ticket(
            id=UNSAVED,
            number=tx.mint(date(2026, 11, 20)),
            requester=Address("ann@acme.test"),
            opened_at=AT,
            status=Status.IN_PROGRESS,
            engineer=StaffId("E001"),
        )
        return str(tx.save(ticket).number)


def test_what_was_understood_of_each_order_is_said(desk: Any, number: str) -> None:
    result = desk.call("order", number, "/eta 2030-03-01 10:00", "/note 等备件", "--as", "E001")
    assert result.exit_code == 0
    eta, note, ticket = result.stdout.splitlines()
    assert eta == "done: /eta 2030-03-01 10:00 → 预计 2030-03-01 周五 10:00 前解决，已告诉提交人"
    assert note.startswith("done: /note 等备件")
    assert ticket == f"{number} in_progress E001; the transcript goes to E001 by mail"


def test_what_is_wrong_with_an_order_is_said_and_that_none_was_obeyed(desk: Any, number: str) -> None:
    result = desk.call("order", number, "/note 等备件", "/eta 2020-03-01 10:00", "--as", "E001")
    assert result.exit_code == 1
    note, eta, ticket = result.stdout.splitlines()
    assert note == "not done: /note 等备件"
    assert eta.startswith("not done: /eta 2020-03-01 10:00 → ")
    assert ticket.startswith("nothing was done; ")


def test_a_line_that_is_no_order_is_said_with_its_remedy(desk: Any, number: str) -> None:
    result = desk.call("order", number, "/tkae", "--as", "E001")
    assert result.exit_code == 1
    assert "not done: /tkae → " in result.stdout
    assert "/take" in result.stdout


def test_orders_without_a_ticket_are_said_as_well(desk: Any) -> None:
    done, last = desk.call("order", "/list", "--as", "E001").stdout.splitlines()
    assert done.startswith("done: /list → ")
    assert last == "done; the transcript goes to E001 by mail"
