"""A Decision: everything that one event changes about one ticket, to be saved together or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maildesk.core.absence import Absence
from maildesk.core.call import Call
from maildesk.core.duration import Duration
from maildesk.core.letter import Letter
from maildesk.core.people import StaffId
from maildesk.core.ticket import Progress, Ticket, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody of the desk decided about a held mail, by its key: it is taken in again as its sender's own, or filed as
    ignored. `line` says so in the record of the ticket for which it was held, if there is one."""

    mail: int
    admitted: bool
    why: str
    ticket: TicketId | None
    line: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be saved together: the ticket as it is now (with its `wake_at`), the progress to append, the letters to write,
    the calls to whoever is on call.

    `ticket` is None for an event that concerns no ticket. `absences` are what engineers said of their absences,
    `judgements` what they decided about held mails, `settled` the duties of the ticket that were done or broken.
    """

    ticket: Ticket | None = None
    progress: tuple[Progress, ...] = ()
    letters: tuple[Letter, ...] = ()
    calls: tuple[Call, ...] = ()
    absences: Mapping[StaffId, tuple[Absence, ...]] = field(default_factory=dict)
    judgements: tuple[Judgement, ...] = ()
    settled: tuple[Duration, ...] = ()
