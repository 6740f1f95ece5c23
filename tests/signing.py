"""Keys made for the tests, and mails signed with them."""

import subprocess
from base64 import b64encode
from functools import cache

import dkim

FIELDS = ("from", "to", "subject", "date", "message-id")


@cache
def key(bits: int) -> tuple[bytes, str]:
    """A private key of so many bits, and the text that a domain publishes for it."""
    private = _openssl("genrsa", "-traditional", str(bits))
    public = _openssl("rsa", "-pubout", "-outform", "DER", given=private)
    return private, f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def _openssl(*words: str, given: bytes = b"") -> bytes:
    return subprocess.run(("openssl", *words), input=given, capture_output=True, check=True).stdout


def signed(
    mail: bytes, private: bytes, *, fields: tuple[str, ...] = FIELDS, domain: str = "example.com", **more: object
) -> bytes:
    """The mail with a signature above it, by the selector `mail`."""
    names = [name.encode() for name in fields]
    return bytes(dkim.DKIM(mail).sign(b"mail", domain.encode(), private, include_headers=names, **more)) + mail
