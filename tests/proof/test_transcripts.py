"""A server may misbehave as it likes: no mail is lost or filed unread, and a person hears of it when he must act."""

from pathlib import Path

import pytest

from tests.proof import transcripts
from tests.proof.transcripts.rows import ROWS
from tests.servers.authority import Authority


@pytest.mark.timeout(900)
def test_a_mailbox_server_may_misbehave_in_every_way_of_the_table(tmp_path: Path, authority: Authority) -> None:
    outcome = transcripts.played(authority, tmp_path, seed=1)
    assert outcome.broken == ()
    assert outcome.effective == outcome.tried == len(ROWS)


def test_no_two_rows_of_the_table_have_one_name() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 60
