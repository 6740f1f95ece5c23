"""Secrets stay secret, wherever they come from and whatever goes wrong."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from maildesk.config import ConfigError, Secret
from maildesk.config import keys as key_file
from maildesk.config.findings import Wrong


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("planted-5e1")
    assert secret.reveal() == "planted-5e1"
    assert f"{secret}{secret!r}{[secret]}" == "******[***]"


def test_equal_secrets_are_equal_so_that_a_reload_sees_what_changed() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a", "env") != Secret("a")


def test_a_secret_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("first\nnot this\n", encoding="utf-8")
    secret = Secret(str(path), "file")
    assert secret.reveal() == "first"
    path.write_text("second", encoding="utf-8")
    assert secret.reveal() == "second"


def test_a_credential_comes_from_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imap").write_text("from systemd\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert Secret("imap", "credential").reveal() == "from systemd"


def test_a_command_gives_its_first_line() -> None:
    assert Secret("printf 'token\\nrest\\n'", "command").reveal() == "token"


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        (Secret("", "plain"), "empty secret"),
        (Secret("true", "command"), "empty secret"),
        (Secret("echo planted-9; exit 4", "command"), "exit code 4"),
        (Secret("/dev/null", "file"), "empty secret"),
        (Secret("NO_SUCH_VARIABLE", "env"), "NO_SUCH_VARIABLE is not set"),
    ],
)
def test_a_secret_that_cannot_be_read_says_why_and_nothing_else(secret: Secret, problem: str) -> None:
    with pytest.raises(Wrong) as caught:
        secret.reveal()
    assert problem in caught.value.problem
    assert "planted" not in f"{caught.value} {caught.value.remedy}"
    assert caught.value.remedy


def test_settings_can_be_shown_without_any_secret(files: Any) -> None:
    files.change("main", "#database = ", 'database = "postgresql://desk:planted-db@host/desk" #')
    config = files.load()
    shown = f"{config!r} {config.settings.accounts} {config.settings.relay}"
    signing = config.settings.keys[0]
    for secret in (files.imap_secret, files.smtp_secret, "planted-db", signing.hex(), repr(signing)):
        assert secret not in shown
    assert config.settings.accounts[0].password.reveal() == files.imap_secret
    assert config.settings.relay.password is not None
    assert config.settings.relay.password.reveal() == files.smtp_secret


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{ env = "TEST_IMAP_PASSWORD" }', '"planted-1"\nport = "planted-1"'),
        ('{ env = "TEST_IMAP_PASSWORD" }', '["planted-1"]'),
        ('{ env = "TEST_IMAP_PASSWORD" }', '{ env = "planted-1", file = "planted-1" }'),
        ('{ env = "TEST_IMAP_PASSWORD" }', '{ secret = "planted-1" }'),
        ('{ env = "TEST_IMAP_PASSWORD" }', '"planted-1" "planted-1"'),
        ("#database = ", 'database = "mysql://me:planted-1@host/x" #'),
        ("#database = ", "database = 5 #"),
        ("#database = ", 'database = "postgresql://desk:p@planted-1@127.0.0.1/desk" #'),
        ("#database = ", 'database = "postgresql://desk:p@planted-1/p@127.0.0.1/desk" #'),
        ("#database = ", 'database = "postgresql://desk:p@planted-1?p@127.0.0.1/desk" #'),
        ("#database = ", 'database = "mysql://desk:[planted-1@127.0.0.1/desk" #'),
    ],
)
def test_no_finding_repeats_a_secret(files: Any, old: str, new: str) -> None:
    files.change("main", old, new)
    with pytest.raises(ConfigError) as caught:
        files.load()
    assert "planted-1" not in str(caught.value)
    assert files.imap_secret not in str(caught.value)


def test_verbs_without_mail_need_no_passwords(files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_IMAP_PASSWORD")
    monkeypatch.delenv("TEST_SMTP_PASSWORD")
    assert [finding.key for finding in files.findings()] == ["account[1].password", "relay.password"]
    assert files.load(secrets=False).settings.accounts[0].user == "support@example.com"


def test_a_new_key_comes_first_and_the_old_ones_go_on_being_believed(files: Any) -> None:
    path = files.folder / "state" / "keys"
    (old,) = files.load().settings.keys
    key_file.add(path)
    new, *rest = files.load().settings.keys
    assert rest == [old]
    assert new != old
    assert len(new) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_root_writes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    somebody = 12_345 if os.geteuid() == 0 else os.geteuid()
    os.chown(tmp_path, somebody, -1)
    key_file.add(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_uid == somebody


def test_what_root_writes_anew_stays_with_its_owner(tmp_path: Path) -> None:
    somebody = 12_345 if os.geteuid() == 0 else os.geteuid()
    key_file.add(tmp_path / "keys")
    os.chown(tmp_path / "keys", somebody, -1)
    key_file.add(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_uid == somebody
