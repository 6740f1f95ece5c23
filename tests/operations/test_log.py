"""The log stays small, and nothing that a stranger wrote is obeyed by whoever reads it."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk import log
from maildesk.daemon.mailbox import MailboxLoop
from maildesk.demo.world import FANG
from maildesk.smtp import Reply
from maildesk.store import Store
from tests.desk.house import House

OBEYED = {chr(code) for code in (*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
HOSTILE = st.text() | st.sampled_from(
    ["\x1b[2J\x1b]0;owned\x07", 'a\r\n{"level":"info","event":"desk closed"}', "\u202egpj.exe", "\ud800", "\x85\u2028", "\x9b31m"]
)


@contextmanager
def written(formatter: logging.Formatter, clock: Callable[[], float]) -> Iterator[io.StringIO]:
    """What the log writes meanwhile, as `log.start` would have it."""
    text = io.StringIO()
    out = logging.StreamHandler(text)
    out.setFormatter(formatter)
    out.addFilter(log.Repeats(clock))
    logger = logging.getLogger("maildesk")
    before, propagated = logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [out], False
    logger.setLevel(logging.INFO)
    try:
        yield text
    finally:
        logger.handlers[:], logger.propagate = before, propagated


def raised(error: Exception) -> None:
    try:
        raise error
    except type(error):
        log.warn("step failed", trouble=repr(error), exc_info=True)


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_nothing_that_a_terminal_obeys_comes_into_the_log_for_machines(words: list[str]) -> None:
    with written(log.JsonLines(), lambda: 0.0) as text:
        log.say(words[0], **{f"fact{number}": word for number, word in enumerate(words)})
        raised(ValueError(words[-1]))
    lines = text.getvalue().split("\n")
    assert len(lines) == 3
    assert not OBEYED & set("".join(lines))
    assert [json.loads(line)["level"] for line in lines[:2]] == ["info", "warning"]
    text.getvalue().encode()


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_nothing_that_a_terminal_obeys_comes_onto_the_terminal(words: list[str]) -> None:
    with written(log.PlainLines(), lambda: 0.0) as text:
        log.say("mail in", **{f"fact{number}": word for number, word in enumerate(words)})
        assert text.getvalue().count("\n") == 1
        raised(ValueError(words[-1]))
    assert not (OBEYED - {"\n"}) & set(text.getvalue())
    text.getvalue().encode()


def test_equal_warnings_are_written_once_in_ten_minutes_with_their_count() -> None:
    now = 0.0
    with written(log.JsonLines(), lambda: now) as text:
        for second in range(1201):
            now = float(second)
            log.warn("mailbox lost", mailbox="support", problem="no route", failures=second)
            log.say("mail in", inbox=second)
        log.warn("mailbox lost", mailbox="another", problem="no route", failures=1)
    told = [json.loads(line) for line in text.getvalue().splitlines()]
    lost = [(one["mailbox"], one.get("repeated")) for one in told if one["event"] == "mailbox lost"]
    assert lost == [("support", None), ("support", 599), ("support", 599), ("another", None)]
    assert sum(one["event"] == "mail in" for one in told) == 1201


def test_only_so_many_different_warnings_are_remembered() -> None:
    repeats = log.Repeats(lambda: 0.0)
    for number in range(5 * log.REMEMBERED):
        for _ in range(2):
            repeats.filter(logging.makeLogRecord({"levelno": logging.WARNING, "msg": str(number)}))
    assert len(repeats._passed) <= log.REMEMBERED
    assert len(repeats._held) <= log.REMEMBERED


def test_a_body_in_an_error_is_cut_short() -> None:
    with written(log.JsonLines(), lambda: 0.0) as text:
        raised(UnicodeDecodeError("utf-8", b"the body " * 100_000, 5, 6, "invalid"))
    assert len(text.getvalue()) < 4 * log.LONGEST


@pytest.mark.parametrize("database", ["sqlite"])
def test_servers_that_are_down_for_a_week_cost_less_than_five_megabytes(tmp_path: Path, store: Store) -> None:
    house = House(tmp_path, store)
    mailbox = MailboxLoop(house.desk, house.config.settings.accounts[0], clock=lambda: house.now, kept=lambda: None)
    house.office.offered = lambda to: Reply("down", None, "connection refused")
    for number in range(5):
        house.mail(FANG, f"打印机卡纸了，重启也没有用。{number}", subject=f"打印机 {number}")
    began = house.now
    with written(log.JsonLines(), lambda: (house.now - began).total_seconds()) as text:
        while house.now - began < timedelta(days=7):
            house.now += house.config.settings.retry.connect_most
            for failures in range(60):  # a database that is away fails every second
                log.warn("step failed", step="clock", trouble="Unreachable('no server')", failures=failures)
            mailbox._failed("no route to host", "see that the server runs")
            house.post()
    assert 100_000 < len(text.getvalue().encode()) < 5_000_000
    assert house.letters() == []
