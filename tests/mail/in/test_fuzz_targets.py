"""The targets of `make fuzz` hold on broken mails, so that a fuzzer begins where these tests end."""

import pytest

from fuzz.targets import TARGETS
from tests.mail.mutants import mutants


def fault(name: str, data: bytes) -> str:
    """What a target says of some bytes; nothing when it takes them."""
    try:
        TARGETS[name](data)
    except Exception as trouble:
        return f"{trouble!r} by {data!r}"
    return ""


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_any_bytes(name: str) -> None:
    faults = [fault(name, piece) for data in mutants(41, 60) for piece in (data, data[:200])]
    assert [one for one in faults if one] == []
