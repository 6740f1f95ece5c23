"""`restore`: a desk from a backup, brought up to what its mailboxes know."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maildesk import log
from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured
from maildesk.config import Config

if TYPE_CHECKING:
    from maildesk.desk.recovering import Recovered
    from maildesk.desk.restoring import Restored, Restoring

Backup = Annotated[
    Path, typer.Argument(metavar="BACKUP", readable=False, help="One backup: the folder that holds manifest.json.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Look at everything, tell what would be done, change nothing.")]
Replace = Annotated[bool, typer.Option("--replace", help="Set the database aside that is there. It is not deleted.")]
NoMailboxes = Annotated[bool, typer.Option("--no-mailboxes", help="Take nothing in again: the mailboxes are gone.")]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Take mail in again that the servers got since then."),
]
Stopped = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        metavar="TIME",
        help="Until when the lost desk worked, like 2026-11-21T16:55: mail in INBOX from before is not acknowledged again.",
    ),
]

MINUTE = timedelta(minutes=1)

LOST = """\
Lost with what came after the backup, and nobody can tell: revocations (maildesk revoke), addresses that no longer exist
(they are learned again), orders from this shell, mail that came by maildesk ingest."""
DO_IT = "To do it: the same without --dry-run."
THEN = "Then: maildesk check; start the desk; make a backup."

NEW = "the desk will acknowledge them; not those from before it was lost, if you say when: --stopped TIME"
UNSEEN = "none: the mailboxes were not looked at"
STILL = "the desk will acknowledge them; if it had answered some, restore once more before it starts: --replace --stopped TIME"
WITHOUT = """\
Nothing was changed. A mailbox that is gone for good: take its [[account]] out of the configuration, or --no-mailboxes when
all are gone. What lay in it and is not in the backup is lost then."""


def restore(
    backup: Backup,
    dry_run: DryRun = False,
    replace: Replace = False,
    no_mailboxes: NoMailboxes = False,
    since: Since = None,
    stopped: Stopped = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Make the desk what a backup says, then take every mail in again that the mailboxes have and the backup lacks.

    The configuration and the file of keys must be in place. No number is given twice, nobody outside is answered again.
    """
    from maildesk.desk.restoring import Restoring, chosen

    if no_mailboxes and (since or stopped):
        problem = f"{'--since' if since else '--stopped'} says what to look for in the mailboxes"
        raise Failure(problem, "Leave it out, or --no-mailboxes.", Code.USAGE)
    loaded = configured(config, secrets=not no_mailboxes)
    log.start()
    zone = loaded.settings.zone
    began, ended = _past("--since", since, zone), _past("--stopped", stopped, zone)
    manifest = chosen(loaded, backup, replace=replace or dry_run)
    restoring = Restoring(
        config=loaded,
        backup=backup,
        manifest=manifest,
        mailboxes=not no_mailboxes,
        since=began,
        stopped=ended,
    )
    done = _done(loaded, restoring, dry_run=dry_run)
    if as_json:
        console.json_line({"dry_run": dry_run, "restored": done})
    else:
        _tell(done, loaded, dry_run=dry_run, looked=restoring.mailboxes)


def _past(option: str, said: datetime | None, zone: tzinfo) -> datetime | None:
    """What was said on a clock of the desk. Raises Failure where that is yet to come; the end of this minute may be said."""
    from maildesk.daemon import utc_now

    at, now = said and said.replace(tzinfo=zone), utc_now()
    if at and at > now + MINUTE:
        problem = f"{option} {console.moment(at, zone)} lies in the future"
        raise Failure(problem, f"Say it on a clock of the desk ({zone}): there it is {console.moment(now, zone)}.", Code.USAGE)
    return at


def _done(loaded: Config, restoring: "Restoring", *, dry_run: bool) -> "Restored":
    from maildesk.daemon import AlreadyRunning, nobody_else, utc_now
    from maildesk.imap import MailboxError
    from maildesk.store.files import told

    try:
        with told():
            if dry_run:
                return restoring.rehearse(utc_now)
            loaded.settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            with nobody_else(loaded.settings.state):
                return restoring.restore(utc_now)
    except AlreadyRunning as other:
        raise Failure(
            f"a desk works in {loaded.settings.state}, as process {other}", "Stop it: systemctl stop maildesk"
        ) from None
    except MailboxError as trouble:
        remedy = f"{trouble.remedy}\n{WITHOUT}"
        raise Failure(f"a mailbox cannot be looked at: {trouble}", remedy, Code.FOUND) from trouble


def _tell(done: "Restored", loaded: Config, *, dry_run: bool, looked: bool) -> None:
    recovered, letters, zone = done.recovered, done.recovered.letters, loaded.settings.zone
    console.say("This would be done; nothing was changed." if dry_run else "Restored.", "bold")
    rows = [
        ("backup", f"{console.moment(done.manifest.at, zone)}, {done.manifest.tickets} tickets, {done.manifest.mails} mails"),
        ("database", "upgraded for this version" if done.upgraded else "as it was"),
        *(_found(recovered, NEW if dry_run else STILL) if looked else (("mails taken in again", UNSEEN),)),
        ("numbers of today left out", str(recovered.skipped)),
        ("numbers that are lost", ", ".join(recovered.lost) or "none known"),
        ("waiting letters", f"{letters.gone} known to be sent, {letters.uncertain} uncertain, {letters.again} sent once more"),
    ]
    if done.aside:
        rows.append(("set aside", str(done.aside)))
    console.table(("", ""), rows)
    console.say(LOST)
    console.say(DO_IT if dry_run else THEN)


def _found(recovered: "Recovered", new: str) -> Iterator[tuple[str, str]]:
    """What the mailboxes had."""
    yield "mails taken in again", str(recovered.mails)
    yield "mails that wait in INBOX", f"{recovered.waiting}; {new}" if recovered.waiting else "0"
    yield "mails that cannot be read", f"{recovered.unread}; look at them with a mail program" if recovered.unread else "0"
