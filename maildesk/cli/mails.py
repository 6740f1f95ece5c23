"""`maildesk inbox` and `maildesk outbox`: mails that came, letters that go, and what became of each."""

from datetime import tzinfo
from enum import StrEnum
from typing import Annotated, cast, get_args

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured, opened
from maildesk.store import Inbox, InboxId, LetterState, MailState, Posted, Store

Limit = Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")]


class Doing(StrEnum):
    """What `inbox` may be asked beside the plain list."""

    FAILED = "failed"
    REPLAY = "replay"


def inbox(
    doing: Annotated[
        Doing | None, typer.Argument(help="failed: only what could not be taken in · replay ID…: take it in again")
    ] = None,
    ids: Annotated[list[int] | None, typer.Argument(help="The mails to replay.")] = None,
    state: Annotated[str, typer.Option(help=f"Only in this state: {', '.join(get_args(MailState))}.")] = "",
    limit: Limit = 50,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """List the mails that came in, or take failed ones in again. A replayed mail fills the ticket that was made for it."""
    desk = configured(config)
    wanted = _known("failed" if doing is Doing.FAILED else state, get_args(MailState))
    with opened(desk) as store:
        if doing is Doing.REPLAY:
            _replay(store, tuple(InboxId(one) for one in ids or ()))
            return
        with store.read() as tx:
            mails = tx.inbox(cast(MailState | None, wanted), limit)
    if as_json:
        for mail in mails:
            console.json_line(mail)
        return
    headings = ("ID", "RECEIVED", "STATE", "VERDICT", "OUTCOME", "SIZE", "REASON")
    console.table(headings, [_mail(mail, desk.settings.zone) for mail in mails], wide=len(headings) - 1, empty="No mails.")


def _replay(store: Store, ids: tuple[InboxId, ...]) -> None:
    """All of them or none."""
    if not ids:
        raise Failure("replay needs the ids of mails", "See them with: maildesk inbox failed", Code.USAGE)
    with store.write() as tx:
        for one in ids:
            if not tx.replay(one):
                raise Failure(f"mail {one} has not failed", "Nothing was changed. See: maildesk inbox failed")
    console.say(f"{len(ids)} to be taken in again with the next turn of the desk.")


def outbox(
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="Only letters of which nobody knows whether they arrived.")
    ] = False,
    state: Annotated[str, typer.Option(help=f"Only in this state: {', '.join(get_args(LetterState))}.")] = "",
    limit: Limit = 50,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """List the letters that go out, and what became of them."""
    desk = configured(config)
    wanted = _known("uncertain" if uncertain else state, get_args(LetterState))
    with opened(desk) as store, store.read() as tx:
        letters = tx.outbox(cast(LetterState | None, wanted), limit)
    if as_json:
        for letter in letters:
            console.json_line(letter)
        return
    headings = ("ID", "PROMISED", "STATE", "KIND", "TRIES", "TO", "SAID")
    console.table(
        headings, [_letter(letter, desk.settings.zone) for letter in letters], wide=len(headings) - 1, empty="No letters."
    )


def _known(state: str, states: tuple[str, ...]) -> str | None:
    if state and state not in states:
        raise Failure(f"{state!r} is not a state", f"Write one of: {', '.join(states)}.", Code.USAGE)
    return state or None


def _mail(mail: Inbox, zone: tzinfo) -> tuple[str, ...]:
    size = f"{mail.size / 1000:.0f} kB"
    return (str(mail.id), console.moment(mail.received_at, zone), mail.state, mail.verdict, mail.outcome, size, mail.reason)


def _letter(letter: Posted, zone: tzinfo) -> tuple[str, ...]:
    promised = console.moment(letter.created_at, zone)
    said = letter.reason or letter.reply
    return (str(letter.id), promised, letter.state, letter.kind, str(letter.attempts), letter.to, said)
