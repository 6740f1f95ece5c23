"""What the receiving host says about the sender (RFC 8601; RFC 7489; RFC 3848).

Anybody can write an Authentication-Results field, and anybody can write a Received line. Two things cannot be forged: what stands
*above* a line that a host of ours wrote, and the address from which that host took the mail. So a mail is read from the top:

    Received: … by store      the border: the topmost run of Received lines written by hosts that the operator names
    Received: … by mx         (`border_hosts`), each of which had the mail from an address of the border; LMTP steps above it
                              are inside the house too
    Received: from the world … by mx           the entry: the line that names an address outside, which ends the run
    Authentication-Results: mx                 some hosts write what they found below their own line (Gmail, many milters)
    Received: …  by mx  ┐
    Authentication-Results: mx; dmarc=pass  ┘  came with the mail, whatever name they bear

Above the entry every field of a named host counts. Directly below it a field can be the border's or the sender's own: only the
topmost one of a named host can prove, whatever it says, for the border writes last and so on top; a host that does not always
write one must remove forged ones, as RFC 8601, 5, demands of it. The others there can only contradict, and so can all of them
where a named host has spoken above, and where the sender had logged in or wrote on the host itself: such mail is often not
looked at, and what is forged stays. A field that cannot be read may be the host's own, in both places. Below the next Received
line nothing counts. Without border hosts the run is empty: the first line that is not LMTP is the entry, and only what stands
above counts. Of a mail without any Received line the topmost field counts. A field that lacks the name of its host (Microsoft
365 writes none) is the word of the border host upon whose Received line it stands, at the entry or above it.

What is believed: one DMARC result for the domain of the strict From; without one, a DKIM signature of that domain; a login
(`auth=pass`, or a submission with ESMTPA in the entry, which is how colleagues on one mail server are proven) that is exactly
the sender's. SPF alone proves nothing, results that contradict each other count as failed, ARC and X- fields are never read. A
proof holds for what we read: it is none when a field that must be unique was put above the one that was signed. No regular
expression decides here: authres reads the fields, `trace` the lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import authres

from maildesk.core.message import Authentication, Identity, Proof
from maildesk.mail import trace
from maildesk.mail.headers import Fields
from maildesk.mail.trace import Line, among

LONGEST_RESULTS = 10_000
MOST_DOUBTS = 10
MOST_STEPS = 30
ONCE = ("to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "content-type", "content-transfer-encoding")
"""Fields of which a mail has one at most (RFC 5322, 3.6; RFC 2045, 3); that From is one, the identity sees to."""

OF_THE_SENDER = frozenset({"dmarc", "dkim", "auth"})
"""The methods whose results speak of the sender, whatever they say."""

_FIELD = "authentication-results"
_GRAMMAR = authres.all_features()


@dataclass(frozen=True, slots=True)
class _Result:
    """One `method=result` of a named host, with its properties as (type.name, value in lower case)."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]

    def property(self, name: str) -> str:
        return next((value for key, value in self.properties if key == name), "")


@dataclass(slots=True)
class _Heard:
    """The fields by the place where they stand: `above` the entry, each with the border host of the line below; `below` it."""

    above: list[tuple[bytes, str]] = field(default_factory=list)
    below: list[bytes] = field(default_factory=list)
    entry: Line | None = None


def judged(fields: Fields, identity: Identity, hosts: tuple[str, ...], border: tuple[str, ...] = ()) -> Authentication:
    """The word of the named `hosts` about `identity`. NONE when there is nobody to ask or nothing they said.

    `border` names the receiving hosts under whose own Received lines it may stand, by name or by address.
    """
    if not hosts:
        return _none("no receiving host is named")
    if identity.address is None:
        return _none("the mail has no identity that could be proven")
    address = identity.address.lower()
    heard = _heard(fields, border)
    said = [result for raw, speaker in heard.above for result in _results(raw, hosts, speaker)]
    doubts = [list(_results(raw, hosts)) for raw in heard.below[:MOST_DOUBTS]]
    said += [result for raw in _proving_below(heard, hosts) for result in _results(raw, hosts)]
    verdict = _dmarc(said, [one for some in doubts for one in some], address) or _login(said, address) or _dkim(said, address)
    verdict = verdict or _submitted(heard.entry, address, hosts) or _none("no named host says what proves the sender")
    return unless_doubled(verdict, fields)


def _proving_below(heard: _Heard, hosts: tuple[str, ...]) -> list[bytes]:
    """The one field below the entry that can prove, if any does."""
    if heard.entry is None or not heard.entry.foreign or any(_may_be_of(*word, hosts) for word in heard.above):
        return []
    return [raw for raw in heard.below if _may_be_of(raw, "", hosts)][:1]


def _may_be_of(raw: bytes, speaker: str, hosts: tuple[str, ...]) -> bool:
    """Whether a field bears the name of one of the hosts; one that cannot be read may."""
    read = _read(raw, speaker)
    return read is None or among(_name(read), hosts)


def silent(fields: Fields, hosts: tuple[str, ...], border: tuple[str, ...] = ()) -> bool:
    """Whether no named host said anything of the sender, good or bad, nor noted a login in the line by which it took the mail."""
    if not hosts:
        return True
    heard = _heard(fields, border)
    entry = heard.entry
    if entry is not None and entry.login and among(entry.by, hosts):
        return False
    return not any(_speaks(*word, hosts) for word in (*heard.above, *((raw, "") for raw in heard.below[:MOST_DOUBTS])))


def _speaks(raw: bytes, speaker: str, hosts: tuple[str, ...]) -> bool:
    """Whether a field speaks of the sender; one that cannot be read may."""
    return _read(raw, speaker) is None or any(one.method in OF_THE_SENDER for one in _results(raw, hosts, speaker))


def unless_doubled(verdict: Authentication, fields: Fields) -> Authentication:
    """A signature covers the lowest field of a name (RFC 6376, 5.4.2); we read the topmost, which anybody may have put there."""
    doubled = next((name for name in ONCE if len(fields.all(name)) > 1), None)
    if verdict.proof is not Proof.PASS or doubled is None:
        return verdict
    return _none(f"{verdict.why}, but {doubled} stands there more than once, and only one of them was signed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Whose Authentication-Results stand on top of a mail ("" when it has none), and the `hosts` and `peers` of the Received
    lines above them, topmost first, LMTP left out."""

    name: str
    hosts: tuple[str, ...]
    peers: tuple[str, ...]


def signed(fields: Fields) -> Signed:
    """Who signed a mail, for people to judge: nothing of it is proven."""
    passed: list[Line] = []
    results = b""
    for name, value in fields.everything:
        if name == _FIELD and not results:
            results = value
        elif name == "received":
            line = trace.line(value)
            if results or len(passed) == MOST_STEPS:
                return _signed(results, line.by, passed)
            if not line.protocol.startswith("LMTP"):
                passed.append(line)
    return _signed(results, "", passed)


def _signed(results: bytes, speaker: str, passed: list[Line]) -> Signed:
    read = _read(results, speaker) if results else None
    if read is None:
        return Signed(name="", hosts=(), peers=())
    peers = dict.fromkeys(peer for line in passed for peer in line.peers)
    return Signed(name=_name(read), hosts=tuple(dict.fromkeys(line.by for line in passed)), peers=tuple(peers))


def _none(why: str) -> Authentication:
    return Authentication(proof=Proof.NONE, why=why)


def _heard(fields: Fields, border: tuple[str, ...]) -> _Heard:
    """The result fields that stand where they can be believed; `below` stays empty unless a border host is the entry."""
    heard = _Heard()
    since: list[bytes] = []
    outside = False
    for name, value in fields.everything:
        if name == _FIELD:
            since.append(value)
        elif name == "received":
            line = trace.line(value)
            ours = among(line.by, border)
            if outside or (heard.entry and not ours):
                break
            heard.above += [(raw, line.by if ours else "") for raw in since]
            since = []
            if heard.entry or not line.protocol.startswith("LMTP"):
                heard.entry = line
                outside = not ours or not trace.inside(line, border)
    if heard.entry is None:
        heard.above = [*heard.above, *((raw, "") for raw in since)][:1]
    elif among(heard.entry.by, border):
        heard.below = since
    return heard


def _read(raw: bytes, speaker: str) -> authres.AuthenticationResultsHeader | None:
    """A field by the grammar of RFC 8601, 2.2; without a name of its own it is read as the word of `speaker`.

    Microsoft also ends a field in a semicolon. What cannot be read says nothing.
    """
    text = raw[:LONGEST_RESULTS].decode("ascii", "replace").strip().rstrip(";")
    for attempt in (text, f"{speaker}; {text}") if speaker else (text,):
        try:
            return _GRAMMAR.parse_value(attempt)
        except Exception:  # authres refuses with several kinds of error
            continue
    return None


def _name(read: authres.AuthenticationResultsHeader) -> str:
    return str(read.authserv_id or "").lower().rstrip(".")


def _results(raw: bytes, hosts: tuple[str, ...], speaker: str = "") -> Iterator[_Result]:
    read = _read(raw, speaker)
    if read is None or not among(_name(read), hosts):
        return
    for result in read.results:
        properties = getattr(result, "properties", None) or ()
        pairs = tuple((f"{one.type}.{one.name}".lower(), str(one.value or "").strip().lower()) for one in properties)
        if method := getattr(result, "method", None):
            yield _Result(str(method).lower(), str(result.result or "").lower(), pairs)


def covers(domain: str, address: str) -> bool:
    """Whether what was proven for `domain` holds for the address: the same domain or one above it."""
    own = address.rpartition("@")[2]
    domain = domain.rpartition("@")[2]
    return "." in domain and (own == domain or own.endswith("." + domain))


def _dmarc(said: Iterable[_Result], doubts: Iterable[_Result], address: str) -> Authentication | None:
    """The DMARC result; `doubts` are those that may only contradict."""
    found = [one for one in said if one.method == "dmarc"]
    words = {one.result for one in (*found, *doubts) if one.method == "dmarc"}
    if len(words) > 1:
        return Authentication(proof=Proof.FAIL, why=f"dmarc: the results contradict each other ({', '.join(sorted(words))})")
    if words == {"fail"}:
        return Authentication(proof=Proof.FAIL, why="dmarc=fail")
    if not found or words != {"pass"}:
        return None
    domain = found[0].property("header.from")
    if len(found) > 1 or not covers(domain, address):
        return _none(f"dmarc=pass, but not once and for the sender's domain ({domain or 'none named'})")
    return Authentication(proof=Proof.PASS, why=f"dmarc=pass header.from={domain}")


def _login(said: Iterable[_Result], address: str) -> Authentication | None:
    for one in said:
        login = one.property("smtp.auth")
        if one.method == "auth" and one.result == "pass" and login == address:
            return Authentication(proof=Proof.PASS, why=f"auth=pass smtp.auth={login}")
    return None


def _dkim(said: Iterable[_Result], address: str) -> Authentication | None:
    for one in said:
        domain = one.property("header.d") or one.property("header.i")
        if one.method == "dkim" and one.result == "pass" and covers(domain, address):
            return Authentication(proof=Proof.PASS, why=f"dkim=pass header.d={domain.lstrip('@')}")
    return None


def _submitted(entry: Line | None, address: str, hosts: tuple[str, ...]) -> Authentication | None:
    """A submission with the sender's own login, as the named host noted it in the line by which it took the mail.

    A login without a domain is one of the host's own: of mail.example.com it is example.com, as Postfix's mydomain is.
    """
    if entry is None or entry.protocol not in trace.AUTHENTICATED or not among(entry.by, hosts):
        return None
    if not entry.login:
        return _none(f"{entry.by} took it from an authenticated sender, but names no login")
    local, _, domain = address.rpartition("@")
    if entry.login == address or (entry.login == local and domain in (entry.by, entry.by.partition(".")[2])):
        return Authentication(proof=Proof.PASS, why=f"{entry.protocol} by {entry.by} with the login {entry.login}")
    return _none(f"{entry.by} took it from the login {entry.login}, which is not the sender")
