"""A real Dovecot for the tests: IMAP in three grades of safety, LMTP to deliver, everything in a folder that goes with it.

It knows every user of any domain and one password. Where the tests run as root it runs as nobody. `+detail` is no part of a
mailbox's name, but stays readable in Delivered-To, as behind a well-kept MTA.
"""

import grp
import os
import pwd
import shutil
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from maildesk.config import Account, Secret
from tests.servers import machine
from tests.servers.authority import Authority
from tests.servers.machine import free_port, program

PASSWORD = "secret-of-the-tests"
DOMAIN = "example.org"
CONNECTIONS = 6
"""How many a user may have at once."""

OLD = "IMAP4rev1 NAMESPACE"
"""The capabilities of a server that knows neither IDLE nor MOVE nor UIDPLUS."""


@dataclass(slots=True, kw_only=True)
class Dovecot:
    """A running server. Ports are on 127.0.0.1; `imap` also speaks STARTTLS, `auth` serves Postfix."""

    folder: Path
    authority: Authority
    imap: int
    imaps: int
    lmtp: int
    auth: int
    users: Iterator[int]

    def user(self, name: str = "") -> str:
        """The address of somebody who never got mail before, with his mailbox ready."""
        address = f"{name or f'user{next(self.users)}'}@{DOMAIN}"
        with self.look(address):
            return address

    def account(self, user: str, **changes: Any) -> Account:
        """How maildesk is told to read this mailbox; any field of an Account can be changed."""
        given = {"name": user, "host": "127.0.0.1", "port": self.imap, "security": "plain", "user": user}
        return Account(**given | {"password": Secret(PASSWORD), "ca_file": self.authority.ca_file} | changes)

    def deliver(self, user: str, *mails: bytes) -> None:
        """Put mails into a mailbox, as an MTA does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            for raw in mails:
                lmtp.sendmail(f"sender@{DOMAIN}", [user], raw)

    def append(self, user: str, raw: bytes, when: datetime, folder: str = "INBOX") -> None:
        """Put a mail into a mailbox with a date of our choice."""
        with self.look(user) as imap:
            imap.append(folder, raw, msg_time=when)

    @contextmanager
    def look(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """A second client with the folder open, to see what became of things."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=20) as imap:
            imap.login(user, PASSWORD)
            imap.select_folder(folder)
            yield imap

    def mails(self, user: str, folder: str = "INBOX") -> tuple[bytes, ...]:
        """Every mail of a folder, in the order of arrival, left as unread as it was."""
        with self.look(user, folder) as imap:
            found = imap.fetch(imap.search(), ["BODY.PEEK[]"])
        return tuple(found[uid][b"BODY[]"] for uid in sorted(found))

    def kick(self, user: str) -> None:
        """End every connection of a user, as an administrator does."""
        kicked = (program("doveadm", "dovecot-imapd"), "-c", self.folder / "dovecot.conf", "kick", user)
        subprocess.run(kicked, check=True, capture_output=True)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def running(authority: Authority, *, capabilities: str = "", prefix: str = "", separator: str = "/") -> Iterator[Dovecot]:
    """A server for as long as the context lasts. `capabilities` are what it admits to; `prefix` is put before own folders."""
    dovecot = program("dovecot", "dovecot-imapd")
    _known(dovecot)
    if not Path("/usr/lib/dovecot/lmtp").exists():
        raise RuntimeError("Dovecot's LMTP server is not installed: apt install dovecot-lmtpd")
    with machine.folder("dovecot") as folder:
        user = pwd.getpwnam("nobody") if machine.ROOT else pwd.getpwuid(os.geteuid())
        ports = {name: free_port() for name in ("imap", "imaps", "lmtp", "auth")}
        server = Dovecot(folder=folder, authority=authority, users=count(1), **ports)
        config = folder / "dovecot.conf"
        config.write_text(_config(server, user, capabilities, prefix, separator))
        for name in ("run", "state", "mail"):
            (folder / name).mkdir()
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, user.pw_uid, user.pw_gid)
        command = (dovecot, "-F", "-c", config)
        with machine.serving(command, tuple(ports.values()), folder / "out", user=user):
            yield server


def _known(dovecot: str) -> None:
    """Dovecot 2.4 speaks another language in its configuration."""
    said = subprocess.run((dovecot, "--version"), capture_output=True, text=True, check=True).stdout
    if not said.startswith("2.3."):
        raise RuntimeError(f"the tests configure Dovecot 2.3 (Debian 12), and this is {said.split()[0]}")


def _config(server: Dovecot, user: pwd.struct_passwd, capabilities: str, prefix: str, separator: str) -> str:
    given = {
        "folder": server.folder,
        "user": user.pw_name,
        "group": grp.getgrgid(user.pw_gid).gr_name,
        "uid": user.pw_uid,
        "gid": user.pw_gid,
        "imap": server.imap,
        "imaps": server.imaps,
        "lmtp": server.lmtp,
        "auth": server.auth,
        "certificate": server.authority.certificate,
        "key": server.authority.key,
        "password": PASSWORD,
        "connections": CONNECTIONS,
        "prefix": prefix,
        "separator": separator,
        "capabilities": f"imap_capability = {capabilities}" if capabilities else "",
    }
    return CONFIG.format(**given)


CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_fsync = never
mail_max_userip_connections = {connections}
disable_plaintext_auth = no
auth_failure_delay = 0
recipient_delimiter = +
lmtp_hdr_delivery_address = final
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
{capabilities}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%Lu allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener auth {{
    port = {auth}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-urlauth-login {{
  chroot =
}}
"""
