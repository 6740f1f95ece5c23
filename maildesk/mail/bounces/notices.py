"""Notifications of mail services as JSON: those of Amazon SES, which come by mail through Amazon SNS.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
from typing import Any

from maildesk.core.message import FailedRecipient
from maildesk.mail.bounces import judged

LONGEST = 200_000

_ACTIONS = {"Bounce": "failed", "DeliveryDelay": "delayed", "Delivery": "delivered"}
_KEYS = {"Bounce": "bouncedRecipients", "DeliveryDelay": "delayedRecipients", "Delivery": "recipients"}
_CODES = {"Permanent": "5.0.0", "Transient": "4.0.0"}


def recipients(text: str) -> tuple[FailedRecipient, ...]:
    """Whom the notification in `text` is about, nobody when it is none."""
    notice = _first_object(text)
    kind = notice.get("notificationType") or notice.get("eventType")
    if not isinstance(kind, str) or kind not in _KEYS:
        return ()
    told = notice.get(kind[0].lower() + kind[1:])
    if not isinstance(told, dict) or not isinstance(named := told.get(_KEYS[kind]), list):
        return ()
    return tuple(one for each in named if (one := _recipient(kind, told, each)) is not None)


def _first_object(text: str) -> dict[str, Any]:
    """The object with which the text begins (below it SNS tells how to unsubscribe), empty when there is none."""
    start = text[:LONGEST].lstrip()
    if not start.startswith("{"):
        return {}
    try:
        found, _ = json.JSONDecoder().raw_decode("".join(start.splitlines()))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _recipient(kind: str, told: dict[str, Any], each: Any) -> FailedRecipient | None:
    one = each if isinstance(each, dict) else {"emailAddress": each}
    address, status = one.get("emailAddress"), one.get("status") or _CODES.get(str(told.get("bounceType")), "")
    if not isinstance(address, str) or "@" not in address:
        return None
    return judged.of_fields(address, _ACTIONS[kind], str(status), str(one.get("diagnosticCode") or ""))
