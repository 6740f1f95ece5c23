"""How a desk knows its own rules of time again, in another process and on another machine."""

import hashlib
import json

from maildesk.core.policy import TIMED, Policy
from maildesk.plain import plain


def rules_of_time(policy: Policy) -> str:
    """A name for the rules of time of a policy, calendars included: the same for the same rules."""
    told = {name: plain(getattr(policy, name)) for name in TIMED}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
