"""A mail that is read before its time: the same comes of it, and what nobody asks for leaves nothing behind."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from maildesk.reader import Raw, Reader
from maildesk.simulate.foresight import Foresight

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def foresight() -> Iterator[Foresight]:
    with closing(Foresight()) as reader:
        yield reader


@pytest.fixture
def mail(tmp_path: Path) -> Callable[[str], Raw]:
    """A mail with a file, to be read; each time under another name aside."""

    def made(text: str) -> Raw:
        mail = EmailMessage()
        mail["From"], mail["Subject"] = "a@demo.test", text
        mail.set_content(text)
        mail.add_attachment(text.encode(), maintype="application", subtype="pdf", filename="a.pdf")
        path = tmp_path / f"{text}.eml"
        path.write_bytes(mail.as_bytes())
        aside = tmp_path / "aside" / f"{text}-{len(list(tmp_path.iterdir()))}"
        aside.parent.mkdir(exist_ok=True)
        return Raw(path=str(path), size=path.stat().st_size, aside=str(aside), received_at=NOON)

    return made


def test_what_was_foreseen_is_what_would_have_been_read(foresight: Foresight, mail: Callable[[str], Raw]) -> None:
    raw = mail("one")
    wanted = replace(raw, aside=f"{raw.aside}-wanted")
    with closing(Reader()) as reader:
        expected = list(reader.read((replace(raw, aside=f"{raw.aside}-else"),)))
    foresight.foresee(raw)
    assert list(foresight.read((wanted,))) == expected
    assert Path(f"{wanted.aside}.0").read_bytes() == b"one"


@pytest.mark.parametrize("change", [{"received_at": datetime(2026, 11, 3, tzinfo=UTC)}, {"glance": True}])
def test_a_mail_that_is_wanted_otherwise_is_read_anew(foresight: Foresight, mail: Callable[[str], Raw], change: Any) -> None:
    raw = mail("one")
    foresight.foresee(raw)
    (found,) = foresight.read((replace(raw, aside=f"{raw.aside}-wanted", **change),))
    assert found.message is not None
    assert found.message.received_at == change.get("received_at", NOON)
    assert not Path(f"{raw.aside}.0").exists()


def test_another_mail_is_read_instead_of_the_foreseen_one(foresight: Foresight, mail: Callable[[str], Raw]) -> None:
    foresight.foresee(mail("one"))
    foresight.foresee(mail("two"))
    found = [one.message and one.message.subject for one in foresight.read((mail("three"), mail("four")))]
    assert found == ["three", "four"]


def test_what_nobody_asked_for_leaves_nothing_behind(mail: Callable[[str], Raw]) -> None:
    raw = mail("one")
    with closing(Foresight()) as foresight:
        foresight.foresee(raw)
    assert list(Path(raw.aside).parent.iterdir()) == []
