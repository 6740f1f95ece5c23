"""maildesk.toml: the main file, from its text to Settings."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, model_validator

from maildesk.config import keys, values
from maildesk.config.findings import Report, Wrong
from maildesk.config.secret import Secret, Source
from maildesk.config.settings import LOOPBACK, Account, OnCall, Relay, Retry, Security, Settings, sqlite_at
from maildesk.config.shapes import Shape, dotted, fit
from maildesk.config.toml import Place, Toml
from maildesk.core.message import Address

_PORTS = {"imap": {"tls": 993, "starttls": 143, "plain": 143}, "smtp": {"tls": 465, "starttls": 587, "plain": 25}}
_DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
LONGEST_CALL = timedelta(minutes=5)
_SIZES = {"kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}


def _secret(value: Any) -> Secret:
    places = [name for name in get_args(Source) if name != "plain"]
    if isinstance(value, str):
        values.text(value)
        return Secret(value)
    if isinstance(value, dict) and len(value) == 1:
        ((source, what),) = value.items()
        if source in places and isinstance(what, str) and what:
            values.text(what)
            return Secret(what, source)
    forms = " or ".join(f'{{ {place} = "…" }}' for place in places)
    raise Wrong("does not say where the secret is", f"Write {forms}, or the secret itself in quotes.")


def _size(value: Any) -> int:
    """`25 MB`, or bytes as a plain number."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    number, unit = (value.strip()[:-2].strip(), value.strip()[-2:].lower()) if isinstance(value, str) else ("", "")
    if not number.isdecimal() or unit not in _SIZES or not int(number):
        raise Wrong(f"{value!r} is not a size", 'Write it like "25 MB".')
    return int(number) * _SIZES[unit]


def _filled(value: Any) -> str:
    if not values.text(value):
        raise Wrong("is empty", "Write the value, or leave the key out.")
    return values.text(value)


def _steps(value: Any) -> tuple[timedelta, ...]:
    steps: tuple[timedelta, ...] = values.listed_as(values.positive)(value)
    if not steps:
        raise Wrong("is empty", 'Write at least one step, like ["1m", "5m"].')
    return steps


def _moment(value: Any) -> datetime | date:
    if isinstance(value, date):
        return value
    raise Wrong(f"{value!r} is not a moment", "Write it like 2026-10-01 or 2026-10-01T08:00:00, without quotes.")


Text = Annotated[str, PlainValidator(_filled)]
Hidden = Annotated[Secret, PlainValidator(_secret)]
Span = Annotated[timedelta, PlainValidator(values.positive)]
Spans = Annotated[tuple[timedelta, ...], PlainValidator(_steps)]
MailAddress = Annotated[Address, PlainValidator(values.address)]
Addresses = Annotated[tuple[Address, ...], PlainValidator(values.listed_as(values.address))]
Domain = Annotated[str, PlainValidator(values.domain)]
Signers = Annotated[tuple[str, ...], PlainValidator(values.listed_as(values.signer))]
Receivers = Annotated[tuple[str, ...], PlainValidator(values.listed_as(values.receiver))]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Desk(Shape):
    name: Text
    address: MailAddress
    aliases: Addresses = ()
    host: Domain = ""
    zone: Annotated[ZoneInfo, PlainValidator(values.zone)]
    language: Annotated[str, PlainValidator(values.language)] = ""
    operator: MailAddress
    hosts: Signers = ()
    border_hosts: Receivers = ()
    local_dkim: bool = False
    policy: Text = "policy.toml"
    people: Text = "people.csv"
    templates: Text = ""
    size_limit: Annotated[int, PlainValidator(_size)] = 0


class _State(Shape):
    folder: Text = "/var/lib/maildesk"
    database: Hidden | None = None
    keys: Text = "keys"
    node: Annotated[str, PlainValidator(values.node)] = ""
    reserve_free: Annotated[int, PlainValidator(_size)] = 0


class _Server(Shape):
    """What a mailbox and a relay have in common."""

    host: Text
    port: Port | None = None
    security: Security = "tls"
    ca_file: Text = ""
    insecure: bool = False

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if self.security == "plain" and not self.insecure and self.host not in LOOPBACK:
            remedy = 'Use "tls" or "starttls"; if you accept that passwords and mail can be read on the way, add insecure = true.'
            raise Wrong("sends everything unencrypted over the network", remedy, "security")
        return self


class _Account(_Server):
    name: Text = ""
    user: Text
    password: Hidden
    folder: Text = ""
    processed: Text = ""
    ignored: Text = ""
    failed: Text = ""
    import_since: Annotated[datetime | date | None, PlainValidator(_moment)] = None
    poll: Span = timedelta()
    timeout: Span = timedelta()

    @model_validator(mode="after")
    def _folders_differ(self) -> Self:
        given = [getattr(self, key) for key in ("folder", "processed", "ignored", "failed") if key in self.model_fields_set]
        if len(given) != len(set(given)):
            raise Wrong(
                "names one folder twice", "Each of folder, processed, ignored and failed needs a folder of its own.", "folder"
            )
        return self


class _Relay(_Server):
    security: Security = "starttls"
    user: Text = ""
    password: Hidden | None = None
    rate_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 1
    rate_per_day: Annotated[int, Field(ge=1, le=100_000_000)] = 1
    timeout: Span = timedelta()
    final: Span = timedelta()

    @model_validator(mode="after")
    def _login_whole(self) -> Self:
        if bool(self.user) != (self.password is not None):
            raise Wrong("has only half of a login", "Give both user and password, or neither.", "user")
        return self


def _bounded(value: Any) -> timedelta:
    """How long one call may take: who is on call should not have to wait for the next try."""
    found = values.positive(value)
    if found > LONGEST_CALL:
        raise Wrong("is too long", "Write at most 5m: while nobody answers, nobody is rung again.")
    return found


class _OnCall(Shape):
    command: Annotated[tuple[str, ...], PlainValidator(values.words)] = ()
    url: Hidden | None = None
    secret: Hidden | None = None
    ca_file: Text = ""
    timeout: Annotated[timedelta, PlainValidator(_bounded)] = timedelta()
    tries: Annotated[int, Field(ge=1, le=20)] = 1
    every: Span = timedelta()


class _Retry(Shape):
    steps: Spans = ()
    letter: Span = timedelta()
    notice: Span = timedelta()
    late: Span = timedelta()
    uncertain: Span = timedelta()
    connect: Span = timedelta()
    connect_most: Span = timedelta()
    heartbeat: Span = timedelta()


class DeskFile(Shape):
    """The main file, with the tables of the same names."""

    desk: _Desk
    state: _State = _State()
    account: list[_Account] = Field(default_factory=list)
    relay: _Relay
    on_call: _OnCall = _OnCall()
    retry: _Retry = _Retry()


_DOORS = ("state", "account", "relay", "retry")
"""The tables of the main file that tell how a desk is reached, and where it keeps what it knows."""


@dataclass(frozen=True, slots=True)
class _Builder:
    """From the shape of the file to Settings. Paths in the file are relative to its folder.

    Of a table that is `spoilt` by faults nothing more is said: it might follow from them.
    """

    toml: Toml
    report: Report
    secrets: bool
    doors: bool
    spoilt: frozenset[Place]

    def settings(self, shape: DeskFile) -> Settings:
        desk, state = shape.desk, shape.state
        folder = _path(self.toml.path, state.folder)
        keys_file = folder / state.keys
        return Settings(
            **_only(desk, "name", "address", "aliases", "zone", "language", "operator", "hosts", "border_hosts", "size_limit"),
            **_only(desk, "local_dkim"),
            **_only(state, "reserve_free"),
            host=desk.host or desk.address.rpartition("@")[2],
            templates=self._folder(desk.templates, ("desk", "templates")) if desk.templates else None,
            state=folder,
            database=self._database(state.database, folder),
            keys=() if not self.doors or ("state",) in self.spoilt else keys.read(keys_file, self.report),
            node=state.node or socket.gethostname(),
            accounts=tuple(self._account(index, account, desk.zone) for index, account in enumerate(shape.account)),
            relay=self._relay(shape.relay),
            on_call=self._on_call(shape.on_call),
            retry=Retry(**shape.retry.given()),
            file=self.toml.path,
            policy_file=_path(self.toml.path, desk.policy),
            people_file=_path(self.toml.path, desk.people),
            keys_file=keys_file,
        )

    def check(self, settings: Settings) -> None:
        """What only shows when the parts are seen together."""
        if settings.owns(settings.operator):
            remedy = "Name the mailbox of a person: alarms that come back to the desk would reach nobody."
            self._add(("desk", "operator"), "is the desk's own address", remedy)
        if settings.border_hosts and not settings.hosts:
            remedy = "Write into hosts = [ … ] the name by which they sign Authentication-Results, or leave border_hosts out."
            self._add(("desk", "border_hosts"), "names servers, but hosts names nobody to believe", remedy)
        if settings.local_dkim and not all(map(find_spec, ("dkim", "dns"))):
            remedy = "Install what checks signatures: pip install 'maildesk[dkim]', or leave local_dkim out."
            self._add(("desk", "local_dkim"), "needs packages that are not installed", remedy)
        names = [account.name for account in settings.accounts]
        places = [(account.host.lower(), account.user, account.folder) for account in settings.accounts]
        for index in range(len(names)):
            if names[index] in names[:index]:
                self._add(
                    ("account", index, "name"), f"{names[index]!r} names two accounts", "Give each account a name of its own."
                )
            elif places[index] in places[:index]:
                self._add(("account", index), "is a mailbox that another account reads already", "Remove one of the two.")

    def _account(self, index: int, shape: _Account, zone: ZoneInfo) -> Account:
        place: Place = ("account", index)
        given = shape.given() | self._server(shape, place, "imap") | {"name": shape.name or shape.user}
        if shape.import_since is not None:
            given["import_since"] = _aware(shape.import_since, zone)
        self._reveal(shape.password, (*place, "password"))
        return Account(**given)

    def _relay(self, shape: _Relay) -> Relay:
        self._reveal(shape.password, ("relay", "password"))
        return Relay(**shape.given() | self._server(shape, ("relay",), "smtp"))

    def _on_call(self, shape: _OnCall) -> OnCall | None:
        """How somebody is rung; None where neither a command nor a web hook is named."""
        self._one_road(shape)
        self._reveal(shape.url, ("on_call", "url"), values.web_hook)
        self._reveal(shape.secret, ("on_call", "secret"), values.bearer)
        if not shape.command and shape.url is None:
            return None
        ca_file = self._file(shape.ca_file, ("on_call", "ca_file")) if shape.ca_file else None
        return OnCall(**shape.given() | {"ca_file": ca_file})

    def _one_road(self, shape: _OnCall) -> None:
        """A command or a web hook, each with what belongs to it."""
        command = ("on_call", "command")
        if shape.command and shape.url:
            self._add(command, "is given beside url", "Keep one of the two; a command may well call a web hook itself.")
        elif shape.secret and not shape.url:
            self._add(("on_call", "secret"), "belongs to a web hook, and there is no url", "Add the url, or remove the secret.")
        if shape.command and not shape.command[0].startswith("/"):
            problem = f"{shape.command[0]!r} does not say where the program is"
            self._add(command, problem, "Write its whole path, like /usr/local/bin/page.")

    def _server(self, shape: _Server, place: Place, protocol: str) -> dict[str, Any]:
        return {
            "port": shape.port or _PORTS[protocol][shape.security],
            "ca_file": self._file(shape.ca_file, (*place, "ca_file")) if shape.ca_file else None,
        }

    def _database(self, given: Secret | None, folder: Path) -> str:
        if given is None:
            return sqlite_at(folder / "maildesk.db")
        place = ("state", "database")
        try:
            url = given.reveal()
        except Wrong as wrong:
            self._add(place, wrong.problem, wrong.remedy)
            return ""
        if url.partition(":")[0] not in _DATABASES:
            remedy = 'Write "sqlite:////path/to/file" or "postgresql://user@host/database".'
            self._add(place, "is not the address of a database that maildesk knows", remedy)
        elif url.startswith("sqlite") and not url.startswith("sqlite:////"):
            self._add(
                place, "does not say where the file is", 'Write the whole path, with four slashes: "sqlite:////path/to/file".'
            )
        elif not url.startswith("sqlite") and url.count("@") > 1:
            self._add(place, "has more than one @", "Write each but the one before the host as %40.")
        return url

    def _reveal(self, secret: Secret | None, place: Place, read: Callable[[str], object] = str) -> None:
        """Whether a secret can be had and is what it should be."""
        if secret is None or not self.secrets:
            return
        try:
            read(secret.reveal())
        except Wrong as wrong:
            self._add(place, wrong.problem, wrong.remedy)

    def _file(self, written: str, place: Place) -> Path:
        path = _path(self.toml.path, written)
        if self.doors and not os.path.isfile(path):
            self._add(place, f"there is no file {path}", "Correct the path; it is relative to the folder of this file.")
        return path

    def _folder(self, written: str, place: Place) -> Path | None:
        path = _path(self.toml.path, written)
        if os.path.isdir(path):
            return path
        self._add(place, f"there is no folder {path}", "Correct the path; it is relative to the folder of this file.")
        return None

    def _add(self, place: Place, problem: str, remedy: str) -> None:
        if self.spoilt.isdisjoint((place, place[:-1])):
            self.report.add(self.toml.path, dotted(place), problem, remedy, self.toml.line(place))


def settings(toml: Toml, report: Report, *, secrets: bool, doors: bool) -> Settings | None:
    """Settings, or None when the file has not the right shape. `secrets` tells whether each must be readable now; without `doors`
    the file is read as if it named no server, no mailbox, no database and no keys."""
    inside = {name: value for name, value in toml.values.items() if name not in _DOORS}
    shape, spoilt = fit(DeskFile, toml if doors else replace(toml, values=inside | {"relay": {"host": "localhost"}}), report)
    if shape is None:
        return None
    builder = _Builder(toml, report, secrets, doors, spoilt)
    built = builder.settings(shape)
    builder.check(built)
    return None if spoilt else built


def keys_path(file: Path, values: Mapping[str, Any]) -> Path:
    """Where a main file says that the signing keys are, be it right otherwise or not."""
    written = values.get("state")
    state = written if isinstance(written, dict) else {}
    return _path(file, str(state.get("folder", _State().folder))) / str(state.get("keys", _State().keys))


def _path(file: Path, written: str) -> Path:
    """A path as the main file gives it: relative to its folder. A home that nobody has is left as it stands, and not found."""
    return (file.parent / os.path.expanduser(written)).absolute()


def _only(shape: Shape, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in shape.given().items() if key in keys}


def _aware(since: datetime | date, zone: ZoneInfo) -> datetime:
    """A date is its midnight; a moment without an offset is of the desk's zone."""
    moment = since if isinstance(since, datetime) else datetime.combine(since, time(), zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
