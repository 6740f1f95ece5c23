"""Asked to end anywhere, or out of space anywhere, the desk loses nothing, does nothing twice and leaves nothing half done."""

from pathlib import Path

import pytest

from tests.proof import ends
from tests.proof.ledger import Ledger, fresh
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def ledger(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Ledger:
    return fresh(tmp_path, dovecot, sink, 21)


@pytest.mark.timeout(900)
def test_sigterm_at_every_point_ends_the_desk_in_time_with_nothing_half_done(ledger: Ledger) -> None:
    outcome = ends.by_sigterm(ledger, each=1)
    assert outcome.broken == ()
    assert outcome.effective == len(ends.POINTS)


@pytest.mark.timeout(900)
def test_a_full_disk_at_every_point_delays_and_that_is_all(ledger: Ledger) -> None:
    outcome = ends.by_a_full_disk(ledger, each=1)
    assert outcome.broken == ()
    assert outcome.effective == len(ends.BEFORE_THE_RELAY)
