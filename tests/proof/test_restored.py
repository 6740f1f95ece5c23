"""A desk that is destroyed comes back from its backup and its mailboxes: nothing lost, no number twice, nobody answered twice."""

from pathlib import Path

import pytest

from tests.daemon.running import install
from tests.proof import restored
from tests.proof.ledger import WITHOUT_ORDERS, Ledger
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [31])
def test_a_destroyed_desk_comes_back_whole(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, seed: int) -> None:
    ledger = Ledger(installed=install(tmp_path, dovecot, sink.port), sink=sink, seed=seed, often=WITHOUT_ORDERS)
    outcome = restored.drill(ledger, before=8, after=16)
    assert not outcome.broken, "\n".join(outcome.broken)
    assert (outcome.effective, outcome.counts["mails"], outcome.counts["mails taken in again"]) == (1, 40, 16)
