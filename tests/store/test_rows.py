"""Values as rows and as JSON: what goes in comes out, and what nobody taught is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.message import Attachment, Fact
from maildesk.core.ticket import Eta, Pause, Progress, Ticket
from maildesk.store.rows import Rows, form
from maildesk.store.types import packed, whole

moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
attachments = st.builds(Attachment, chunks=st.none())
st.register_type_strategy(datetime, moments)
st.register_type_strategy(float, st.floats(0, 1))

TICKET, PROGRESS = Rows(Ticket), Rows(Progress)


def through_json(cells: dict[str, Any]) -> list[Any]:
    """The cells as a database gives them back: instants as they were, all else through JSON."""
    return [cell if isinstance(cell, datetime) else json.loads(packed(cell)) for cell in cells.values()]


@given(st.builds(Ticket, fields=st.dictionaries(st.text(), st.builds(Fact)), eta=st.none() | st.builds(Eta)))
def test_every_ticket_survives_its_row(ticket: Ticket) -> None:
    assert TICKET.value(through_json(TICKET.row(ticket))) == ticket


@given(st.builds(Progress, attachments=st.lists(attachments).map(tuple)))
def test_every_line_of_progress_survives_its_row(line: Progress) -> None:
    assert PROGRESS.value(through_json(PROGRESS.row(line))) == line


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_repaired_text_can_be_stored_and_is_repaired_once(text: str) -> None:
    repaired = whole(text)
    assert "\0" not in repaired
    assert repaired.encode().decode() == repaired
    assert whole(repaired) == repaired


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_survives_json(text: str) -> None:
    assert json.loads(packed([text]).encode()) == [text]


def test_a_value_written_before_a_field_was_born_gets_its_default() -> None:
    pause = form(Pause)
    assert pause.read({"why": "user", "since": "2026-10-27T09:00:00+00:00"}).until is None


@dataclass(frozen=True)
class Strange:
    odd: Mapping[int, str]


@dataclass(frozen=True)
class Pair:
    two: tuple[int, str]


@pytest.mark.parametrize("kind", [Strange, Pair, set[str], bytes])
def test_a_kind_of_value_that_nobody_taught_is_refused(kind: type) -> None:
    with pytest.raises(TypeError, match="cannot keep"):
        form(kind)
