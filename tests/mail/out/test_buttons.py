"""Buttons: what they write, to whom, and the words for those who cannot tap."""

import re
from collections.abc import Callable

import pytest

from maildesk.core.answers import Answer, understood
from maildesk.core.letter import AUDIENCE, Audience, LetterKind
from maildesk.core.orders import Verb, help_in, parse
from maildesk.core.ticket import Feedback, Status
from maildesk.core.trust import Scope
from maildesk.mail.buttons import NAMES as BUTTONS
from maildesk.mail.buttons import RATES, mailto
from maildesk.mail.letters import Letters
from maildesk.mail.samples import reminders
from maildesk.mail.story import NOW
from maildesk.share import folder
from tests.mail.out.reading import LANGUAGES, NAMES, PARTY, Read, Tap, read, taps

Write = Callable[[str, str], Read]


def scope(letters: Letters, tap: Tap) -> Scope:
    token = letters.keys.read(tap.to, NOW)
    assert token is not None
    return token.scope


def test_a_link_is_encoded_to_the_letter() -> None:
    link = mailto("a+b@example.com", "[TS1] 接单", "/接单 &x=1\n第二行")
    assert link == (
        "mailto:a%2Bb@example.com?subject=%5BTS1%5D%20%E6%8E%A5%E5%8D%95"
        "&body=%2F%E6%8E%A5%E5%8D%95%20%26x%3D1%0D%0A%E7%AC%AC%E4%BA%8C%E8%A1%8C"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_is_short_enough_for_any_phone(written: Write, language: str) -> None:
    for name in NAMES:
        links = written(language, name).html.split('href="')[1:]
        assert all(len(link.split('"')[0]) < 500 for link in links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tap_leads_to_a_signed_address_for_its_reader(letters: Letters, written: Write, language: str) -> None:
    for name in NAMES:
        outside = AUDIENCE[LetterKind(name.partition("-")[0])] is Audience.REQUESTER
        for tap in taps(written(language, name).html):
            allowed = {Scope.CUSTOMER, Scope.SURVEY} if outside else {Scope.INTERNAL, Scope.ENGINEER, Scope.DESK, Scope.CONFIRM}
            assert scope(letters, tap) in allowed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tap_that_gives_an_order_never_writes_to_the_requester(letters: Letters, written: Write, language: str) -> None:
    orders = [tap for name in NAMES for tap in taps(written(language, name).html) if tap.body.startswith("/")]
    assert orders
    assert {scope(letters, tap) for tap in orders} == {Scope.INTERNAL, Scope.DESK}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["held", "held-unplaced"])
def test_a_held_mail_is_let_in_or_refused_by_its_key(written: Write, language: str, name: str) -> None:
    found = written(language, name)
    admit, refuse = taps(found.html)[:2]
    orders = [parse(tap.body).orders[0] for tap in (admit, refuse)]
    assert [(order.verb, order.args["mail"]) for order in orders] == [(Verb.ADMIT, "17"), (Verb.REFUSE, "17")]
    assert all(tap.body.strip() in found.text for tap in (admit, refuse))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_may_not_let_a_held_mail_in_has_no_button_for_it_and_reads_why(written: Write, language: str) -> None:
    found = written(language, "held-denied")
    assert "/refuse 17" in found.text or "/拒绝 17" in found.text
    assert not any(tap.body.startswith(("/admit", "/放行")) for tap in taps(found.html))
    assert "cannot be let in by your mail" in found.text or "不能用邮件放行" in found.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_button_writes_to_the_inside_and_the_answer_button_to_the_requester(
    letters: Letters, written: Write, language: str
) -> None:
    note = next(tap for tap in taps(written(language, "assignment").html) if not tap.body)
    answer = next(tap for tap in taps(written(language, "note").html) if not tap.body)
    assert (scope(letters, note), scope(letters, answer)) == (Scope.INTERNAL, Scope.ENGINEER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rating_is_one_tap_on_a_number(letters: Letters, written: Write, language: str) -> None:
    rates = taps(written(language, "survey").html)
    assert [tap.body for tap in rates] == ["1", "2", "3", "4", "5"]
    assert {scope(letters, tap) for tap in rates} == {Scope.SURVEY}


def test_the_subject_of_a_tap_names_its_ticket(written: Write) -> None:
    assert {tap.subject.split()[0] for tap in taps(written("zh", "assignment").html)} == {"[TS20231027001]"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_missing_facts_are_asked_for_in_the_letter_and_in_the_button(written: Write, language: str) -> None:
    found = written(language, "acknowledgement")
    (fill,) = taps(found.html)
    lines = fill.body.replace("\r\n", "\n").strip().split("\n")
    assert lines == {"zh": ["发生时间：", "报错信息："], "en": ["Start time:", "Error message:"]}[language]
    assert "\n".join(lines) in found.text


def test_a_phone_number_is_dialled_as_digits(written: Write) -> None:
    assert 'href="tel:+8613800138000"' in written("zh", "assignment-urgent").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_cannot_tap_is_told_what_to_reply(letters: Letters, written: Write, language: str) -> None:
    words = letters.content.pages.words(language).buttons
    assert set(words) == BUTTONS
    text = written(language, "resolved").text
    assert all(words[name]["body"] in text for name in ("solved", "partly", "unsolved"))
    assert "mailto:" not in text
    assert "%" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_is_as_high_as_a_thumb(written: Write, language: str) -> None:
    assert "padding:11px 18px;font-size:16px;line-height:22px" in written(language, "assignment").html


def test_each_line_of_a_merged_letter_has_taps_of_its_own(letters: Letters) -> None:
    found = read(letters.bundle(reminders("zh"), party=PARTY, nonce="n", now=NOW))
    tickets = [letters.keys.read(tap.to, NOW).about for tap in taps(found.html)]  # type: ignore[union-attr]
    assert tickets == [4712, 4711, 4711, 0]


def test_a_merged_letter_names_the_address_of_each_order_in_its_text(letters: Letters) -> None:
    found = read(letters.bundle(reminders("zh"), party=PARTY, nonce="n", now=NOW))
    assert all(tap.to in found.text for tap in taps(found.html)[:-1])
    assert "/列表" in found.text


WITH = {
    Verb.RESOLVE: "重启了登录服务",
    Verb.ETA: "16:30",
    Verb.PRIORITY: "P2 影响四个人",
    Verb.ASSIGN: "李雷",
    Verb.CALLED: "10:12 说好了",
    Verb.ESCALATE: "",
    Verb.OBSERVE: "2d 扩了连接池",
    Verb.ARCHIVE: "KB-012",
    Verb.NO_ARTICLE: "一次性的误操作",
}
"""What is typed behind the orders that want something typed."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_order_on_a_button_is_understood_as_it_was_meant(letters: Letters, language: str) -> None:
    words = letters.content.pages.words(language).buttons
    orders = {name: button["body"] for name, button in words.items() if button.get("body", "").startswith("/")}
    assert set(orders) >= {"take", "resolve"}
    for name, body in orders.items():
        verb = Verb.NO_ARTICLE if name == "nokb" else Verb(name)
        parsed = parse(body.replace("{mail}", "17") + WITH.get(verb, ""))
        assert parsed.unclear == ()
        assert [order.verb for order in parsed.orders] == [verb]


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_shows_every_order(written: Write, language: str) -> None:
    text = written(language, "transcript-help").text
    assert [usage for usage, _ in help_in(language) if usage not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_on_a_button_of_the_requester_is_understood_as_it_was_meant(letters: Letters, language: str) -> None:
    words = letters.content.pages.words(language).buttons
    for feedback in Feedback:
        assert understood(words[feedback]["body"], Status.RESOLVED) == Answer(feedback=feedback)
    assert understood(words["status"]["body"], Status.IN_PROGRESS) == Answer(status_asked=True)
    assert understood(words["unsolved"]["body"], Status.CLOSED) == Answer(feedback=Feedback.UNSOLVED)
    for rate in RATES:
        assert understood(rate, Status.CLOSED) == Answer(rating=int(rate))


def test_no_button_is_without_a_letter() -> None:
    templates = [file.read_text("utf-8") for file in folder("templates").glob("*/*.txt")]
    assert {name for text in templates for name in re.findall(r"\[([a-z]+)\]", text)} == BUTTONS
