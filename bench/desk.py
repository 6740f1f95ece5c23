"""The desk's intake as a process of its own: from a mailbox to committed tickets with acknowledgements in the outbox.

python bench/desk.py CONFIG COUNT    prints {"mails", "seconds", "peak_rss", "reader_rss"} as JSON; bytes and seconds
"""

import json
import sys
import threading
import time
from pathlib import Path

import psutil
from memory import peak, peak_of_children

from maildesk import config
from maildesk.daemon import utc_now
from maildesk.desk import Desk
from maildesk.desk.collecting import Collecting
from maildesk.imap import Mailbox
from maildesk.store import Store


def run(main: Path, count: int) -> dict[str, float]:
    """Take in `count` mails as the daemon does: one thread keeps them, another takes in what is kept."""
    loaded = config.load(main)
    settings = loaded.settings
    store = Store.open(settings.database, settings.state, settings.node)
    store.upgrade()
    desk = Desk(loaded, store)
    (account,) = settings.accounts
    collecting = Collecting(desk, account, Mailbox(account))
    collecting.begin(collecting.box.open(), utc_now())
    started = time.perf_counter()
    keeping = threading.Thread(target=lambda: collecting.collect(utc_now()))
    keeping.start()
    taken = 0
    while taken < count:
        taken += sum(desk.take_in(utc_now)) or _wait(keeping)
    seconds = time.perf_counter() - started
    keeping.join()
    collecting.box.close()
    reader = peak_of_children(psutil.Process())
    desk.close()
    with store.read() as tx:
        tickets = len(tx.tickets(limit=count * 2))
        letters = sum(letter.kind == "acknowledgement" for letter in tx.outbox(limit=count * 4))
    store.close()
    assert tickets == letters == count, (tickets, letters, count)
    return {"mails": taken, "seconds": seconds, "peak_rss": peak(psutil.Process()), "reader_rss": reader}


def _wait(keeping: threading.Thread) -> int:
    """Nothing kept at this moment."""
    if not keeping.is_alive():
        raise SystemExit("all mails are kept and yet some are missing")
    time.sleep(0.002)
    return 0


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]))))
