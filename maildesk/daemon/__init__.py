"""The loops around the steps: mailboxes, intake, post, calls, clock, signals, watchdog.

One thread per mailbox keeps mail; one loop takes it in; one loop posts letters; one rings who is on call; a heartbeat
(APScheduler, in memory) wakes tickets and writes digests. Loops hold no truth: whatever they were doing when the process died is
found again in the store.
With `cli` and the demo this is the only reader of the clock.
"""

from maildesk.daemon.daemon import Daemon, utc_now
from maildesk.daemon.lock import AlreadyRunning, nobody_else, only_one
from maildesk.daemon.once import run_once

__all__ = ["AlreadyRunning", "Daemon", "nobody_else", "only_one", "run_once", "utc_now"]
