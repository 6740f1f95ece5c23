"""What a language's table holds: the words that mail programs write in it, and those with which people close a letter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language. Each value lists alternatives, divided by `|`, matched in any letter case; leave out what is not known.

    Labels (`sender` to `more`) are plain words, all others may be regular expressions without groups that capture, and
    without anything that repeats without bound. Dates, times and addresses need no words: their shape is known.
    """

    code: str

    opens: str = ""
    """First words of the line that names the writer of what is quoted below: `on` in "On Tuesday, … Anna wrote:"."""
    wrote: str = ""
    """What he did: `wrote`."""
    myself: str = ""
    """Who is meant when that line is a sentence of the writer's own: `I` in "On Tuesday I wrote:"."""
    old: str = ""
    """Titles between dashes over the mail that is answered: `original message`."""
    forwarded: str = ""
    """Titles over a forwarded mail: `forwarded message`."""

    sender: str = ""
    date: str = ""
    to: str = ""
    cc: str = ""
    subject: str = ""
    more: str = ""
    """Labels of other fields that stand in such a header."""

    sent: str = ""
    """How the line begins that a phone or program adds: `sent from`, in "Sent from my phone"."""
    sent_last: str = ""
    """How it ends, where the verb comes last."""
    closings: str = ""
    """How people close, on a line of its own."""
    secret: str = ""
    """How a paragraph begins that declares the mail to be confidential."""
