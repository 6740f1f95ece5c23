"""The command line as a whole: help, errors, exit codes, what it loads."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from maildesk import __version__
from maildesk.cli import VERBS

ROOT = Path(__file__).parents[2]
HEAVY = ("pydantic", "sqlalchemy", "rich", "jinja2", "holidays", "imapclient", "aiosmtplib", "apscheduler", "mailparser")


def python(*code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *code], capture_output=True, text=True, env=environment, timeout=60, check=False)


def test_help_of_the_real_program_lists_every_verb_and_loads_nothing_heavy() -> None:
    loaded = (
        "import sys; from maildesk.cli import app\ntry: app(['--help'])\nfinally: print(sorted(sys.modules), file=sys.stderr)"
    )
    done = python("-c", loaded)
    assert done.returncode == 0
    assert all(f"\n  {verb.name} " in done.stdout for verb in VERBS)
    assert not [name for name in HEAVY if f"'{name}'" in done.stderr]


def test_every_verb_of_the_table_exists_and_has_help_of_its_own(shell: Any) -> None:
    for verb in VERBS:
        module, _, name = verb.place.partition(":")
        assert callable(getattr(import_module(module), name))
        result = shell(verb.name, "--help")
        assert result.exit_code == 0
        assert verb.help.split(";")[0][:40] in result.output


def test_the_help_fits_into_eighty_columns(shell: Any) -> None:
    for words in ([], *([verb.name] for verb in VERBS)):
        assert all(len(line) <= 80 for line in shell(*words, "--help").output.splitlines()), words


def test_without_a_verb_the_help_is_shown(shell: Any) -> None:
    result = shell()
    assert result.exit_code == 2
    assert "Usage: maildesk" in result.output


def test_an_unknown_verb_is_wrong_use_and_the_nearest_is_named(shell: Any) -> None:
    result = shell("chekc")
    assert result.exit_code == 2
    assert "Did you mean check?" in result.stderr


def test_the_version_is_told(shell: Any) -> None:
    assert shell("--version").output == f"maildesk {__version__}\n"


@pytest.mark.parametrize("verb", ["list", "outbox", "inbox", "upgrade", "check"])
def test_without_a_configuration_every_verb_says_how_to_make_one(shell: Any, verb: str) -> None:
    result = shell(verb)
    assert result.exit_code == 78
    assert "maildesk init" in result.stderr
    assert result.stdout == ""


def test_a_broken_configuration_is_told_fault_by_fault_on_standard_error(desk: Any) -> None:
    desk.change("poll = ", "pol = ")
    desk.change("[line2]", "[line3]", "policy.toml")
    result = desk.call("list")
    assert result.exit_code == 78
    assert result.stdout == ""
    assert "2 faults" in result.stderr
    assert "account[1].pol is not a known key\n    → Did you mean poll?" in result.stderr
    assert "line3 is not a known key\n    → Did you mean line2?" in result.stderr


def test_the_configuration_is_found_by_the_environment(desk: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert desk.shell("list").exit_code == 78
    monkeypatch.setenv("MAILDESK_CONFIG", str(desk.main))
    assert desk.shell("list").exit_code == 0


def test_the_configuration_is_found_in_the_folder_one_is_in(desk: Any) -> None:
    assert desk.shell("list").exit_code == 0


def test_without_a_database_a_verb_says_how_to_make_it(desk: Any) -> None:
    (desk.folder / "state" / "maildesk.db").unlink()
    result = desk.call("list")
    assert result.exit_code == 1
    assert "maildesk upgrade" in result.stderr
    assert desk.call("upgrade").output == "The database was made.\n"
    assert desk.call("upgrade").output == "The database needed nothing.\n"
    assert desk.call("list").exit_code == 0


def test_a_fault_of_the_database_is_told_with_its_remedy(desk: Any) -> None:
    path = desk.folder / "state" / "maildesk.db"
    path.write_bytes(b"this is no database" * 1000)
    result = desk.call("list")
    assert result.exit_code == 1
    assert "maildesk restore" in result.stderr
    assert "Traceback" not in result.output
