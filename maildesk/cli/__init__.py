"""The command line: one table of verbs, each in a module of its own that is only imported when the verb is used.

Exit codes: 0 all right · 1 something was found, or could not be done · 2 wrong use of the command line ·
75 try again later (`ingest`: the mail could not be kept) · 78 the configuration cannot be used.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from maildesk import __version__
from maildesk.cli.failure import failure_of, tell


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its name, its line in the help, under which heading, and the function that does it (`module:function`)."""

    name: str
    help: str
    heading: str
    place: str


SET_UP, WORK, LOOK = "Set up", "Work", "Look"

VERBS = (
    Verb("init", "Ask a few questions, test the connections, write the configuration.", SET_UP, "maildesk.cli.init:init"),
    Verb("check", "Look at everything that can be wrong; each finding with its remedy.", SET_UP, "maildesk.cli.check:check"),
    Verb("upgrade", "Give the database what this version needs.", SET_UP, "maildesk.cli.upgrade:upgrade"),
    Verb("backup", "Copy all that the desk has, while it is at work.", SET_UP, "maildesk.cli.backup:backup"),
    Verb("restore", "Bring a desk back from a backup, with the mail that came since.", SET_UP, "maildesk.cli.restore:restore"),
    Verb("run", "Work as the desk, day and night; --once for one whole turn.", WORK, "maildesk.cli.run:run"),
    Verb("demo", "Watch a whole desk at work here, with mail servers of its own.", WORK, "maildesk.cli.demo:demo"),
    Verb("ingest", "Take one mail from standard input, as a mail server's pipe.", WORK, "maildesk.cli.ingest:ingest"),
    Verb("order", "Give orders as an engineer, without a mail.", WORK, "maildesk.cli.order:order"),
    Verb("revoke", "Make the reply addresses that somebody got worthless.", WORK, "maildesk.cli.revoke:revoke"),
    Verb("list", "List tickets.", LOOK, "maildesk.cli.tickets:list_tickets"),
    Verb("show", "Show one ticket with its history.", LOOK, "maildesk.cli.tickets:show"),
    Verb("inbox", "List the mails that came in; decide about those that are held or failed.", LOOK, "maildesk.cli.mails:inbox"),
    Verb("outbox", "List the letters that go out, and what became of them.", LOOK, "maildesk.cli.mails:outbox"),
    Verb("calls", "List the calls to whoever is on call, or try to ring him.", LOOK, "maildesk.cli.calls:calls"),
    Verb("inspect", "Show what maildesk understands of a mail, and why.", LOOK, "maildesk.cli.reading:inspect"),
    Verb("simulate", "Play mails against a policy in virtual time.", LOOK, "maildesk.cli.simulate:simulate"),
    Verb("letters", "Write every letter in every language with sample facts.", LOOK, "maildesk.cli.reading:letters"),
    Verb("report", "Show a daily digest as its reader would get it.", LOOK, "maildesk.cli.report:report"),
)
"""In the order of the help."""


class Verbs(TyperGroup):
    """The group of all verbs. Help needs the table alone; a verb's module is imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        verb = next((verb for verb in VERBS if verb.name == cmd_name), None)
        return None if verb is None else _command(verb)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.list_commands(ctx):
            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            ctx.fail(f"There is no verb {args[0]!r}." + (f" Did you mean {close[0]}?" if close else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for heading in dict.fromkeys(verb.heading for verb in VERBS):
            with formatter.section(heading):
                formatter.write_dl([(verb.name, verb.help) for verb in VERBS if verb.heading == heading])

    def invoke(self, ctx: Any) -> Any:
        """Expected failures end in one style: what is wrong and what to do, on standard error, with the exit code."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            tell(failure)
            raise typer.Exit(failure.code) from error


def _command(verb: Verb) -> Any:
    module, _, name = verb.place.partition(":")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(verb.name, help=verb.help)(getattr(import_module(module), name))
    return get_command(alone)


app = typer.Typer(
    cls=Verbs,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"maildesk {__version__}")
        raise typer.Exit


@app.callback()
def maildesk(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)] = False,
) -> None:
    """A complete IT helpdesk that lives wholly in mail."""


def main() -> None:
    """The entry point of the program."""
    app(prog_name="maildesk")
