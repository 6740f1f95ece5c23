"""The trace of a mail: its Received lines, one for each host that took it, the last host on top (RFC 5321, 4.4).

A line is read by its grammar, with nested comments, quoted strings and quoted pairs. One that cannot be read without doubt (a
clause twice, a comment without an end) is the line of nobody. What a client said of itself stands in the same clause as what
the host saw of it, so nothing here believes a name after `from`: only the addresses count, and all of them together, whatever a
host puts beside them (an ident, a port). A word that looks like an address and is none counts as one that nobody knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from string import digits, hexdigits, punctuation

from mailparser.received import split_received

from maildesk.mail import words

LONGEST = 10_000
AUTHENTICATED = frozenset({"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA"})
"""The protocols of a client that had logged in (RFC 3848, RFC 6531)."""

_STAMP = "authenticated sender:"
_MARKS = str.maketrans(dict.fromkeys(set(punctuation) - set(".:-_"), " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One Received line, in lower case but for the protocol.

    `by` is the host that wrote it, "" when the line cannot be read; `sent` whether it has a from clause, `peers` the addresses
    in that clause, and what looks like one; `login` the user whom the host itself noted behind everything the client said
    (Postfix's smtpd_sasl_authenticated_header), "" without.
    """

    by: str = ""
    protocol: str = ""
    sent: bool = False
    peers: tuple[str, ...] = ()
    login: str = ""

    @property
    def foreign(self) -> bool:
        """Whether the mail came from a client that had not logged in."""
        return self.sent and self.protocol not in AUTHENTICATED


def line(raw: bytes) -> Line:
    """A Received field."""
    try:
        clauses, _ = split_received(words.raw_text(raw[:LONGEST]))
    except Exception:  # whatever the reader of a hostile line stumbles over
        return Line()
    said = dict(clauses)
    if any(sum(name == key for name, _ in clauses) > 1 for key in ("from", "by", "with")):
        return Line()
    sender = said.get("from", "")
    return Line(
        by=_first(said.get("by", "")).lower(),
        protocol=_first(said.get("with", "")).upper(),
        sent="from" in said,
        peers=tuple(_peers(sender)),
        login=_login(sender),
    )


def among(host: str, names: tuple[str, ...]) -> bool:
    """Whether a host is one of those named: exactly, in any letter case.

    `*.example.com` names the hosts below that domain, `2001:db8::/32` the addresses in that network. Nothing else is a pattern.
    """
    host = host.lower().rstrip(".")
    return any(_is(host, name.lower()) for name in names)


def inside(one: Line, border: tuple[str, ...]) -> bool:
    """Whether the host had the mail from another host of the border, as far as its own line proves it.

    Every address in its from clause must be one of the border's: a client may call itself anything, but the address from
    which it connected is there as well. A line without a from clause is a move inside only where the host goes by its bare
    address, as Google's do: elsewhere it means a program or a user on that host. Who had to log in came from outside.
    """
    if one.protocol in AUTHENTICATED:
        return False
    if not one.sent:
        return _address(one.by) is not None
    return bool(one.peers) and all(among(peer, border) for peer in one.peers)


def _is(host: str, name: str) -> bool:
    if name.startswith("*."):
        return host.endswith(name[1:]) and host != name[1:]
    address = _address(host)
    if address is None:
        return host == name
    try:
        return address in ip_network(name)
    except ValueError:
        return False


def _first(clause: str) -> str:
    """The first word of a clause, without a comment that is glued to it."""
    return clause.partition(" ")[0].partition("(")[0].rstrip(".").strip("[]")


def _address(word: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(word.strip("[]").removeprefix("ipv6:"))
    except ValueError:
        return None


def _addresses(word: str) -> list[str]:
    """The address in a word: all of it, or what is left without a port or a label."""
    label, _, rest = word.partition(":")
    host, _, port = word.rpartition(":")
    parts = (word,) if _address(word) else dict.fromkeys((label, rest, host, port))
    return [str(address) for part in parts if (address := _address(part))]


def _words(clause: str) -> list[str]:
    return clause.lower().translate(_MARKS).split()


def _peers(clause: str) -> Iterator[str]:
    for word in _words(clause):
        found = _addresses(word)
        yield from found or ([word] if _looks_like_one(word) else [])


def _looks_like_one(word: str) -> bool:
    bare = word.strip(".:")
    letters = set(bare)
    return (":" in letters and letters <= {*hexdigits, *".:"}) or (bare.count(".") >= 3 and letters <= {*digits, "."})


def _login(clause: str) -> str:
    """The login in the last comment of a from clause, where the host writes it and nothing of the client's comes after it."""
    comments = [comment.strip().lower() for comment in _comments(clause)]
    stamps = [comment for comment in comments if comment.startswith(_STAMP)]
    if len(stamps) != 1 or comments[-1] != stamps[0] or not any(_address_in(comment) for comment in comments[:-1]):
        return ""
    return stamps[0].removeprefix(_STAMP).strip()


def _address_in(comment: str) -> bool:
    return any(_addresses(word) for word in _words(comment))


def _comments(clause: str) -> Iterator[str]:
    """The outermost comments (RFC 5322, 3.2.2); they are closed, or the line would not have been readable."""
    depth, start, quoted, escaped = 0, 0, False, False
    for at, mark in enumerate(clause):
        if escaped:
            escaped = False
        elif mark == "\\":
            escaped = True
        elif mark == '"' and not depth:
            quoted = not quoted
        elif mark == "(" and not quoted:
            depth += 1
            start = at + 1 if depth == 1 else start
        elif mark == ")" and not quoted:
            depth -= 1
            if not depth:
                yield clause[start:at]
