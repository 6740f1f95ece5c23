"""Two machines that do not say what they are cannot talk to each other through the desk."""

from datetime import timedelta

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


def test_two_notices_answer_each_other_twice_in_a_day_and_the_engineer_is_told_once(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    outside, inside = talk(house, 10)
    assert len(answers(outside, "travelling")) == 2
    told = [letter for letter in inside if "像是两台机器" in letter.text]
    assert len(told) == 1
    assert "/公开" in told[0].text
    assert len(inside) < 40


def test_two_machines_whose_words_differ_each_time_write_fifteen_times_at_most(house: House) -> None:
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
    assert 12 <= len(got) <= 15


def test_a_person_repeats_himself_as_often_as_he_likes(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    (assignment,) = house.letters(MING)
    for _ in range(5):
        house.mail(MING, "请再试一次。", answering=assignment)
    assert len(answers(house.letters(FANG), "请再试一次")) == 5


def both_repeat(house: House, times: int) -> Letter:
    """Both say the same so often; the letter by which the engineer answers."""
    house.mail(FANG, "打印机坏了")
    letters = house.letters()
    assignment = next(letter for letter in letters if letter.to == MING.address)
    acknowledged = next(letter for letter in letters if letter.to == FANG.address)
    for _ in range(times):
        house.mail(MING, "请再试一次。", answering=assignment)
        house.mail(FANG, "试了，还是不行。", answering=acknowledged)
        house.now += timedelta(minutes=10)
    return assignment


def test_what_was_kept_back_is_in_the_record_and_goes_out_by_an_order(house: House) -> None:
    assignment = both_repeat(house, 3)
    assert len(answers(house.letters(FANG), "请再试一次")) == 2
    assert list(house.history(house.ticket())).count("请再试一次。") == 3
    house.mail(MING, "/公开 请再试一次。", answering=assignment)
    assert len(answers(house.letters(FANG), "请再试一次")) == 1


def test_the_next_day_the_words_go_out_again(house: House) -> None:
    assignment = both_repeat(house, 3)
    house.letters()
    house.now += timedelta(hours=25)
    house.mail(MING, "请再试一次。", answering=assignment)
    assert len(answers(house.letters(FANG), "请再试一次")) == 1
