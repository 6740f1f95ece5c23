"""A folder of mails, and the verb that plays it."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from maildesk.cli import app
from maildesk.demo import world
from maildesk.demo.world import DESK, Actor
from tests.simulate.played import Write


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    (tmp_path / "mails").mkdir()
    return tmp_path / "mails"


@pytest.fixture
def write(mails: Path) -> Write:
    """Put a mail into the folder: `at` is when it arrives, `answering` the letter that it answers; without an actor it has no
    From."""

    def written(name: str, actor: Actor | None, text: str, *, at: str | None = None, answering: str = "", **fields: str) -> None:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{name}@demo.test>"
        if actor:
            mail["From"] = f"{actor.name} <{actor.address}>"
        if at:
            mail["X-Arrived"] = at
        if answering:
            mail["X-Answer-To"] = answering
        else:
            mail["To"], mail["Subject"] = DESK, f"about {name}"
        for field, value in fields.items():
            mail[field.replace("_", "-")] = value
        mail.set_content(text)
        (mails / f"{name}.eml").write_bytes(mail.as_bytes())

    return written


@pytest.fixture
def simulate(tmp_path: Path, mails: Path) -> Callable[..., Any]:
    """`maildesk simulate` with the demo's people; the result of the verb."""
    main = world.write(tmp_path, imap_port=1, smtp_port=1)
    words = ("simulate", "--config", str(main), "--mails", str(mails))
    return lambda out, *more: CliRunner().invoke(app, [*words, "--out", str(out), *more])
