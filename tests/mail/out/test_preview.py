"""The folder of letters to look at."""

from email import message_from_bytes
from pathlib import Path

from maildesk.cli.preview import preview
from tests.mail.out.reading import LANGUAGES, NAMES


def test_every_letter_in_every_language_can_be_looked_at(tmp_path: Path) -> None:
    assert preview(tmp_path / "new" / "folder") == ()
    expected = {
        f"{name}.{language}{end}"
        for name in (*NAMES, "merged", "merged-outage")
        for language in LANGUAGES
        for end in (".html", ".txt", ".eml")
    }
    assert {file.name for file in (tmp_path / "new" / "folder").iterdir()} == {*expected, "index.html"}


def test_the_index_leads_to_each_of_them(tmp_path: Path) -> None:
    preview(tmp_path)
    index = (tmp_path / "index.html").read_text("utf-8")
    links = [piece.split('"')[0] for piece in index.split('href="')[1:]]
    assert sorted(links) == sorted(file.name for file in tmp_path.iterdir() if file.name != "index.html")


def test_the_mail_beside_the_page_is_the_same_letter(tmp_path: Path) -> None:
    preview(tmp_path)
    mail = message_from_bytes((tmp_path / "resolved.zh.eml").read_bytes())
    pages = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/html"]
    assert [page.replace(b"\r\n", b"\n").decode() for page in pages if isinstance(page, bytes)] == [
        (tmp_path / "resolved.zh.html").read_text("utf-8")
    ]


def test_a_broken_template_is_reported(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "zh").mkdir(parents=True)
    (own / "zh" / "note.txt").write_text("Subject: x\n\n{{ nothing }}\n", "utf-8")
    assert preview(tmp_path / "out", own) == ("templates/zh/note.txt:3: 'nothing' is undefined",)
