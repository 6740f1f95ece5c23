"""The oracle's own eyes: what it must call broken, shown to it one at a time, in a store and a sink made by hand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.daemon.running import Installed
from tests.proof.ledger import ENGINEER, LEAD, Entry, Kind, Ledger
from tests.proof.oracle import Copy, Oracle, as_sent
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

TABLES = """
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, number TEXT, subject TEXT);
    CREATE TABLE outbox (id INTEGER PRIMARY KEY, ticket INTEGER, kind TEXT, state TEXT, recipient TEXT, message_id TEXT,
                         reply TEXT, resent INTEGER, node TEXT);
"""
ANN, BOB = "ann@users.example.net", "bob@users.example.net"
ANNS, BOBS, NOTED = "mark001x00000", "mark001x00001", "mark001x00002"


class Written(NamedTuple):
    """A letter of the outbox: a ticket's acknowledgement."""

    ticket: int
    to: str
    message_id: str
    state: str = "sent"


@pytest.fixture
def oracle(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Oracle:
    """Ann and Bob have a ticket each, and the engineer has noted something on hers."""
    installed = Installed(place=tmp_path, desk="desk@example.org", dovecot=dovecot)
    ledger = Ledger(installed=installed, sink=sink, seed=1)
    for mark, kind, sender, opened in (
        (ANNS, Kind.NEW, ANN, ANNS),
        (BOBS, Kind.NEW, BOB, BOBS),
        (NOTED, Kind.NOTE, ENGINEER, ANNS),
    ):
        ledger.entries.append(Entry(mark=mark, kind=kind, sender=sender, opened=opened, digest=""))
    (tmp_path / "state").mkdir()
    with closing(sqlite3.connect(ledger.installed.database)) as base:
        base.executescript(TABLES)
        for ticket, mark in enumerate((ANNS, BOBS), 1):
            base.execute("INSERT INTO tickets VALUES (?, ?, ?)", (ticket, f"TS2026112200{ticket}", f"printer {mark}"))
        base.commit()
    wrote(ledger.installed, Written(1, ANN, "a"), Written(2, BOB, "b"))
    return Oracle(ledger=ledger)


def wrote(installed: Installed, *letters: Written) -> None:
    with closing(sqlite3.connect(installed.database)) as base:
        for ticket, to, message_id, state in letters:
            row = (ticket, "acknowledgement", state, to, message_id, "", 0, "")
            base.execute("INSERT INTO outbox VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        base.commit()


def letter(to: str, ticket: int, mark: str, message_id: str, text: str = "we have it") -> Copy:
    head = (
        f"Message-ID: <{message_id}>\nSubject: [TS2026112200{ticket}] printer {mark}\nContent-Type: text/plain; charset=utf-8\n"
    )
    return Copy(to=to, raw=f"{head}\n{text}\n".encode())


TO_ANN, TO_BOB = letter(ANN, 1, ANNS, "a"), letter(BOB, 2, BOBS, "b")


def said(oracle: Oracle, *copies: Copy) -> list[str]:
    """What the laws of letters say of what came."""
    laws = (oracle._letters, oracle._copies, oracle._readers, oracle._inside, oracle._alarms)
    return [problem for law in laws for problem in law(copies)]


def laws(problems: list[str]) -> Iterator[str]:
    return (problem.split()[0] for problem in problems)


def test_nothing_is_said_of_letters_that_came_as_they_should(oracle: Oracle) -> None:
    assert said(oracle, TO_ANN, TO_BOB) == []


def test_letters_of_two_requesters_that_were_swapped_are_seen(oracle: Oracle) -> None:
    found = said(oracle, letter(BOB, 1, ANNS, "a"), letter(ANN, 2, BOBS, "b"))
    assert list(laws(found)) == ["L4", "L4", "L5", "L5"]


def test_a_letter_with_a_word_of_anothers_ticket_is_seen(oracle: Oracle) -> None:
    assert list(laws(said(oracle, letter(ANN, 1, ANNS, "a", f"as {BOBS} says"), TO_BOB))) == ["L5"]
    assert list(laws(said(oracle, letter(ANN, 1, ANNS, "a", "see TS20261122002"), TO_BOB))) == ["L5"]


def test_a_note_in_a_letter_to_the_outside_is_seen(oracle: Oracle) -> None:
    assert list(laws(said(oracle, letter(ANN, 1, ANNS, "a", f"he noted {NOTED}"), TO_BOB))) == ["L6"]


@pytest.mark.parametrize("kills", [0, 7])
def test_a_letter_that_came_again_without_having_been_in_doubt_is_seen(oracle: Oracle, kills: int) -> None:
    for _ in range(kills):
        oracle.broken_off()
    assert list(laws(said(oracle, *[TO_ANN] * 8, TO_BOB))) == ["L4", "L4"]
    assert list(laws(said(oracle, *[TO_ANN] * 2, TO_BOB))) == ["L4", "L4"]


def test_a_letter_that_was_in_doubt_may_come_once_more_and_no_other_may(oracle: Oracle) -> None:
    wrote(oracle.installed, Written(1, ANN, "c", "in_data"))
    oracle.broken_off()
    with closing(sqlite3.connect(oracle.installed.database)) as base:
        base.execute("UPDATE outbox SET state = 'sent', kind = 'answer' WHERE message_id = 'c'")
        base.commit()
    doubtful = letter(ANN, 1, ANNS, "c")
    assert said(oracle, TO_ANN, TO_BOB, doubtful, doubtful) == []
    assert list(laws(said(oracle, TO_ANN, TO_BOB, doubtful, doubtful, doubtful))) == ["L4", "L4"]
    assert list(laws(said(oracle, TO_ANN, TO_ANN, TO_BOB, doubtful))) == ["L4"]


def test_two_copies_that_differ_are_seen(oracle: Oracle) -> None:
    wrote(oracle.installed, Written(1, ANN, "c", "in_data"))
    oracle.broken_off()
    copies = (letter(ANN, 1, ANNS, "c"), letter(ANN, 1, ANNS, "c", "written anew"))
    assert "L4 two copies of a letter differ" in said(oracle, TO_ANN, TO_BOB, *copies)


def test_a_step_of_the_clock_that_is_told_in_two_letters_is_seen(oracle: Oracle) -> None:
    once, again = (letter(ENGINEER, 1, ANNS, name, "21:27 前要给首次答复") for name in "xy")
    merged = Copy(to=LEAD, raw=f"Message-ID: <z>\nSubject: 2\n\n提交人还没有等到首次答复\n{ANNS}\n{'-' * 32}\n{BOBS}\n".encode())
    assert list(oracle._alarms((once, once, merged))) == []
    assert list(laws(list(oracle._alarms((once, again, merged))))) == ["L7"]


def test_an_order_that_is_answered_twice_or_never_is_seen(oracle: Oracle) -> None:
    def answer(name: str) -> Copy:
        return Copy(to=ENGINEER, raw=f"Message-ID: <{name}>\nIn-Reply-To: <{NOTED}@example.org>\nSubject: done\n\n".encode())

    assert list(oracle._answered((answer("x"), answer("x")))) == []
    assert list(laws(list(oracle._answered((answer("x"), answer("y")))))) == ["L1"]
    assert list(laws(list(oracle._answered(())))) == ["L1"]


def test_what_the_server_put_above_a_mail_is_not_of_the_mail() -> None:
    raw = b"Authentication-Results: mail.example.org; none\r\nFrom: a@x\r\n\r\nhello\r\n"
    assert as_sent(b"Return-Path: <a@x>\r\nReceived: from x\r\n" + raw) == raw
    assert as_sent(raw) == raw
