"""`maildesk inspect` and `maildesk letters`: both read and write files and need no database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Failure

if TYPE_CHECKING:
    from maildesk.cli.inspect import Proving


def inspect(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="A file, a folder (its *.eml), or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per mail, one per line.")] = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="Tell what proves the sender, too, by the setting of this desk."),
    ] = None,
) -> None:
    """Show what maildesk understands of mails, each finding with its reason. Reads only; needs no configuration.

    Exit code 0: every file was read, whatever the mails hold · 1: some could not be, which is told at the end.
    """
    from maildesk.cli.inspect import inspect as examine

    unread = examine(paths, as_json, proving=_proving(config) if config is not None else None)
    if unread:
        remedy = "\n".join((*unread, "Name files that are there and may be read, or a folder with .eml files."))
        raise Failure("not every mail could be read", remedy)


def _proving(config: Path) -> "Proving":
    """By the hosts that this desk believes, and by signatures where it checks them itself: only then is the DNS asked."""
    from maildesk.cli.opening import configured
    from maildesk.cli.proven import proven
    from maildesk.dns import Texts

    settings, texts = configured(config).settings, Texts()
    return lambda raw, received_at: proven(raw, received_at, settings, texts)


def letters(
    preview: Annotated[Path, typer.Option("--preview", metavar="DIR", help="The folder into which they are written.")],
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Templates of your own, before the packaged ones.")
    ] = None,
) -> None:
    """Write every letter in every language with sample facts: as HTML, as text and as the mail itself, with an index."""
    from maildesk.cli.preview import preview as write

    if templates is not None and not templates.is_dir():
        raise Failure(f"there is no folder {templates}", "Name the folder that has zh/ and en/ in it.")
    try:
        faults = write(preview, templates)
    except OSError as error:
        raise Failure(f"{error.filename} cannot be written ({error.strerror})", "Name a folder that you may write to.") from None
    console.say(f"Open {preview / 'index.html'}")
    if faults:
        raise Failure("some templates are broken; the plain letter was used for them", "\n".join(faults))
