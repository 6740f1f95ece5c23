"""Killed wherever it stands, the desk loses nothing, does nothing twice, and repeats a letter at most once for each kill."""

from pathlib import Path

import pytest

from tests.proof import kills, power
from tests.proof.ledger import Ledger, fresh
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def ledger(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, request: pytest.FixtureRequest) -> Ledger:
    return fresh(tmp_path, dovecot, sink, getattr(request, "param", 1))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("ledger", [11, 12, 13, 14], indirect=True)
def test_kills_at_every_point_lose_and_double_nothing(ledger: Ledger) -> None:
    outcome = kills.at_points(ledger, each=1)
    assert outcome.broken == ()
    assert outcome.effective == len(kills.POINTS)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("ledger", [31], indirect=True)
def test_kills_while_the_relay_has_a_letter_lose_nothing_and_double_it_alike(ledger: Ledger) -> None:
    outcome = kills.at_points(ledger, each=1, points=kills.AT_THE_RELAY)
    assert outcome.broken == ()
    assert outcome.effective == len(kills.AT_THE_RELAY)


@pytest.mark.timeout(900)
def test_kills_at_any_moment_lose_and_double_nothing(ledger: Ledger) -> None:
    outcome = kills.at_random(ledger, kills=25)
    assert outcome.broken == ()
    assert outcome.effective >= 25


@pytest.mark.timeout(900)
def test_power_losses_at_any_moment_lose_and_double_nothing(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    outcome = kills.at_random(power.fresh(tmp_path, dovecot, sink, 21), kills=5, then=power.lost, within=90)
    assert outcome.broken == ()
    assert outcome.effective >= 5


def test_what_a_log_has_behind_its_last_commit_is_not_safe() -> None:
    page, salts = (512).to_bytes(4, "big"), b"saltsalt"
    head = bytes(8) + page + bytes(4) + salts + bytes(8)

    def frame(ends: int, by: bytes = salts) -> bytes:
        return bytes(4) + ends.to_bytes(4, "big") + by + bytes(8) + bytes(512)

    assert power.committed(b"") == 0
    assert power.committed(head + frame(0)) == len(head)
    assert power.committed(head + frame(0) + frame(7) + frame(0)) == len(head) + 2 * len(frame(0))
    assert power.committed(head + frame(7) + frame(9, b"old turn")) == len(head) + len(frame(0))
    assert power.committed(head + frame(7) + frame(9)[:-1]) == len(head) + len(frame(0))
