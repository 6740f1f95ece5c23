"""`backup`: all that the desk has, as it is at one moment, while it goes on."""

from pathlib import Path
from typing import Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured
from maildesk.config import Settings

To = Annotated[Path, typer.Argument(metavar="DIR", help="The folder in which backups are to lie, best on another disk.")]
Keep = Annotated[int | None, typer.Option(min=1, metavar="N", help="Then remove all but the latest N backups there.")]


def backup(to: To, keep: Keep = None, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """Make a backup of the database and all mails and files, in a folder of its own in DIR. The desk may be at work.

    Keys, passwords and configuration are not in it: keep those files elsewhere, and never in the same place.
    """
    from maildesk.daemon import utc_now
    from maildesk.store.backup import Source, back_up

    settings = configured(config).settings
    source = Source(url=settings.database, folder=settings.state, desk=settings.address)
    path, manifest, removed = back_up(source, to, utc_now(), keep)
    if as_json:
        console.json_line({"backup": path, "manifest": manifest, "removed": removed, "keep_elsewhere": _elsewhere(settings)})
    else:
        console.say(f"{path}", "bold")
        console.say(
            f"{manifest.tickets} tickets, {manifest.mails} mails, {manifest.letters} letters; "
            f"{manifest.files} files, {manifest.bytes / 1e6:.1f} MB"
        )
        for old in removed:
            console.say(f"removed {old}")
        console.say("Not in it, to be kept elsewhere: " + ", ".join(map(str, _elsewhere(settings))))
    if manifest.missing:
        some = "\n".join(manifest.missing[:5])
        problem = f"{len(manifest.missing)} files that the database names were not on the disk; the backup is made without them"
        raise Failure(problem, f"Look for them in earlier backups:\n{some}")


def _elsewhere(settings: Settings) -> tuple[Path, ...]:
    """What a new machine needs beside a backup."""
    known = (settings.keys_file, settings.file, settings.policy_file, settings.people_file, settings.templates)
    return tuple(path for path in known if path)
