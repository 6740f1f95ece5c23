"""What became of a recipient, and whether for good: told by codes, or by words where there are none.

A reply of the other server (`550 …`, RFC 5321, 4.2) counts more than the enhanced status (`5.1.1`, RFC 3463), which many servers
make up; the words of a failure come last. A letter that is still tried is delayed, whatever codes its last attempt met.
"""

import re
from dataclasses import replace

from maildesk.core.message import FailedRecipient
from maildesk.mail.bounces import words

LONGEST_DIAGNOSTIC = 500

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY = re.compile(
    r"(?<![\d.:/#-])([45])[0-7]\d(?=[ -]{0,3}(?:[45]\.\d|[A-Za-z#<\[(\"'=]|[^\x00-\x7f])|:[ \t]|[.]?[ \t]*$)", re.MULTILINE
)
_RETRIED = re.compile(words.RETRIED, re.IGNORECASE)
_OVER = re.compile(words.OVER, re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[a-z-]+")
_ACTIONS = {
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
    "deliverable": "delivered",
}


def of_fields(address: str, action: str, status: str, diagnostic: str) -> FailedRecipient:
    """By the fields of a delivery status, each as written there (RFC 3464, 2.3)."""
    code = status_in(status) or status_in(diagnostic)
    done = _action(action, code)
    return FailedRecipient(
        address=address,
        action=done,
        status=code,
        permanent=_permanent(done, code, diagnostic),
        diagnostic=_short(diagnostic),
    )


def of_words(address: str, near: str, everywhere: str) -> FailedRecipient:
    """By the words near the address, and those of the whole report where these say nothing."""
    telling = near if _STATUS.search(near) or _REPLY.search(near) else everywhere
    action = "delayed" if _RETRIED.search(everywhere) else "failed"
    status = status_in(telling)
    return FailedRecipient(
        address=address,
        action=action,
        status=status,
        permanent=_permanent(action, status, telling),
        diagnostic=_short(near),
    )


def by_its_line(one: FailedRecipient, line: str) -> FailedRecipient:
    """A letter called delayed is lost when the status (X.4.7; RFC 3463, 3.5) and the server's own line say its time is over."""
    over = one.action == "delayed" and (one.status or "").endswith(".4.7") and _OVER.search(line)
    return replace(one, action="failed", permanent=True, diagnostic=one.diagnostic or _short(line)) if over else one


def status_in(text: str) -> str | None:
    """The first enhanced status of a failure in the text, or of a success where there is no other."""
    found = [match[0] for match in _STATUS.finditer(text)]
    return next((code for code in found if code[0] != "2"), found[0] if found else None)


def has_code(text: str) -> bool:
    """Whether a server's answer stands there."""
    return bool(_REPLY.search(text) or _STATUS.search(text))


def _action(value: str, status: str | None) -> str:
    word = _WORD.search(value.lower())
    if word is None and status:
        return "delivered" if status[0] == "2" else "failed"
    return _ACTIONS.get(word[0] if word else "", "failed")


def _permanent(action: str, status: str | None, telling: str) -> bool | None:
    if action == "delivered":
        return None
    if action == "delayed":
        return False
    if reply := _REPLY.search(telling):
        return reply[1] == "5"
    return status is None or status[0] != "4"


def _short(text: str) -> str:
    return _BLANKS.sub(" ", text[: 4 * LONGEST_DIAGNOSTIC]).strip()[:LONGEST_DIAGNOSTIC]
