"""What the receiving host says about the sender (RFC 8601; RFC 7489; RFC 3848).

Anybody can write an Authentication-Results field, so where it stands matters as much as what it says. Only hosts that the
operator names are believed, and only fields that stand above the Received line of the host which took the mail from outside:
everything below that line came with the mail. LMTP lines above it are the last steps inside the house. When the mail has no
Received line at all, only its topmost Authentication-Results counts.

What is believed: one DMARC result for the domain of the strict From; without one, a DKIM signature of that domain; a login
(`auth=pass`, or a submission with ESMTPA in that Received line) that is the sender's. SPF alone proves nothing, results that
contradict each other count as failed. No regular expression decides here: authres reads the fields, mail-parser the trace.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import authres
from mailparser.received import split_received

from maildesk.core.message import Authentication, Identity, Proof
from maildesk.mail import words
from maildesk.mail.addresses import normal
from maildesk.mail.headers import Fields

LONGEST_RESULTS = 10_000
_FIELD = "authentication-results"
_GRAMMAR = authres.all_features()
_LOGIN = "(Authenticated sender: "


@dataclass(frozen=True, slots=True)
class _Result:
    """One `method=result` of a named host, with its properties as (type.name, value in lower case)."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]

    def property(self, name: str) -> str:
        return next((value for key, value in self.properties if key == name), "")


def judged(fields: Fields, identity: Identity, hosts: tuple[str, ...]) -> Authentication:
    """The word of the named hosts about `identity`. NONE when there is nobody to ask or nothing they said."""
    if not hosts:
        return _none("no receiving host is named")
    if identity.address is None:
        return _none("the mail has no identity that could be proven")
    believed, trace = _believed(fields)
    results = tuple(result for raw in believed for result in _results(raw, hosts))
    verdict = _dmarc(results, identity.address) or _login(results, identity.address) or _dkim(results, identity.address)
    return verdict or _submitted(trace, identity.address, hosts) or _none("the named host says nothing about the sender")


def _none(why: str) -> Authentication:
    return Authentication(proof=Proof.NONE, why=why)


def _believed(fields: Fields) -> tuple[tuple[bytes, ...], dict[str, str]]:
    """The result fields above the line of the host that took the mail in, and the clauses of that line."""
    found: list[bytes] = []
    for name, value in fields.everything:
        if name == _FIELD:
            found.append(value)
        elif name == "received":
            clauses = _clauses(value)
            if not clauses.get("with", "").upper().startswith("LMTP"):
                return tuple(found), clauses
    return tuple(found[:1]), {}


def _clauses(raw: bytes) -> dict[str, str]:
    """The clauses of a Received field by keyword; none when it cannot be read without doubt."""
    try:
        clauses, _ = split_received(words.raw_text(raw[:LONGEST_RESULTS]))
    except Exception:  # an unreadable trace line is a line of nobody we know
        return {}
    return dict(reversed(clauses))


def _results(raw: bytes, hosts: tuple[str, ...]) -> Iterator[_Result]:
    try:
        read = _GRAMMAR.parse_value(raw[:LONGEST_RESULTS].decode("ascii", "replace").strip())
    except Exception:  # authres refuses with several kinds of error; a field that cannot be read says nothing
        return
    if not _is_named(str(read.authserv_id or ""), hosts):
        return
    for result in read.results:
        properties = getattr(result, "properties", None) or ()
        pairs = tuple((f"{one.type}.{one.name}".lower(), str(one.value or "").strip().lower()) for one in properties)
        if method := getattr(result, "method", None):
            yield _Result(str(method).lower(), str(result.result or "").lower(), pairs)


def _is_named(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether it is one of the named hosts, exactly; `*.example.com` names every host below."""
    host = host.lower().rstrip(".")
    return any(host == named.lower() or (named.startswith("*.") and host.endswith(named[1:].lower())) for named in hosts)


def _covers(domain: str, address: str) -> bool:
    """Whether what was proven for `domain` holds for the address: the same domain or one above it."""
    own = address.rpartition("@")[2]
    domain = domain.rpartition("@")[2]
    return "." in domain and (own == domain or own.endswith("." + domain))


def _dmarc(results: tuple[_Result, ...], address: str) -> Authentication | None:
    said = [one for one in results if one.method == "dmarc"]
    words_ = {one.result for one in said}
    if len(words_) > 1:
        return Authentication(proof=Proof.FAIL, why=f"dmarc: the results contradict each other ({', '.join(sorted(words_))})")
    if words_ == {"fail"}:
        return Authentication(proof=Proof.FAIL, why="dmarc=fail")
    if words_ != {"pass"}:
        return None
    domain = said[0].property("header.from")
    if len(said) > 1 or not _covers(domain, address):
        return _none(f"dmarc=pass, but not once and for the sender's domain ({domain or 'none named'})")
    return Authentication(proof=Proof.PASS, why=f"dmarc=pass header.from={domain}")


def _login(results: tuple[_Result, ...], address: str) -> Authentication | None:
    for one in results:
        login = one.property("smtp.auth")
        if one.method == "auth" and one.result == "pass" and login == address.lower():
            return Authentication(proof=Proof.PASS, why=f"auth=pass smtp.auth={login}")
    return None


def _dkim(results: tuple[_Result, ...], address: str) -> Authentication | None:
    for one in results:
        domain = one.property("header.d") or one.property("header.i")
        if one.method == "dkim" and one.result == "pass" and _covers(domain, address):
            return Authentication(proof=Proof.PASS, why=f"dkim=pass header.d={domain.lstrip('@')}")
    return None


def _submitted(trace: dict[str, str], address: str, hosts: tuple[str, ...]) -> Authentication | None:
    """A submission with the sender's own login, as the named host wrote it into its Received line.

    A login without a domain is one of the named host's own domain.
    """
    by = trace.get("by", "").split(" ", 1)[0]
    how = trace.get("with", "").split(" ", 1)[0].upper()
    if not _is_named(by, hosts) or how not in ("ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA"):
        return None
    _, stamp, rest = trace.get("from", "").rpartition(_LOGIN)
    login = rest.split(")", 1)[0].strip().lower() if stamp else ""
    if not login:
        return _none(f"{by} took it from an authenticated sender, but names no login")
    local, _, domain = address.lower().rpartition("@")
    if login == normal(address.lower()) or (login == local and by.lower().endswith("." + domain)):
        return Authentication(proof=Proof.PASS, why=f"{how} by {by} with the login {login}")
    return _none(f"{by} took it from the login {login}, which is not the sender")
