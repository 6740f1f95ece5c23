"""The verbs that need no desk: `inspect` and `letters`."""

import json
from pathlib import Path
from typing import Any

MAIL = b"From: Ann <ann@acme.test>\nSubject: =?utf-8?B?5L2g5aW9?=\nMessage-ID: <a@acme.test>\n\nhello\n"


def test_a_mail_is_inspected_without_any_configuration(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    result = shell("inspect", "a.eml", "missing.eml", "--json")
    assert result.exit_code == 0
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["subject"], first["error"]) == ("你好", None)
    assert second["error"]


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
