"""Templates that break: the letter goes out all the same, and the operator learns file, line and cause."""

from collections.abc import Callable

import pytest

from maildesk.mail.letters import Letters
from maildesk.mail.samples import one
from maildesk.mail.story import STORIES
from maildesk.share import folder
from tests.mail.out.reading import NAMES, write

Own = Callable[[str, str, str], Letters]
BROKEN = {
    "Subject: x\n\n{{ nothing }}\n": "assignment.txt:3: 'nothing' is undefined",
    "Subject: x\n\n\n{% if %}\n": "assignment.txt:4: ",
    "Subject: x\n\n{{ ticket.nothing }}\n": "nothing",
    "Subject: x\n\n{{ understood }}\n": "assignment.txt:3: a template printed a list",
    "Subject: x\n\n{{ 1 // 0 }}\n": "assignment.txt:3: ",
    "Subject: x\n\n{{ ticket.__class__.__mro__ }}\n": "assignment.txt:3: ",
    "Subject: x\n\n{{ text | safe }}\n": "assignment.txt:3: ",
    "Subject: x\n\n{% include 'nowhere.txt' %}\n": "nowhere.txt",
    "no subject\n": "assignment.txt:1: the first line must be Subject:",
    "Subject: x\n\n[bomb]\n": "no such button: bomb",
    "Subject: x\n\n! red alert\n": "no such banner: red",
    "": "assignment.txt:1: the first line must be Subject:",
}


@pytest.mark.parametrize(("source", "cause"), BROKEN.items())
def test_a_broken_template_is_named_with_its_line(templates: Own, source: str, cause: str) -> None:
    found = write(templates("zh", "assignment.txt", source), one("zh", "assignment"))
    assert found.written.fault is not None
    assert found.written.fault.startswith("templates/zh")
    assert cause in found.written.fault


@pytest.mark.parametrize("name", NAMES)
def test_the_plain_letter_says_everything(templates: Own, name: str) -> None:
    kind = name.partition("-")[0]
    sample = one("zh", name)
    found = write(templates("zh", f"{kind}.txt", "broken"), sample)
    assert found.written.fault is not None
    missing = [fact for fact in words_of(sample.letter.facts) if fact not in found.text]
    assert missing == []


def words_of(fact: object) -> list[str]:
    """Every text within facts, line by line."""
    match fact:
        case str():
            return fact.split("\n")
        case dict():
            return [word for value in fact.values() for word in words_of(value)]
        case list():
            return [word for value in fact for word in words_of(value)]
        case _:
            return []


def test_the_plain_letter_still_says_who_reads_the_answer(templates: Own) -> None:
    found = write(templates("zh", "note.txt", "broken"), one("zh", "note"))
    assert "只有内部能看到" in found.text.split("\n\n")[1]
    assert found["Subject"].startswith("[TS20231027001]")


def test_even_the_plain_letter_repeats_nothing_to_a_stranger(templates: Own) -> None:
    found = write(templates("zh", "acknowledgement.txt", "broken"), one("zh", "acknowledgement-stranger"))
    assert STORIES["zh"].subject not in found["Subject"] + found.text
    assert STORIES["zh"].name not in found["To"] + found.text


def test_a_frame_without_its_banner_is_not_used(templates: Own) -> None:
    letters = templates("en", "frame.txt", "{{ body }}")
    assert write(letters, one("en", "answer")).written.fault is None
    found = write(letters, one("en", "note"))
    assert found.written.fault == "templates/en/frame.txt: the banner inside is missing, which says who reads an answer"
    assert "stays inside" in found.text


SOUND = (folder("templates") / "zh" / "words.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "source",
    [
        "not = toml = at all",
        "[phrase]\n",
        "[button]\ntake = 5\n[calendar]\nweekdays = []\nmonths = []\n",
        SOUND.replace('"周日"', ""),
        SOUND.replace("##- ", "## "),
        SOUND.replace("{requester}", "{requesters}"),
        SOUND.replace("apart =", "a_part ="),
        SOUND.replace("{field}：", "{fields}："),
        SOUND.replace("past =", "passed ="),
    ],
)
def test_broken_words_leave_a_letter_without_buttons(templates: Own, source: str) -> None:
    found = write(templates("zh", "words.toml", source), one("zh", "assignment"))
    assert found.written.fault is not None
    assert "words.toml" in found.written.fault
    assert found.text.startswith("##- ")
    assert STORIES["zh"].text.split("\n")[0] in found.text


def test_the_check_finds_what_is_broken_and_nothing_else(templates: Own) -> None:
    (fault,) = templates("en", "survey.txt", "Subject: x\n\n{{ nothing }}\n").check()
    assert fault == "templates/en/survey.txt:3: 'nothing' is undefined"


def test_an_operators_own_template_is_used(templates: Own) -> None:
    found = write(templates("zh", "taken.txt", "Subject: 好\n\n{{ engineer }}来了。\n"), one("zh", "taken"))
    assert found.written.fault is None
    assert (found["Subject"], "李雷来了。" in found.text) == ("好", True)


def test_a_new_language_is_a_folder(templates: Own) -> None:
    letters = templates("tlh", "words.toml", (folder("templates") / "en" / "words.toml").read_text("utf-8"))
    assert letters.content.pages.languages == ("en", "tlh", "zh")
    assert any("tlh" in fault for fault in letters.check())
