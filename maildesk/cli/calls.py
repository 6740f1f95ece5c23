"""`maildesk calls`: the calls to whoever is on call, and a trial of the road to him."""

import asyncio
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import partial
from typing import Annotated, cast, get_args

import typer

from maildesk import hook
from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured, opened
from maildesk.config import Settings
from maildesk.core.call import Call
from maildesk.core.ticket import Number, Priority
from maildesk.store import Called, CallState

HEADINGS = ("ID", "PROMISED", "STATE", "TICKET", "TRIES", "SAID")


class Doing(StrEnum):
    """What `calls` may be asked beside the plain list."""

    TEST = "test"


def calls(
    doing: Annotated[Doing | None, typer.Argument(help="test: ring now, about no ticket")] = None,
    state: Annotated[str, typer.Option(help=f"Only in this state: {', '.join(get_args(CallState))}.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 50,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """List the calls to whoever is on call and what became of them, or ring once by hand to see that it works."""
    desk = configured(config, secrets=doing is Doing.TEST)
    if doing is Doing.TEST:
        _try(desk.settings)
        return
    if state and state not in get_args(CallState):
        raise Failure(f"{state!r} is not a state", f"Write one of: {', '.join(get_args(CallState))}.", Code.USAGE)
    with opened(desk) as store, store.read() as tx:
        found = tx.calls(cast(CallState, state) if state else None, limit + 1)
    row = partial(_row, zone=desk.settings.zone)
    console.listing(found, limit, HEADINGS, row, empty="No calls.", as_json=as_json)


def _row(call: Called, zone: tzinfo) -> tuple[str, ...]:
    promised = console.moment(call.created_at, zone)
    return (str(call.id), promised, call.state, call.call.number, str(call.attempts), call.said)


def _try(settings: Settings) -> None:
    """One attempt, whatever time it is; nothing of it is kept."""
    on_call = settings.on_call
    if on_call is None:
        raise Failure("nobody is on call", f"Name a command or a url in [on_call] of {settings.file}.")
    trial = Call(
        alarm="trial",
        number=Number("TRIAL"),
        priority=Priority.P1,
        subject=f"{settings.name}: 测试，无需处理 · a trial, nothing to do",
        requester="",
        phone="",
        due=datetime.now(UTC),
        trial=True,
    )
    answer = asyncio.run(hook.ring(on_call, trial))
    if not answer.heard:
        raise Failure(f"nobody was reached: {answer.said}", "Mend what it says, or correct [on_call], and try again.")
    console.say(f"Somebody was reached: {answer.said}")
