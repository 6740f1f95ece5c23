"""A letter that comes back without any mark of a quote: the desk knows it, because it kept it."""

from maildesk.demo.world import FANG, MING
from tests.desk.house import House, Letter


def unmarked(letter: Letter) -> str:
    """The letter as a mail program shows it that marks nothing, without the line that we put on top."""
    return "\n".join(line for line in letter.text.splitlines() if not line.startswith("##-"))


def answer(house: House, actor: object, letter: Letter, text: str) -> None:
    headers = {"In-Reply-To": str(letter.mail["message-id"])}
    house.mail(actor, text, to=letter.reply_to, subject=f"Re: {letter.subject}", headers=headers)  # type: ignore[arg-type]


def test_the_engineer_reads_what_is_new_and_not_our_own_letter(house: House) -> None:
    house.mail(FANG, "打印机打不出来，灯一直闪")
    (acknowledgement,) = house.letters(FANG)
    answer(house, FANG, acknowledgement, f"换了一盒墨，还是一样。\n\n{unmarked(acknowledgement)}")
    (reply,) = (letter for letter in house.letters(MING) if "换了一盒墨" in letter.text)
    assert acknowledgement.text.splitlines()[4] not in reply.text


def test_an_internal_letter_never_goes_out_with_the_answer_above_it(house: House) -> None:
    house.mail(FANG, "打印机打不出来，灯一直闪")
    (assignment,) = house.letters(MING)
    house.letters()
    answer(house, MING, assignment, f"请把电源关掉再打开。\n\n{unmarked(assignment)}")
    (sent,) = house.letters(FANG)
    assert "请把电源关掉再打开" in sent.text
    inside = [line for line in unmarked(assignment).splitlines() if len(line) > 12 and line not in sent.text]
    assert "把握" not in sent.text
    assert len(inside) > 3


def test_behind_a_gateway_that_gives_letters_other_ids_none_goes_out_either(house: House) -> None:
    house.mail(FANG, "打印机打不出来，灯一直闪")
    (assignment,) = house.letters(MING)
    house.letters()
    text = f"请把电源关掉再打开。\n\n{unmarked(assignment)}"
    house.mail(
        MING, text, to=assignment.reply_to, subject=f"Re: {assignment.subject}", headers={"In-Reply-To": "<x@gateway.test>"}
    )
    (sent,) = house.letters(FANG)
    assert "请把电源关掉再打开" in sent.text
    assert "把握" not in sent.text
