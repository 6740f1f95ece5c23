"""The verbs that need no desk: `inspect` and `letters`."""

import json
from pathlib import Path
from typing import Any

import pytest

MAIL = b"From: Ann <ann@acme.test>\nSubject: =?utf-8?B?5L2g5aW9?=\nMessage-ID: <a@acme.test>\n\nhello\n"


def test_a_mail_is_inspected_without_any_configuration(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    result = shell("inspect", "a.eml", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["subject"], found["error"]) == ("你好", None)


@pytest.mark.parametrize("path", ["missing.eml", "no/such/folder", "folder.eml", "empty"])
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_path_that_cannot_be_read_is_told_after_all_the_others(shell: Any, tmp_path: Path, path: str, how: tuple[str]) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.eml" / "inner.eml").mkdir(parents=True)
    result = shell("inspect", path, "a.eml", *how)
    assert result.exit_code == 1
    assert "你好" in result.stdout
    assert path in result.stderr
    assert "Name files that are there" in result.stderr


def test_what_a_mail_holds_is_no_fault_of_the_file(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "nothing.eml").write_bytes(b"")
    (tmp_path / "noise.eml").write_bytes(bytes(range(256)) * 40)
    assert shell("inspect", "nothing.eml", "noise.eml", "--json").exit_code == 0


def test_a_mail_is_inspected_for_people(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    assert "你好" in shell("inspect", str(tmp_path)).stdout


def test_a_mail_is_inspected_by_the_setting_of_a_desk(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Authentication-Results: mx.acme.test; dmarc=pass header.from=acme.test\n" + MAIL)
    words = ("inspect", "a.eml", "--json")
    assert json.loads(desk.call(*words).stdout)["authentication"]["proof"] == "none"
    desk.change("hosts = []", 'hosts = ["mx.acme.test"]')
    assert json.loads(desk.call(*words).stdout)["authentication"]["proof"] == "pass"
    assert "authentication" not in json.loads(desk.shell(*words).stdout)


def test_inspect_without_a_path_is_wrong_use(shell: Any) -> None:
    assert shell("inspect").exit_code == 2


def test_every_letter_is_written_to_a_folder(shell: Any, tmp_path: Path) -> None:
    result = shell("letters", "--preview", str(tmp_path / "letters"))
    assert result.exit_code == 0, result.output
    written = {path.name for path in (tmp_path / "letters").iterdir()}
    assert "index.html" in written
    assert {"acknowledgement-closed.zh.html", "acknowledgement-closed.en.eml", "digest.zh.txt"} <= written


def test_a_folder_that_cannot_be_written_is_named(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = shell("letters", "--preview", str(tmp_path / "file" / "inside"))
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_templates_that_are_not_there_are_named(shell: Any) -> None:
    result = shell("letters", "--preview", "x", "--templates", "nowhere")
    assert result.exit_code == 1
    assert "there is no folder nowhere" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("simulate", "--mails", "nowhere", "--out", "out"), "there is no folder nowhere"),
        (("simulate", "--mails", "file", "--out", "out"), "there is no folder file"),
        (("simulate", "--mails", "folder", "--out", "out"), "there is no .eml file"),
        (("simulate", "--mails", "folder", "--out", "out", "--policy", "nowhere"), "nowhere\n    cannot be read"),
        (("restore", "nowhere"), "nowhere is no backup"),
        (("restore", "file"), "file is no backup"),
        (("restore", "folder"), "folder is no backup"),
        (("backup", "file"), "file is a file"),
        (("backup", "file/inside"), "make file/inside a folder"),
        (("letters", "--preview", "file"), "file cannot be written"),
        (("letters", "--preview", "out", "--templates", "file"), "there is no folder file"),
        (("report", "digest", "--for", "wang@acme.test", "--html", "folder"), "folder cannot be written"),
        (("report", "digest", "--for", "wang@acme.test", "--html", "nowhere/page"), "nowhere/page cannot be written"),
        (("ingest",), "there is no mail on standard input"),
    ],
    ids=lambda one: one if isinstance(one, str) else " ".join(one),
)
def test_a_verb_says_what_is_wrong_with_a_path_and_does_not_end_well(
    desk: Any, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    result = desk.shell(*words) if words[0] == "letters" else desk.call(*words)
    assert result.exit_code not in (0, None)
    assert isinstance(result.exception, SystemExit), result.exception
    assert told in result.stderr


@pytest.mark.parametrize("verb", [("check",), ("run",), ("list",), ("upgrade",), ("inspect", "a.eml"), ("backup", "out")])
@pytest.mark.parametrize(("config", "remedy"), [("nowhere", "maildesk init"), ("folder", "Name a file")])
def test_a_main_file_that_cannot_be_read_is_told_by_every_verb(
    shell: Any, tmp_path: Path, verb: tuple[str, ...], config: str, remedy: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.eml").write_bytes(MAIL)
    result = shell(*verb, "--config", config)
    assert result.exit_code == 78
    assert config in result.output
    assert remedy in result.output
