"""From a mailbox into the desk: first contact, renumbering, holes, and answers that nobody can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from maildesk import faults
from maildesk.config import Account, Secret
from maildesk.demo.world import FANG
from maildesk.desk.caution import CUTS, Caution
from maildesk.desk.collecting import Collecting
from maildesk.imap import Arrived, MailboxError, Selected, Trouble, Waiting
from tests.desk.house import MONDAY, House

ACCOUNT = Account(name="support", host="127.0.0.1", port=1, security="plain", user="support", password=Secret("x"))


@dataclass(slots=True)
class Box:
    """A mailbox as a list of mails by UID; `hidden` UIDs have no body, `poison` UIDs make the answer unreadable, at those of
    `cuts` the line is cut so many times."""

    mails: dict[int, bytes]
    uidvalidity: int = 7
    arrived_at: dict[int, object] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    poison: set[int] = field(default_factory=set)
    cuts: dict[int, int] = field(default_factory=dict)
    moved: list[tuple[int, str]] = field(default_factory=list)

    def open(self) -> Selected:
        return Selected(uidvalidity=self.uidvalidity, uidnext=max(self.mails, default=0) + 1, exists=len(self.mails))

    def after(self, uid: int, since: datetime | None = None) -> tuple[Waiting, ...]:
        found = [one for one in sorted(self.mails) if one > uid and (since is None or self._at(one) >= since)]
        return tuple(Waiting(uid=one, size=len(self.mails[one]), received_at=self._at(one)) for one in found)

    def fetch(self, uids: Sequence[int]) -> Iterator[Arrived]:
        if self.poison.intersection(uids):
            raise MailboxError(Trouble.PROTOCOL, "the answer makes no sense")
        for one in uids:
            if self.cuts.get(one):
                self.cuts[one] -= 1
                raise MailboxError(Trouble.UNREACHABLE, "the server closed the connection")
        for one in uids:
            if one in self.mails and one not in self.hidden:
                yield Arrived(uid=one, received_at=self._at(one), raw=self.mails[one])

    def move(self, uids: Sequence[int], folder: str) -> None:
        self.moved += [(uid, folder) for uid in uids]

    def _at(self, uid: int):  # type: ignore[no-untyped-def]
        return self.arrived_at.get(uid, MONDAY)


def collecting(house: House, box: Box, caution: Caution | None = None) -> Collecting:
    made = Collecting(house.desk, ACCOUNT, box, caution)  # type: ignore[arg-type]
    made.begin(box.open(), house.now)
    return made


def subjects(house: House) -> list[str]:
    return sorted(ticket.subject for ticket in house.tickets())


def mails(house: House, *numbers: int) -> dict[int, bytes]:
    return {number: house.raw(FANG, f"打印机 {number} 坏了", subject=f"mail {number}") for number in numbers}


def test_first_contact_leaves_what_lay_there_and_takes_what_comes(house: House) -> None:
    box = Box(mails(house, 1, 2))
    first = collecting(house, box)
    assert first.collect(house.now) == 0
    box.mails |= mails(house, 3)
    assert first.collect(house.now) == 1
    house.take_in()
    assert subjects(house) == ["mail 3"]


def test_a_renumbered_mailbox_is_looked_through_again_without_doubles_and_without_old_mail(house: House) -> None:
    box = Box(mails(house, 1))
    box.arrived_at[1] = MONDAY - timedelta(days=30)
    first = collecting(house, box)
    box.mails |= mails(house, 2)
    first.collect(house.now)
    house.take_in()
    box.uidvalidity = 8
    box.mails = {uid + 100: raw for uid, raw in box.mails.items()} | mails(house, 103)
    box.arrived_at = {101: MONDAY - timedelta(days=30)}
    collecting(house, box).collect(house.now)
    house.take_in()
    assert subjects(house) == ["mail 103", "mail 2"]


def test_a_mail_whose_body_was_missing_is_found_by_the_next_reconciliation(house: House) -> None:
    box = Box({}, hidden={2})
    first = collecting(house, box)
    box.mails |= mails(house, 1, 2, 3)
    assert first.collect(house.now) == 2
    box.hidden.clear()
    assert first.collect(house.now) == 0
    assert first.reconcile(house.now) == 1
    house.take_in()
    assert subjects(house) == ["mail 1", "mail 2", "mail 3"]


def test_a_mail_whose_answer_nobody_can_read_holds_up_no_other(house: House) -> None:
    box, caution = Box({}, poison={2}), Caution()
    collecting(house, box, caution)
    box.mails |= mails(house, 1, 2, 3)
    for _ in range(4):
        with pytest.raises(MailboxError):
            collecting(house, box, caution).collect(house.now)
    assert collecting(house, box, caution).collect(house.now) == 1
    house.take_in()
    assert subjects(house) == ["mail 1", "mail 3"]
    operator = [letter for letter in house.letters() if letter.to == house.config.settings.operator]
    assert len(operator) == 1
    assert "UID 2" in operator[0].text


@pytest.mark.parametrize("point", ["fetched", "raw-written"])
def test_what_ends_before_it_is_kept_lies_where_it_lay_and_is_kept_the_next_time(house: House, point: str) -> None:
    box = Box({})
    first = collecting(house, box)
    box.mails |= mails(house, 1, 2)
    faults.arm(f"{point}:raise:1")
    try:
        with pytest.raises(faults.Fault):
            first.collect(house.now)
    finally:
        faults.arm("")
    assert (sorted(box.mails), box.moved, house.inbox()) == ([1, 2], [], ())
    assert collecting(house, box).collect(house.now) == 2
    house.take_in()
    assert subjects(house) == ["mail 1", "mail 2"]


def passed_over(house: House) -> tuple[Box, Caution]:
    """A mailbox whose only mail could not be fetched three times, and what was learnt from it."""
    box, caution = Box({}, poison={1}), Caution()
    collecting(house, box, caution)
    box.mails |= mails(house, 1)
    for _ in range(3):
        with pytest.raises(MailboxError):
            collecting(house, box, caution).collect(house.now)
    return box, caution


def test_a_mail_that_was_passed_over_is_tried_again_after_an_hour(house: House) -> None:
    box, caution = passed_over(house)
    assert collecting(house, box, caution).collect(house.now) == 0
    box.poison.clear()
    assert collecting(house, box, caution).reconcile(house.now) == 0
    assert not caution.rested(house.now)
    house.now += timedelta(hours=1)
    assert caution.rested(house.now)
    assert collecting(house, box, caution).reconcile(house.now) == 1


def test_a_mail_whose_number_is_lower_than_any_before_is_found(house: House) -> None:
    box = Box(mails(house, 100))
    box.arrived_at = {100: MONDAY - timedelta(days=30)}
    first = collecting(house, box)
    box.mails |= mails(house, 50)
    assert (first.collect(house.now), first.reconcile(house.now)) == (0, 1)


def test_a_renumbered_mailbox_is_told_to_the_operator(house: House) -> None:
    box = Box({})
    collecting(house, box)
    box.uidvalidity = 8
    collecting(house, box)
    (letter,) = house.letters()
    assert letter.to == house.config.settings.operator
    assert "UIDVALIDITY 8" in letter.text


def minutes_until_kept(house: House, box: Box, caution: Caution, most: int) -> int:
    """As the loop does it, with a connection that is new each time: after how many all mails are ours."""
    for minute in range(most):
        try:
            anew = collecting(house, box, caution)
            anew.reconcile(house.now)
            anew.collect(house.now)
            house.now += timedelta(minutes=1)
            if caution.rested(house.now):
                anew.reconcile(house.now)
        except MailboxError:
            continue
        finally:
            house.now += timedelta(seconds=1)
        if len(house.inbox()) == len(box.mails):
            return minute
    return most


def test_a_mail_at_which_the_line_was_cut_is_here_a_minute_after_the_line_is_whole(house: House) -> None:
    box, caution = Box({}), Caution()
    collecting(house, box, caution)
    box.mails |= mails(house, 1)
    box.cuts = {1: 3}
    assert minutes_until_kept(house, box, caution, 10) == 3
    assert house.letters() == []
    assert (caution.cuts, caution.rests) == ({}, {})


def test_a_mail_at_which_a_server_breaks_each_time_waits_until_the_others_are_here_and_is_told(house: House) -> None:
    box, caution = Box({}), Caution()
    collecting(house, box, caution)
    box.mails |= mails(house, 1, 2, 3)
    box.cuts = {2: CUTS + 1}
    for _ in range(4):
        with pytest.raises(MailboxError):
            collecting(house, box, caution).collect(house.now)
    assert collecting(house, box, caution).collect(house.now) == 1
    house.take_in()
    assert subjects(house) == ["mail 1", "mail 3"]
    house.letters()
    assert minutes_until_kept(house, box, caution, 2 * CUTS) < 2 * CUTS
    (letter,) = [one for one in house.letters() if one.to == house.config.settings.operator]
    assert "UID 2" in letter.text


def test_the_next_try_of_a_mail_that_rests_is_known(house: House) -> None:
    caution = Caution()
    for _ in range(3):
        caution.cut(1, house.now)
    assert timedelta() < caution.rests_for(house.now) < timedelta(minutes=1)
    assert not caution.rested(house.now)
    house.now += timedelta(minutes=1)
    assert [caution.rested(house.now), caution.rested(house.now)] == [True, False]


def test_numbers_that_begin_anew_are_no_mail_that_was_passed_over(house: House) -> None:
    box, caution = passed_over(house)
    caution.large.add(1)
    box.uidvalidity, box.poison = 8, set()
    assert collecting(house, box, caution).collect(house.now) == 1
    assert (caution.large, caution.rests, caution.failures) == (set(), {}, {})
