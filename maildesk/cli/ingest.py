"""`ingest`: one mail from standard input, as a mail server hands it over. Exit code 75 keeps the mail with the server."""

import sys
from itertools import chain

from maildesk.cli.failure import Code, Failure, failure_of
from maildesk.cli.opening import ConfigPath, configured, opened

PIECE = 1 << 20


def ingest(config: ConfigPath = None) -> None:
    """Take one mail from standard input. It is safe once this ends with 0; any other end means: try again later."""
    try:
        _keep(config)
    except Exception as trouble:  # whatever went wrong, the mail server must keep the mail
        known = failure_of(trouble)
        remedy = known.remedy if known else "The mail stays with the mail server, which tries again. See: maildesk check"
        raise Failure(known.problem if known else f"the mail could not be kept: {trouble!r}", remedy, Code.TEMPORARY) from trouble


def _keep(config: ConfigPath) -> None:
    from maildesk.daemon import utc_now
    from maildesk.desk import Desk

    loaded = configured(config)
    with opened(loaded) as store:
        now, desk = utc_now(), Desk(loaded, store)
        desk.require_room()
        desk.keep_large(None, now, chain((_begun(),), iter(lambda: sys.stdin.buffer.read(PIECE), b"")), now)


def _begun() -> bytes:
    """The first piece of the mail. A pipe that brings nothing broke before: it is no mail of nobody."""
    first = sys.stdin.buffer.read(PIECE)
    if not first:
        raise Failure("there is no mail on standard input", "Hand one over, like: maildesk ingest < mail.eml")
    return first
