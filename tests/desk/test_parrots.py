"""Two machines that do not say what they are cannot talk to each other through the desk."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from maildesk.demo.world import FANG, MING
from tests.desk.house import House, Letter

AWAY = "I am travelling until Monday. Reference {n}."
THANKS = "Your mail {n} has arrived and will be read."


def talk(house: House, hours: int, *, engineer: str = AWAY, requester: str = THANKS) -> tuple[list[Letter], list[Letter]]:
    """Each answers every letter three minutes later and names no machine; what each of them got."""
    got: dict[str, list[Letter]] = {FANG.address: [], MING.address: []}
    for n in range(hours * 20):
        for letter in house.letters():
            if letter.to in got:
                got[letter.to].append(letter)
                actor, words = (FANG, requester) if letter.to == FANG.address else (MING, engineer)
                house.mail(actor, words.format(n=n), answering=letter)
        house.after(minutes=3)
    return got[FANG.address], got[MING.address]


def answers(letters: list[Letter], words: str) -> list[Letter]:
    """Those that pass on the other's words, not in a quote."""
    return [letter for letter in letters if words in letter.text.partition(">")[0]]


def test_two_notices_that_answer_at_once_are_heard_three_times_and_the_engineer_is_told(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    outside, inside = talk(house, 1)
    assert len(answers(outside, "travelling")) == 3
    told = [letter for letter in inside if "像是两台机器" in letter.text]
    assert len(told) == 1
    assert "/公开" in told[0].text


def test_two_notices_write_to_each_other_twenty_times_in_a_day_at_most(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    outside, inside = talk(house, 6)
    assert len(answers(outside, "travelling")) <= 20
    assert len(inside) < 80


def test_two_machines_whose_words_differ_each_time_write_twenty_times_at_most(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    varied = "".join(chr(0x4E00 + at) for at in range(400))
    number = iter(range(400))
    got: list[Letter] = []
    for _ in range(120):
        for letter in house.letters():
            if letter.to == MING.address and "像是两台机器" not in letter.text:
                house.mail(MING, f"正在看{varied[next(number)]}号日志，请等一等。", answering=letter)
            elif letter.to == FANG.address:
                got += [letter] if "号日志" in letter.text.partition(">")[0] else []
                house.mail(FANG, f"我这边第{varied[next(number)]}次试，还是打不出来。", answering=letter)
        house.after(minutes=3)
    assert 17 <= len(got) <= 20


def test_a_person_repeats_himself_as_often_as_he_likes(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    (assignment,) = house.letters(MING)
    for _ in range(5):
        house.mail(MING, "请再试一次。", answering=assignment)
        house.now += timedelta(seconds=1)
    assert len(answers(house.letters(FANG), "请再试一次")) == 5


def both_say(house: House, times: int, words: str = "请再试一次。", *, minutes: int = 2) -> Letter:
    """Both say the same so often, each so long after the other; the letter by which the engineer answers."""
    house.mail(FANG, "打印机坏了")
    letters = house.letters()
    assignment = next(letter for letter in letters if letter.to == MING.address)
    acknowledged = next(letter for letter in letters if letter.to == FANG.address)
    for n in range(times):
        house.mail(MING, words.format(n=n), answering=assignment)
        house.now += timedelta(minutes=minutes)
        house.mail(FANG, "试了，还是不行。", answering=acknowledged)
        house.now += timedelta(minutes=minutes)
    return assignment


@pytest.mark.parametrize("words", ["已处理", "验证码 80{n}0", "好，请点第{n}个菜单"])
def test_what_people_say_at_their_own_pace_arrives_however_alike_it_is(house: House, words: str) -> None:
    both_say(house, 4, words, minutes=40)
    assert len(answers(house.letters(FANG), words[:2])) == 4


def test_the_very_same_words_of_both_are_heard_five_times_in_a_day(house: House) -> None:
    both_say(house, 7, minutes=40)
    assert len(answers(house.letters(FANG), "请再试一次")) == 5


def test_a_file_is_never_kept_back_as_an_echo(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    letters = house.letters()
    assignment = next(letter for letter in letters if letter.to == MING.address)
    acknowledged = next(letter for letter in letters if letter.to == FANG.address)
    arrived = []
    for n in range(6):
        house.mail(FANG, "请再发下一份", answering=acknowledged)
        mail = message_from_bytes(house.raw(MING, "", answering=assignment), policy=policy.default)
        mail.add_attachment(f"report {n}".encode(), maintype="application", subtype="pdf", filename=f"report{n}.pdf")
        house.keep(mail.as_bytes())
        house.take_in()
        arrived += [part.get_filename() for letter in house.letters(FANG) for part in letter.mail.iter_attachments()]
    assert arrived == [f"report{n}.pdf" for n in range(6)]


def test_what_was_kept_back_is_in_the_record_and_goes_out_by_an_order(house: House) -> None:
    assignment = both_say(house, 4)
    assert len(answers(house.letters(FANG), "请再试一次")) == 3
    assert list(house.history(house.ticket())).count("请再试一次。") == 4
    house.mail(MING, "/公开 请再试一次。", answering=assignment)
    assert len(answers(house.letters(FANG), "请再试一次")) == 1


def test_the_next_day_the_words_go_out_again(house: House) -> None:
    assignment = both_say(house, 4)
    house.letters()
    house.now += timedelta(hours=25)
    house.mail(MING, "请再试一次。", answering=assignment)
    assert len(answers(house.letters(FANG), "请再试一次")) == 1
