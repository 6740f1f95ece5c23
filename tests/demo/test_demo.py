"""The demo as a newcomer sees it: one command, a story, its letters, and a desk that stays up to be tried."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient

SCENES = ("a mail asks for help", "acknowledged within", "the clock speaks", "line 2 gets it", "not solved", "the daily digests")
ANN = "ann@partner.test"
PASSWORD = "demo"


def demo(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [Path(sys.executable).with_name("maildesk"), "demo", "--letters", folder, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the story told, and where its letters lie."""
    folder = tmp_path_factory.mktemp("letters")
    process = demo(folder, "--once")
    told, _ = process.communicate(timeout=110)
    assert process.returncode == 0, told
    return told, folder


def test_the_story_is_told_to_its_end(played: tuple[str, Path]) -> None:
    told, _ = played
    assert [scene for scene in SCENES if scene not in told] == []
    assert "Traceback" not in told


def test_how_soon_the_acknowledgement_came_is_told(played: tuple[str, Path]) -> None:
    assert len(re.findall(r"acknowledged within \d[\d.]* s", played[0])) == 1


def test_every_letter_is_left_as_a_page_in_the_language_of_its_reader(played: tuple[str, Path]) -> None:
    _, folder = played
    index = (folder / "index.html").read_text("utf-8")
    pages = {path.name for path in folder.glob("*.html")} - {"index.html"}
    assert pages == set(re.findall(r'href="([^"]+)"', index))
    languages = {re.search(r'<html[^>]* lang="(\w+)', (folder / page).read_text("utf-8"))[1] for page in pages}  # type: ignore[index]
    assert languages == {"zh", "en"}


def test_no_letter_loads_anything_from_elsewhere(played: tuple[str, Path]) -> None:
    pages = [path.read_text("utf-8") for path in played[1].glob("*.html")]
    assert [found for page in pages for found in re.findall(r'(?:src|background)="?(?!cid:)[^" >]+|url\([^)]+\)', page)] == []


# -- open house ----------------------------------------------------------------------------------------------------------


class OpenHouse:
    """A demo that has told its story and waits for visitors."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.told = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.imap_port, self.smtp_port = (int(self._heard(rf"{name} .*127\.0\.0\.1:(\d+)")) for name in ("IMAP", "SMTP"))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told += line

    def _heard(self, pattern: str) -> str:
        end = time.monotonic() + 100
        while not (found := re.search(pattern, self.told)):
            assert time.monotonic() < end, self.told
            assert self.process.poll() is None, self.told
            time.sleep(0.1)
        return found[1]

    def letters(self, address: str) -> tuple[str, ...]:
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=10) as client:
            client.login(address, PASSWORD)
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[HEADER]"])
        return tuple(one[b"BODY[HEADER]"].decode() for one in found.values())


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[OpenHouse]:
    with demo(tmp_path) as process:
        try:
            yield OpenHouse(process)
        finally:
            process.kill()


def test_it_stays_up_answers_a_visitors_mail_and_ends_at_ctrl_c(open_house: OpenHouse) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANN, "support@demo.test", "My visit"
    mail.set_content("The beamer in room 7 stays dark.\n")
    with smtplib.SMTP("127.0.0.1", open_house.smtp_port, timeout=10) as smtp:
        smtp.login(ANN, PASSWORD)
        smtp.send_message(mail)
    end = time.monotonic() + 20
    while not (answers := [head for head in open_house.letters(ANN) if "My visit" in head]) and time.monotonic() < end:
        time.sleep(0.2)
    assert len(answers) == 1, open_house.told
    assert "Auto-Submitted: auto-replied" in answers[0]
    open_house.process.send_signal(signal.SIGINT)
    assert open_house.process.wait(timeout=25) == 0
    assert "Traceback" not in open_house.told
