"""The new text of HTML replies as real mail programs write them (see pages/README.md)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.mail import inbound

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HEADER = b"From: anna@example.org\nSubject: Re: Printer\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_is_new_is_found(path: Path) -> None:
    message = inbound.read(HEADER + path.read_bytes(), received_at=NOON)
    assert message.new_text == path.with_suffix(".txt").read_text(encoding="utf-8").rstrip("\n")


def test_every_page_has_its_new_text() -> None:
    assert PAGES
    assert {path.stem for path in PAGES} == {path.stem for path in PAGES[0].parent.glob("*.txt")}
