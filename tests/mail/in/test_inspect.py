"""`maildesk inspect` shows all of it, for people and for programs."""

import io
import json
from dataclasses import replace
from pathlib import Path

from maildesk import config
from maildesk.cli.inspect import inspect
from maildesk.cli.proven import proven
from maildesk.demo import world
from maildesk.dns import Texts
from tests.signing import key, signed

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


def test_inspect_tells_what_proves_the_sender_by_the_setting_of_a_desk(tmp_path: Path) -> None:
    def told(*, local_dkim: bool) -> tuple[str, str]:
        settings = replace(known, local_dkim=local_dkim)
        out, people = io.StringIO(), io.StringIO()
        for as_json, where in ((True, out), (False, people)):
            inspect([str(path)], as_json, where, proving=lambda raw, at: proven(raw, at, settings, Texts(ask=ask)))
        return json.loads(out.getvalue())["authentication"]["proof"], people.getvalue()

    def ask(name: str) -> str:
        asked.append(name)
        return key(2048)[1]

    known = replace(config.load(world.write(tmp_path, imap_port=1, smtp_port=1)).settings, hosts=())
    mail = b"From: a@example.com\r\nTo: b@x\r\nSubject: x\r\nDate: x\r\nMessage-ID: <a@example.com>\r\n\r\nx\r\n"
    path, asked = tmp_path / "signed.eml", list[str]()
    path.write_bytes(signed(mail, key(2048)[0]))
    proof, people = told(local_dkim=False)
    assert (proof, asked) == ("none", [])
    assert "  proof        none: no receiving host is named" in people
    proof, people = told(local_dkim=True)
    assert (proof, set(asked)) == ("pass", {"mail._domainkey.example.com"})
    assert "  proof        pass: dkim=pass header.d=example.com, checked here" in people


def test_inspect_tells_people_why() -> None:
    out = io.StringIO()
    inspect([str(HERE / "bounce-postfix-rfc3464.eml")], False, out)
    told = out.getvalue()
    assert "written by   bounce: a delivery report with a failed or delayed recipient" in told
    assert "undelivered  gone@example.com: failed 5.1.1 smtp; 550 5.1.1 unknown user" in told
