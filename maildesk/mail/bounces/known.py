"""Reports in the wording of servers that flufl.bounce knows: the collection of Mailman, grown in twenty years.

It is handed nothing that could cost it much time: its patterns are searched in every line, its parser goes down into every part.
It raises on some headers; whatever it raises means that it knows nothing.
"""

import logging
from email import message_from_bytes

from flufl.bounce import all_failures

from maildesk.mail.transfer import Buffer

LONGEST = 64_000
LONGEST_LINE = 1_000
MOST_LINES = 1_500
MOST_MULTIPARTS = 20

logging.getLogger("flufl.bounce").disabled = True  # what it cannot read is no news, and its log has addresses in it


def failed(buffer: Buffer) -> frozenset[str]:
    """The addresses that failed or are delayed, in lower case; nobody when the report is not known."""
    raw = bytes(buffer[:LONGEST])
    lines = raw.split(b"\n")
    if len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST_LINE or raw.lower().count(b"multipart/") > MOST_MULTIPARTS:
        return frozenset()
    try:
        temporary, permanent = all_failures(message_from_bytes(raw))
    except Exception:
        return frozenset()
    return frozenset(one.decode("utf-8", "replace").lower() for one in temporary | permanent)
