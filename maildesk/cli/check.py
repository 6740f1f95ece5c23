"""`maildesk check`: everything that can be wrong with a desk, each finding with its remedy."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer

from maildesk.cli import checks, console, cover, proving
from maildesk.cli.checks import Checked, Level, Said
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, found, opened
from maildesk.config import Config, ConfigError, load
from maildesk.store import StoreError

WIDTHS = (8, 16)
STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


def check(
    config: ConfigPath = None,
    servers: Annotated[bool, typer.Option("--servers/--no-servers", help="Also try the mail servers.")] = True,
    as_json: AsJson = False,
) -> None:
    """Look at configuration, people, letters, database, folders, disk, clock and mail servers. Changes nothing.

    Exit code 0: nothing is wrong (warnings may be there) · 1: something is · 78: the configuration cannot be used.
    """
    path = found(config)
    try:
        desk = load(path, secrets=servers)
    except ConfigError as trouble:
        faults = list(_faults(trouble))
        for one in faults if not as_json else ():
            tell(one)
        _finish(faults, as_json)
        raise typer.Exit(Code.CONFIG) from None
    said = [checks.ok("configuration", str(path))]
    if not as_json:
        tell(said[0])
    for one in _everything(desk, servers=servers):
        said.append(one)
        if not as_json:
            tell(one)
    _finish(said, as_json)
    if any(one.level is Level.ERROR for one in said):
        raise typer.Exit(Code.FOUND)


def _faults(trouble: ConfigError) -> Iterator[Said]:
    for finding in trouble.findings:
        where = str(finding.file) if finding.line is None else f"{finding.file}:{finding.line}"
        yield checks.error("configuration", f"{where}: {finding.key} {finding.problem}".replace(":  ", ": "), finding.remedy)


def _everything(desk: Config, *, servers: bool) -> Iterator[Said]:
    with ExitStack() as stack:
        try:
            store = stack.enter_context(opened(desk))
        except (Failure, StoreError):
            store = None
        checked = Checked(config=desk, now=datetime.now(UTC), store=store)
        for one in (*checks.LOCAL, cover.people, proving.senders):
            yield from one(checked)
    if servers:
        yield from _servers(desk)


def _servers(desk: Config) -> list[Said]:
    """All of them first, and then the words: a bar and lines would write over each other."""
    from maildesk.cli import connections

    said: list[Said] = []
    with console.progress("Trying the mail servers", len(desk.settings.accounts) + 1) as tried:
        for account in desk.settings.accounts:
            said += connections.mailbox(account)
            tried()
        said += connections.relay(desk.settings)
        tried()
    return said


def tell(one: Said) -> None:
    """One thing said, for people."""
    console.entry((one.level, one.area, one.what), WIDTHS, STYLES[one.level])
    for line in one.remedy.splitlines():
        console.entry(("", f"→ {line}"), WIDTHS[:1])


def _finish(said: list[Said], as_json: bool) -> None:
    errors = sum(one.level is Level.ERROR for one in said)
    warnings = sum(one.level is Level.WARNING for one in said)
    if as_json:
        console.json_line({"ok": not errors, "errors": errors, "warnings": warnings, "findings": said})
    elif errors or warnings:
        console.say(f"{errors} to mend, {warnings} to look at.", "bold")
    else:
        console.say("All right.", "bold green")
