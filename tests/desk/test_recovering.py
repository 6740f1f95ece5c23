"""A desk that comes from a backup gives nobody what the lost desk gave to somebody else, and writes to nobody outside again."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.core.message import MessageId
from maildesk.core.ticket import Number
from maildesk.demo.world import ANN, FANG, MING
from maildesk.desk import Desk
from maildesk.desk.gap import Gap, Missed
from maildesk.desk.posting import Posting
from maildesk.desk.recovering import FURTHEST, recover
from maildesk.mail import head
from maildesk.store import Posted, Store
from tests.desk.house import MONDAY, READER, House, Letter

TODAY = "TS20261123"


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    shutil.copy(sqlite_template, tmp_path / "maildesk.db")
    house = House(tmp_path, Store.open(f"sqlite:///{tmp_path}/maildesk.db", tmp_path / "files", "here", durable=False))
    house.mail(FANG, "打印机卡纸了。", subject="打印机")
    yield house
    house.store.close()


def backup(house: House, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "maildesk.db")) as origin, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        origin.backup(copy)


def comes_back(house: House, tmp_path: Path, *raws: bytes, gap: Gap | None = None) -> tuple[Letter, ...]:
    """The desk is gone, and comes back an hour later from the backup; the letters that it then writes. `raws` lie in the folders
    where the lost desk filed them."""
    house.store.close()
    house.now += timedelta(hours=1)
    house.store = Store.open(f"sqlite:///{tmp_path}/copy.db", tmp_path / "files", "here", durable=False)
    gap = gap or Gap(age=house.now - MONDAY)
    for raw, digest in zip(raws, house.store.files.put_many(raws), strict=True):
        gap.mails.append(
            Missed(received_at=house.now, digest=digest, size=len(raw), folder="Processed", head=head.read(raw), place=None)
        )
    recover(house.config, house.store, gap, lambda: house.now)
    house.desk = Desk(house.config, house.store, READER)
    house.posting = Posting(house.desk, house.office, lambda: house.now)  # type: ignore[arg-type]
    house.letters()
    house.after(minutes=5)
    return tuple(house.letters())


def replying(letter: Letter) -> dict[str, str]:
    """How a mail program names what is answered (RFC 5322, 3.6.4)."""
    return {"References": f"{letter.mail['references']} {letter.mail['message-id']}"}


def rows(tmp_path: Path) -> int:
    """Of the tickets, with the one that is nothing but a key."""
    with closing(sqlite3.connect(tmp_path / "copy.db")) as base:
        return int(base.execute("SELECT count(*) FROM tickets").fetchone()[0])


def outbox(house: House) -> dict[str, Posted]:
    with house.store.read() as tx:
        return {f"{one.kind} {one.to}": one for one in tx.outbox()}


def test_a_mail_that_is_taken_in_again_is_not_acknowledged_again(house: House, tmp_path: Path) -> None:
    house.letters()
    backup(house, tmp_path)
    raw = house.raw(ANN, "The screen is black.", subject="screen")
    house.keep(raw)
    house.take_in()
    (acknowledged,) = house.letters(ANN)
    lost = house.tickets()[-1]
    letters = comes_back(house, tmp_path, raw)
    made = house.tickets()[-1]
    assert lost.number in acknowledged.subject
    assert (made.subject, made.number == lost.number, made.id > lost.id + FURTHEST - 1) == ("screen", False, True)
    assert [letter.to for letter in letters if letter.to == ANN.address] == []


def test_an_answer_to_a_lost_letter_finds_the_ticket_that_was_made_anew(house: House, tmp_path: Path) -> None:
    house.letters()
    backup(house, tmp_path)
    raw = house.raw(ANN, "The screen is black.", subject="screen")
    house.keep(raw)
    house.take_in()
    letters = house.letters()
    (acknowledged,) = (letter for letter in letters if letter.to == ANN.address)
    (assigned,) = (letter for letter in letters if letter.to == MING.address)
    comes_back(house, tmp_path, raw)
    house.mail(ANN, "It is still black.", answering=acknowledged, headers=replying(acknowledged))
    house.mail(MING, "/take", answering=assigned, headers=replying(assigned))
    assert len(house.tickets()) == 2
    assert (house.tickets()[-1].engineer, house.tickets()[-1].status) == ("E001", "in_progress")
    assert any("still black" in line for line in house.history(house.tickets()[-1]))


@pytest.mark.parametrize("text", ["/take", "Please restart the screen."])
def test_an_order_to_a_lost_address_that_names_no_mail_is_told_to_its_sender(house: House, tmp_path: Path, text: str) -> None:
    house.letters()
    backup(house, tmp_path)
    raw = house.raw(ANN, "The screen is black.", subject="screen")
    house.keep(raw)
    house.take_in()
    (assigned,) = house.letters(MING)
    comes_back(house, tmp_path, raw)
    house.mail(MING, text, to=assigned.reply_to, subject=f"Re: {assigned.subject}")
    (told,) = house.letters()
    assert (told.to, f"✗ {text}" in told.text) == (MING.address, True)
    assert (house.tickets()[-1].engineer, house.tickets()[-1].status) == ("E001", "assigned")


def test_a_lost_address_leads_to_nobody_elses_ticket(house: House, tmp_path: Path) -> None:
    house.letters()
    backup(house, tmp_path)
    house.mail(ANN, "The screen is black.", subject="screen")
    (acknowledged,) = house.letters(ANN)
    comes_back(house, tmp_path)
    house.mail(FANG, "邮箱登不上了。", subject="邮箱")
    house.mail(ANN, "It is still black.", answering=acknowledged, headers=replying(acknowledged))
    assert [(ticket.id > FURTHEST, ticket.requester) for ticket in house.tickets()] == [
        (False, FANG.address),
        (True, FANG.address),
        (True, ANN.address),
    ]
    assert rows(tmp_path) == 4
    with house.store.write() as tx:
        tx.recover(house.now)
    assert rows(tmp_path) == 3


def test_an_address_of_a_desk_that_was_restored_is_not_given_again_when_it_is_restored_once_more(
    house: House, tmp_path: Path
) -> None:
    house.letters()
    backup(house, tmp_path)
    pristine = Path(shutil.copy(tmp_path / "copy.db", tmp_path / "pristine.db"))
    raws = [house.raw(ANN, f"The screen {n} is black.", subject=f"screen {n}") for n in range(3)]
    comes_back(house, tmp_path, *raws)
    given = {ticket.id: ticket.subject for ticket in house.tickets()}
    house.store.close()
    pristine.rename(tmp_path / "copy.db")
    comes_back(house, tmp_path, *raws, house.raw(ANN, "The mouse is dead.", subject="mouse"))
    again = {ticket.id: ticket.subject for ticket in house.tickets()}
    assert [given[id] for id in given.keys() & again.keys() if given[id] != again[id]] == []
    assert len(again) == len(given) + 1


def test_letters_that_waited_go_out_again_only_when_a_person_wrote_them(house: House, tmp_path: Path) -> None:
    (assigned,) = house.letters(MING)
    house.mail(MING, "请重启一下打印机。", answering=assigned)
    house.mail(ANN, "The screen is black.", subject="screen")
    backup(house, tmp_path)
    lost = house.letters()
    comes_back(house, tmp_path)
    found = outbox(house)
    assert (found[f"acknowledgement {ANN.address}"].state, found[f"answer {FANG.address}"].state) == ("uncertain", "sent")
    (first,) = (letter for letter in lost if letter.to == FANG.address)
    copies = [raw for to, raw in house.office.taken if to == FANG.address and str(first.mail["message-id"]).encode() in raw]
    assert copies == [first.raw] * 2


def test_a_letter_that_somebody_has_counts_as_sent(house: House, tmp_path: Path) -> None:
    house.mail(ANN, "The screen is black.", subject="screen")
    backup(house, tmp_path)
    (acknowledged,) = house.letters(ANN)
    gap = Gap(letters={MessageId(str(acknowledged.mail["message-id"]).strip("<>"))})
    comes_back(house, tmp_path, gap=gap)
    assert outbox(house)[f"acknowledgement {ANN.address}"].state == "sent"
    assert house.letters(ANN) == []


def test_numbers_go_on_above_all_that_are_known_and_none_that_cannot_be(house: House, tmp_path: Path) -> None:
    backup(house, tmp_path)
    comes_back(house, tmp_path, gap=Gap(named={Number(f"{TODAY}050"), Number(f"{TODAY}999999"), Number("TS20269999001")}))
    house.mail(ANN, "The screen is black.")
    assert house.tickets()[-1].number == f"{TODAY}051"


def test_a_ticket_keeps_its_number_where_a_letter_of_the_desk_tells_it(house: House, tmp_path: Path) -> None:
    backup(house, tmp_path)
    raw, other = house.raw(ANN, "The screen is black."), house.raw(ANN, "The mouse is dead.")
    opened = head.read(raw).message_id
    assert opened is not None
    number = Number(f"{TODAY}007")
    comes_back(house, tmp_path, raw, other, gap=Gap(named={number}, numbers={opened: number}))
    assert [ticket.number for ticket in house.tickets()[1:]] == [number, f"{TODAY}008"]
