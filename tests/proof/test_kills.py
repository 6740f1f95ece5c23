"""Killed wherever it stands, the desk loses nothing, does nothing twice, and repeats a letter at most once for each kill."""

from pathlib import Path

import pytest

from tests.daemon.running import install
from tests.proof import kills
from tests.proof.ledger import Ledger
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def ledger(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, request: pytest.FixtureRequest) -> Ledger:
    seed = getattr(request, "param", 1)
    return Ledger(installed=install(tmp_path, dovecot, sink.port), sink=sink, seed=seed)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("ledger", [11, 12, 13, 14], indirect=True)
def test_kills_at_every_point_lose_and_double_nothing(ledger: Ledger) -> None:
    outcome = kills.at_points(ledger, each=1)
    assert outcome.broken == ()
    assert outcome.effective == len(kills.POINTS)


@pytest.mark.timeout(900)
def test_kills_at_any_moment_lose_and_double_nothing(ledger: Ledger) -> None:
    outcome = kills.at_random(ledger, kills=25)
    assert outcome.broken == ()
    assert outcome.effective >= 25
