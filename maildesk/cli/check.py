"""`maildesk check`: everything that can be wrong with a desk, each finding with its remedy."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated

import typer

from maildesk.cli import checks, console, cover, proving
from maildesk.cli.checks import Level, Said
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, found, opened_by
from maildesk.config import Config, ConfigError, Settings, load
from maildesk.dns import Texts
from maildesk.store import StoreError

WIDTHS = (8, 16)
STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


def check(
    config: ConfigPath = None,
    servers: Annotated[bool, typer.Option("--servers/--no-servers", help="Also try the mail servers.")] = True,
    probe: Annotated[bool, typer.Option("--probe", help="Also send a mail to ourselves, and read it back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at configuration, people, letters, database, folders, disk, clock and mail servers. Changes nothing.

    Everything is told at once; where a file cannot be used, what depends on it is left out.

    With --probe the desk also sends a mail to itself and waits up to a minute for it: whether letters come home, answers arrive
    at addresses with a +, the server says who wrote, its clock is right, and mails may be moved.

    Exit code 0: nothing is wrong (warnings may be there) · 1: something is · 78: the configuration cannot be used.
    """
    path, desk = found(config), None
    try:
        desk = load(path, secrets=servers or probe)
        settings: Settings | None = desk.settings
        configured = [checks.ok("configuration", str(path))]
    except ConfigError as trouble:
        settings, configured = trouble.settings, list(_faults(trouble))
    said = []
    for one in chain(configured, _everything(settings, desk, servers=servers, probe=probe) if settings else ()):
        said.append(one)
        if not as_json:
            tell(one)
    _finish(said, as_json)
    if desk is None:
        raise typer.Exit(Code.CONFIG)
    if any(one.level is Level.ERROR for one in said):
        raise typer.Exit(Code.FOUND)


def _faults(trouble: ConfigError) -> Iterator[Said]:
    for finding in trouble.findings:
        where = str(finding.file) if finding.line is None else f"{finding.file}:{finding.line}"
        yield checks.error("configuration", f"{where}: {finding.key} {finding.problem}".replace(":  ", ": "), finding.remedy)


def _everything(settings: Settings, desk: Config | None, *, servers: bool, probe: bool) -> Iterator[Said]:
    """All but the files themselves; `desk` is None where they cannot be used, and nothing is said of its rules and people."""
    now = datetime.now(UTC)
    with ExitStack() as stack:
        try:
            store = stack.enter_context(opened_by(settings))
        except (Failure, StoreError):
            store = None
        for one in checks.MACHINE:
            yield from one(checks.Checked(settings=settings, now=now, store=store))
        texts = Texts() if servers else None
        ruled = checks.Ruled(settings=settings, now=now, store=store, texts=texts, config=desk) if desk else None
        for rule in (*checks.RULED, cover.people, proving.senders):
            yield from rule(ruled) if ruled else ()
    if servers:
        yield from _servers(settings)
    if probe:
        from maildesk.cli import probing

        yield from probing.probe(settings)


def _servers(settings: Settings) -> list[Said]:
    """All of them first, and then the words: a bar and lines would write over each other."""
    from maildesk.cli import connections

    said: list[Said] = []
    with console.progress("Trying the mail servers", len(settings.accounts) + 1) as tried:
        for account in settings.accounts:
            said += connections.mailbox(account)
            tried()
        said += connections.relay(settings)
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
