"""`maildesk inbox` and `maildesk outbox`: mails that came, letters that go, and what became of each."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from enum import StrEnum
from functools import partial
from typing import Annotated, cast, get_args

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured, opened
from maildesk.core.decide.held import reason
from maildesk.core.message import Address
from maildesk.mail.compose import clean_header
from maildesk.store import Illegible, Inbox, InboxId, LetterState, MailState, Posted, Store, Suppression, Tx

Limit = Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")]


class Doing(StrEnum):
    """What `inbox` may be asked beside the plain list."""

    FAILED = "failed"
    REPLAY = "replay"
    HELD = "held"
    ADMIT = "admit"
    REFUSE = "refuse"


class Letting(StrEnum):
    """What `outbox` may be asked beside the plain list."""

    DEAD = "dead"
    LIFT = "lift"


DOING = (
    "failed: only what could not be taken in · replay ID…: take it in again · held: only what waits for your decision · "
    "admit ID…: it is from who it says, so let it in · refuse ID why: it is not"
)
LETTING = "dead: addresses that are written to no more · lift ADDRESS…: write to them again"


def inbox(
    doing: Annotated[Doing | None, typer.Argument(help=DOING)] = None,
    words: Annotated[list[str] | None, typer.Argument(help="The mails, by their ids; for refuse one, and why.")] = None,
    state: Annotated[str, typer.Option(help=f"Only in this state: {', '.join(get_args(MailState))}.")] = "",
    limit: Limit = 50,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """List the mails that came in, take failed ones in again, or decide about held ones.

    A replayed mail fills the ticket that was made for it. Who admits a mail vouches for its sender: it does what it would have
    done had the server proven him. A refused one is filed as ignored. Its sender hears of neither.
    """
    desk = configured(config)
    with opened(desk) as store:
        match doing:
            case Doing.REPLAY:
                _again(store, _ids(words), Tx.replay, "has not failed", "maildesk inbox failed")
            case Doing.ADMIT:
                _again(store, _ids(words), Tx.admit, "is not held", "maildesk inbox held")
            case Doing.REFUSE:
                _refuse(store, _ids((words or [])[:1]), " ".join((words or [])[1:]))
            case Doing.FAILED | Doing.HELD | None:
                _nothing_more(words)
                wanted = _known(doing or state, get_args(MailState))
                with store.read() as tx:
                    mails = tx.inbox(cast(MailState | None, wanted), limit + 1)
                held = {"held"} == {mail.state for mail in mails if isinstance(mail, Inbox)}
                headings, row = (HELD, _held) if held else (MAILS, _mail)
                shown = partial(row, zone=desk.settings.zone)
                console.listing(mails, limit, headings, shown, empty="No mails.", as_json=as_json)


def _ids(words: list[str] | None) -> tuple[InboxId, ...]:
    if not words or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise Failure("this needs the ids of mails", "See them with: maildesk inbox failed, maildesk inbox held", Code.USAGE)
    return tuple(InboxId(int(word)) for word in words)


def _nothing_more(words: list[str] | None) -> None:
    """Who says more to a listing expects something else of it."""
    if words:
        raise Failure(f"a list takes no more words, and here is {words[0]!r}", "Leave it out, or see: --help", Code.USAGE)


def _again(store: Store, ids: tuple[InboxId, ...], step: Callable[[Tx, InboxId], bool], wrong: str, see: str) -> None:
    """Take mails in again: all of them or none."""
    with store.write() as tx:
        for one in ids:
            if not step(tx, one):
                raise Failure(f"mail {one} {wrong}", f"Nothing was changed. See: {see}")
    console.say(f"{len(ids)} to be taken in again with the next turn of the desk.")


def _refuse(store: Store, ids: tuple[InboxId, ...], why: str) -> None:
    if not why:
        raise Failure("refuse needs a reason", f"Write it behind the id: maildesk inbox refuse {ids[0]} not his mail", Code.USAGE)
    with store.write() as tx:
        if not tx.refuse(ids[0], why):
            raise Failure(f"mail {ids[0]} is not held", "Nothing was changed. See: maildesk inbox held")
    console.say(f"Mail {ids[0]} is filed as ignored.")


def outbox(
    letting: Annotated[Letting | None, typer.Argument(help=LETTING)] = None,
    addresses: Annotated[list[str] | None, typer.Argument(help="The addresses to write to again.")] = None,
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="Only letters of which nobody knows whether they arrived.")
    ] = False,
    state: Annotated[str, typer.Option(help=f"Only in this state: {', '.join(get_args(LetterState))}.")] = "",
    limit: Limit = 50,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """List the letters that go out, and what became of them; or the addresses that are written to no more."""
    desk = configured(config)
    wanted = _known("uncertain" if uncertain else state, get_args(LetterState))
    with opened(desk) as store:
        if letting is Letting.LIFT:
            _lift(store, addresses or [])
            return
        _nothing_more(addresses)
        with store.read() as tx:
            found: Sequence[Posted | Suppression | Illegible] = (
                tx.suppressions(limit + 1) if letting else tx.outbox(cast(LetterState | None, wanted), limit + 1)
            )
    headings, empty = (DEAD, "No addresses.") if letting else (LETTERS, "No letters.")
    console.listing(found, limit, headings, partial(_row, zone=desk.settings.zone), empty=empty, as_json=as_json)


MAILS = ("ID", "RECEIVED", "STATE", "VERDICT", "OUTCOME", "SIZE", "REASON")
HELD = ("ID", "HELD SINCE", "FROM", "SUBJECT", "REASON")
SUBJECT = 60
LETTERS = ("ID", "PROMISED", "STATE", "KIND", "TRIES", "TO", "SAID")
DEAD = ("SINCE", "ADDRESS", "SAID")


def _lift(store: Store, addresses: list[str]) -> None:
    """All of them or none."""
    if not addresses:
        raise Failure("lift needs addresses", "See them with: maildesk outbox dead", Code.USAGE)
    with store.write() as tx:
        for one in addresses:
            if not tx.lift(Address(one)):
                raise Failure(f"nothing speaks against {one}", "Nothing was changed. See: maildesk outbox dead")
    console.say(f"{len(addresses)} to be written to again.")


def _known(state: str, states: tuple[str, ...]) -> str | None:
    if state and state not in states:
        raise Failure(f"{state!r} is not a state", f"Write one of: {', '.join(states)}.", Code.USAGE)
    return state or None


def _mail(mail: Inbox, zone: tzinfo) -> tuple[str, ...]:
    size = f"{mail.size / 1000:.0f} kB"
    return (str(mail.id), console.moment(mail.received_at, zone), mail.state, mail.verdict, mail.outcome, size, mail.reason)


def _held(mail: Inbox, zone: tzinfo) -> tuple[str, ...]:
    """What is needed to decide about it; of one that was held by an earlier version, less is known."""
    since, doubt = console.moment(mail.held_at or mail.kept_at, zone), mail.doubt
    if doubt is None:
        return str(mail.id), since, "?", "", mail.reason
    return str(mail.id), since, doubt.sender, clean_header(doubt.subject, SUBJECT), reason(doubt, "en")


def _row(letter: Posted | Suppression, zone: tzinfo) -> tuple[str, ...]:
    if isinstance(letter, Suppression):
        return (console.moment(letter.at, zone), letter.address, letter.reason)
    promised = console.moment(letter.created_at, zone)
    said = letter.reason or letter.reply
    return (str(letter.id), promised, letter.state, letter.kind, str(letter.attempts), letter.to, said)
