"""What a mail is to us: an ordered tuple of named rules, of which the first that has an answer decides.

What ties a mail to a ticket, strongest first: a signed address of ours to which it was sent (a claim), a Message-ID of ours that
it answers, any other Message-ID of the thread, a number in the subject. None of them says who wrote it. That is the sender as
read strictly, with what the receiving host says of him:

    it comes with              from           host: pass        host: nothing       host: fail
    a signed address           its owner      in                in                  held
                               a participant  in                held                held
                               another        held              held                held
    a Message-ID of ours       a participant  in                in                  held
    another of the thread      a participant  in                unverified          held
    a number                   a participant  in                unverified          own ticket, linked
    any of the last three      another        own ticket, linked inside; where the host says fail, without a word to him
    two tickets                anybody        as the strongest of them; where the host says fail, held

What an engineer may do is stricter, because it acts (`maildesk.core.orders` says what each order needs):

    his signed address         host: pass, or he confirmed within the last hours    answers and orders
                               host: nothing                                        notes and questions; he must confirm the rest
                               host: fail                                           held
    no signed address          host: pass                                           notes and questions
                               host: nothing, or fail                               held, and he is warned
    a user's mail passed on    host: pass, or he confirmed within the last hours    a ticket for the user
                               host: nothing                                        he must confirm it
                               host: fail                                           held

What is held waits, with a ticket or without one, until somebody of the desk lets it in or refuses it; the sender hears nothing.
Who lets it in vouches for its sender: it is looked at again as if the host had said pass, and a stranger's mail to a requester's
address goes into the ticket, without making him a reader. An engineer's own yes vouches, too, for the one mail about which he was
asked. When he does not say it in time that mail is held, even if he has confirmed others since.

Machines move nothing: they are noted with the ticket of a signed address, or, unless the host says fail, of one in which their
sender has part; else they are ignored, unless the policy lets them open tickets.
"""

from datetime import datetime

from maildesk.core.known import Known
from maildesk.core.message import Message
from maildesk.core.triage import engineers, machines, requesters
from maildesk.core.triage.case import case_of
from maildesk.core.triage.found import Claim, Found, Sent, Thread, Triaged

__all__ = ["RULES", "Claim", "Found", "Sent", "Thread", "Triaged", "triage"]

RULES = (
    ("our own mail", machines.own),
    ("a letter of ours came back", machines.bounced),
    ("a machine that opens tickets", machines.accepted),
    ("a machine", machines.machine),
    ("an answer within seconds", machines.hasty),
    ("an engineer confirms", engineers.confirms),
    ("somebody else's signed address", requesters.borrowed),
    ("an engineer's signed address", engineers.signed),
    ("a requester's signed address", requesters.signed),
    ("an engineer's name that is not his", engineers.impostor),
    ("an engineer without a signed address", engineers.unsigned),
    ("a mail of the thread", requesters.threaded),
    ("a number of his own ticket", requesters.numbered),
    ("a mail that an engineer passes on", engineers.passed_on),
    ("a new matter", requesters.new),
)
"""Every rule by its name, which is what the log and the record say."""


def triage(message: Message, found: Found, known: Known, now: datetime) -> Triaged:
    """What this mail is to us."""
    case = case_of(message, found, known, now)
    for name, rule in RULES:
        if (decided := rule(case)) is not None:
            outcome, ticket, evidence = decided
            return Triaged(outcome=outcome, ticket=ticket, evidence=evidence, rule=name)
    raise AssertionError("the last rule has an answer for every mail")
