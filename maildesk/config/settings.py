"""Settings: where the desk's mail comes from and goes to, and where its state lies. Defaults stand here and nowhere else."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from maildesk.config.secret import Secret
from maildesk.core.message import Address, folded
from maildesk.core.people import People
from maildesk.core.policy import Policy

Security = Literal["tls", "starttls", "plain"]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def sqlite_at(path: Path) -> str:
    """The URL of a database in a file, whatever its folders are called."""
    return f"sqlite:///{quote(str(path))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A mailbox that we read by IMAP. `name` is what the store knows it by.

    `insecure` admits a connection without encryption to a host that is not this machine; certificates are always verified,
    by the system's authorities or those of `ca_file`. Mail that came before `import_since` stays untouched; without it,
    all that came before the first contact. `poll` is how often we look even when the server says nothing,
    `timeout` how long it may take for any answer.
    """

    name: str
    host: str
    port: int
    security: Security = "tls"
    user: str
    password: Secret
    folder: str = "INBOX"
    processed: str = "Processed"
    ignored: str = "Ignored"
    failed: str = "Failed"
    import_since: datetime | None = None
    poll: timedelta = MINUTE
    timeout: timedelta = MINUTE
    ca_file: Path | None = None
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The server that takes our letters by SMTP. `timeout` bounds every answer but the one after a letter's last byte,
    which is `final` (RFC 5321, 4.5.3.2.6: ten minutes; shorter makes duplicates)."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: Secret | None = None
    ca_file: Path | None = None
    insecure: bool = False
    rate_per_minute: int = 120
    rate_per_day: int = 10_000
    timeout: timedelta = MINUTE
    final: timedelta = 10 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How patiently we try again.

    A deferred letter is tried again after each of `steps`, the last one again and again, until it is older than `letter`
    (a person's words) or `notice` (the desk's own); when a person's words will have waited for `late`, that is told. After an
    uncertain end a letter is sent once more after `uncertain`. A mailbox or relay that was lost is tried again after `connect`,
    twice as long each time up to `connect_most`. Every `heartbeat` the desk looks for what has fallen due.
    """

    steps: tuple[timedelta, ...] = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR)
    letter: timedelta = 5 * DAY
    notice: timedelta = 2 * DAY
    late: timedelta = 4 * HOUR
    uncertain: timedelta = 30 * MINUTE
    connect: timedelta = SECOND
    connect_most: timedelta = 5 * MINUTE
    heartbeat: timedelta = 5 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """How whoever is on call is rung: by a `command` or by a web hook at `url`, never by both.

    `secret` is what the web hook knows us by. `timeout` bounds one attempt with everything in it. After one that failed the next
    follows after `every`, twice as long each time, `tries` of them in all.
    """

    command: tuple[str, ...] = ()
    url: Secret | None = None
    secret: Secret | None = None
    ca_file: Path | None = None
    timeout: timedelta = 20 * SECOND
    tries: int = 4
    every: timedelta = 30 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the main file says.

    `host` is the right side of our Message-IDs. `aliases` are further addresses of the desk. `hosts` are the names under
    which our receiving servers write Authentication-Results; without any, only tokens prove. `border_hosts` are those
    servers as their own Received lines name them, where these stand above the results. With `local_dkim` the desk checks DKIM
    signatures itself where they say nothing. `keys` sign reply addresses:
    the first signs, all are believed. `size_limit` in bytes: of a larger mail only text and small parts are used. While fewer
    than `reserve_free` bytes are free where the state lies, no mail is fetched. Without `on_call` nobody is rung.
    """

    name: str
    address: Address
    aliases: tuple[Address, ...] = ()
    host: str
    zone: ZoneInfo
    language: str = "zh"
    operator: Address
    hosts: tuple[str, ...] = ()
    border_hosts: tuple[str, ...] = ()
    local_dkim: bool = False
    templates: Path | None = None
    size_limit: int = 25_000_000
    state: Path
    reserve_free: int = 200_000_000
    database: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    node: str
    accounts: tuple[Account, ...] = ()
    relay: Relay
    on_call: OnCall | None = None
    retry: Retry = Retry()
    file: Path
    policy_file: Path
    people_file: Path
    keys_file: Path

    @property
    def shared_node(self) -> str:
        """This machine's name where several share a database; "" where the database is a file, which nobody shares."""
        return "" if self.database.startswith("sqlite") else self.node

    @property
    def own(self) -> frozenset[Address]:
        """Every address of the desk."""
        return frozenset({self.address, *self.aliases})

    def owns(self, address: Address) -> bool:
        """Whether mail to this address comes to the desk: one of its own, or of its mailboxes, with or without a `+detail`."""
        local, _, domain = folded(address).rpartition("@")
        ours = (folded(one).rpartition("@") for one in (*self.own, *(account.user for account in self.accounts)))
        return any(domain == host and (local == name or local.startswith(f"{name}+")) for name, _, host in ours if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration, checked: settings, policy and people fit together."""

    settings: Settings
    policy: Policy
    people: People
