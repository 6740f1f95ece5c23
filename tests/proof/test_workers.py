"""Several daemons share the work, whatever befalls some of them."""

from pathlib import Path

import pytest

from tests.proof import workers
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("seed", "count"), [(1, 2), (2, 4), (3, 2), (4, 4), (5, 2)])
def test_daemons_on_one_database_do_each_thing_once(
    seed: int, count: int, tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, server: Postgres
) -> None:
    outcome = workers.at_work(tmp_path, dovecot, sink, server, seed=seed, workers=count, mails=300, partitions=2, others=1)
    assert outcome.broken == ()
    assert outcome.effective == 3
    assert outcome.counts["partitions"] == 2
    assert outcome.counts["mails"] >= 300
