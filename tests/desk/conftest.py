"""A desk on each database, without doors."""

from pathlib import Path

import pytest

from maildesk.store import Store
from tests.desk.house import House


@pytest.fixture
def house(tmp_path: Path, store: Store) -> House:
    return House(tmp_path, store)
