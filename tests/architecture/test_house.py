"""What a newcomer, an operator and a package need: locks, examples, the unit, the wheel, and no trace of a workshop."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from maildesk import __version__
from tests.architecture.tree import ROOT, imported, modules, tracked

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-run.lock")


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    text = (ROOT / name).read_text(encoding="ascii")
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text, flags=re.MULTILINE))


def requirements(*groups: str) -> list[Requirement]:
    project = PYPROJECT["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    lines += [line for group in groups for line in PYPROJECT["dependency-groups"][group] if isinstance(line, str)]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(("lock", "groups"), [(LOCKS[0], ("build", "dev")), (LOCKS[1], ("build",))])
def test_the_lock_holds_a_fitting_version_of_every_requirement(lock: str, groups: tuple[str, ...]) -> None:
    versions = locked(lock)
    unfit = [
        str(wanted)
        for wanted in requirements(*groups)
        if not wanted.specifier.contains(versions.get(canonicalize_name(wanted.name), "0"))
    ]
    assert unfit == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_what_the_requirements_require_in_turn(lock: str) -> None:
    versions = locked(lock)
    here = {canonicalize_name(one.name): one.requires or [] for one in distributions()}
    missing = {
        f"{name} needs {needed}"
        for name in versions.keys() & here.keys()
        for needed in map(Requirement, here[name])
        if needed.marker is None or needed.marker.evaluate({**default_environment(), "extra": ""})
        if canonicalize_name(needed.name) not in versions
    }
    assert missing == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_the_lock_has_hashes_and_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="ascii")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "index" not in text


def test_the_smaller_lock_is_a_part_of_the_larger_one() -> None:
    assert locked(LOCKS[1]).items() <= locked(LOCKS[0]).items()


def test_every_library_that_is_imported_is_declared() -> None:
    used = {name.split(".")[0] for _, tree in modules("maildesk") for name in imported(tree)} - set(sys.stdlib_module_names)
    providers = packages_distributions()
    packages = {canonicalize_name(package) for name in used - {"maildesk"} for package in providers[name]}
    declared = {canonicalize_name(one.name) for one in requirements()}
    inseparable = {"pydantic-core", "proxy-protocol", "pysasl"}  # of pydantic and of pymap, which pin them
    assert packages - declared - inseparable == set()


def test_the_package_has_the_version_that_the_changelog_describes_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, flags=re.MULTILINE)[0] == __version__


# -- the wheel -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without any network and unpacked as an installer would do it."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("name", ["templates", "config"])
def test_the_wheel_brings_every_file_of(installed_wheel: Path, name: str) -> None:
    ours = {path.relative_to(ROOT / name) for path in tracked() if path.is_relative_to(ROOT / name)}
    theirs = installed_wheel / "maildesk" / "_share" / name
    assert ours
    assert {path for path in ours if (theirs / path).read_bytes() != (ROOT / name / path).read_bytes()} == set()


def test_an_installed_maildesk_finds_its_own_templates(installed_wheel: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(installed_wheel)!r}); from maildesk import share; print(share.folder('templates'))"
    )
    found = subprocess.run([sys.executable, "-I", "-c", program], cwd="/", capture_output=True, text=True)
    assert found.stdout.strip() == str(installed_wheel / "maildesk" / "_share" / "templates"), found.stderr


# -- the unit ------------------------------------------------------------------------------------------------------------


EXPOSED = {"maildesk.service": 15, "maildesk-backup.service": 25}
"""What systemd may think of each unit, of 100: who makes backups is root, for he writes where the desk's own user must not."""


@pytest.fixture(params=EXPOSED)
def unit(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The unit as an operator installs it, with a program that exists here."""
    text = (ROOT / "systemd" / request.param).read_text(encoding="utf-8")
    program = shutil.which("true")
    copy = tmp_path / str(request.param)
    copy.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={program}", text, flags=re.MULTILINE), encoding="utf-8")
    timer = copy.with_suffix(".timer")
    if (ROOT / "systemd" / timer.name).exists():
        shutil.copy(ROOT / "systemd" / timer.name, timer)
    return copy


def test_systemd_accepts_the_unit_without_a_word(unit: Path) -> None:
    verified = subprocess.run(["systemd-analyze", "verify", *unit.parent.glob("maildesk*")], capture_output=True, text=True)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_the_unit_exposes_next_to_nothing(unit: Path) -> None:
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED[unit.name]}", unit],
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr


# -- no trace of a workshop ----------------------------------------------------------------------------------------------

# In two halves each, so that this file is not found by its own search.
FORBIDDEN = tuple(
    first + second
    for first, second in [
        ("/wo", "rk/"), ("/ro", "ot/"), ("/fa", "rm/"), ("/ho", "me/"), ("bash_", "jobs"),
        ("../sha", "red"), ("BRI", "EF.md"), ("DESI", "GN.md"), ("REQUIRE", "MENTS.md"), ("CLARIFI", "CATIONS"),
        ("RELIA", "BILITY.md"), ("python", "hosted"), ("pypi", ".org"), ("index-", "url ="), ("extra-", "index"),
    ]
)  # fmt: skip
LEFT_OPEN = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
SKIPPED = re.compile(r"pytest\.(sk" + r"ip|importorskip|xf" + r"ail)|mark\.(sk" + r"ip|skipif|xf" + r"ail)")


def texts() -> list[tuple[str, str]]:
    """Every tracked text file but the licence, golden mails and this file's search words."""
    files = [path for path in tracked() if path.suffix not in {".eml", ".png", ".ico"} and path.name != "LICENSE"]
    return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in files]


def test_no_file_names_a_machine_or_a_workplace() -> None:
    assert [f"{path}: {word}" for path, text in texts() for word in FORBIDDEN if word in text] == []


def test_nothing_is_left_open() -> None:
    ours = [(path, text) for path, text in texts() if path.startswith(("maildesk/", "tests/", "bench/"))]
    assert [f"{path}: {found.group()}" for path, text in ours for found in LEFT_OPEN.finditer(text)] == []


def test_no_test_is_skipped() -> None:
    ours = [(path, text) for path, text in texts() if path.startswith("tests/")]
    assert [f"{path}: {found.group()}" for path, text in ours for found in SKIPPED.finditer(text)] == []
