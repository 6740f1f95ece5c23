"""Several copies of one mail: the best of them is worked, once, whichever comes first and whoever takes them in."""

from collections.abc import Callable
from contextlib import closing
from threading import Thread
from time import sleep

import pytest

from maildesk import faults
from maildesk.core.ticket import Status
from maildesk.demo.world import ANN, FANG, MING
from maildesk.desk import Desk
from maildesk.reader import Reader
from maildesk.store import Store
from tests.desk.house import House, Letter

MACHINES = (
    "List-Id: <team.demo.test>",
    "List-Unsubscribe: <mailto:off@demo.test>",
    "Precedence: bulk",
    "X-Spam-Flag: YES",
    "X-Loop: team@demo.test",
    "Return-Path: <>",
)


def taken_in(house: House, *raws: bytes) -> None:
    for raw in raws:
        house.keep(raw)
        house.take_in()


def states(house: House) -> list[str]:
    """What became of the mails, the oldest first."""
    return [mail.state for mail in reversed(house.inbox())]


def by_a_list(raw: bytes, field: str) -> bytes:
    return field.encode() + b"\n" + raw


def forged(raw: bytes) -> bytes:
    return raw.replace(b"dmarc=pass", b"dmarc=fail")


@pytest.mark.parametrize("field", MACHINES)
def test_a_persons_own_copy_is_worked_though_a_lists_came_before(house: House, field: str) -> None:
    raw = house.raw(ANN, "The printer does not print.")
    taken_in(house, by_a_list(raw, field), raw)
    assert house.ticket().requester == ANN.address
    assert len(house.letters(ANN)) == 1
    taken_in(house, by_a_list(raw, f"{field}\nX-Way: 2"), b"X-Way: 3\n" + raw)
    assert len(house.tickets()) == 1
    assert states(house)[2:] == ["duplicate", "duplicate"]


def test_a_lists_copy_does_not_swallow_an_answer_to_the_requesters_own_address(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    raw = house.raw(FANG, "还是打不出来。", answering=house.letters(FANG)[0])
    taken_in(house, by_a_list(raw, "Precedence: bulk"), raw)
    assert any("还是打不出来" in line for line in house.history(house.ticket()))
    assert [letter for letter in house.letters(MING) if "还是打不出来" in letter.text] != []


def test_a_forged_copy_that_is_held_does_not_swallow_the_engineers_own(house: House, assignment: Letter) -> None:
    raw = house.raw(MING, "/接单", answering=assignment)
    taken_in(house, forged(raw), raw)
    assert house.ticket().status is Status.IN_PROGRESS
    assert states(house)[1:] == ["duplicate", "done"]
    with house.store.write() as tx:
        assert not tx.admit(house.inbox()[1].id)


def test_a_copy_that_is_no_better_than_the_one_that_is_held_is_a_duplicate(house: House, assignment: Letter) -> None:
    raw = forged(house.raw(MING, "/接单", answering=assignment))
    taken_in(house, raw, b"X-Way: 2\n" + raw)
    assert states(house)[1:] == ["held", "duplicate"]


def test_a_held_mail_that_is_let_in_is_worked_once_though_its_copy_came(house: House, assignment: Letter) -> None:
    raw = forged(house.raw(MING, "请重启打印机。", answering=assignment))
    taken_in(house, raw, b"X-Way: 2\n" + raw)
    with house.store.write() as tx:
        assert tx.admit(house.inbox()[1].id)
    house.take_in()
    taken_in(house, b"X-Way: 3\n" + raw)
    assert states(house)[1:] == ["done", "duplicate", "duplicate"]
    assert len([letter for letter in house.letters(FANG) if "请重启打印机" in letter.text]) == 1


@pytest.mark.parametrize("taken", [False, True])
def test_a_copy_that_is_proven_goes_into_the_ticket_of_the_one_that_was_not(house: House, taken: bool) -> None:
    raw = house.raw(FANG, "打印机坏了")
    taken_in(house, forged(raw))
    letters = house.letters()
    assert FANG.address not in {letter.to for letter in letters}
    if taken:
        house.mail(MING, "/接单", answering=next(letter for letter in letters if letter.to == MING.address))
    house.letters()
    taken_in(house, raw)
    assert house.ticket().requester == FANG.address
    assert {letter.to for letter in house.letters()} == ({MING.address} if taken else {FANG.address, MING.address})


def test_the_same_words_with_another_file_are_another_mail(house: House) -> None:
    raw = house.raw(FANG, "见附件。").replace(b"\n\n", b'\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n', 1)
    files = [
        raw.partition(b"\n\n")[0]
        + b"\n\n--x\nContent-Type: text/plain\n\nsee the file\n--x\nContent-Type: application/pdf\n"
        + b"Content-Disposition: attachment; filename=a.pdf\n\n"
        + content
        + b"\n--x--\n"
        for content in (b"%PDF one", b"%PDF two")
    ]
    taken_in(house, *files, b"X-Way: 2\n" + files[1])
    assert len(house.tickets()) == 2
    assert states(house) == ["done", "done", "duplicate"]


@pytest.mark.parametrize("lacks", ["Message-ID", "Date"])
def test_an_answer_that_comes_again_without_what_tells_it_apart_is_not_sent_again(
    house: House, assignment: Letter, lacks: str
) -> None:
    raw = house.raw(MING, "请重启打印机。", answering=assignment)
    raw = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(lacks.encode()))
    taken_in(house, raw, b"X-Way: 2\n" + raw, b"Subject: other\n" + raw)
    assert len([letter for letter in house.letters(FANG) if "请重启打印机" in letter.text]) <= 1
    assert "awaiting" in states(house)


def test_two_desks_that_take_in_copies_at_the_same_moment_open_one_ticket(house: House, open_store: Callable[..., Store]) -> None:
    raw = house.raw(FANG, "打印机坏了")
    house.keep(raw)
    faults.arm("decided:sleep=2")
    with closing(Reader()) as reader:
        other, taken = Desk(house.config, open_store("there"), reader), list[int]()
        first = Thread(target=lambda: taken.append(house.take_in()))
        try:
            first.start()
            while not house.inbox()[0].strikes:
                sleep(0.01)
            other.keep([(None, house.now, b"X-Way: 2\n" + raw)], None, house.now)
            taken.append(sum(other.take_in(lambda: house.now)))
        finally:
            first.join()
            faults.arm("")
    assert sum(taken) == 2
    assert len(house.tickets()) == 1
    assert sorted(states(house)) == ["done", "duplicate"]
