"""From a promise to an end: attempts counted first, the same bytes for ever, every end told."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from maildesk import faults
from maildesk.core.letter import Letter as Promised
from maildesk.demo.world import ANN, DESK, FANG, MING, OPERATOR
from maildesk.desk import posting as posting_module
from maildesk.desk.attempts import LEASE
from maildesk.desk.beside import unmailed
from maildesk.desk.posting import Posting
from maildesk.mail.letters import Letters, Written
from maildesk.smtp import Reply
from maildesk.store import Busy, Full, LeaseLost, Outgoing, Stale, StoreError, Unreachable
from maildesk.store.schema import outbox as outbox_table
from tests.desk.house import House, Letter
from tests.servers.databases import Open

DEFERRED = Reply("deferred", 451, "4.7.1 later")
REFUSED = Reply("refused", 550, "5.1.1 no such user")
UNCERTAIN = Reply("uncertain", None, "no answer after the text")
DOWN = Reply("down", None, "no connection")


def outbox(house: House) -> dict[str, list[str]]:
    """The states of the letters, by recipient, in the order of their making."""
    found: dict[str, list[str]] = {}
    with house.store.read() as tx:
        for letter in reversed(tx.outbox(limit=100)):
            found.setdefault(letter.to, []).append(letter.state)
    return found


def test_a_deferred_letter_is_tried_again_later_with_the_same_bytes(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    house.office.offered = lambda to: DEFERRED if to == FANG.address else Reply("accepted", 250, "ok")
    assert house.letters(FANG) == []
    assert outbox(house)[FANG.address] == ["queued"]
    with house.store.read() as tx:
        (waiting,) = [letter for letter in tx.outbox() if letter.to == FANG.address]
    assert waiting.attempts == 1
    house.office.offered = lambda to: Reply("accepted", 250, "ok")
    house.after(minutes=2)
    (letter,) = house.letters(FANG)
    assert str(letter.mail["message-id"]).strip("<>") == waiting.message_id


def test_an_engineer_whose_answer_waits_for_hours_is_told_once_before_it_is_given_up(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    assigned = next(letter for letter in house.letters(MING))
    house.office.offered = lambda to: DEFERRED if to == FANG.address else Reply("accepted", 250, "ok")
    house.mail(MING, "换了硒鼓，请再打一次试试。", answering=assigned)
    told = list[tuple[timedelta, str]]()
    written = house.now
    for minutes in (*[10] * 36, *[60] * 90):
        house.now += timedelta(minutes=minutes)
        told += [(house.now - written, letter.text) for letter in house.letters(MING) if DEFERRED.text in letter.text]
    assert len(told) == 1
    assert timedelta(hours=2, minutes=50) < told[0][0] <= timedelta(hours=4)
    assert "还没有送到" in told[0][1]
    assert [text for text in house.history(house.ticket()) if DEFERRED.text in text] == [
        f"信还没有送到 {FANG.address}：4.7.1 later"
    ]


def test_that_an_acknowledgement_waits_is_told_to_nobody(house: House) -> None:
    house.office.offered = lambda to: DEFERRED if to == FANG.address else Reply("accepted", 250, "ok")
    house.mail(FANG, "打印机坏了")
    told = list[Letter]()
    for _ in range(24):
        house.now += timedelta(hours=1)
        told += [letter for letter in house.letters() if DEFERRED.text in letter.text]
    assert told == []
    assert outbox(house)[FANG.address] == ["queued"]


def test_a_refused_letter_is_recorded_and_the_engineer_is_told(house: House) -> None:
    house.office.offered = lambda to: REFUSED if to == FANG.address else Reply("accepted", 250, "ok")
    house.mail(FANG, "打印机坏了")
    letters = house.letters(MING)
    assert outbox(house)[FANG.address] == ["refused"]
    assert any(FANG.address in letter.text and "5.1.1" in letter.text for letter in letters)
    assert any("5.1.1" in line for line in house.history(house.ticket()))


def test_an_uncertain_letter_goes_out_once_more_and_never_again(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    house.office.delivered = lambda to: UNCERTAIN if to == FANG.address else Reply("accepted", 250, "ok")
    first = house.letters(FANG)
    house.after(hours=1)
    second = house.letters(FANG)
    house.after(hours=5)
    third = house.letters(FANG)
    assert (len(first), len(second), third) == (1, 1, [])
    assert first[0].raw == second[0].raw
    assert outbox(house)[FANG.address] == ["uncertain"]


@pytest.mark.parametrize(("point", "copies"), [("claimed", 1), ("in-data", 1), ("delivered", 2)])
def test_a_desk_that_ends_with_a_letter_in_hand_sends_the_same_letter_when_it_starts_again(
    house: House, point: str, copies: int
) -> None:
    """On one line: where another is just hearing that its letter was taken, that one may go twice instead."""
    house.office.size = 1
    house.mail(FANG, "打印机坏了")
    letters = ends_and_goes_on(house, point)
    assert {letter.to for letter in letters} == {FANG.address, MING.address}
    assert len(letters) == 1 + copies
    assert len({letter.raw for letter in letters}) == 2
    with house.store.read() as tx:
        meant = {letter.message_id for letter in tx.outbox(limit=10) if letter.state == "sent"}
    assert {str(letter.mail["message-id"]).strip("<>") for letter in letters} == meant


def dies(house: House, point: str) -> None:
    """The node ends with a letter in hand."""
    faults.arm(f"{point}:raise:1")
    try:
        with pytest.raises(faults.Fault):
            house.post()
    finally:
        faults.arm("")


def ends_and_goes_on(house: House, point: str) -> list[Letter]:
    """All letters, those from before its end among them."""
    dies(house, point)
    with house.store.write() as tx:
        tx.recover(house.now)
    house.posting = Posting(house.desk, house.office, lambda: house.now)  # type: ignore[arg-type]
    return house.letters()


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("point", ["claimed", "in-data", "delivered"])
def test_on_several_lines_no_letter_is_lost_and_none_but_those_under_way_go_twice(house: House, point: str, size: int) -> None:
    house.office.size = size
    house.mail(FANG, "打印机坏了")
    house.mail(ANN, "Printer broken")
    letters = Counter((letter.to, letter.raw) for letter in ends_and_goes_on(house, point))
    assert {FANG.address, ANN.address, MING.address} <= {to for to, _ in letters}
    assert len(letters) == 4
    assert max(letters.values()) <= 2
    assert letters.total() - len(letters) <= size
    assert {one for states in outbox(house).values() for one in states} == {"sent"}


@pytest.mark.parametrize(
    "trouble",
    [Full("the disk is full", "make room"), Busy("database is locked"), Unreachable("the server went away"), Stale(1)],
    ids=lambda trouble: type(trouble).__name__,
)
def test_an_end_that_cannot_be_written_down_is_written_later_and_the_letter_goes_out_once(
    house: House, monkeypatch: pytest.MonkeyPatch, trouble: StoreError
) -> None:
    written, failed = posting_module.write_down, list[str]()

    def write_down(desk: Any, tx: Any, row: Outgoing, reply: Reply, now: Any) -> None:
        written(desk, tx, row, reply, now)
        if failed.count(row.to) < 7:
            failed.append(row.to)
            raise trouble

    monkeypatch.setattr(posting_module, "write_down", write_down)
    monkeypatch.setattr(posting_module, "SOON", 0.001)
    house.mail(FANG, "打印机坏了")
    assert sorted(letter.to for letter in house.letters()) == sorted((FANG.address, MING.address))
    assert {one for states in outbox(house).values() for one in states} == {"sent"}
    house.after(hours=2)
    assert house.letters(FANG) == []


def test_an_end_that_can_never_be_written_down_is_told_and_stays_in_doubt(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_down(*_: Any) -> None:
        raise Full("the disk is full", "make room")

    monkeypatch.setattr(posting_module, "SETTLING", 0.05)
    monkeypatch.setattr(posting_module, "SOON", 0.001)
    house.mail(FANG, "打印机坏了")
    with monkeypatch.context() as full:
        full.setattr(posting_module, "write_down", write_down)
        with pytest.raises(Full):
            house.post()
    assert "in_data" in {one for states in outbox(house).values() for one in states}


@pytest.fixture
def neighbour(tmp_path: Path, house: House, open_store: Open) -> House:
    """A second node on the same database, with an office of its own."""
    return House(tmp_path / "neighbour", open_store(node="neighbour"))


@pytest.mark.parametrize("point", ["claimed", "in-data", "delivered"])
def test_what_a_dead_node_had_in_hand_another_sends_five_minutes_later(house: House, neighbour: House, point: str) -> None:
    house.mail(FANG, "打印机坏了")
    dies(house, point)
    in_hand = {to for to, states in outbox(house).items() if set(states) <= {"claimed", "in_data"}}
    assert in_hand
    neighbour.now = house.now + LEASE - timedelta(seconds=1)
    assert not in_hand & {letter.to for letter in neighbour.letters()}
    neighbour.now = house.now + LEASE
    assert in_hand <= {letter.to for letter in neighbour.letters()}
    assert timedelta(minutes=5) == LEASE


def test_nobody_else_takes_what_a_slow_relay_has_in_hand(house: House, neighbour: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def played() -> None:
        house.office.held[FANG.address] = asyncio.Event()
        posting = asyncio.create_task(house.posting.post())
        await until(lambda: outbox(house)[FANG.address] == ["in_data"])
        for _ in range(6):
            house.now += LEASE - timedelta(minutes=1)
            await until(lambda: held_until(house) == house.now + LEASE)
            neighbour.now = house.now
            await neighbour.posting.post()
        house.office.held[FANG.address].set()
        await posting

    monkeypatch.setattr(posting_module, "STILL", 0.01)
    house.office.size = 1
    house.mail(FANG, "打印机坏了")
    asyncio.run(played())
    assert [to for to, _ in (*house.office.taken, *neighbour.office.taken)].count(FANG.address) == 1
    assert outbox(house)[FANG.address] == ["sent"]


async def until(seen: Callable[[], bool]) -> None:
    for _ in count():
        if seen():
            return
        await asyncio.sleep(0.01)


def held_until(house: House) -> datetime:
    """Until when the letters under way are somebody's."""
    with house.store.read() as tx:
        found: datetime = tx._scalar(sa.select(sa.func.min(outbox_table.c.lease_until)))
    return found


def test_a_node_to_which_the_store_was_away_gives_the_others_time_to_say_that_they_live(
    house: House, neighbour: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> int:
        raise Unreachable("the database is away", "wait")

    house.mail(FANG, "打印机坏了")
    dies(house, "in-data")
    in_data = {to for to, states in outbox(house).items() if states == ["in_data"]}
    assert in_data
    neighbour.now = house.now + 2 * LEASE
    with monkeypatch.context() as outage:
        outage.setattr(neighbour.posting, "render", away)
        with pytest.raises(Unreachable):
            neighbour.post()
    assert not in_data & {letter.to for letter in neighbour.letters()}
    monkeypatch.setattr(posting_module, "AFTER_TROUBLE", 0.0)
    assert in_data <= {letter.to for letter in neighbour.letters()}


@pytest.mark.parametrize("point", ["claimed", "in-data"])
def test_a_letter_that_is_ours_by_a_commit_whose_answer_was_lost_goes_out_at_once(house: House, point: str) -> None:
    async def twice() -> None:
        faults.arm(f"{point}:enospc:1")
        try:
            with pytest.raises(OSError, match="space"):
                await house.posting.post()
        finally:
            faults.arm("")
        await house.posting.post()
        await house.posting.finish()

    house.mail(FANG, "打印机坏了")
    asyncio.run(twice())
    letters = house.letters()
    assert sorted(letter.to for letter in letters) == sorted((FANG.address, MING.address))
    assert outbox(house) == {FANG.address: ["sent"], MING.address: ["sent"]}


def test_a_node_takes_nothing_from_itself_however_long_an_end_cannot_be_written_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, failed = posting_module.write_down, list[str]()

    def write_down(desk: Any, tx: Any, row: Outgoing, reply: Reply, now: Any) -> None:
        if row.to == FANG.address and len(failed) < 12:
            failed.append(row.to)
            house.now += LEASE
            raise Full("the disk is full", "make room")
        written(desk, tx, row, reply, now)

    monkeypatch.setattr(posting_module, "write_down", write_down)
    monkeypatch.setattr(posting_module, "SOON", 0.02)
    monkeypatch.setattr(posting_module, "LATER", 0.02)
    monkeypatch.setattr(posting_module, "A_LOOK", 0.001)
    house.mail(FANG, "打印机坏了")
    house.post()
    assert [to for to, _ in house.office.taken].count(FANG.address) == 1
    assert outbox(house)[FANG.address] == ["sent"]


def test_when_the_desk_ends_a_letter_that_fails_takes_no_other_with_it(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handed = posting_module.hand_over

    def hand_over(tx: Any, row: Outgoing, now: Any) -> None:
        if row.to in (FANG.address, ANN.address):
            raise Unreachable("the database is away", "wait")
        handed(tx, row, now)

    async def ends() -> None:
        with pytest.raises(Unreachable):
            await house.posting.post()
        await house.posting.finish()

    monkeypatch.setattr(posting_module, "hand_over", hand_over)
    house.office.size = 4
    house.mail(FANG, "打印机坏了")
    house.mail(ANN, "Printer broken")
    asyncio.run(ends())
    assert outbox(house) == {FANG.address: ["claimed"], ANN.address: ["claimed"], MING.address: ["sent", "sent"]}
    assert [record.message for record in caplog.records].count("letter left under way") == 1


def test_what_another_has_taken_over_is_not_told_as_an_end(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def write_down(_: Any, __: Any, row: Outgoing, *___: Any) -> None:
        raise LeaseLost(row.id)

    ended: list[Outgoing] = []
    house.mail(FANG, "打印机坏了")
    house.posting = Posting(house.desk, house.office, lambda: house.now, ended=lambda row, _: ended.append(row))  # type: ignore[arg-type]
    monkeypatch.setattr(posting_module, "write_down", write_down)
    with caplog.at_level("INFO", "maildesk"):
        house.post()
    told = {record.message for record in caplog.records}
    assert ("letter held too long" in told, "letter out" in told, ended) == (True, False, [])


def test_an_end_that_others_overtake_again_and_again_is_told_and_waits_between_two_tries(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    written, failed = posting_module.write_down, list[str]()

    def write_down(desk: Any, tx: Any, row: Outgoing, reply: Reply, now: Any) -> None:
        written(desk, tx, row, reply, now)
        if len(failed) < 6:
            failed.append(row.to)
            raise Stale(1)

    monkeypatch.setattr(posting_module, "write_down", write_down)
    monkeypatch.setattr(posting_module, "SOON", 0.001)
    house.office.size = 1
    house.mail(FANG, "打印机坏了")
    house.post()
    pauses = [record.facts["again_in"] for record in caplog.records if record.message == "letter not settled"]  # type: ignore[attr-defined]
    assert pauses == [0.001, 0.002]


def test_a_channel_that_is_down_costs_no_letter_an_attempt(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    house.office.offered = lambda to: DOWN
    assert house.post().down == "no connection"
    assert house.office.offers == 1
    with house.store.read() as tx:
        assert {(letter.state, letter.attempts) for letter in tx.outbox()} == {("queued", 0)}
    house.office.offered = lambda to: Reply("accepted", 250, "ok")
    assert {letter.to for letter in house.letters()} == {FANG.address, MING.address}


def test_each_recipient_gets_a_message_of_his_own(house: House) -> None:
    house.mail(FANG, "打印机坏了", headers={"Cc": f"Ann <ann@{FANG.address.partition('@')[2]}>"})
    for letter in house.letters():
        assert str(letter.mail["to"]).count("@") == 1
        assert letter.mail["cc"] is None
        assert letter.mail["bcc"] is None


def test_an_answer_to_a_letter_comes_back_to_the_desk_by_a_signed_address(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    (letter,) = house.letters(FANG)
    name, _, domain = letter.reply_to.partition("@")
    assert (name.startswith("support+"), domain) == (True, DESK.partition("@")[2])


def test_a_broken_template_is_reported_and_the_plain_letter_goes_out(house: House) -> None:
    own = house.config.settings.state / "templates" / "zh"
    own.mkdir(parents=True)
    (own / "acknowledgement.txt").write_text("Subject: {{ broken\n\n{{ nonsense }}\n", "utf-8")
    house.desk.letters = type(house.desk.letters)(
        house.desk.house, house.desk.keys, house.config.people, house.config.policy, own.parent
    )
    house.mail(FANG, "打印机坏了")
    letters = house.letters()
    acknowledgement = next(letter for letter in letters if letter.to == FANG.address)
    assert house.ticket().number in acknowledgement.subject
    alarm = next(letter for letter in letters if letter.to == house.config.settings.operator)
    assert "acknowledgement" in alarm.text


def test_a_relay_that_refuses_everybody_is_told_to_the_operator_once_and_not_written_about_for_ever(house: House) -> None:
    house.office.offered = lambda to: REFUSED
    house.mail(FANG, "打印机坏了")
    for _ in range(3):
        house.post()
    assert house.office.offers <= 6
    assert outbox(house)[OPERATOR.address] == ["refused"]


def test_a_letter_that_cannot_be_written_waits_and_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Letters.write

    def breaks(self: Letters, letter: Promised, **facts: Any) -> Written:
        if letter.to == MING.address:
            raise RuntimeError("nothing can be made of this")
        return written(self, letter, **facts)

    house.mail(FANG, "打印机坏了")
    with monkeypatch.context() as broken:
        broken.setattr(Letters, "write", breaks)
        letters = {letter.to: letter for letter in house.letters()}
    assert set(letters) == {FANG.address, OPERATOR.address}
    assert "nothing can be made of this" in letters[OPERATOR.address].text
    house.after(minutes=16)
    assert house.letters(MING) != []


def test_a_long_round_of_letters_shows_for_each_that_it_is_alive(house: House) -> None:
    turns: list[str] = []
    house.posting = Posting(house.desk, house.office, lambda: house.now, turn=lambda: turns.append("turn"))  # type: ignore[arg-type]
    house.mail(FANG, "打印机坏了")
    assert len(turns) == 0
    assert len(house.letters()) == 2
    assert len(turns) >= 2


async def test_an_answer_that_is_long_in_coming_holds_up_no_other_letter(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting_module, "TOO_LONG", 0.05)
    house.mail(FANG, "打印机坏了")
    answer = house.office.held[FANG.address] = asyncio.Event()
    posting = asyncio.create_task(house.posting.post())
    async with asyncio.timeout(20):
        await house.office.has(MING.address)
        await asyncio.to_thread(house.mail, ANN, "The printer is broken")
        await house.office.has(ANN.address)
        assert FANG.address not in [to for to, _ in house.office.taken]
        answer.set()
        await posting
    assert FANG.address in [to for to, _ in house.office.taken]


def test_who_was_only_asked_and_answers_late_is_not_told_that_a_solution_failed(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/追问 请问是哪一台打印机？", answering=assignment)
    (question,) = house.letters(FANG)
    house.after(days=14)
    assert house.ticket().status == "closed"
    house.letters()
    house.mail(FANG, "是三楼的那一台，现在还是打不出来。", answering=question)
    reopened = house.letters(FANG)
    assert len(reopened) == 1
    assert "重新打开" in reopened[0].text
    assert "没能一次解决" not in reopened[0].text


def test_what_the_relay_takes_in_a_day_is_kept_and_the_last_part_of_it_is_for_people(house: House) -> None:
    relay = replace(house.config.settings.relay, rate_per_day=5)
    house.desk.config = replace(house.desk.config, settings=replace(house.desk.config.settings, relay=relay))
    for _ in range(3):
        house.mail(FANG, "打印机坏了")
    began = house.letters()
    assert len(began) == 4, "a fifth is kept for people"
    assigned = next(letter for letter in began if letter.to == MING.address)
    house.mail(MING, "换了硒鼓，请再打一次试试。", answering=assigned)
    house.mail(MING, "还有一盒在柜子里。", answering=assigned)
    assert [letter.to for letter in house.letters()] == [FANG.address], "nor more of their own than the relay takes"
    (told,) = unmailed(house.desk.config.settings.state, house.now)
    assert (told.what, told.detail) == ("limit relay", "rate_per_day: 5")
    house.now += timedelta(days=1)
    assert len(house.letters(FANG)) >= 1


def test_what_was_sent_today_is_counted_by_all_nodes_and_behind_a_restart(house: House, neighbour: House) -> None:
    for one in (house, neighbour):
        relay = replace(one.config.settings.relay, rate_per_day=1)
        one.desk.config = replace(one.desk.config, settings=replace(one.desk.config.settings, relay=relay))
    house.mail(FANG, "打印机坏了")
    assert len(house.letters()) == 1
    assert neighbour.letters() == []
