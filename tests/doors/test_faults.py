"""The named places where maildesk can be made to fail."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk import faults

PACKAGE = Path(faults.__file__).parent


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    faults.arm("")


def placed() -> set[str]:
    """Every point in the code."""
    found = (re.findall(r'faults\.point\(\s*"([^"]+)"', path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    return {name for names in found for name in names}


def test_the_table_names_every_point_of_the_code_and_no_other() -> None:
    assert placed() == set(faults.POINTS)


def test_nothing_happens_without_an_order() -> None:
    faults.arm("")
    for name in faults.POINTS:
        faults.point(name)
    faults.arm("kept:raise")
    with pytest.raises(faults.Fault):
        faults.point("kept")


def test_an_order_holds_for_its_point_only() -> None:
    faults.arm("kept:raise")
    faults.point("moved")
    for _ in range(2):
        with pytest.raises(faults.Fault, match="kept"):
            faults.point("kept")


def test_an_order_may_wait_for_the_nth_visit() -> None:
    faults.arm("kept:raise:3, moved:enospc:1")
    for _ in range(2):
        faults.point("kept")
    with pytest.raises(faults.Fault):
        faults.point("kept")
    faults.point("kept")
    with pytest.raises(OSError, match="No space left"):
        faults.point("moved")


def test_sleep_lasts_as_long_as_it_says() -> None:
    faults.arm("kept:sleep=0.2")
    began = time.monotonic()
    faults.point("kept")
    assert 0.2 <= time.monotonic() - began < 2


@pytest.mark.parametrize("order", ["no-such-point:kill", "kept:explode", "kept", "kept:raise:often", "kept:sleep=long"])
def test_an_order_that_would_never_fire_is_refused(order: str) -> None:
    with pytest.raises(ValueError):
        faults.orders(order)


def run(order: str, timeout: float) -> int:
    program = "from maildesk import faults; faults.point('kept'); print('survived')"
    environment = os.environ | {faults.VARIABLE: order}
    return subprocess.run((sys.executable, "-c", program), env=environment, timeout=timeout, cwd=PACKAGE.parent).returncode


def test_the_environment_arms_a_process() -> None:
    assert run("", 20) == 0
    assert run("kept:kill:1", 20) == -9
    assert run("kept:raise", 20) == 1


def test_hang_never_comes_back() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run("kept:hang", 2)
