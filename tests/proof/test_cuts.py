"""A road that is cut anywhere costs time, and nothing else."""

from pathlib import Path

import pytest

from tests.proof import cuts, relay
from tests.servers.dovecot import Dovecot


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])  # 200 cuts in all
def test_a_session_with_the_mailbox_may_be_cut_after_any_byte(seed: int, tmp_path: Path, dovecot: Dovecot) -> None:
    outcome = cuts.imap(dovecot, tmp_path, seed=seed, part=0, parts=1, most=100)
    assert outcome.broken == ()
    assert outcome.effective == 100


@pytest.mark.timeout(300)
def test_a_session_with_the_relay_may_be_cut_after_any_byte(tmp_path: Path) -> None:
    outcome = relay.cuts(tmp_path, seed=1, part=0, parts=1, most=100)
    assert outcome.broken == ()
    assert outcome.effective >= 90


@pytest.mark.timeout(300)
def test_the_relay_may_misbehave_at_every_verb_in_every_way(tmp_path: Path) -> None:
    outcome = relay.cells(tmp_path, seed=1)
    assert outcome.broken == ()
    assert outcome.effective == len(relay.CELLS) == 97
