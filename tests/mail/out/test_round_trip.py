"""Our letters read by ourselves, and the answers that mail programs make of them."""

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from maildesk.core.message import Address, Kind, Message
from maildesk.mail import inbound
from maildesk.mail.letters import Letters
from maildesk.mail.story import NOW, STORIES
from tests.mail.out.reading import LANGUAGES, NAMES, Read, taps

Write = Callable[[str, str], Read]
DESK = Address("support@example.com")


def understood(raw: bytes) -> Message:
    return inbound.read(raw, received_at=NOW, own=frozenset({DESK}))


def answer(letter: Read, words: str, *, html: bool = False) -> Message:
    """A reply as a mail program writes it: the new words on top, the letter quoted below without a line that says so."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "wang.fang@example.com", letter["Reply-To"], f"Re: {letter['Subject']}"
    mail["In-Reply-To"] = letter["Message-ID"]
    if html:
        body = letter.html.partition('<body class="pg"')[2].partition(">")[2].removesuffix("</body></html>\n")
        mail.set_content(f"<html><body><div>{words}</div><br>{body}</body></html>", subtype="html")
    else:
        mail.set_content(words + "\n\n" + "".join(f"> {line}\n" for line in letter.text.split("\n")))
    return understood(mail.as_bytes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_we_understand_every_letter_that_we_write(written: Write, language: str) -> None:
    for name in NAMES:
        found = written(language, name)
        message = understood(found.written.raw)
        assert message.verdict.kind is Kind.OWN, name
        assert message.subject == found["Subject"]
        assert message.message_id == found.written.message_id
        assert message.text.split() == found.text.split()
        assert message.warnings == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_is_written_above_the_line_is_new(written: Write, language: str) -> None:
    for name in NAMES:
        message = answer(written(language, name), "很好，谢谢。 Fine, thanks.")
        assert message.new_text.strip() == "很好，谢谢。 Fine, thanks.", name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_in_html_where_nothing_else_marks_the_quote(written: Write, language: str) -> None:
    for name in NAMES:
        message = answer(written(language, name), "很好，谢谢。", html=True)
        assert message.new_text.strip() == "很好，谢谢。", name


def test_an_answer_leads_back_to_its_ticket(letters: Letters, written: Write) -> None:
    message = answer(written("zh", "answer"), "好了")
    tokens = [letters.keys.read(address, NOW) for address in message.addressed]
    assert [token.about for token in tokens if token] == [4711]
    assert [letters.keys.read_id(one) for one in message.in_reply_to] == [4711]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_comes_back_as_fields(written: Write, language: str) -> None:
    (fill,) = taps(written(language, "acknowledgement").html)
    values = iter(("9:30", "HTTP 500"))
    filled = "\n".join(f"{line} {next(values)}" for line in fill.body.replace("\r\n", "\n").strip().split("\n"))
    message = answer(written(language, "acknowledgement"), filled)
    assert {name: fact.value for name, fact in message.fields.items() if name != "ticket"} == {
        "occurred": "9:30",
        "error": "HTTP 500",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unfilled_block_says_nothing(written: Write, language: str) -> None:
    message = answer(written(language, "acknowledgement"), STORIES[language].answer)
    assert set(message.fields) <= {"ticket"}
