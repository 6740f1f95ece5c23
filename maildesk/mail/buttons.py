"""Buttons: mails already written, so that one tap and one "send" act (RFC 6068). Opening a link never does anything.

A button is a name in a template; what it says and writes stands in the language's words.toml, where it may write to stands here.
Orders go to the internal address of the ticket: whatever a mail program adds below them, a signature for instance, stays inside.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from maildesk.core.message import Address
from maildesk.core.trust import Scope

SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        "answer": Scope.ENGINEER,
        **dict.fromkeys(("take", "note", "observe", "resolve", "eta", "called", "priority", "show"), Scope.INTERNAL),
        **dict.fromkeys(("ask", "assign", "escalate", "archive", "nokb", "admit", "refuse"), Scope.INTERNAL),
        **dict.fromkeys(("solved", "partly", "unsolved", "status", "fill"), Scope.CUSTOMER),
        "rate": Scope.SURVEY,
        "confirm": Scope.CONFIRM,
        **dict.fromkeys(("list", "help"), Scope.DESK),
    }
)
"""Every button, and the scope of the address it writes to."""

NAMES = frozenset(SCOPES) | {"call"}
QUIET = frozenset({"note", "observe", "nokb", "admit", "refuse", "status", "partly", "unsolved", "show", "list", "help"})
RATES = ("1", "2", "3", "4", "5")


_NOT_DIALLED = re.compile(r"[^0-9+*#]+")


@dataclass(frozen=True, slots=True)
class Button:
    """`links` are the taps as (label, address): one for most, five for a rating. `hint` says the same to who cannot tap.

    A quiet one is drawn quietly, even where it comes first.
    """

    links: tuple[tuple[str, str], ...]
    hint: str
    caption: str = ""
    quiet: bool = False


def mailto(address: Address, subject: str, body: str) -> str:
    """A mailto address. The plus sign is written %2B, because some web mails read a bare one as a space."""
    to = quote(address, safe="@")
    return f"mailto:{to}?subject={quote(subject, safe='')}&body={quote(body, safe='').replace('%0A', '%0D%0A')}"


@dataclass(frozen=True, slots=True)
class Bench:
    """Makes the buttons of one letter about one ticket.

    `words` are the language's; `address` gives the signed address of a scope; `form` is the body of the button that fills
    in missing facts, `phone` is what the button that calls dials, `mail` the key of the held mail to judge. `apart` is set
    where a plain reply would not reach the ticket, so that every hint must name an address.
    """

    words: Mapping[str, Mapping[str, str]]
    address: Callable[[Scope], Address]
    about: str
    form: str = ""
    phone: str = ""
    mail: int = 0
    apart: bool = False

    def make(self, name: str) -> Button:
        """The button of a name; KeyError for a name that is none."""
        if name == "call":
            return self._call(self.words[name])
        words, to = self.words[name], self.address(SCOPES[name])
        if name == "rate":
            links = tuple((rate, self._link(to, words["label"], rate)) for rate in RATES)
            return Button(links, self._hint(words, to), words.get("caption", ""), quiet=True)
        body = self.form if name == "fill" else words.get("body", "").replace("{mail}", str(self.mail))
        links = ((words["label"], self._link(to, words["label"], body)),)
        return Button(links, self._hint(words, to, body), quiet=name in QUIET)

    def _call(self, words: Mapping[str, str]) -> Button:
        """The one button that writes no mail: it dials (RFC 3966)."""
        label = words["label"].replace("{body}", self.phone)
        return Button(((label, "tel:" + _NOT_DIALLED.sub("", self.phone)),), words["hint"].replace("{body}", self.phone))

    def _link(self, to: Address, label: str, body: str) -> str:
        return mailto(to, f"{self.about} {label}".strip(), body)

    def _hint(self, words: Mapping[str, str], to: Address, body: str = "") -> str:
        pattern = words["apart"] if self.apart or "hint" not in words else words["hint"]
        return pattern.replace("{body}", body.strip()).replace("{address}", to)
