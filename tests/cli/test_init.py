"""`maildesk init`: from answers to a desk that can run."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maildesk.config import load
from maildesk.core.people import Role

ANSWERS = ("--address", "support@acme.test", "--engineer-name", "王小明", "--engineer-address", "wang@acme.test")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_few_answers_make_a_desk_that_is_right(desk: Any) -> None:
    config = load(desk.main)
    settings = config.settings
    assert (settings.name, settings.address, settings.operator) == ("IT 服务台", "support@acme.test", "wang@acme.test")
    assert (settings.accounts[0].host, settings.accounts[0].port, settings.relay.port) == ("imap.acme.test", 993, 587)
    assert config.policy.internal_domains == {"acme.test"}
    (person,) = config.people.everyone
    assert (person.name, person.roles) == ("王小明", {Role.ENGINEER, Role.LEAD})
    assert {category.skill for category in config.policy.categories} <= person.skills


def test_what_init_writes_is_the_example_with_all_its_comments(desk: Any) -> None:
    text = desk.main.read_text(encoding="utf-8")
    assert "# The name that people see as the sender of our letters." in text
    assert text.count("\n# ") > 40


def test_secrets_lie_in_files_that_only_their_owner_can_read(desk: Any) -> None:
    state = desk.folder / "state"
    assert mode(state) == 0o700
    assert [mode(state / name) for name in ("keys", "imap-password", "smtp-password")] == [0o600] * 3
    assert load(desk.main).settings.accounts[0].password.reveal() == "planted-password-31f"
    for written in ("maildesk.toml", "policy.toml", "people.csv"):
        assert "planted" not in (desk.folder / written).read_text(encoding="utf-8")


def test_the_database_is_ready(desk: Any) -> None:
    with desk.store() as store:
        assert store.state() == "current"


def test_nothing_that_is_there_is_overwritten(desk: Any) -> None:
    desk.main.write_text("# mine", encoding="utf-8")
    result = desk.shell("init", "--yes", "--no-test", *ANSWERS)
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert desk.main.read_text(encoding="utf-8") == "# mine"


def test_force_overwrites_the_configuration_and_keeps_the_keys(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = (desk.folder / "state" / "keys").read_text(encoding="ascii")
    monkeypatch.setenv("MAILDESK_IMAP_PASSWORD", "another")
    result = desk.shell(
        "init", "--yes", "--no-test", "--force", *ANSWERS, "--name", "Desk", "--state", str(desk.folder / "state")
    )
    assert result.exit_code == 0, result.output
    assert desk.config.settings.name == "Desk"
    assert (desk.folder / "state" / "keys").read_text(encoding="ascii") == keys


def test_without_answers_and_without_anybody_to_ask_it_says_what_is_needed(shell: Any) -> None:
    result = shell("init", "--yes")
    assert result.exit_code == 2
    assert "--address, --engineer-name, --engineer-address, --imap-password" in result.stderr


def test_a_password_on_the_command_line_is_refused_and_not_repeated(shell: Any) -> None:
    result = shell("init", "--yes", "--no-test", *ANSWERS, "--imap-password", "planted-secret")
    assert result.exit_code == 2
    assert "env:…" in result.stderr
    assert "planted-secret" not in result.output


def test_a_password_may_stay_where_it_is(shell: Any, tmp_path: Path) -> None:
    result = shell(
        "init", "--yes", "--no-test", *ANSWERS, "--imap-password", "credential:imap", "--state", str(tmp_path / "state")
    )
    assert result.exit_code == 0, result.output
    assert 'password = { credential = "imap" }' in (tmp_path / "maildesk.toml").read_text(encoding="utf-8")
    assert not (tmp_path / "state" / "imap-password").exists()


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--address", "nobody", "not a mail address"),
        ("--zone", "Asia/Shangai", "not a time zone"),
        ("--hours", "nine to five", "not weekly hours"),
        ("--country", "XQ", "holidays are known"),
        ("--imap-security", "ssl", "no way to connect"),
        ("--imap-port", "99999", "not a port"),
        ("--language", "fr", "no letters"),
        ("--name", " ", "is empty"),
    ],
)
def test_a_wrong_option_is_named_with_its_remedy(shell: Any, option: str, value: str, problem: str) -> None:
    result = shell("init", "--yes", "--no-test", *ANSWERS, "--imap-password", "env:X", option, value)
    assert result.exit_code == 2
    assert f"{option}: " in result.stderr
    assert problem in result.stderr


def test_what_does_not_fit_together_is_told_of_the_file_it_would_be_in(shell: Any, tmp_path: Path) -> None:
    words = (*ANSWERS[:-1], "support@acme.test", "--imap-password", "env:X", "--state", str(tmp_path / "state"))
    result = shell("init", "--yes", "--no-test", *words)
    assert result.exit_code == 78
    assert f"{tmp_path}/people.csv:" in result.stderr
    assert "the desk's own mailbox" in result.stderr
    assert not (tmp_path / "maildesk.toml").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_it_asks_what_it_is_not_told_and_asks_again_when_it_cannot_read_the_answer(shell: Any, tmp_path: Path) -> None:
    answers = [
        "not an address",
        "it@acme.test",
        "English",
        "",
        "Europe/Berlin",
        "mon-fri 08:00-16:00",
        "de",
        "Ann Smith",
        "ann@acme.test",
        "",
        "",
        "mail.acme.test",
        "",
        "",
        "",
        "typed-secret",
        "mail.acme.test",
        "tls",
        "",
        "-",
        "mx.acme.test",
        str(tmp_path / "state"),
    ]
    result = shell("init", "--no-test", input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert "not a mail address" in result.stderr
    assert "typed-secret" not in result.output
    config = load(tmp_path / "maildesk.toml")
    assert (config.settings.name, config.settings.language) == ("IT Support", "en")
    assert config.settings.hosts == ("mx.acme.test",)
    assert (config.settings.relay.port, config.settings.relay.user, config.settings.relay.password) == (465, "", None)
    assert config.settings.accounts[0].password.reveal() == "typed-secret"
    assert config.policy.calendar.zone.key == "Europe/Berlin"
    assert config.policy.calendar.hours_on(date(2026, 12, 25)) == ()


def test_a_new_key_goes_on_top_of_the_key_file(desk: Any) -> None:
    before = desk.config.settings.keys
    result = desk.call("init", "--new-key")
    assert result.exit_code == 0, result.output
    assert desk.config.settings.keys[1:] == before


def test_a_new_key_can_be_made_when_the_key_file_is_lost(desk: Any) -> None:
    (desk.folder / "state" / "keys").unlink()
    assert desk.call("list").exit_code == 78
    assert desk.call("init", "--new-key").exit_code == 0
    assert desk.call("list").exit_code == 0


@pytest.mark.parametrize("there", [b"\xff\xfe", None])
def test_a_new_key_is_not_put_on_top_of_what_is_no_file_of_keys(desk: Any, there: bytes | None) -> None:
    path = desk.folder / "state" / "keys"
    path.unlink()
    path.write_bytes(there) if there else path.mkdir()
    result = desk.call("init", "--new-key")
    assert result.exit_code == 78
    assert f"maildesk: {path} " in result.stderr
    assert path.is_dir() or path.read_bytes() == there


def test_servers_that_do_not_answer_stop_it_before_anything_is_written(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDESK_IMAP_PASSWORD", "x")
    servers = ("--imap-host", "127.0.0.1", "--imap-port", "1", "--imap-security", "plain")
    servers += ("--smtp-host", "127.0.0.1", "--smtp-port", "1", "--smtp-security", "plain", "--smtp-user", "-")
    result = shell("init", "--yes", *ANSWERS, *servers, "--state", str(tmp_path / "state"))
    assert result.exit_code == 1
    assert "nothing was written" in result.stderr
    assert "mailbox support" in result.output
    assert not (tmp_path / "maildesk.toml").exists()
