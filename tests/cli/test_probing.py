"""`maildesk check --probe`: a mail of the desk to itself tells what no connection can."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymap.parsing.message import AppendMessage

from maildesk.cli import probing
from maildesk.demo import servers as demo
from maildesk.demo.servers import Servers, utc_now
from tests.cli.test_check import aim, check, finding, mail_host


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "EVERY", 0.05)
    monkeypatch.setattr(probing, "PATIENCE", 5.0)


@contextmanager
def served(desk: Any, off: timedelta = timedelta()) -> Iterator[Servers]:
    """The desk's mail servers, their clock so far off."""
    password = Path(desk.folder / "state" / "imap-password").read_text(encoding="utf-8").strip()
    with mail_host(password, lambda: utc_now() + off) as servers:
        aim(desk, servers)
        yield servers


def said(answer: dict[str, Any], level: str = "ok") -> list[str]:
    return [f"{one['area']}: {one['what']}" for one in answer["findings"] if one["level"] == level]


def test_a_mail_that_comes_back_tells_all_that_is_right_and_is_filed(desk: Any) -> None:
    desk.change("hosts = []", 'hosts = ["mx.acme.test"]')
    with served(desk) as servers:
        code, answer = check(desk, "--probe", "--no-servers")
        again = check(desk, "--servers")[1]
    assert code == 0, answer
    told = said(answer)
    assert any(line.startswith("probe: a mail to support+probe@acme.test came back to support in") for line in told)
    assert "authentication: the receiving host proves the desk itself: dmarc=pass header.from=acme.test" in told
    assert "clock: that of 127.0.0.1 agrees with ours" in told
    assert "mailbox support: mails can be moved to Ignored" in told
    assert "0 mails in INBOX" in finding(again, "mailbox support", "ok")["what"]
    assert servers.imap_port


def test_without_the_word_nothing_is_sent(desk: Any) -> None:
    with served(desk):
        answer = check(desk, "--servers")[1]
    assert not any(line.startswith("probe") for line in said(answer))


def test_a_server_that_does_not_know_the_plus_is_found_with_what_to_write(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.Servers, "mailbox_of", lambda _, address: address.lower())
    with served(desk):
        code, answer = check(desk, "--probe", "--no-servers")
    assert code == 1
    found = finding(answer, "probe")
    assert "support+probe@acme.test did not come back" in found["what"]
    assert "recipient_delimiter = +" in found["remedy"]
    assert any("moved" in line for line in said(answer)), "the rest is learned by the plain address"


def test_a_mail_that_never_comes_back_is_found(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: object) -> None:
        return None

    monkeypatch.setattr(demo.Servers, "_append", lost)
    monkeypatch.setattr(probing, "PATIENCE", 0.3)
    with served(desk):
        code, answer = check(desk, "--probe", "--no-servers")
    assert code == 1
    assert [one["what"].endswith("(nothing within 0 s)") or "either" in one["what"] for one in answer["findings"][-1:]] == [True]


def test_a_host_that_says_nothing_of_us_is_told_with_what_it_says(desk: Any) -> None:
    desk.change("hosts = []", 'hosts = ["mx.elsewhere.test"]')
    with served(desk):
        answer = check(desk, "--probe", "--no-servers")[1]
    (line,) = (line for line in said(answer, "warning") if "desk's own mail" in line)
    assert "results of mx.acme.test stand on it" in line


@pytest.mark.parametrize(("hours", "words"), [(-3, "behind ours"), (3, "ahead of ours")])
def test_a_server_with_another_clock_is_found(desk: Any, hours: int, words: str) -> None:
    with served(desk, timedelta(hours=hours)):
        code, answer = check(desk, "--probe", "--no-servers")
    assert code == 1
    assert words in finding(answer, "clock")["what"]


def test_a_desk_at_work_may_file_it_first_into_a_folder_that_it_makes(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def filed(self: Any, mail: Any) -> None:
        boxes = self._mailboxes[mail.mailbox]
        await boxes.add_mailbox("Ignored")
        await (await boxes.get_mailbox("Ignored")).append(AppendMessage(mail.raw, mail.passage.at))

    monkeypatch.setattr(demo.Servers, "_append", filed)
    monkeypatch.setattr(probing, "PATIENCE", 0.5)
    with served(desk):
        code, answer = check(desk, "--probe", "--no-servers")
    assert code == 0, answer
    assert "mailbox support: the desk at work has filed it in Ignored" in said(answer)


def test_without_signing_keys_nothing_is_sent_and_the_remedy_is_said(desk: Any) -> None:
    with served(desk):
        (desk.folder / "state" / "keys").unlink()
        code, answer = check(desk, "--probe", "--no-servers")
    assert code == 78
    found = finding(answer, "probe")
    assert "signing keys" in found["what"]
    assert "maildesk init --new-key" in found["remedy"]


def test_without_a_mailbox_nothing_is_sent(desk: Any) -> None:
    with served(desk):
        pass
    code, answer = check(desk, "--probe", "--no-servers")
    assert code == 1
    assert "no mailbox" in finding(answer, "probe")["what"]
