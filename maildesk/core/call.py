"""A call: whoever is on call is to be rung by a road that is not mail, and this is what he is told."""

from dataclasses import dataclass
from datetime import datetime

from maildesk.core.ticket import Number, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the hook hands over, fixed when it was decided; never the text of a mail.

    `alarm` is the name of the alarm that rings: with the number it tells calls apart, and of one that is rung twice that it is
    the same. `requester` and `phone` say whom to phone, as far as that is known, and `due` until when. `trial` is a call that an
    operator made by hand, about no ticket.
    """

    alarm: str
    number: Number
    priority: Priority
    subject: str
    requester: str
    phone: str
    due: datetime
    trial: bool = False
