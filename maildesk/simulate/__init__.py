"""The rehearsal of a policy: mails go through the same desk in virtual time, and every letter it would have written is kept.

No network, no real clock, a store of its own that need not outlive the power: arrivals, alarms, letters and digests are taken in
the order of their moments, and time jumps from one to the next. What differs from the daemon are the doors alone.
"""

from maildesk.simulate.arrivals import YEARS, Arrival, Unplayable, arrivals
from maildesk.simulate.figures import Figures
from maildesk.simulate.rehearsal import rehearse
from maildesk.simulate.summary import page

__all__ = ["YEARS", "Arrival", "Figures", "Unplayable", "arrivals", "page", "rehearse"]
