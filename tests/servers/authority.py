"""A certificate authority of the tests' own, which vouches for this machine."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.machine import program

NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """`ca_file` is what clients trust; certificate and key are the server's, and so is the certificate that has expired."""

    ca_file: Path
    certificate: Path
    key: Path
    expired: Path


def found(folder: Path) -> Authority:
    """Make an authority in a folder, and a certificate for 127.0.0.1 and localhost."""
    made = Authority(
        ca_file=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server.key", expired=folder / "old.pem"
    )
    ca_key, request, names = folder / "ca.key", folder / "server.csr", folder / "names"
    names.write_text(NAMES)
    _openssl("req", "-x509", *_new(ca_key), "-out", made.ca_file, "-subj", "/CN=maildesk tests", "-days", "30")
    _openssl("req", *_new(made.key), "-out", request, "-subj", "/CN=localhost")
    signing = ("-req", "-in", request, "-CA", made.ca_file, "-CAkey", ca_key, "-CAcreateserial", "-extfile", names)
    _openssl("x509", *signing, "-out", made.certificate, "-days", "30")
    _openssl("x509", *signing, "-out", made.expired, "-days", "-1")
    for path in folder.iterdir():
        path.chmod(0o644)
    return made


def _new(key: Path) -> tuple[str | Path, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key)


def _openssl(*words: str | Path) -> None:
    done = subprocess.run((program("openssl", "openssl"), *words), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"openssl {words[0]} failed:\n{done.stderr}")
