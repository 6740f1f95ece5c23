"""A desk on each database, without doors."""

from pathlib import Path

import pytest

from maildesk.demo.world import FANG, MING
from maildesk.store import Store
from tests.desk.house import House, Letter


@pytest.fixture
def house(tmp_path: Path, store: Store) -> House:
    return House(tmp_path, store)


@pytest.fixture
def assignment(house: House) -> Letter:
    """The letter with which the engineer on duty gets the first ticket."""
    house.mail(FANG, "打印机坏了", subject="打印机")
    return house.letters(MING)[0]
