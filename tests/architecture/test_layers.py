"""The shape of the code: layers, doors, the pure core, and who may look at the clock."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, imported, modules

PURE = frozenset(
    {"__future__", "abc", "ast", "bisect", "calendar", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum"}
    | {"fractions", "functools", "hashlib", "heapq", "itertools", "json", "math", "operator", "re", "statistics", "string"}
    | {"textwrap", "types", "typing", "unicodedata", "zoneinfo"}
)
"""Modules of Python that compute and do nothing else."""

CLOCK = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
READERS = ("maildesk/cli", "maildesk/daemon", "maildesk/demo")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be spoilt."""
    shutil.copytree(ROOT / "maildesk", tmp_path / "maildesk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("maildesk/utils.py", "NOTHING = 0"),
        ("maildesk/core/helpers.py", "NOTHING = 0"),
        ("maildesk/core/ticket.py", "from maildesk import log"),
        ("maildesk/core/policy.py", "import sqlalchemy"),
        ("maildesk/desk/desk.py", "import sqlalchemy"),
        ("maildesk/desk/desk.py", "from maildesk.store import schema"),
        ("maildesk/daemon/daemon.py", "import imapclient"),
        ("maildesk/mail/tokens.py", "from maildesk import store"),
    ],
    ids=[
        "a stray module",
        "a stray module in the core",
        "logging in the core",
        "a library in the core",
        "SQL in the waist",
        "tables in the waist",
        "IMAP in the loops",
        "mail reaching up to the store",
    ],
)
def test_a_contract_breaks_by_a_line_that_reaches_where_it_may_not(copy: Path, where: str, line: str) -> None:
    with (copy / where).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    checked = lint_imports(copy)
    assert checked.returncode == 1, checked.stdout


def test_the_core_imports_only_what_computes() -> None:
    stray = [
        f"{path}: {name}"
        for path, tree in modules("maildesk/core")
        for name in imported(tree)
        if name.split(".")[0] not in PURE and not name.startswith("maildesk.core")
    ]
    assert stray == []


def test_only_the_shell_the_daemon_and_the_demo_read_the_clock() -> None:
    readers = [
        f"{path}:{node.lineno}"
        for path, tree in modules("maildesk")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCK
        and not str(path).startswith(READERS)
    ]
    assert readers == []
