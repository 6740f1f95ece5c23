"""The process that writes the letters of a rehearsal: what it writes is what the desk would, and its troubles are never lost."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maildesk.cli.preview import PICTURE, sample_letters
from maildesk.demo.world import FANG
from maildesk.mail.letters import Party
from maildesk.mail.samples import every, gathered, reminders
from maildesk.mail.story import NOW
from maildesk.simulate.scribe import Scribe, Unwritten
from tests.simulate.played import NINE, Write, kinds, letters

PARTY = Party(number=7, epoch=0)
LETTERS = sample_letters()


@pytest.fixture
def scribe(tmp_path: Path) -> Iterator[Scribe]:
    with suppress(Unwritten), closing(Scribe(tmp_path / "letters", lambda _: PICTURE).pen(LETTERS)) as scribe:
        yield scribe


def test_every_letter_is_the_one_that_the_desk_would_have_written(scribe: Scribe) -> None:
    for n, sample in enumerate(every("zh")):
        how: Any = {"ticket": sample.ticket, "party": PARTY, "nonce": f"n{n}", "now": NOW, "files": lambda _: PICTURE}
        ours, theirs = LETTERS.write(sample.letter, **how), scribe.write(sample.letter, **how)
        assert (theirs.message_id, theirs.sender, theirs.to) == (ours.message_id, ours.sender, ours.to)
        assert scribe.kept(theirs.raw) == ours.raw


@pytest.mark.parametrize("items", [reminders("zh"), reminders("zh")[:1], gathered("zh")])
def test_several_letters_become_the_same_one(scribe: Scribe, items: Any) -> None:
    ours, theirs = (pen.bundle(items, party=PARTY, nonce="b", now=NOW) for pen in (LETTERS, scribe))
    assert (theirs.message_id, theirs.sender, theirs.to) == (ours.message_id, ours.sender, ours.to)
    assert scribe.kept(theirs.raw) == ours.raw


def test_a_letter_can_be_had_before_and_after_it_lies_in_its_file(scribe: Scribe, tmp_path: Path) -> None:
    written = scribe.bundle(reminders("zh"), party=PARTY, nonce="b", now=NOW)
    before = scribe.kept(written.raw)
    scribe.put("0001.eml", b"X-Ours: 1\r\n", written.raw)
    assert before == scribe.kept(written.raw) == scribe.letter("0001.eml")
    assert (tmp_path / "letters" / "0001.eml").read_bytes() == b"X-Ours: 1\r\n" + before
    assert scribe.subjects()["0001.eml"]


def test_a_trouble_that_the_desk_took_for_that_of_one_letter_is_told_at_the_end(tmp_path: Path) -> None:
    scribe = Scribe(tmp_path / "letters", lambda _: PICTURE).pen(LETTERS)
    letter, _ = reminders("zh")[0]
    with suppress(Unwritten):
        scribe.write(replace(letter, name=lambda: "no name"), ticket=None, party=PARTY, nonce="x", now=NOW)  # type: ignore[arg-type]
    with pytest.raises(Unwritten):
        scribe.close()


def test_a_letter_that_cannot_be_put_into_its_file_is_told_at_the_end(tmp_path: Path) -> None:
    scribe = Scribe(tmp_path / "letters", lambda _: PICTURE).pen(LETTERS)
    scribe.put("nowhere/0001.eml", b"", scribe.bundle(reminders("zh"), party=PARTY, nonce="b", now=NOW).raw)
    with pytest.raises(FileNotFoundError):
        scribe.close()


def test_a_template_that_breaks_is_told_to_the_operator_at_its_moment(tmp_path: Path, write: Write, simulate: Any) -> None:
    own = tmp_path / "own" / "zh"
    own.mkdir(parents=True)
    (own / "acknowledgement.txt").write_text("Subject: {{ nonsense }}\n\n# x\n", "utf-8")
    write("1", FANG, "打印机卡纸", at=NINE)
    simulate(tmp_path / "whole", "--until", "2026-11-23T09:30")
    main = tmp_path / "maildesk.toml"
    main.write_text(main.read_text("utf-8").replace('#templates = "templates"', 'templates = "own"'), "utf-8")
    simulate(tmp_path / "broken", "--until", "2026-11-23T09:30")
    assert sorted(kinds(tmp_path / "broken")) == sorted([*kinds(tmp_path / "whole"), "alarm"])
    (alarm,) = [one for one in letters(tmp_path / "broken") if one["X-Maildesk-Kind"] == "alarm"]
    assert alarm["Date"] == letters(tmp_path / "broken")[0]["Date"]
