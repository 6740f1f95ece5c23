"""`maildesk list` and `maildesk show`: tickets as the store has them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured, opened
from maildesk.core.ledger import Entry, ledger
from maildesk.core.message import Address
from maildesk.core.people import People, StaffId
from maildesk.core.ticket import Progress, Status, Ticket, TicketId, numbers_in
from maildesk.plain import plain
from maildesk.store import MENDING, Illegible, StoreError

CLOCKS = ("CLOCK", "STATE", "USED", "ALLOWED", "DEADLINE", "NEXT", "WHY")
HEADINGS = ("NUMBER", "P", "STATUS", "ENGINEER", "NEXT", "SUBJECT")


def list_tickets(
    config: ConfigPath = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are done.")] = False,
    status: Annotated[
        list[Status] | None,
        typer.Option(metavar="STATUS", show_choices=False, help="Only in this status; may be given several times."),
    ] = None,
    engineer: Annotated[str, typer.Option(help="Only of this engineer: staff id, name or address.")] = "",
    requester: Annotated[str, typer.Option(help="Only of this requester's address.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the youngest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List tickets: by default all open ones."""
    desk = configured(config)
    with opened(desk) as store, store.read() as tx:
        tickets = tx.tickets(
            open=None if everything or status else True,
            status=status or (),
            engineer=_staff_id(desk.people, engineer) if engineer else None,
            requester=Address(requester) if requester else None,
            limit=limit + 1,
        )
        damaged = {one.id: tx.number_of(TicketId(one.id)) for one in tickets if isinstance(one, Illegible)}
    row = partial(_row, people=desk.people, zone=desk.settings.zone)
    console.listing(tickets, limit, HEADINGS, row, empty="No tickets.", as_json=as_json, name=lambda one: damaged[one.id])


def show(
    number: Annotated[str, typer.Argument(help="The ticket's number.")], config: ConfigPath = None, as_json: AsJson = False
) -> None:
    """Show one ticket with its clocks and its history. A number that was merged shows the ticket it was merged into."""
    desk = configured(config)
    named = numbers_in(number)
    with opened(desk) as store, store.read() as tx:
        try:
            ticket = tx.by_number(named[0]) if named else None
            history = tx.history(ticket.id, limit=1000) if ticket else ()
        except StoreError:
            raise
        except Exception as trouble:
            raise Failure(f"ticket {number} cannot be read: {trouble!r}", MENDING) from trouble
    if ticket is None:
        raise Failure(f"there is no ticket {number}", "Numbers look like TS20231027001; see: maildesk list --all")
    clocks = ledger(ticket, desk.policy, history, datetime.now(UTC))
    if as_json:
        console.json_line({**plain(ticket), "ledger": clocks, "history": history})
        return
    zone = desk.settings.zone
    console.say(f"{ticket.number}  {ticket.subject}", "bold")
    console.table(("", ""), tuple(_facts(ticket, desk.people, zone)), wide=1)
    console.say()
    console.table(CLOCKS, [_clock(entry, zone) for entry in clocks], wide=len(CLOCKS) - 1)
    console.say()
    for line in history:
        console.say(_told(line, desk.people, zone))


def _staff_id(people: People, named: str) -> StaffId:
    """Whom a name means; a Failure when nobody or several."""
    meant = people.named(named)
    if len(meant) != 1:
        others = ", ".join(f"{person.staff_id} {person.name}" for person in meant) or "nobody in the people file"
        raise Failure(f"{named!r} does not name one person", f"It fits: {others}.")
    return meant[0].staff_id


def _row(ticket: Ticket, people: People, zone: tzinfo) -> tuple[str, ...]:
    priority = ticket.priority if ticket.confirmed else f"{ticket.priority}?"
    wakes = _short(ticket.wake_at, zone)
    return (ticket.number, priority, ticket.status, _name(people, ticket.engineer), wakes, ticket.subject)


def _short(at: datetime | None, zone: tzinfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%m-%d %H:%M}"


def _name(people: People, staff_id: StaffId | None) -> str:
    person = people.get(staff_id)
    return person.name if person else staff_id or ""


def _facts(ticket: Ticket, people: People, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """What there is to say of a ticket, one line each; what is empty is left out."""
    confirmed = f" ({ticket.priority_reason})" if ticket.priority_reason else ""
    asked = f", asked {ticket.asked}" if ticket.asked and ticket.asked != ticket.priority else ""
    lines = (
        ("status", ticket.status + (f" for {ticket.waiting}" if ticket.waiting else "")),
        ("priority", f"{ticket.priority}{confirmed}{asked}{'' if ticket.confirmed else ', not confirmed'}"),
        ("category", ticket.category),
        ("requester", f"{ticket.requester_name} <{ticket.requester}>".strip()),
        ("watchers", ", ".join(ticket.watchers)),
        ("engineer", f"{_name(people, ticket.engineer)}, line {ticket.line}" if ticket.engineer else ""),
        ("opened", console.moment(ticket.opened_at, zone)),
        ("first answer", console.moment(ticket.first_answer_at, zone)),
        ("expected by", console.moment(ticket.eta.at, zone) if ticket.eta else ""),
        ("promised for", console.moment(ticket.promised.at, zone) if ticket.promised else ""),
        ("resolved", console.moment(ticket.resolved_at, zone)),
        ("closed", f"{console.moment(ticket.closed_at, zone)} {ticket.closed_how}".strip()),
        ("feedback", ticket.feedback or ""),
        ("rating", f"{ticket.rating} {ticket.rating_comment}".strip() if ticket.rating else ""),
        ("next alarm", console.moment(ticket.wake_at, zone)),
        ("missing", ", ".join(ticket.missing)),
        ("merged into", ticket.merged_into or ""),
        ("linked", ", ".join(ticket.linked)),
        *((name, fact.value) for name, fact in ticket.fields.items()),
        ("solution", ticket.solution),
    )
    return ((name, text) for name, text in lines if text)


def _clock(entry: Entry, zone: tzinfo) -> tuple[str, ...]:
    """One rule; what stands in the last column is why its clock does not run, or what has stopped it before."""
    step = f"{_short(entry.next.at, zone)} {entry.next.step}" if entry.next else ""
    held = ", ".join(f"{pause.why} {_short(pause.since, zone)} to {_short(pause.until, zone) or 'now'}" for pause in entry.pauses)
    why = "; ".join(filter(None, (entry.why, "late" if entry.late else "", held)))
    used, allowed = _spent(entry.used, entry.used_days), _spent(entry.allowed, entry.allowed_days)
    return (entry.rule, entry.state, used, allowed, _short(entry.deadline, zone), step, why)


def _spent(span: timedelta | None, days: int | None) -> str:
    """The time of a clock as `1:30`, or working days."""
    if days is not None:
        return f"{days} days"
    return "" if span is None else "{}:{:02d}".format(*divmod(int(span.total_seconds()) // 60, 60))


def _told(line: Progress, people: People, zone: tzinfo) -> str:
    author = _name(people, StaffId(line.author))
    inside = "" if line.public else " (inside)"
    text = line.text.replace("\n", "\n    ")
    return f"{console.moment(line.at, zone)}  {line.mark}  {author}{inside}\n    {text}"
