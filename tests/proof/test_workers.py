"""Several daemons share the work, whatever befalls some of them."""

from pathlib import Path

import pytest

from tests.proof import workers
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink


@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", [2, 4])
def test_daemons_on_one_database_do_each_thing_once(
    count: int, tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, server: Postgres
) -> None:
    outcome = workers.at_work(tmp_path, dovecot, sink, server, seed=count, workers=count, mails=300, partitions=3, others=2)
    assert outcome.broken == ()
    assert outcome.effective == 5
    assert outcome.counts["partitions"] == 3
