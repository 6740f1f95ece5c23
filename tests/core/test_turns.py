"""The life of a ticket, cell by cell: what every turn makes of every status, and that all other turns change nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.ticket import OPEN, TURNS, Status, Turn
from tests.core.clockwork import ticket

GOLDEN = """
          open assign    take     wait    resume   observe   resolve  close  reopen   archive  guide  merge  withdraw  spam
blank     new  .         .        .       .        .         .        .      .        .        .      .      .         .
new       .    assigned  progress waiting .        observing resolved closed .        .        guided merged withdrawn spam
assigned  .    assigned  progress waiting .        observing resolved closed .        .        guided merged withdrawn spam
progress  .    assigned  progress waiting .        observing resolved closed .        .        guided merged withdrawn spam
waiting   .    waiting   progress waiting progress observing resolved closed .        .        guided merged withdrawn spam
observing .    observing progress waiting progress observing resolved closed .        .        guided merged withdrawn spam
resolved  .    .         .        .       .        .         .        closed progress .        .      .      withdrawn .
closed    .    .         .        .       .        .         .        .      progress archived .      .      .         .
archived  .    .         .        .       .        .         .        .      progress .        .      .      .         .
guided    .    .         .        .       .        .         .        .      progress .        .      .      .         .
merged    .    .         .        .       .        .         .        .      .        .        .      .      .         .
withdrawn .    .         .        .       .        .         .        .      progress .        .      .      .         .
spam      .    .         .        .       .        .         .        .      progress .        .      .      .         .
"""


def status(word: str) -> Status | None:
    return None if word == "." else Status.IN_PROGRESS if word == "progress" else Status(word)


def cells() -> list[tuple[Status, Turn, Status | None]]:
    """Every cell of the golden table."""
    head, *rows = (line.split() for line in GOLDEN.strip().splitlines())
    found = []
    for name, *targets in rows:
        start = status(name)
        assert start is not None
        found += [(start, Turn(turn), status(target)) for turn, target in zip(head, targets, strict=True)]
    return found


def test_the_golden_table_has_a_cell_for_every_status_and_turn() -> None:
    assert {(start, turn) for start, turn, _ in cells()} == {(start, turn) for start in Status for turn in Turn}


@pytest.mark.parametrize(("start", "turn", "end"), cells(), ids=lambda value: str(value))
def test_a_turn_does_what_the_table_says_and_nothing_else(start: Status, turn: Turn, end: Status | None) -> None:
    before = ticket(status=start)
    turned = before.turned(turn)
    assert (turned.status if turned else None) is end
    assert before.status is start


@given(st.sampled_from(Status), st.lists(st.sampled_from(Turn), max_size=30))
def test_no_way_leads_back_to_a_blank_ticket(start: Status, turns: list[Turn]) -> None:
    now = ticket(status=start)
    for turn in turns:
        now = now.turned(turn) or now
    assert now.status is not Status.BLANK or (start is Status.BLANK and Turn.OPEN not in turns)


def test_whatever_is_open_can_be_closed_and_whatever_is_closed_by_people_can_be_reopened() -> None:
    assert {status for status in Status if (status, Turn.CLOSE) in TURNS} == OPEN | {Status.RESOLVED}
    assert {status for status in Status if (status, Turn.REOPEN) in TURNS} == {
        *(Status.RESOLVED, Status.CLOSED, Status.ARCHIVED, Status.GUIDED, Status.WITHDRAWN, Status.SPAM)
    }
