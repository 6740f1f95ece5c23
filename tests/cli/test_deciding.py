"""What only a person decides: mails that are held, addresses that are dead, reply addresses that others know."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from maildesk.core.message import Address
from maildesk.core.trust import Doubt, Suspicion

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def held(desk: Any) -> tuple[int, int]:
    """Two held mails, and one that is done."""
    with desk.store() as store:
        digests = store.files.put_many(tuple(f"Subject: {n}\n\n{n}".encode() for n in range(3)))
        with store.write() as tx:
            first, second, done = (tx.keep(digest, 2048, AT, AT) for digest in digests)
            for mail in (first, second):
                tx.settle(mail, "held", outcome="held: an engineer's name that is not his", reason="可能是冒名的")
            tx.settle(done, "done", folder="processed")
    return first, second


def states(desk: Any) -> list[str]:
    with desk.store() as store, store.read() as tx:
        return [mail.state for mail in reversed(tx.inbox())]


def test_held_mails_are_listed_with_the_reason(desk: Any, held: Any) -> None:
    found = [json.loads(line) for line in desk.call("inbox", "held", "--json").stdout.splitlines()]
    assert [mail["id"] for mail in found] == [held[1], held[0]]
    assert "可能是冒名的" in desk.call("inbox", "held").stdout


def test_what_is_held_is_listed_with_who_wrote_it_about_what_and_since_when(desk: Any) -> None:
    doubt = Doubt(sender="ming@acme.test", subject="Fwd: printer\x1b[2J", why=Suspicion.DENIED, said="not mine")
    with desk.store() as store:
        (digest,) = store.files.put_many((b"Subject: x\n\nx",))
        with store.write() as tx:
            tx.settle(tx.keep(digest, 2048, AT, AT), "held", reason="他说不是", held_at=AT, doubt=doubt)
    headings, row = desk.call("inbox", "held").stdout.splitlines()
    assert headings.split() == ["ID", "HELD", "SINCE", "FROM", "SUBJECT", "REASON"]
    assert "ming@acme.test  Fwd: printer [2J" in row
    assert row.endswith("and answered: not mine")
    assert json.loads(desk.call("inbox", "held", "--json").stdout)["doubt"]["subject"].startswith("Fwd: printer")


def test_held_mails_are_let_in_all_of_them_or_none(desk: Any, held: Any) -> None:
    first, second = map(str, held)
    refused = desk.call("inbox", "admit", first, "3")
    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.stderr
    assert states(desk) == ["held", "held", "done"]
    assert desk.call("inbox", "admit", first, second).exit_code == 0
    assert states(desk) == ["kept", "kept", "done"]


def test_a_held_mail_is_refused_with_a_reason(desk: Any, held: Any) -> None:
    first = str(held[0])
    assert desk.call("inbox", "refuse", first).exit_code == 2
    assert desk.call("inbox", "refuse", first, "问过了，不是", "他写的").exit_code == 0
    assert states(desk) == ["done", "held", "done"]
    with desk.store() as store, store.read() as tx:
        mail = tx.mail(held[0])
    assert (mail.folder, mail.reason) == ("ignored", "问过了，不是 他写的")
    assert desk.call("inbox", "refuse", first, "again").exit_code == 1


@pytest.mark.parametrize("words", [["admit"], ["refuse"], ["admit", "x"], ["admit", "9" * 19], ["refuse", "all", "why"]])
def test_deciding_needs_to_know_about_what(desk: Any, words: list[str]) -> None:
    result = desk.call("inbox", *words)
    assert result.exit_code == 2
    assert "maildesk inbox held" in result.stderr


@pytest.mark.parametrize("words", [["inbox", "held", "7"], ["outbox", "dead", "ann@acme.test"]])
def test_a_list_takes_no_more_words(desk: Any, words: list[str]) -> None:
    result = desk.call(*words)
    assert result.exit_code == 2
    assert repr(words[-1]) in result.stderr


def test_dead_addresses_are_listed_and_written_to_again(desk: Any) -> None:
    with desk.store() as store, store.write() as tx:
        for _ in range(2):
            tx.refused_us(Address("ann@acme.test"), "550 5.1.1 user unknown", AT)
        tx.refused_us(Address("bob@acme.test"), "550 5.1.1 user unknown", AT)
    listed = desk.call("outbox", "dead").stdout
    assert "ann@acme.test" in listed
    assert "user unknown" in listed
    assert "bob@acme.test" not in listed
    assert json.loads(desk.call("outbox", "dead", "--json").stdout)["address"] == "ann@acme.test"
    assert desk.call("outbox", "lift", "ann@acme.test").exit_code == 0
    assert desk.call("outbox", "dead").stdout == "No addresses.\n"
    again = desk.call("outbox", "lift", "ann@acme.test")
    assert again.exit_code == 1
    assert "nothing speaks against" in again.stderr
    assert desk.call("outbox", "lift").exit_code == 2


@pytest.mark.parametrize("who", ["王小明", "E001", "wang@acme.test"])
def test_all_that_somebody_got_is_revoked(desk: Any, who: str) -> None:
    assert desk.call("revoke", who).exit_code == 0
    with desk.store() as store, store.write() as tx:
        assert [tx.party(name).epoch for name in ("staff:E001", "mail:wang@acme.test", "mail:ann@acme.test")] == [1, 1, 0]


def test_somebody_of_whom_only_the_address_is_known_is_revoked(desk: Any) -> None:
    assert desk.call("revoke", "ann@acme.test").exit_code == 0
    with desk.store() as store, store.write() as tx:
        assert tx.party("mail:ann@acme.test").epoch == 1


def test_nobody_is_revoked_by_a_name_that_nobody_has(desk: Any) -> None:
    result = desk.call("revoke", "nobody")
    assert result.exit_code == 2
    assert "nobody is called nobody" in result.stderr
