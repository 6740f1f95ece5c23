"""Every letter in every language: what it must say, whom it lets answer, and what it must never show."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.letter import AUDIENCE, Audience, LetterKind
from maildesk.core.message import Address, MessageId
from maildesk.core.ticket import Eta
from maildesk.core.trust import Scope
from maildesk.mail.letters import Letters
from maildesk.mail.samples import every, gathered, one
from maildesk.mail.story import NOW, PEOPLE, STORIES
from tests.mail.out.reading import LANGUAGES, NAMES, PARTY, Read, file_of, read, write

Write = Callable[..., Read]

everything = pytest.mark.parametrize("language", LANGUAGES)
outside = [name for name in NAMES if AUDIENCE[LetterKind(name.partition("-")[0])] is Audience.REQUESTER]
SCOPE = {Audience.REQUESTER: Scope.CUSTOMER, Audience.PUBLIC: Scope.ENGINEER, Audience.INTERNAL: Scope.INTERNAL}
BANNER = {
    "zh": {"public": "直接回复就会发给提交人 王芳", "internal": "你的回复只有内部能看到", "desk": "只发给你一个人"},
    "en": {
        "public": "Your reply goes to the requester, Anna Smith",
        "internal": "Your reply stays inside",
        "desk": "For you alone",
    },
}


def audience(name: str) -> Audience:
    """Who reads the answer; a letter about no ticket is for its reader alone."""
    return Audience.DESK if name in {"transcript-list", "held-unplaced"} else AUDIENCE[LetterKind(name.partition("-")[0])]


def test_there_is_a_sample_of_every_kind() -> None:
    assert {name.partition("-")[0] for name in NAMES} == set(LetterKind)


def test_all_templates_are_sound(letters: Letters) -> None:
    assert letters.check() == ()


@everything
def test_a_letter_comes_from_its_template(written: Write, language: str) -> None:
    for name in NAMES:
        found = written(language, name)
        assert found.written.fault is None
        assert found["Content-Language"] == language
        assert found.mail.defects == []


@everything
def test_the_text_part_holds_no_html_and_no_markup(written: Write, language: str) -> None:
    for name in NAMES:
        text = written(language, name).text
        assert not re.search(r"</?(p|div|br|table|a|strong|h2)\b|&(amp|lt|nbsp);|(?<!\*)\*\*(?!\*)|\{\{|\{%|None|\ue000", text)


@everything
def test_the_html_loads_nothing_and_runs_nothing(written: Write, language: str) -> None:
    for name in NAMES:
        html = written(language, name).html
        assert not re.search(r"https?:|//|<script|<img|<link|<iframe|url\(|@import|javascript:|\son\w+=", html)
        assert set(re.findall(r'href="(\w+):', html)) <= {"mailto", "tel"}


@everything
def test_both_parts_say_the_same(written: Write, language: str) -> None:
    for name in NAMES:
        found = written(language, name)
        page = re.sub(r"</?(strong|code)[^>]*>", "", found.html.partition("</head>")[2])
        shown = unescape(re.sub(r"<[^>]+>", " ", page))
        words = set(re.findall(r"\w+", found.text)) - set(re.findall(r"\w+", _hints(found.text)))
        assert words <= set(re.findall(r"\w+", shown))


def _hints(text: str) -> str:
    """What only the text part says: what to reply instead of tapping."""
    return "\n".join(line for line in text.split("\n") if line.startswith("- "))


@everything
def test_a_letter_reads_dark_and_on_a_phone(written: Write, language: str) -> None:
    for name in NAMES:
        html = written(language, name).html
        assert "prefers-color-scheme:dark" in html
        assert 'name="color-scheme" content="light dark"' in html
        assert "width=device-width" in html
        assert not re.search(r'width="?[4-9]\d\d(?!%)', html)


@everything
def test_the_first_line_parts_an_answer_from_the_letter(written: Write, language: str) -> None:
    for name in NAMES:
        found = written(language, name)
        assert found.text.startswith("##- ")
        assert found.text.split("\n")[0] in found.html


@everything
def test_the_banner_says_who_will_read_the_answer(written: Write, language: str) -> None:
    for name in NAMES:
        said = written(language, name).text.split("\n\n")[1]
        mine = BANNER[language].get(audience(name), "no banner")
        assert (mine in said) == (audience(name) is not Audience.REQUESTER and name != "alarm" and name != "assignment-unread")
        assert not any(words in said for who, words in BANNER[language].items() if who != audience(name))


@pytest.mark.parametrize(("language", "words"), [("zh", "王小明 不在，由你代理。"), ("en", "王小明 is away, and you stand in.")])
def test_who_stands_in_reads_for_whom(letters: Letters, language: str, words: str) -> None:
    for name in ("reminder", "reply", "assignment"):
        sample = one(language, name)
        in_stead = replace(sample, letter=replace(sample.letter, acting_for="王小明"))
        assert words in write(letters, in_stead).text
        assert words not in write(letters, sample).text


@everything
def test_an_answer_goes_where_the_banner_says(letters: Letters, language: str) -> None:
    for name in NAMES:
        sample = one(language, name)
        found = write(letters, sample)
        if name == "alarm":
            assert found.mail["Reply-To"] is None
            continue
        token = letters.keys.read(found.mail["Reply-To"].addresses[0].addr_spec, NOW)
        own = {"survey": Scope.SURVEY, "confirm": Scope.CONFIRM}.get(name.partition("-")[0])
        assert token is not None
        assert token.scope == (own or SCOPE.get(audience(name), Scope.DESK))
        about = sample.letter.facts["mail"] if own is Scope.CONFIRM else sample.ticket.id if sample.ticket else 0
        assert (token.about, token.party) == (about, 7)


def test_the_address_field_of_an_answer_names_who_will_read_it(written: Write) -> None:
    names = [written("zh", name).mail["Reply-To"].addresses[0].display_name for name in ("assignment", "note", "answer")]
    assert names == ["提交人 王芳", "内部备注（不发给提交人）", "IT 服务台"]


@everything
def test_machines_are_told_not_to_answer_machines(written: Write, language: str) -> None:
    for name in NAMES:
        found, kind = written(language, name), name.partition("-")[0]
        if kind in {"answer", "ask", "resolved"} and name != "resolved-observed":
            assert not {"Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"} & set(found.mail.keys())
            continue
        replied = kind in {"acknowledgement", "status", "withdrawn", "transcript", "confirm"}
        assert found["Auto-Submitted"] == ("auto-replied" if replied else "auto-generated")
        assert found["X-Auto-Response-Suppress"] == "All"
        assert (found.mail["Precedence"] == "bulk") == (kind == "survey")


@everything
def test_every_letter_carries_the_mark_by_which_a_loop_is_seen(written: Write, language: str) -> None:
    for name in NAMES:
        found = written(language, name)
        assert found["X-Maildesk-Loop"] == "support@example.com"
        assert found["From"].endswith("<support@example.com>")


@everything
def test_undelivered_letters_come_back_to_a_signed_address(letters: Letters, language: str) -> None:
    for name in NAMES:
        sample = one(language, name)
        token = letters.keys.read(write(letters, sample).written.sender, NOW)
        assert token is not None
        assert token.scope is Scope.BOUNCE
        assert token.about == (sample.ticket.id if sample.ticket else 0)


@pytest.mark.parametrize("name", [name for name in NAMES if one("zh", name).ticket])
def test_all_letters_of_a_ticket_have_its_subject(written: Write, name: str) -> None:
    subject = written("zh", name)["Subject"]
    without = {"acknowledgement-stranger": "我们收到了您的来信", "assignment-unread": "（无主题）"}
    assert subject == "[TS20231027001] " + without.get(name, STORIES["zh"].subject)


def test_a_letter_stands_in_the_thread_of_its_ticket(letters: Letters) -> None:
    sample = one("zh", "acknowledgement")
    earlier = (MessageId("a@x"), MessageId("b@x"))
    found = read(letters.write(sample.letter, ticket=sample.ticket, party=PARTY, nonce="n", now=NOW, references=earlier))
    ids = found["References"].replace("<", "").replace(">", "").split()
    assert letters.keys.read_id(ids[0]) == 4711
    assert ids[1:] == ["a@x", "b@x", "CAF42@mail.example.com"]
    assert found["In-Reply-To"] == "<CAF42@mail.example.com>"
    assert letters.keys.read_id(found["Message-ID"].strip("<>")) == 4711
    assert found["Message-ID"].strip("<>") == found.written.message_id


def test_the_same_letter_is_the_same_bytes(letters: Letters) -> None:
    assert write(letters, one("zh", "answer")).written.raw == write(letters, one("zh", "answer")).written.raw


def test_an_answer_is_the_engineers_own(written: Write) -> None:
    found = written("zh", "answer")
    assert found.mail["From"].addresses[0].display_name == "李雷 (IT 服务台)"
    body = found.text.split("\n\n", 1)[1]
    assert body.startswith(STORIES["zh"].answer)
    assert len(body) - len(STORIES["zh"].answer) < 140


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", outside)
def test_no_letter_to_a_requester_shows_what_is_inside(letters: Letters, language: str, name: str) -> None:
    sample = one(language, name)
    assert sample.ticket is not None
    secret = replace(
        sample.ticket,
        priority_reason="SECRET-REASON",
        linked=("SECRET-LINK",),
        category="SECRET-CATEGORY",
        rating_comment="SECRET-COMMENT",
        watchers=(Address("secret@example.com"),),
    )
    found = write(letters, replace(sample, ticket=secret))
    assert "SECRET" not in (found.text + found.html).upper()
    assert "E001" not in found.text
    assert "e001@" not in found.html.lower()


def test_a_template_of_a_requesters_letter_cannot_reach_inside(templates: Callable[..., Letters]) -> None:
    letters = templates("zh", "answer.txt", "Subject: x\n\n{{ text }} {{ ticket.priority_reason }}\n")
    found = write(letters, one("zh", "answer"))
    assert found.written.fault is not None
    assert "priority_reason" in found.written.fault
    assert STORIES["zh"].answer.split("\n")[0] in found.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stranger_gets_none_of_his_words_back(letters: Letters, language: str) -> None:
    sample = one(language, "acknowledgement-stranger")
    found = write(letters, replace(sample, letter=replace(sample.letter, name="EVIL-NAME")))
    whole = "".join(map(str, found.mail.values())) + found.text + found.html
    story = STORIES[language]
    assert not [word for word in ("EVIL-NAME", story.name, story.subject, story.department, "138 0013") if word in whole]
    assert "TS20231027001" in found["Subject"]


def test_files_go_along_with_their_names_and_bytes(written: Write) -> None:
    (file,) = written("zh", "note").mail.iter_attachments()
    assert file.get_filename() == "登录页截图.png"
    assert file.get_payload(decode=True) == b"the bytes of " + b"0" * 64


def test_an_unknown_language_gets_the_desks_own(letters: Letters) -> None:
    sample = one("zh", "taken")
    for wanted, got in (("zh-CN", "zh"), ("EN", "en"), ("tlh", "zh"), ("", "zh")):
        letter = replace(sample.letter, language=wanted)
        assert write(letters, replace(sample, letter=letter))["Content-Language"] == got


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_says_sorry_for_a_time_that_comes_sooner(letters: Letters, language: str) -> None:
    sorry = {"zh": "久等", "en": "Sorry"}[language]
    said = {name: sorry in write(letters, one(language, name)).text for name in ("eta-moved", "eta-earlier")}
    assert said == {"eta-moved": True, "eta-earlier": False}


def test_times_are_told_in_the_readers_own_zone(letters: Letters) -> None:
    assert "14:15" in write(letters, one("zh", "acknowledgement")).text
    assert "UTC+8" in write(letters, one("zh", "acknowledgement")).text


# -- clocks that change: Berlin's, on Sunday the 29th of March 2026 -----------------------------------------------------------

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY, MONDAY = (datetime(2026, 3, day, 17, 40, tzinfo=BERLIN) for day in (27, 30))


def in_berlin(letters: Letters, language: str, name: str, now: datetime = FRIDAY, **facts: Any) -> str:
    """The text of a sample written by a desk in Berlin."""
    desk, sample = Letters(replace(letters.house, zone=BERLIN), letters.keys, PEOPLE, letters.content.policy), one(language, name)
    letter = replace(sample.letter, facts={**sample.letter.facts, **facts})
    return read(desk.write(letter, ticket=sample.ticket, party=PARTY, nonce="n", now=now, files=file_of)).text


@pytest.mark.parametrize(
    ("language", "by"), [("en", "Times are Europe/Berlin time."), ("zh", "时间均为 Europe/Berlin 当地时间。")]
)
def test_a_letter_whose_times_have_not_one_distance_from_utc_names_the_zone(letters: Letters, language: str, by: str) -> None:
    promised = in_berlin(letters, language, "eta", at=MONDAY.isoformat())
    assert "17:40" in promised
    assert by in promised
    assert "UTC" not in promised
    assert by in in_berlin(letters, language, "eta", MONDAY, at=FRIDAY.isoformat())


@pytest.mark.parametrize(("now", "by"), [(FRIDAY, "Times are UTC+1."), (MONDAY, "Times are UTC+2.")])
def test_a_letter_whose_times_have_one_distance_from_utc_tells_it(letters: Letters, now: datetime, by: str) -> None:
    assert by in in_berlin(letters, "en", "eta", now, at=(now + timedelta(hours=3)).isoformat())


@pytest.mark.parametrize(
    "change", [{"eta": Eta(at=MONDAY, said_at=FRIDAY)}, {"waiting_until": MONDAY}], ids=["an estimate", "a date to wait for"]
)
def test_an_answer_to_orders_names_the_zone_where_what_it_repeats_in_words_needs_it(letters: Letters, change: Any) -> None:
    desk, sample = (
        Letters(replace(letters.house, zone=BERLIN), letters.keys, PEOPLE, letters.content.policy),
        one("en", "transcript"),
    )
    assert sample.ticket is not None
    for ticket, by in (
        (replace(sample.ticket, eta=None, waiting_until=None), "times are UTC+1"),
        (replace(sample.ticket, **{"eta": None, "waiting_until": None, **change}), "times are Europe/Berlin time"),
    ):
        written = desk.write(sample.letter, ticket=ticket, party=PARTY, nonce="n", now=FRIDAY, files=file_of)
        assert by in read(written).text


def test_letters_in_one_name_the_zone_where_the_times_of_one_of_them_need_it(letters: Letters) -> None:
    desk = Letters(replace(letters.house, zone=BERLIN), letters.keys, PEOPLE, letters.content.policy)
    for answers, by in (((FRIDAY, FRIDAY), "Times are UTC+1."), ((FRIDAY, MONDAY), "Times are Europe/Berlin time.")):
        items = tuple(
            (replace(letter, facts={**letter.facts, "first_answer_by": at.isoformat(), "target_by": at.isoformat()}), ticket)
            for (letter, ticket), at in zip(gathered("en")[:2], answers, strict=True)
        )
        assert by in read(desk.bundle(items, party=PARTY, nonce="n", now=FRIDAY)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_is_unlike_every_other(letters: Letters, language: str) -> None:
    texts = [
        letters.write(s.letter, ticket=s.ticket, party=PARTY, nonce="n", now=NOW, files=file_of).raw for s in every(language)
    ]
    assert len(set(texts)) == len(texts)


def test_an_alarm_says_what_is_wrong_where_and_what_to_do(written: Write) -> None:
    assert written("zh", "alarm")["Subject"] == "maildesk 告警：收不到邮件 support"
    assert "certificate verify failed" in written("zh", "alarm").text
    assert "maildesk check" in written("zh", "alarm").text


def test_a_day_is_the_readers_day_wherever_the_machine_stands(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert "10月27日 周五" in write(letters, one("zh", "digest"))["Subject"]
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("language", "head", "rest"),
    [("zh", "今天你手上有 60 张工单", "这里是最先到期的 2 张，更多的写"), ("en", "you have 60 tickets", "These 2 are due first")],
)
def test_a_digest_tells_how_many_he_has_and_that_it_shows_not_all(letters: Letters, language: str, head: str, rest: str) -> None:
    whole, part = one(language, "digest"), write(letters, one(language, "digest"), counts={"open": 60, "late": 0, "today": 1})
    assert head in part.text
    assert rest in part.text
    assert rest not in write(letters, whole).text


def test_a_clock_is_told_in_one_line_that_a_phone_can_show(written: Write) -> None:
    assert "* 预计解决时间：已用 1 小时 / 3 小时，运行中，16:05 到期\n" in written("zh", "transcript-why").text
    assert "12:35 暂停（等供应商），13:05 恢复\n" in written("zh", "transcript-why").text
    assert "* first answer: 20 minutes of 10 minutes used, done, late\n" in written("en", "transcript-why").text
    assert (
        "* progress update: 1 hour 40 minutes of 2 hours used, paused (for the user)\n"
        in written("en", "transcript-why-waiting").text
    )


def test_a_timeline_says_of_each_point_who_can_read_it(written: Write) -> None:
    assert "13:10 · 李雷 · 内部：备注：" in written("zh", "transcript-timeline").text
    assert "13:45 · Tom Baker · public: answer: " in written("en", "transcript-timeline").text
