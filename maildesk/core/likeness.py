"""Who looks like one of us and is not: letters that the eye takes for others, and a colleague's name above a foreign address.

Two texts look alike when their skeletons are equal (in the manner of Unicode TS 39, 4): without accents and letter case, full
width made plain, Cyrillic and Greek twins, digits and pairs such as `rn` replaced by the Latin letters for which they are taken.
"""

import unicodedata

from maildesk.core.message import Message
from maildesk.core.people import People, Person

_TWINS = str.maketrans(
    {
        **dict(zip("авеёкмнорстухѕіјԁһԛԝӏ", "abeekmhopctyxsljdhqwl", strict=True)),
        **dict(zip("αβγεικνορτυχω", "abyelkvoptuxw", strict=True)),
        **dict(zip("01358iıłøɡ|!", "olesblllogll", strict=True)),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)
"""Letters, in lower case, and the Latin ones for which they are taken: Cyrillic, Greek, digits and signs."""

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
SHORTEST_NAME = 2


def skeleton(text: str) -> str:
    """What the eye takes the text for; equal for all that look alike."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().translate(_TWINS)
    for pair, single in _PAIRS:
        plain = plain.replace(pair, single)
    return plain


def imitated(message: Message, people: People) -> Person | None:
    """The colleague whose address or name the sender of a mail seems to bear, though the mail is not from his address."""
    sender = message.sender
    if sender is None or people.at(message.identity.address) is not None:
        return None
    address = _seen_as(sender.address or "")
    name = sender.name or ""
    return next((person for person in people.everyone if person.works and _resembles(person, address, name)), None)


def _resembles(person: Person, address: str, name: str) -> bool:
    if any(skeleton(own) == skeleton(address) or own.casefold() in name.casefold() for own in person.addresses):
        return True
    return len(person.name) >= SHORTEST_NAME and _letters(person.name) == _letters(name)


def _letters(name: str) -> str:
    return "".join(letter for letter in skeleton(name) if letter.isalnum())


def _seen_as(address: str) -> str:
    """The address as mail programs show it: a domain in A-labels (RFC 5890) in its own letters."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address
