"""What `maildesk check` looks at on this machine: secrets, folders, disk, clock, letters, calendars, database.

Each check is a function from a Checked desk to what it has to say, in words with a remedy. None of them changes anything.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from maildesk.cli.opening import empty
from maildesk.config import Config, Settings
from maildesk.dns import Texts
from maildesk.mail.facts import LABELS
from maildesk.mail.letters import House, Letters
from maildesk.mail.tokens import Keys
from maildesk.store import Called, Inbox, Store, StoreError

SCARCE = 1_000_000_000
"""Bytes of free disk below which we warn."""

MINUTES = timedelta(minutes=5)
OCTOBER, HABIT = 10, 3
"""The month in which the next year's holidays begin to be announced; years after which a calendar always has some."""


class Level(StrEnum):
    """How bad it is: an error keeps the desk from working, a warning weakens it."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a check has to say. `remedy` is empty when all is right."""

    area: str
    level: Level
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The desk that is looked at, and when. `store` is None where it cannot be opened, `texts` where nobody may be asked."""

    settings: Settings
    now: datetime
    store: Store | None
    texts: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled(Checked):
    """The same, with rules and people that can be used."""

    config: Config


def ok(area: str, what: str) -> Said:
    return Said(area=area, level=Level.OK, what=what)


def warning(area: str, what: str, remedy: str) -> Said:
    return Said(area=area, level=Level.WARNING, what=what, remedy=remedy)


def error(area: str, what: str, remedy: str) -> Said:
    return Said(area=area, level=Level.ERROR, what=what, remedy=remedy)


# -- files -----------------------------------------------------------------------------------------------------------


def secrets_kept(desk: Checked) -> Iterator[Said]:
    """Nobody but the desk's user may read a file with a secret in it."""
    settings = desk.settings
    on_call = settings.on_call
    others = (settings.relay.password, *((on_call.url, on_call.secret) if on_call else ()))
    secrets = [account.password for account in settings.accounts] + [secret for secret in others if secret]
    files = {Path(secret.what) for secret in secrets if secret.source == "file"}
    if any(secret.source == "plain" for secret in secrets) or _password_in(settings.database):
        files.add(settings.file)
    open_files = sorted(path for path in files if path.exists() and _others_may_read(path))
    for path in open_files:
        yield error("secrets", f"{path} holds a secret and can be read by others", f"Run: chmod 600 {path}")
    if not open_files:
        yield ok("secrets", f"{len(settings.keys)} signing key(s); passwords only for the desk's user")


def _password_in(url: str) -> bool:
    return ":" in url.partition("://")[2].rpartition("@")[0]


def _others_may_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def state_folder(desk: Checked) -> Iterator[Said]:
    """It is ours alone, and there is room."""
    folder = desk.settings.state
    if not folder.is_dir():
        yield error("state", f"there is no folder {folder}", f"Run: mkdir -p -m 700 {folder}; and give it to the desk's user.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield error("state", f"{folder} cannot be written", "Give it to the user who runs maildesk: chown.")
    elif folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield error("state", f"{folder}, where mails lie, is open to others", f"Run: chmod 700 {folder}")
    else:
        yield ok("state", str(folder))
    yield from _disk(folder, desk.settings.reserve_free)


def _disk(folder: Path, reserve: int) -> Iterator[Said]:
    free = shutil.disk_usage(folder).free
    what = f"{free / 1e9:.1f} GB free for {folder}"
    if free < reserve:
        yield error("disk", what, "Make room now: the desk cannot keep any more mail.")
    elif free < SCARCE:
        yield warning("disk", what, "Make room soon.")
    else:
        yield ok("disk", what)


def clock(desk: Checked) -> Iterator[Said]:
    """A clock that is behind what has already happened is wrong."""
    settings = desk.settings
    happened = [
        (datetime.fromtimestamp(path.stat().st_mtime, desk.now.tzinfo), f"{path} was changed")
        for path in (settings.file, settings.policy_file, settings.people_file)
    ]
    if desk.store is not None:
        with desk.store.read() as tx:
            happened += [(mail.kept_at, "the last mail was kept") for mail in tx.inbox(limit=1) if isinstance(mail, Inbox)]
    latest, what = max(happened)
    if latest > desk.now + MINUTES:
        yield error("clock", f"this machine says {desk.now:%Y-%m-%d %H:%M %Z}, but {what} later", "Set the clock; use NTP.")
    else:
        yield ok("clock", f"{desk.now.astimezone(settings.zone):%Y-%m-%d %H:%M} in {settings.zone.key}")


def on_call(desk: Checked) -> Iterator[Said]:
    """The program that rings is there and may be run; an address was looked at when it was read. Nobody is rung."""
    hook = desk.settings.on_call
    if hook is None:
        return
    program = Path(hook.command[0]) if hook.command else None
    if program is None:
        yield ok("on call", "rung by a web hook; try it with: maildesk calls test")
    elif not os.path.isfile(program):  # Path.is_file raises where a folder on the way is closed to us
        yield error("on call", f"there is no program {program}", "Correct command in [on_call], or install the program.")
    elif not os.access(program, os.X_OK):
        yield error("on call", f"{program} may not be run", f"Let the desk's user run it: chmod +x {program}")
    else:
        yield ok("on call", f"rung by {program}; try it with: maildesk calls test")


# -- rules and letters -----------------------------------------------------------------------------------------------


def letters(desk: Ruled) -> Iterator[Said]:
    """Every letter in every language can be written."""
    settings = desk.settings
    house = House(
        name=settings.name, address=settings.address, host=settings.host, zone=settings.zone, language=settings.language
    )
    faults = Letters(house, Keys(settings.keys), desk.config.people, desk.config.policy, settings.templates).check()
    for fault in faults:
        yield error("letters", fault, "Mend the template; until then the plain built-in letter goes out.")
    if not faults:
        yield ok("letters", "every template renders in every language")


def facts(desk: Ruled) -> Iterator[Said]:
    """A fact that is asked for must be recognised in the answer."""
    policy = desk.config.policy
    asked = dict.fromkeys([*policy.facts, *(fact for category in policy.categories for fact in category.facts)])
    for fact in asked:
        if fact not in LABELS:
            remedy = f"Write it as one of: {', '.join(LABELS)}."
            yield warning("policy", f"no answer can give the fact {fact!r}: it is asked for in vain", remedy)
    counted = f"{len(policy.categories)} categories, {len(policy.calendars)} calendars, {len(desk.config.people.everyone)} people"
    yield ok("policy", counted)


def holidays(desk: Ruled) -> Iterator[Said]:
    """Both are announced year by year: those of this year must be known, from October on those of the next as well."""
    year = desk.now.astimezone(desk.settings.zone).year
    years = (year, year + 1) if desk.now.month >= OCTOBER else (year,)
    for calendar in desk.config.policy.calendars.values():
        for what, days in (("adjusted working days", calendar.workdays), ("holidays", calendar.holidays)):
            known = {day.year for day in days}
            for missing in (one for one in years if one not in known and (one - 1 in known or len(known) >= HABIT)):
                remedy = f"Upgrade the package holidays, or name a file with [years.{missing}] in holiday_files of the policy."
                yield warning("calendar", f"{calendar.name}: the {what} of {missing} are not known", remedy)


# -- the store -------------------------------------------------------------------------------------------------------


def database(desk: Checked) -> Iterator[Said]:
    """It is whole, and of this version."""
    settings = desk.settings
    store = Store.open(settings.database, settings.state, settings.node)
    try:
        match store.state():
            case "empty":
                none = empty(settings)
                yield error("database", none.problem, none.remedy)
            case "old":
                yield error("database", "it is of an older version", "Stop the desk and run: maildesk upgrade")
            case "newer":
                yield error("database", "it was upgraded by a newer maildesk", "Install at least the version that upgraded it.")
            case "current":
                yield from _whole(store)
    except StoreError as trouble:
        yield error("database", trouble.what, f"{trouble.remedy[:1].upper()}{trouble.remedy[1:]}.")
    finally:
        store.close()


def _whole(store: Store) -> Iterator[Said]:
    store.quick_check()
    missing = store.missing_files()
    if missing:
        remedy = "Restore them from the last backup: the desk cannot show these mails and attachments."
        yield error("database", f"{len(missing)} files are missing from the disk, the first is {missing[0]}", remedy)
    else:
        yield ok("database", "whole and of this version")


def leftovers(desk: Checked) -> Iterator[Said]:
    """What waits for a person to look at it."""
    if desk.store is None:
        return
    with desk.store.read() as tx:
        failed, uncertain = len(tx.inbox("failed")), len(tx.outbox("uncertain"))
        unheard = [call for call in tx.calls(limit=1) if isinstance(call, Called) and call.state == "failed"]
    if failed:
        yield warning("inbox", f"{failed} mails could not be taken in", "See: maildesk inbox failed")
    if uncertain:
        yield warning("outbox", f"of {uncertain} letters nobody knows whether they arrived", "See: maildesk outbox --uncertain")
    for call in unheard:
        remedy = "Mend it, and try it with: maildesk calls test"
        yield warning("on call", f"the last call reached nobody ({call.call.number}: {call.said})", remedy)


def nodes(desk: Checked) -> Iterator[Said]:
    """Several daemons of one desk go by the same rules."""
    from maildesk.desk.desk import ONE_POLICY

    if desk.store is None:
        return
    with desk.store.read() as tx:
        groups = tx.disagreeing()
    if groups:
        what = " / ".join(", ".join(names) for names in groups)
        yield warning("nodes", f"they go by different rules of time: {what}", ONE_POLICY)


def unmailed_alarms(desk: Checked) -> Iterator[Said]:
    """What the operator should have got by mail, and could not."""
    from maildesk.desk.beside import FILE, unmailed

    state, zone = desk.settings.state, desk.settings.zone
    if found := list(unmailed(state, desk.now)):
        last = found[-1]
        when = f"{last.at.astimezone(zone):%Y-%m-%d %H:%M}"
        what = f"{len(found)} in one day that no letter could carry, the last at {when}: {last.what}, {last.detail}"
        yield error("alarms", what, f"{last.remedy}\nWhen it is mended: rm {state / FILE}")


MACHINE: tuple[Callable[[Checked], Iterator[Said]], ...] = (
    secrets_kept,
    state_folder,
    clock,
    on_call,
    database,
    leftovers,
    nodes,
    unmailed_alarms,
)
RULED: tuple[Callable[[Ruled], Iterator[Said]], ...] = (letters, facts, holidays)
"""Both in the order in which they are told."""
