"""Mails on their way through the reading process: whatever happens to it or to the desk, each is settled once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta

import pytest

from maildesk import faults
from maildesk.demo.world import ANN, FANG, Actor
from maildesk.desk import Desk
from maildesk.desk.ahead import BATCH
from maildesk.reader import Limits, Raw, Reader, ReaderFailed, Reading
from maildesk.store import InboxId, Tx, Unreachable
from tests.desk.house import READER, House

Starts = Callable[[str, Limits], Reader]


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Starts]:
    """A reader whose processes do this (see `faults`) when they open a mail."""
    started: list[Reader] = []

    def start(does: str, limits: Limits) -> Reader:
        monkeypatch.setenv(faults.VARIABLE, f"reading:{does}")
        started.append(Reader(limits))
        return started[-1]

    yield start
    for reader in started:
        reader.close()


def keep(house: House, *subjects: str) -> None:
    everybody = (Actor(name="", address=f"u{n}@demo.test", part="") for n in range(len(subjects)))
    house.keep(
        *(house.raw(one, f"The text of {subject}", subject=subject) for one, subject in zip(everybody, subjects, strict=True))
    )


def states(house: House) -> list[tuple[str, int]]:
    """State and strikes of all mails, the first kept first."""
    return [(mail.state, mail.strikes) for mail in sorted(house.inbox(), key=lambda mail: mail.id)]


@pytest.mark.parametrize(("does", "why"), [("kill:2", "SIGKILL"), ("hang:2", "> 1.5 s")])
def test_a_mail_that_breaks_its_reader_is_a_raw_ticket_at_the_third_try_and_holds_up_no_other(
    does: str, why: str, house: House, starts: Starts
) -> None:
    """Each process breaks on its second mail: twice on this one, and not on the glance of the third try."""
    house.desk.reader = starts(does, Limits(wall=1.5))
    keep(house, "before", "poison", "behind")
    house.take_in()
    assert states(house) == [("done", 1), ("failed", 3), ("done", 1)]
    assert [ticket.subject for ticket in house.tickets()] == ["before", "behind", "poison"]
    (told,) = [letter for letter in house.letters() if "The text of poison" in letter.text]
    assert f"unreadable: {why}" in told.text


def test_a_mail_has_its_strike_before_it_is_opened(house: House) -> None:
    """Whatever reading it does to the desk, it is known to have been tried."""
    seen = []

    class Watched(Reader):
        def read(self, raws: Sequence[Raw]) -> Iterator[Reading]:
            seen.append(states(house))
            return super().read(raws)

    with closing(Watched(Limits())) as house.desk.reader:
        keep(house, "one", "two")
        house.take_in()
    assert seen == [[("kept", 1), ("kept", 1)]]


def test_a_mail_that_is_read_at_the_second_try_is_as_any_other(house: House, starts: Starts) -> None:
    house.desk.reader = starts("raise:1", Limits())
    keep(house, "one", "two")
    house.take_in()
    assert states(house) == [("done", 2), ("done", 1)]


@pytest.mark.parametrize("done", [True, False], ids=["done", "undone"])
def test_mails_claimed_by_a_commit_whose_answer_was_lost_are_taken_in_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    keep(house, "one", "two")
    write = house.store.write

    @contextmanager
    def cut_off() -> Iterator[Tx]:
        monkeypatch.setattr(house.store, "write", write)
        with write() as tx:
            yield tx
            if not done:
                raise Unreachable("the connection was lost before the commit", "wait")
        raise Unreachable("the connection was lost behind the commit", "wait")

    monkeypatch.setattr(house.store, "write", cut_off)
    with pytest.raises(Unreachable):
        house.take_in()
    house.take_in()
    assert states(house) == [("done", 1), ("done", 1)]


def test_a_claim_that_is_still_being_committed_when_it_is_given_back_is_given_back(
    house: House, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    """As behind a cut line: the server goes on with what it was told. SQLite has nobody who would."""
    keep(house, "one", "two")
    write, hung = house.store.write, list[AbstractContextManager[Tx]]()

    @contextmanager
    def cut_off() -> Iterator[Tx]:
        monkeypatch.setattr(house.store, "write", write)
        hung.append(write())
        yield hung[0].__enter__()
        if database == "postgresql":
            threading.Timer(0.5, hung[0].__exit__, (None, None, None)).start()
        else:
            hung[0].__exit__(None, None, None)
        raise Unreachable("the connection was lost while the server committed", "wait")

    monkeypatch.setattr(house.store, "write", cut_off)
    with pytest.raises(Unreachable):
        house.take_in()
    house.take_in()
    assert states(house) == [("done", 1), ("done", 1)]


def killed_with_it_in_hand(house: House, times: int) -> None:
    """The desk claims what waits and is gone, so often."""
    for _ in range(times):
        with house.store.write() as tx:
            tx.claim_mail(house.now, 50, timedelta(minutes=5))
            tx.recover(house.now)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_mail_that_was_in_hand_when_the_desk_was_killed_is_no_suspect(house: House, times: int) -> None:
    keep(house, "one", "two")
    killed_with_it_in_hand(house, times)
    house.take_in()
    assert [state for state, _ in states(house)] == ["done", "done"]


def test_a_mail_with_which_the_desk_is_killed_again_and_again_is_a_raw_ticket_in_the_end(house: House) -> None:
    keep(house, "one")
    killed_with_it_in_hand(house, 4)
    house.take_in()
    assert states(house) == [("failed", 5)]
    assert house.ticket().requester == ""


def test_a_replayed_mail_fills_the_ticket_that_was_made_for_it(
    house: House, starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.desk.reader = starts("kill", Limits())
    house.keep(house.raw(FANG, "打印机坏了", subject="打印机"))
    house.take_in()
    parked = house.ticket()
    assert (states(house), parked.requester, parked.subject) == ([("failed", 3)], "", "")
    monkeypatch.delenv(faults.VARIABLE)
    house.desk.reader = READER
    with house.store.write() as tx:
        assert tx.replay(InboxId(house.inbox()[0].id))
    house.take_in()
    filled = house.ticket()
    assert (filled.number, filled.requester, filled.subject) == (parked.number, FANG.address, "打印机")
    assert house.inbox()[0].state == "done"


def test_while_a_batch_is_settled_the_next_is_being_read_and_who_stops_gives_it_back(house: House) -> None:
    keep(house, *map(str, range(BATCH + 2)))
    taking = house.desk.take_in(lambda: house.now)
    assert next(taking) == BATCH
    assert states(house)[BATCH:] == [("kept", 1)] * 2
    taking.close()
    assert states(house)[BATCH:] == [("kept", 0)] * 2
    assert house.take_in() == 2
    assert len(house.tickets()) == BATCH + 2


def test_without_a_process_that_reads_no_mail_gets_a_strike(house: House) -> None:
    keep(house, "one", "two")
    with closing(Reader(program=("-c", "raise SystemExit(1)"))) as house.desk.reader, pytest.raises(ReaderFailed):
        house.take_in()
    assert states(house) == [("kept", 0)] * 2
    house.desk.reader = READER
    assert house.take_in() == 2


def test_a_full_disk_under_the_reader_costs_no_strike(house: House, starts: Starts) -> None:
    house.desk.reader = starts("enospc:2", Limits())
    keep(house, "one", "two")
    with pytest.raises(Exception, match="make room"):
        house.take_in()
    assert states(house) == [("kept", 0)] * 2


def test_a_kill_while_mails_are_read_ahead_leaves_them_to_be_tried_alone(house: House) -> None:
    keep(house, *map(str, range(BATCH + 2)))
    taking = house.desk.take_in(lambda: house.now)
    assert next(taking) == BATCH
    with house.store.write() as tx:
        tx.recover(house.now)
    alone = Desk(house.config, house.store, house.desk.reader).take_in(lambda: house.now)
    assert (next(alone), next(alone)) == (1, 1)
    assert states(house)[BATCH:] == [("done", 2)] * 2


def test_no_file_of_a_mail_stays_aside(house: House) -> None:
    mail = house.raw(ANN, "see the picture")
    picture = b'Content-Type: image/png; name="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + b"QUJD" * 500
    head, _, text = mail.partition(b"Content-Type")
    parts = b"\r\n--x\r\n".join((b"", b"Content-Type" + text, picture, picture)) + b"\r\n--x--\r\n"
    house.keep(head + b"Content-Type: multipart/mixed; boundary=x\r\n" + parts)
    house.take_in()
    with house.store.read() as tx:
        files = tx.history(house.ticket().id)[0].attachments
    assert [house.store.files.get(file.digest) for file in files] == [b"ABC" * 500] * 2
    assert list(house.store.files.aside().parent.iterdir()) == []
