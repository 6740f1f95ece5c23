"""What is new in a reply, in the ways of many programs and languages (see replies/README.md)."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from maildesk.mail import languages, quoting

FOLDER = Path(__file__).with_name("replies")
CLIENTS = (
    *("Gmail", "Outlook", "Outlook web", "Outlook mobile", "Apple Mail", "Thunderbird", "QQ", "Foxmail", "163", "126", "Aliyun"),
    *("NetEase Mail Master", "DingTalk", "WPS", "Lotus Notes", "mutt", "gnus", "GMX", "mail.ru", "Yahoo", "Spark", "Samsung"),
    *("Huawei phone", "Xiaomi phone", "Zoho", "Proton", "Zimbra", "Roundcube", "KMail", "Evolution", "The Bat!", "Coremail"),
)
SHORT = 24
QUOTED = "\n> An older line.\n> Another one.\n"


class Reply(NamedTuple):
    """A case: its language or file, its program, its text and what is new."""

    language: str
    name: str
    text: str
    new: str

    @property
    def client(self) -> str:
        return self.name.partition(":")[0]


def read(path: Path) -> list[Reply]:
    cases = path.read_text(encoding="utf-8").split("==== ")[1:]
    named = (case.partition("\n") for case in cases)
    return [Reply(path.stem, name, *text.rstrip("\n").split("\n---- new\n")) for name, _, text in named]


REPLIES = [reply for path in sorted(FOLDER.glob("*.txt")) for reply in read(path)]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: f"{reply.language}: {reply.name}")
def test_what_is_new_in_a_reply_is_found(reply: Reply) -> None:
    assert words(quoting.split(reply.text).new) == words(reply.new)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: f"{reply.language}: {reply.name}")
def test_each_line_is_new_or_counted_as_hidden(reply: Reply) -> None:
    split = quoting.split(reply.text)
    shown = len([line for line in split.new.split("\n") if line.strip()])
    shared = reply.name == "on the same line"
    assert shown + split.quoted_lines + split.signature_lines - shared == len(list(filter(str.strip, reply.text.split("\n"))))


@pytest.mark.parametrize("client", CLIENTS)
def test_each_program_is_shown_at_least_twice(client: str) -> None:
    assert sum(reply.client == client or reply.client.endswith(f", {client}") for reply in REPLIES) >= 2


@pytest.mark.parametrize("language", [path.stem for path in FOLDER.glob("*.txt")])
def test_each_language_is_shown_in_several_programs(language: str) -> None:
    assert len({reply.client for reply in REPLIES if reply.language == language}) >= 5


def test_the_cases_are_told_apart_by_their_names() -> None:
    assert [name for name, times in Counter((reply.language, reply.name) for reply in REPLIES).items() if times > 1] == []


ATTRIBUTIONS = [
    "On Mon, Mar 2, 2026 at 5:01 PM IT Helpdesk <help@desk.example> wrote:",
    "Am Mo., 2. März 2026 um 17:01 Uhr schrieb IT-Hilfe <help@desk.example>:",
    "Le lun. 2 mars 2026 à 17:01, Assistance <help@desk.example> a écrit :",
    "El lun, 2 mar 2026 a las 17:01, Soporte (<help@desk.example>) escribió:",
    "Op ma 2 mrt 2026 om 17:01 schreef Helpdesk <help@desk.example> het volgende geschreven:",
    "pon., 2 mar 2026 o 17:01 Pomoc <help@desk.example> napisał(a):",
    "пн, 2 мар. 2026 г. в 17:01, Поддержка <help@desk.example>:",
    "Destek <help@desk.example>, 2 Mar 2026 Pzt, 17:01 tarihinde şunu yazdı:",
    "2026년 3월 2일 (월) 오후 5:01, IT 헬프데스크 <help@desk.example>님이 작성:",
    "2026年3月2日(月) 17:01 IT Help Desk <help@desk.example>:",
    "IT Help Desk <help@desk.example> 于2026年3月2日周一 17:01写道：",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_a_long_attribution_may_be_broken_between_any_two_words(attribution: str) -> None:
    for gap in re.compile(" ").finditer(attribution, SHORT):
        broken = f"{attribution[: gap.start()]}\n{attribution[gap.end() :]}"
        assert quoting.split(f"It works.\n\n{broken}\n{QUOTED}").new == "It works."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_may_stand_anywhere_around_what_it_names(attribution: str) -> None:
    assert quoting.split(f"It works.\n{attribution}{QUOTED}").new == "It works."
    assert quoting.split(f"It works.\n\n{attribution}\n\nAn older line.\n").new == "It works."
    assert quoting.split(f"It works.\n\n> {attribution}\n> {QUOTED}").new == "It works."
    assert quoting.split(f"{attribution}{QUOTED}\nIt works.").new == "It works."


@pytest.mark.parametrize("language", languages.ALL, ids=lambda language: language.code)
def test_the_expressions_of_a_language_capture_nothing(language: languages.Language) -> None:
    names = ("opens", "wrote", "myself", "old", "forwarded", "sent", "sent_last", "closings", "secret")
    assert [name for name in names if re.compile(getattr(language, name)).groups] == []


@pytest.mark.parametrize("line", ["/关单", "/接", "/转给 王五", "/P1 紧急", "/Resolved", "/Done", "-Done"])
def test_one_line_above_a_quote_is_said_and_signs_nothing(line: str) -> None:
    assert quoting.split(line + QUOTED).new == line


@pytest.mark.parametrize("line", ["/关单", "/转给 王五", "/Resolved", "/Assigned Anna"])
def test_what_is_much_like_an_order_signs_nothing_below_a_text(line: str) -> None:
    assert quoting.split(f"It prints again.\n\n{line}{QUOTED}").new.endswith(line)


def test_a_name_behind_a_slash_signs_what_stands_above_it() -> None:
    assert quoting.split(f"It prints again.\n\n/Anna{QUOTED}").signature == "/Anna"


@pytest.mark.parametrize(
    "piece", ["> ", "wrote:\n", "Best regards\n", "From: a@b.c\nDate: 2 Jan 2026 10:00\n", "--\n", "*", "> <a@\n", "/Anna\n\n"]
)
def test_a_megabyte_of_one_piece_is_split_and_not_lost(piece: str) -> None:
    assert quoting.split(piece * (1_000_000 // len(piece))).new.strip() != ""
