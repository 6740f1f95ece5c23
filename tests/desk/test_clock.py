"""The clock in the whole desk: what is said reaches people once, together, in their hours, and only while it is true."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from maildesk.core.calendar import ALWAYS
from maildesk.core.people import People, StaffId
from maildesk.core.policy import Policy
from maildesk.core.rules import HOUR, MINUTE, Duties, Steps
from maildesk.core.ticket import Mark, Priority
from maildesk.demo.world import FANG, JING, LEI, MING, QIANG
from maildesk.desk import Desk
from maildesk.desk.posting import Posting
from maildesk.desk.timed import rules_of_time
from maildesk.reports.digest import write_digests
from maildesk.store import Store
from tests.desk.house import MONDAY, READER, House, Letter
from tests.servers.databases import Open

FRIDAY_EVENING = datetime(2026, 11, 27, 9, 58, tzinfo=UTC)
"""Two minutes before the office closes in Shanghai."""


@pytest.fixture
def house(tmp_path: Path, store: Store) -> House:
    """A desk that has begun."""
    house = House(tmp_path, store)
    house.desk.adopt(house.config, house.now)
    return house


def opened(house: House) -> None:
    """A ticket with 李明, its first letters out of the way."""
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    house.letters()


def test_nobody_answers_so_the_engineer_hears_twice_and_then_the_lead(house: House) -> None:
    opened(house)
    heard = []
    for _ in range(10):
        house.after(minutes=1)
        heard += [(house.now.minute, letter.to) for letter in house.letters() if letter.to != FANG.address]
    assert heard == [(5, MING.address), (8, MING.address), (10, JING.address)]


def test_who_gets_a_ticket_that_was_forgotten_for_weeks_reads_what_it_is_about(house: House) -> None:
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/note 已联系供应商", answering=assignment)
    house.after(days=15)
    with house.store.read() as tx:
        assert sum(line.mark is Mark.ALARM for line in tx.history(house.ticket().id, 1000)) > 60
    house.letters()
    house.after(hours=2)
    (escalation,) = house.letters(JING)
    assert "打印机卡纸了，重启也没有用。" in escalation.text
    assert "已联系供应商" in escalation.text
    house.mail(JING, "/转派 李明 两周没有动静", answering=escalation)
    (given,) = house.letters(MING)
    assert "打印机卡纸了，重启也没有用。" in given.text
    assert "已联系供应商" in given.text


def test_a_reminder_that_is_no_longer_true_is_not_sent(house: House) -> None:
    opened(house)
    (assignment,) = [letter for letter in house_letters_again(house) if letter.to == MING.address]
    house.after(minutes=5)
    house.mail(MING, "您好，我马上来看。", answering=assignment)
    assert [letter for letter in house.letters(MING) if "首次" in letter.text] == []
    with house.store.read() as tx:
        assert [letter.kind for letter in tx.outbox(state="outdated")] == ["reminder"]


def house_letters_again(house: House) -> list[Letter]:
    """Everything that was sent from the beginning."""
    house.read = 0
    return house.letters()


def test_after_an_outage_everybody_hears_at_most_his_case_and_one_reminder(house: House) -> None:
    opened(house)
    house.now += timedelta(hours=5)
    while house.desk.wake(house.now):
        pass
    heard = Counter(letter.to for letter in house.letters())
    assert heard == {MING.address: 1, LEI.address: 2, JING.address: 1}
    house.after(minutes=3)
    assert house.letters() == []


def test_a_policy_that_was_tightened_gives_its_first_step_and_then_speaks_once(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    house.desk.adopt(replace(house.config, policy=strict(house.config.policy)), house.now)
    heard = []
    for _ in range(6):
        house.after(minutes=1)
        heard += [letter.to for letter in house.letters()]
    assert heard == [JING.address]


def test_nodes_that_go_by_different_rules_are_told_to_the_operator(house: House, open_store: Open, tmp_path: Path) -> None:
    other = House(tmp_path / "other", open_store(node="other"))
    other.desk.adopt(replace(other.config, policy=strict(other.config.policy)), house.now)
    told = []
    for _ in range(30):
        house.now += timedelta(minutes=1)
        other.desk.alive(house.now)
        house.desk.alive(house.now)
        told += [(house.now.minute, letter.text) for letter in house.letters() if letter.to == house.config.settings.operator]
    ((minute, text),) = told
    assert minute == (MONDAY + timedelta(minutes=11)).minute
    assert "here / other" in text
    assert "same policy" in text


def test_nodes_that_get_new_rules_one_after_the_other_are_no_trouble(house: House, open_store: Open, tmp_path: Path) -> None:
    other = House(tmp_path / "other", open_store(node="other"))
    other.desk.adopt(replace(other.config, policy=strict(other.config.policy)), house.now)
    for minute in range(30):
        if minute == 9:
            house.desk.adopt(replace(house.config, policy=strict(house.config.policy)), house.now)
        house.now += timedelta(minutes=1)
        other.desk.alive(house.now)
        house.desk.alive(house.now)
    assert house.letters() == []


def begun_again(house: House, policy: Policy) -> None:
    """The process ends; another one begins over the same store."""
    house.config = replace(house.config, policy=policy)
    house.desk = Desk(house.config, house.store, READER)
    house.posting = Posting(house.desk, house.office, lambda: house.now)  # type: ignore[arg-type]
    house.desk.adopt(house.config, house.now)


def silent(policy: Policy) -> Policy:
    """Every rule is switched off."""
    off = {one.name: replace(getattr(policy.usual, one.name), on=False) for one in fields(Duties)}
    return replace(policy, usual=Duties(**off))


def strict(policy: Policy) -> Policy:
    """Reminded after a minute, and broken after three."""
    steps = Steps(due=3 * MINUTE, remind=(MINUTE,), lead=(2 * MINUTE, 3 * MINUTE))
    return replace(policy, usual=replace(policy.usual, first_answer=steps))


def test_a_policy_that_was_tightened_while_the_desk_was_down_gives_the_same_grace(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    begun_again(house, strict(house.config.policy))
    heard = []
    for _ in range(6):
        house.after(minutes=1)
        heard += [letter.to for letter in house.letters()]
    assert heard == [JING.address]


def test_a_desk_that_begins_by_the_same_policy_keeps_since_when_it_holds_and_wakes_nobody(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    changed_at = house.now
    begun_again(house, strict(house.config.policy))
    house.after(seconds=30)
    before = house.ticket()
    begun_again(house, house.config.policy)
    assert (house.desk.config.policy.since, house.ticket()) == (changed_at, before)


def test_a_desk_that_never_had_another_policy_gives_no_grace(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    begun_again(house, house.config.policy)
    house.after(minutes=1)
    assert [letter.to for letter in house.letters()] == [MING.address]


def test_a_rule_switched_on_while_the_desk_was_down_speaks_at_its_moment(house: House) -> None:
    policy = house.config.policy
    begun_again(house, silent(policy))
    opened(house)
    assert house.ticket().wake_at is None
    house.after(minutes=1)
    begun_again(house, policy)
    house.after(minutes=5)
    assert [letter.to for letter in house.letters()] == [MING.address]


@pytest.mark.parametrize("changed", ["calendar", "priority_calendars", "pauses", "targets", "on_call"])
def test_whatever_moves_a_moment_of_the_clock_is_told_apart(house: House, changed: str) -> None:
    policy = house.config.policy
    others = {
        "calendar": replace(policy.calendar, holidays=policy.calendar.holidays | {date(2026, 11, 24)}),
        "priority_calendars": {Priority.P2: "always"},
        "pauses": {},
        "targets": dict.fromkeys(Priority, HOUR),
        "on_call": not policy.on_call,
    }
    assert rules_of_time(replace(policy, **{changed: others[changed]})) != rules_of_time(policy)


def test_the_rules_of_time_are_the_same_in_every_process(house: House) -> None:
    """Sets have another order in each."""
    told = (
        "import sys; from pathlib import Path; from maildesk import config; from maildesk.desk.timed import rules_of_time\n"
        "print(rules_of_time(config.load(Path(sys.argv[1])).policy))"
    )
    main = next(house.config.settings.policy_file.parent.glob("maildesk.toml"))
    command = [sys.executable, "-c", told, str(main)]
    surroundings = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    names = {subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout for env in surroundings}
    assert names == {rules_of_time(house.config.policy) + "\n"}


def test_a_reload_that_changes_no_rule_gives_no_more_time(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    words = replace(house.config.policy, reopen_within=timedelta(days=1), categories=())
    house.desk.adopt(replace(house.config, policy=words), house.now)
    house.after(minutes=1)
    assert [letter.to for letter in house.letters()] == [MING.address]


def test_a_changed_policy_speaks_at_its_own_moments_not_at_those_of_the_one_before(house: House) -> None:
    opened(house)
    policy = house.config.policy
    quiet = silent(policy)
    heard = []
    for one in (quiet, policy):
        house.desk.adopt(replace(house.config, policy=one), house.now)
        for _ in range(4):
            house.after(minutes=1)
            heard += [(house.now.minute, letter.to) for letter in house.letters()]
        assert (house.ticket().wake_at is None, house.ticket().due_at is None) == (one is quiet, one is quiet)
    assert heard in ([(5, MING.address), (8, MING.address)], [(6, MING.address), (8, MING.address)])


def test_what_was_held_for_somebody_who_then_left_goes_to_who_stands_in_for_him(house: House) -> None:
    house.now = FRIDAY_EVENING
    policy, people = house.config.policy, house.config.people
    usual = replace(policy.usual, first_answer=Steps(remind=(5 * MINUTE,), calendar=ALWAYS))
    delegating = (replace(one, delegate=StaffId("E101")) if one.address == MING.address else one for one in people.everyone)
    house.config = replace(house.config, policy=replace(policy, usual=usual), people=People(tuple(delegating)))
    house.desk.reload(house.config)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    (assignment,) = house.letters(MING)
    house.after(minutes=6)
    house.mail(MING, "/away 11-30", answering=assignment)
    house.letters()
    house.after(hours=62, minutes=55)
    assert house.letters() == []
    house.after(minutes=5)
    (held,) = house.letters() + house.letters()
    assert held.to == LEI.address
    assert "李明" in held.text


def test_the_weekend_is_quiet(house: House) -> None:
    house.now = FRIDAY_EVENING
    opened(house)
    house.after(hours=60)
    assert house.letters() == []
    house.after(hours=3, minutes=5)
    assert [letter.to for letter in house.letters()] == [MING.address]


def test_an_hour_on_line_1_brings_the_expert_who_then_has_it(house: House) -> None:
    opened(house)
    house.after(minutes=60)
    sent = house.letters()
    (handover,) = [letter for letter in sent if letter.to == LEI.address]
    assert "李明" in handover.text
    assert "打印机卡纸了" in handover.text
    ticket = house.ticket()
    assert (ticket.engineer, ticket.line) == ("E101", 2)
    house.mail(LEI, "您好，二线已接手。", answering=handover)
    assert any("二线已接手" in letter.text for letter in house.letters(FANG))


def test_digests_are_written_once_a_day_for_everybody_whom_they_concern(house: House) -> None:
    opened(house)
    assert write_digests(house.desk, house.now) == 4
    assert sorted(letter.to for letter in house.letters()) == sorted(one.address for one in (MING, LEI, JING, QIANG))
    house.now += timedelta(hours=1)
    assert write_digests(house.desk, house.now) == 0
    house.now += timedelta(days=1)
    assert write_digests(house.desk, house.now) == 4


def test_the_digest_shows_the_case_to_who_has_it_and_to_the_lead(house: House) -> None:
    opened(house)
    house.now += timedelta(minutes=20)
    write_digests(house.desk, house.now)
    texts = {letter.to: letter.text for letter in house.letters()}
    number = house.ticket().number
    assert number in texts[MING.address]
    assert number not in texts[LEI.address]
    assert number in texts[JING.address]
