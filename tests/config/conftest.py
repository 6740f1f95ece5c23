"""A configuration that is right: the shipped examples in a folder of their own, to be broken one line at a time."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from maildesk import config, share
from maildesk.config import keys

IMAP_SECRET = "imap-planted-0f3a"
SMTP_SECRET = "smtp-planted-77b1"


@dataclass(frozen=True)
class Files:
    """The three files of a desk, and the passwords it gets by environment variables."""

    folder: Path
    imap_secret: str = IMAP_SECRET
    smtp_secret: str = SMTP_SECRET

    @property
    def main(self) -> Path:
        return self.folder / "maildesk.toml"

    @property
    def policy(self) -> Path:
        return self.folder / "policy.toml"

    @property
    def people(self) -> Path:
        return self.folder / "people.csv"

    def change(self, file: str, old: str, new: str) -> int:
        """Write `new` for the first `old` in a file; the line on which it stands."""
        path: Path = getattr(self, file)
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{path.name} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def load(self, *, secrets: bool = True) -> config.Config:
        return config.load(self.main, secrets=secrets)

    def findings(self) -> tuple[config.Finding, ...]:
        """What is wrong with the files; fails when nothing is."""
        with pytest.raises(config.ConfigError) as caught:
            self.load()
        return caught.value.findings


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    examples = share.folder("config")
    made = Files(tmp_path)
    shutil.copy(examples / "maildesk.example.toml", made.main)
    shutil.copy(examples / "policy.example.toml", made.policy)
    shutil.copy(examples / "people.example.csv", made.people)
    made.change("main", "/var/lib/maildesk", str(tmp_path / "state"))
    made.change("main", '{ credential = "imap-password" }', '{ env = "TEST_IMAP_PASSWORD" }')
    made.change("main", '{ credential = "smtp-password" }', '{ env = "TEST_SMTP_PASSWORD" }')
    monkeypatch.setenv("TEST_IMAP_PASSWORD", IMAP_SECRET)
    monkeypatch.setenv("TEST_SMTP_PASSWORD", SMTP_SECRET)
    keys.add(tmp_path / "state" / "keys")
    return made


@pytest.fixture
def people_from(files: Files) -> Callable[[bytes], config.Config]:
    """Load the desk with this people file, without the policy's categories (they ask for skills)."""

    def load(raw: bytes) -> config.Config:
        files.people.write_bytes(raw)
        text = files.policy.read_text(encoding="utf-8")
        files.policy.write_text(text[: text.index("[[categories]]")], encoding="utf-8")
        return files.load()

    return load
