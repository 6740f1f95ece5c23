"""DKIM signatures, checked by ourselves where no named host says anything about a mail (RFC 6376; RFC 8301).

A domain signs some fields of a mail and its text, and publishes the key. What it signed proves the sender only when all of this
holds; what fails any of it proves nothing, and is no failure either, because lists and forwarders break good signatures:

    domain      that of the strict From, or one above it (d=)
    fields      From, To, Subject, Date and Message-ID are signed, and what else ties a mail to others where it is there: Cc,
                In-Reply-To, References; and what says how to read it: Content-Type, Content-Transfer-Encoding; none that
                must be unique stands there twice
    text        all of it: a signature with l= covers only a beginning, to which anybody may append
    time        it was not expired when our server got the mail (x=), nor made in its future (t=)
    method      rsa-sha256 with a key of 1,024 bits or more; older methods and shorter keys can be forged
    key         not revoked (p= empty), not on trial (t=y), for mail, and for just this domain where it says so (t=s)

Nothing is looked up here. The keys are handed in, as texts by their names in the DNS; the names of missing ones are told.
dkimpy puts fields and text into the form that was signed, and compares; which signatures count is decided here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from maildesk.core.message import Authentication, Identity, Proof
from maildesk.mail.authentication import covers, unless_doubled
from maildesk.mail.headers import Fields
from maildesk.mail.transfer import Buffer

Tags = Mapping[str, str]

SIGNED = frozenset({"from", "to", "subject", "date", "message-id"})
TYING = frozenset({"cc", "in-reply-to", "references"})
SHAPING = frozenset({"content-type", "content-transfer-encoding"})
"""Another one of these above a text that has none makes parts and files of it, and of a quotation an order."""

METHOD = "rsa-sha256"
SHORTEST_KEY = 1024
MOST_SIGNATURES = 5
LONGEST_SIGNATURE, LONGEST_RECORD = 4_000, 4_000
LARGEST = 50_000_000
AHEAD = timedelta(days=1)
"""So far may the signer's clock be ahead of ours."""

_FIELD = "dkim-signature"
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*", re.ASCII)
_TIMES = (b"t", b"x")
_MOMENT = re.compile(r"\d{1,12}", re.ASCII)


def judged(raw: Buffer, fields: Fields, identity: Identity, received_at: datetime, keys: Mapping[str, str]) -> Authentication:
    """What the signatures of a mail prove of its `identity`, by the `keys` that were looked up ("" for a name that has none)."""
    if identity.address is None:
        return _none("the mail has no identity that could be proven")
    address = identity.address.lower()

    def counts(tags: Tags) -> bool:
        return _counts(tags, fields, address, received_at)

    signatures = [tags for value in fields.all(_FIELD)[:MOST_SIGNATURES] if counts(tags := _tags(value, LONGEST_SIGNATURE))]
    if not signatures or len(raw) > LARGEST:
        return _none("no signature that would prove the sender")
    missing = tuple(dict.fromkeys(name for name in map(_key_name, signatures) if name not in keys))
    if missing:
        return Authentication(proof=Proof.NONE, why=f"the key {missing[0]} is not known", keys=missing)
    holding = next((tags for tags in _holding(bytes(raw), keys) if counts(tags)), None)
    if holding is None:
        return _none("no signature that would prove the sender holds")
    return unless_doubled(Authentication(proof=Proof.PASS, why=f"dkim=pass header.d={holding['d']}, checked here"), fields)


def _none(why: str) -> Authentication:
    return Authentication(proof=Proof.NONE, why=why)


def _tags(text: bytes, longest: int) -> Tags:
    """A list of tags (RFC 6376, 3.2); empty when it is none."""
    try:
        found = parse_tag_value(text) if len(text) <= longest else {}
        return {name.decode("ascii"): value.decode("ascii") for name, value in found.items()}
    except (InvalidTagValueList, UnicodeError):
        return {}


def _counts(tags: Tags, fields: Fields, address: str, received_at: datetime) -> bool:
    """Whether a signature would prove the sender if it holds."""
    signed = _values(tags.get("h", "").lower())
    needed = SIGNED | {name for name in TYING | SHAPING if fields.first(name) is not None}
    return (
        tags.get("v") == "1"
        and tags.get("a", "").lower() == METHOD
        and "l" not in tags
        and needed <= signed
        and bool(_NAME.fullmatch(_key_name(tags)))
        and covers(tags.get("d", "").lower(), address)
        and _in_time(tags, received_at)
    )


def _values(tag: str) -> set[str]:
    """The values of a tag that has several, with blanks around them as it pleases (RFC 6376, 3.2)."""
    return {value.strip() for value in tag.split(":")}


def _in_time(tags: Tags, received_at: datetime) -> bool:
    made, expires = tags.get("t"), tags.get("x")
    if any(moment is not None and not _MOMENT.fullmatch(moment) for moment in (made, expires)):
        return False
    earliest = int(made) if made is not None else 0
    early = earliest > (received_at + AHEAD).timestamp()
    return not early and (expires is None or int(expires) >= max(earliest, received_at.timestamp()))


def _key_name(tags: Tags) -> str:
    return f"{tags.get('s', '')}._domainkey.{tags.get('d', '')}".lower()


def _holding(raw: bytes, keys: Mapping[str, str]) -> Iterator[Tags]:
    """The signatures of a mail that hold, as the one who compared them read them."""
    try:
        mail = dkim.DKIM(raw, minkey=SHORTEST_KEY)
    except Exception:  # a header that it cannot read
        return
    signatures = [(name, value) for name, value in mail.headers if name.lower() == _FIELD.encode()]
    for one in signatures[:MOST_SIGNATURES]:
        try:
            holds = _holds(mail, one, keys)
        except Exception:  # hostile signatures and keys break it in many ways
            continue
        if holds:
            yield _words(mail.signature_fields)


def _holds(mail: dkim.DKIM, signature: tuple[bytes, bytes], keys: Mapping[str, str]) -> bool:
    """As its `verify` does it, but for the times: that compares them with its own clock."""
    tags = mail.signature_fields = parse_tag_value(signature[1])
    dkim.validate_signature_fields({name: value for name, value in tags.items() if name not in _TIMES})
    signed = [name.strip().lower() for name in tags[b"h"].split(b":")]
    return bool(mail.verify_sig(tags, signed, signature, _asking(mail, keys)))


def _words(fields: Mapping[bytes, bytes]) -> Tags:
    return {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in fields.items()}


def _asking(mail: dkim.DKIM, keys: Mapping[str, str]) -> Callable[..., bytes]:
    """What hands out the key that a signature asks for, if it may be used for it."""

    def record(name: bytes, timeout: float = 0) -> bytes:
        text = keys.get(name.decode("ascii").rstrip(".").lower(), "").encode("ascii", "replace")
        signature = _words(mail.signature_fields)
        return text if _usable(_tags(text, LONGEST_RECORD), signature.get("d", ""), signature.get("i", "")) else b""

    return record


def _usable(key: Tags, domain: str, signer: str) -> bool:
    """Whether a published key (RFC 6376, 3.6.1) may prove a mail of this domain; `signer` is i=, "" without one."""
    flags, uses, hashes = (_values(key.get(*tag)) for tag in (("t", ""), ("s", "*"), ("h", "sha256")))
    exactly = not signer or signer.rpartition("@")[2].lower() == domain.lower()
    return (
        bool(key.get("p"))
        and key.get("v", "DKIM1") == "DKIM1"
        and key.get("k", "rsa") == "rsa"
        and "y" not in flags
        and (exactly or "s" not in flags)
        and not {"*", "email"}.isdisjoint(uses)
        and "sha256" in hashes
    )
