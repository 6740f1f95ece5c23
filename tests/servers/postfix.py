"""A real Postfix for the tests: takes mail on a free port and hands it to Dovecot, everything in a folder that goes with it.

It takes mail for `DOMAIN` from anybody, for all other domains from those who log in (STARTTLS first) only, and throws such mail
away. `+detail` is left in the address that Dovecot gets. Only root can start a Postfix.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maildesk.config import Relay, Secret
from tests.servers import machine
from tests.servers.dovecot import DOMAIN, PASSWORD, Dovecot
from tests.servers.machine import free_port, program

MASTER_DAEMON = "/usr/lib/postfix/sbin/master"
"""Started directly, for `postfix start-fg` would not hand on the order to end."""

LARGEST = 60_000_000
"""Bytes of the largest mail that is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """A running MTA; `port` on 127.0.0.1 speaks SMTP with STARTTLS and AUTH."""

    folder: Path
    port: int
    dovecot: Dovecot

    def relay(self, user: str = "", **changes: Any) -> Relay:
        """How maildesk is told to send through this MTA, logged in as `user`; any field of a Relay can be changed."""
        given = {"host": "127.0.0.1", "port": self.port, "security": "starttls", "ca_file": self.dovecot.authority.ca_file}
        login = {"user": user, "password": Secret(PASSWORD)} if user else {}
        return Relay(**given | login | {"rate_per_minute": 100_000} | changes)

    def log(self) -> str:
        return (self.folder / "maillog").read_text(errors="replace")


@contextmanager
def running(dovecot: Dovecot) -> Iterator[Postfix]:
    """An MTA in front of this Dovecot for as long as the context lasts."""
    postfix = program("postfix", "postfix")
    if not machine.ROOT:
        raise RuntimeError("only root can start a Postfix: run the tests as root, for example in a container")
    with machine.folder("postfix") as folder:
        port = free_port()
        for name in ("queue", "data", "config"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        config = folder / "config"
        (config / "main.cf").write_text(MAIN.format(folder=folder, dovecot=dovecot, domain=DOMAIN, largest=LARGEST))
        (config / "master.cf").write_text(MASTER.format(port=port))
        subprocess.run((postfix, "-c", config, "check"), check=True, capture_output=True, stdin=subprocess.DEVNULL)
        with machine.serving((MASTER_DAEMON, "-c", config, "-s"), (port,), folder / "out"):
            yield Postfix(folder=folder, port=port, dovecot=dovecot)


MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mail.{domain}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
local_transport = error:nobody is local here
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:{dovecot.lmtp}
default_transport = discard:
lmtp_destination_concurrency_limit = 4
recipient_delimiter = +
smtpd_relay_restrictions = permit_sasl_authenticated reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_authenticated_header = yes
smtpd_sasl_path = inet:127.0.0.1:{dovecot.auth}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {dovecot.authority.certificate}
smtpd_tls_key_file = {dovecot.authority.key}
smtpd_client_connection_count_limit = 0
smtpd_banner = $myhostname ESMTP
message_size_limit = {largest}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
