"""A desk made by `init` in a folder of its own, and a shell to call verbs in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maildesk.cli import app
from maildesk.config import Config, load
from maildesk.store import Store

PASSWORD = "planted-password-31f"

ANSWERS = ("--address", "support@acme.test", "--engineer-name", "王小明", "--engineer-address", "wang@acme.test")

Shell = Callable[..., Result]


@dataclass(frozen=True)
class Desk:
    """A desk on disk."""

    folder: Path
    shell: Shell

    @property
    def main(self) -> Path:
        return self.folder / "maildesk.toml"

    @property
    def config(self) -> Config:
        return load(self.main, secrets=False)

    def call(self, *words: str) -> Result:
        """A verb with this desk's configuration."""
        return self.shell(*words, "--config", str(self.main))

    @contextmanager
    def store(self) -> Iterator[Store]:
        settings = self.config.settings
        store = Store.open(settings.database, settings.state, settings.node)
        try:
            yield store
        finally:
            store.close()

    def change(self, old: str, new: str, file: str = "maildesk.toml") -> None:
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text
        (self.folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Call maildesk with some words, in an empty folder; output and errors are kept apart."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILDESK_CONFIG", raising=False)

    def call(*words: str, input: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=input, prog_name="maildesk")

    return call


@pytest.fixture(scope="session")
def first_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the desk that `init --yes` makes, to be copied by each test."""
    folder = tmp_path_factory.mktemp("desk")
    words = ("init", "--yes", "--no-test", *ANSWERS, "--state", str(folder / "state"), "--config", str(folder / "maildesk.toml"))
    result = CliRunner().invoke(app, words, env={"MAILDESK_IMAP_PASSWORD": PASSWORD})
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def desk(tmp_path: Path, shell: Shell, first_desk: Path) -> Desk:
    """A desk of one's own as `init --yes` makes it, but of no country: next year's holidays may not be announced yet."""
    shutil.copytree(first_desk, tmp_path, dirs_exist_ok=True)
    main = tmp_path / "maildesk.toml"
    main.write_text(main.read_text(encoding="utf-8").replace(str(first_desk), str(tmp_path)), encoding="utf-8")
    made = Desk(tmp_path, shell)
    made.change('country = "CN"', '#country = "CN"', "policy.toml")
    return made
