"""The targets of `make fuzz` hold on broken mails, so that a fuzzer begins where these tests end."""

import pytest

from fuzz.targets import TARGETS
from tests.mail.mutants import mutants


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_any_bytes(name: str) -> None:
    for data in mutants(41, 60):
        TARGETS[name](data)
        TARGETS[name](data[:200])
