"""Signed addresses and Message-IDs: what lets an answer find its ticket without trusting a word of it.

A token stands after the plus sign of the desk's address, 37 characters of base32 in lower case, over 23 bytes:

    version and key   1   upper four bits the version, lower four a hint which key signed
    scope             1   the letter of the Scope; the MAC is separated by it as well
    about             5   the store's key of the ticket, 0 for none; in a confirmation that of the mail
    party             3   the store's key of the person we wrote to
    epoch             1   the party's epoch modulo 256: raised, it makes all his tokens worthless
    expiry            2   in spans of four hours since 2020 (enough until 2049)
    MAC              10   HMAC-SHA256, cut to 80 bits

Nothing is stored for a token, so it survives a restore; a new key signs while older ones still verify. There is one reader,
without any older form beside it, and it never says why it refuses: a bad token is no token.
"""

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from maildesk.core.message import Address, MessageId
from maildesk.core.trust import Scope

VERSION = 1
START = datetime(2020, 1, 1, tzinfo=UTC)
UNIT = timedelta(hours=4)

LIFE: Mapping[Scope, timedelta] = MappingProxyType(
    {
        Scope.CUSTOMER: timedelta(days=400),
        Scope.ENGINEER: timedelta(days=90),
        Scope.INTERNAL: timedelta(days=90),
        Scope.DESK: timedelta(days=90),
        Scope.SURVEY: timedelta(days=30),
        Scope.CONFIRM: timedelta(hours=24),
        Scope.BOUNCE: timedelta(days=10),
    }
)
"""How long a token is good, counted from the letter that carries it and rounded up to the next four hours."""

_TOKEN = re.compile(r"(?:.*\+)?([a-z2-7]{37})", re.ASCII | re.DOTALL)
_ID = re.compile(r"md\.(t|[0-9a-z]{1,8})\.([0-9a-z-]{1,64})\.([a-z2-7]{16})", re.ASCII)
_SCOPES = {ord(scope.value): scope for scope in Scope}
_HEAD, _MAC = 13, 10
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a verified, unexpired token says. `epoch` is to be compared with the party's of today, modulo 256."""

    scope: Scope
    about: int
    party: int
    epoch: int


class Keys:
    """The desk's secrets: the first signs, all verify."""

    def __init__(self, secrets: tuple[bytes, ...]) -> None:
        if not secrets or any(len(secret) < 16 for secret in secrets):
            raise ValueError("at least one secret of 16 bytes or more is needed to sign addresses")
        self._secrets = secrets
        self._hint = sha256(secrets[0]).digest()[0] & 0x0F

    # -- addresses ---------------------------------------------------------------------------------------------------

    def address(self, base: Address, scope: Scope, about: int, party: int, epoch: int, now: datetime) -> Address:
        """`base` with a token in it: support@host becomes support+token@host."""
        local, _, host = base.rpartition("@")
        return Address(f"{local}+{self._token(scope, about, party, epoch, now + LIFE[scope])}@{host}")

    def read(self, address: Address | str, now: datetime) -> Token | None:
        """The token of an address in any letter case, or None: absent, forged, expired and unknown look alike."""
        found = _TOKEN.fullmatch(address.rpartition("@")[0].lower())
        raw = _unpacked(found[1]) if found else None
        if raw is None or raw[0] >> 4 != VERSION or not self._signed(b"address", raw[:_HEAD], raw[_HEAD:]):
            return None
        scope, expires = _SCOPES.get(raw[1]), START + UNIT * int.from_bytes(raw[11:13], "big")
        if scope is None or now >= expires:
            return None
        about, party = int.from_bytes(raw[2:7], "big"), int.from_bytes(raw[7:10], "big")
        return Token(scope=scope, about=about, party=party, epoch=raw[10])

    def _token(self, scope: Scope, about: int, party: int, epoch: int, expires: datetime) -> str:
        spans = -((START - expires) // UNIT)
        head = bytes((VERSION << 4 | self._hint, ord(scope.value))) + about.to_bytes(5, "big") + party.to_bytes(3, "big")
        head += bytes((epoch & 0xFF,)) + spans.to_bytes(2, "big")
        return _packed(head + _mac(self._secrets[0], b"address", head))

    @staticmethod
    def bears_one(address: Address | str) -> bool:
        """Whether an address looks like a signed one."""
        return _TOKEN.fullmatch(address.rpartition("@")[0].lower()) is not None

    # -- Message-IDs -------------------------------------------------------------------------------------------------

    def message_id(self, ticket: int, nonce: str, host: str) -> MessageId:
        """The id of one letter. `nonce` (0-9, a-z, -) makes it unique; ticket 0 is a letter about no single ticket."""
        return self._id(b"letter", _base36(ticket), nonce, host)

    def thread_id(self, ticket: int, host: str) -> MessageId:
        """The id under which all letters of a ticket meet, even when somebody on the way rewrites their own."""
        return self._id(b"thread", "t", _base36(ticket), host)

    def read_id(self, message_id: MessageId | str) -> int | None:
        """The ticket of an id that we signed (0: a letter about no single ticket), or None."""
        found = _ID.fullmatch(message_id.rpartition("@")[0].lower())
        if found is None:
            return None
        first, second, mac = found[1], found[2], b32decode(found[3].upper())
        body = f"{first}.{second}".encode()
        if first == "t" and self._signed(b"thread", body, mac):
            return int(second, 36)
        return int(first, 36) if self._signed(b"letter", body, mac) else None

    def _id(self, domain: bytes, first: str, second: str, host: str) -> MessageId:
        mac = _packed(_mac(self._secrets[0], domain, f"{first}.{second}".encode()))
        return MessageId(f"md.{first}.{second}.{mac}@{host}")

    def _signed(self, domain: bytes, body: bytes, mac: bytes) -> bool:
        """The one verifier: constant time for each key."""
        return any(hmac.compare_digest(_mac(secret, domain, body), mac) for secret in self._secrets)


def _mac(secret: bytes, domain: bytes, body: bytes) -> bytes:
    scope = body[1:2] if domain == b"address" else b""
    return hmac.digest(secret, b"maildesk " + domain + b" " + scope + b"\0" + body, "sha256")[:_MAC]


def _packed(raw: bytes) -> str:
    return b32encode(raw).rstrip(b"=").decode("ascii").lower()


def _unpacked(text: str) -> bytes | None:
    """The 23 bytes of 37 characters; None for a spelling that we would not have used (its last bit is not zero)."""
    raw = b32decode(text.upper() + "===")
    return raw if _packed(raw) == text else None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
