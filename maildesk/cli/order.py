"""`order`: an engineer's orders from the shell. What became of each is said; the transcript goes to him by mail, as always."""

from typing import Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import ConfigPath, configured, opened
from maildesk.config import Config
from maildesk.core.people import Person
from maildesk.core.ticket import Number

Words = Annotated[list[str], typer.Argument(metavar="[NUMBER] ORDER...", help="TS20231027001 '/take' '/eta 16:30'")]
As = Annotated[str, typer.Option("--as", metavar="WHO", help="Staff id, address or name of the one who gives the order.")]


def order(words: Words, who: As, config: ConfigPath = None) -> None:
    """Give orders as if they had come by mail from a proven engineer."""
    from maildesk.daemon import utc_now
    from maildesk.desk import Desk
    from maildesk.desk.desk import NoSuchTicket

    loaded = configured(config)
    number = Number(words[0].upper()) if words[0][:2].upper() == "TS" else None
    lines = words[1:] if number else words
    if not lines:
        raise Failure("there is no order", "Say for example: maildesk order TS20231027001 '/take' --as E001", Code.USAGE)
    text = "\n".join(line if line.startswith(("/", "／")) else f"/{line}" for line in lines)
    with opened(loaded) as store:
        try:
            told = Desk(loaded, store).order(_person(loaded, who), number, text, utc_now())
        except NoSuchTicket:
            raise Failure(f"there is no ticket {number}", "See: maildesk list") from None
    for one in told.results:
        done, said = "done" if one["done"] else "not done", f" → {one['said']}" if one["said"] else ""
        console.say(f"{done}: {one['line']}{said}")
    ticket = told.ticket
    became = f"{ticket.number} {ticket.status} {ticket.engineer or ''}".rstrip() if ticket else "done"
    console.say(f"{became if told.obeyed else 'nothing was done'}; the transcript goes to {who} by mail")
    if not told.obeyed:
        raise typer.Exit(Code.FOUND)


def _person(loaded: Config, who: str) -> Person:
    known = loaded.people.named(who)
    if len(known) == 1 and known[0].works:
        return known[0]
    if not known:
        raise Failure(f"nobody is called {who}", "The people file names everybody by staff id, address and name.", Code.USAGE)
    remedy = "Say the staff id: " + ", ".join(f"{one.staff_id} {one.name}" for one in known)
    problem = f"{who} may mean several people" if len(known) > 1 else f"{known[0].name} does not work on tickets"
    raise Failure(problem, remedy, Code.USAGE)
