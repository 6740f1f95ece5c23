"""`maildesk inspect` shows all of it, for people and for programs."""

import io
import json
from pathlib import Path

from maildesk.cli.inspect import inspect

HERE = Path(__file__).parent
FIELDS = (
    *("file", "error", "message_id", "in_reply_to", "references", "date", "from", "identity", "reply_to", "to", "cc", "subject"),
    *("text", "new_text", "hidden", "html", "attachments", "forwarded", "verdict", "bounce", "fields", "limits", "warnings"),
)


def test_inspect_prints_one_object_a_line_with_every_field() -> None:
    out = io.StringIO()
    inspect([str(HERE)], True, out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["file"] for one in found] == sorted(str(path) for path in HERE.glob("*.eml"))
    assert {tuple(one) for one in found} == {FIELDS}
    assert {one["error"] for one in found} == {None}


def test_inspect_says_which_file_it_could_not_read_and_goes_on(tmp_path: Path) -> None:
    out = io.StringIO()
    inspect([str(tmp_path / "missing.eml"), str(HERE / "empty.eml")], True, out)
    missing, empty = (json.loads(line) for line in out.getvalue().splitlines())
    assert missing["error"] == "No such file or directory"
    assert (empty["error"], empty["text"]) == (None, "")


def test_inspect_tells_people_why() -> None:
    out = io.StringIO()
    inspect([str(HERE / "bounce-postfix-rfc3464.eml")], False, out)
    told = out.getvalue()
    assert "written by   bounce: a delivery report with a failed or delayed recipient" in told
    assert "undelivered  gone@example.com: failed 5.1.1 smtp; 550 5.1.1 unknown user" in told
