"""What a hook is told of a ticket: JSON for programs, the same as words of the environment for a line of shell.

    id         the same when a call is rung again, so that the other side may drop the copy
    number     of the ticket
    priority   P1
    subject    of the mail that opened it
    requester  his name
    phone      his number; empty when nobody knows it
    due        when he must have been phoned, as ISO 8601
    trial      whether an operator tries the hook by hand

Nothing of a mail's text and none of the desk's secrets is ever among them. All words came from outside: each is cleaned as the
fields of our letters are, so that it is one line without anything that a terminal, a header or a pager would obey.
"""

import json
from collections.abc import Mapping

from maildesk.core.call import Call
from maildesk.mail.compose import NAME_LENGTH, clean_header

PREFIX = "MAILDESK_"


def facts(call: Call) -> Mapping[str, str | bool]:
    """The facts in their order."""
    return {
        "id": f"{call.number}:{call.alarm}",
        "number": call.number,
        "priority": call.priority.value,
        "subject": clean_header(call.subject),
        "requester": clean_header(call.requester, NAME_LENGTH),
        "phone": clean_header(call.phone, NAME_LENGTH),
        "due": call.due.isoformat(timespec="seconds"),
        "trial": call.trial,
    }


def as_json(call: Call) -> bytes:
    """The facts as one JSON object without a line end, in UTF-8."""
    return json.dumps(facts(call), ensure_ascii=False).encode()


def as_environment(call: Call) -> Mapping[str, str]:
    """`MAILDESK_NUMBER` and so on; a truth is `1` or empty."""
    said = {name: ("1" if value else "") if isinstance(value, bool) else value for name, value in facts(call).items()}
    return {f"{PREFIX}{name.upper()}": value for name, value in said.items()}
