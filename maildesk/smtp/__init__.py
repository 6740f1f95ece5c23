"""The door to the relay: SMTP (RFC 5321), one letter for one recipient at a time, in two steps.

`offer` names sender and recipient, `deliver` hands over the text; between them the desk commits that the text is on its way.
So it is always known whether a lost connection may have left a letter behind: before the server asked for the text nothing
can have happened, afterwards the end is *uncertain* until the server has answered.
"""

from maildesk.smtp.line import Line
from maildesk.smtp.lines import RESERVE, Lines
from maildesk.smtp.reply import Outcome, Reply

__all__ = ["RESERVE", "Line", "Lines", "Outcome", "Reply"]
