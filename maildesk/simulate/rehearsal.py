"""A whole rehearsal: the mails played against a configuration, and what remains of it in the folder.

letters/0001.eml …   every letter, with X-Maildesk-Kind and X-Maildesk-Ticket in front
tickets.json         the tickets as they were at the end
timeline.jsonl       every mail, letter, alarm, turn and call, one a line
desk/                the store

The same mails under the same policy give the same bytes each time, so that two rehearsals can be compared by `diff`.
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from maildesk.config import Config, sqlite_at
from maildesk.core.ticket import Ticket
from maildesk.desk import Desk
from maildesk.log import warn
from maildesk.plain import plain
from maildesk.simulate.arrivals import Arrival
from maildesk.simulate.calls import Calls
from maildesk.simulate.figures import EVERYTHING, Figures, Played, figures, happened
from maildesk.simulate.foresight import Foresight
from maildesk.simulate.letters import Delivery, Letters
from maildesk.simulate.playing import HOST, Playing
from maildesk.simulate.scribe import Scribe, Unwritten
from maildesk.simulate.shelf import Shelf
from maildesk.store import Store

AFTERWARDS = timedelta(days=7)
"""How long a rehearsal goes on after its last mail, unless it is told."""

KEY = hashlib.sha256(b"the key of every rehearsal").digest()


class Nonces:
    """The nonces of one rehearsal: those of a letter follow from what it is, so that one letter more changes no other."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, letter: str) -> str:
        self._given[letter] += 1
        return hashlib.sha256(f"{letter} {self._given[letter]}".encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when until when is played."""

    since: datetime
    until: datetime


def rehearse(
    config: Config,
    mails: tuple[Arrival, ...],
    out: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    tell: Callable[[], None] = lambda: None,
) -> Figures:
    """Play the mails that arrive from `since` until `until`, leave the files in `out`, and count what happened.

    `tell` is called for each mail that is played. Its addresses are signed with a key that everybody knows: no real
    desk takes it.
    """
    chosen = tuple(mail for mail in mails if (since is None or mail.at >= since) and (until is None or mail.at <= until))
    begin = since or min((mail.at for mail in chosen), default=mails[0].at)
    end = until or max((mail.at for mail in chosen), default=begin) + AFTERWARDS
    span = Span(since=begin, until=end)
    try:
        return _played(config, chosen, span, out, Scribe, tell)
    except Unwritten as trouble:
        warn("rehearsed anew, its letters one by one", trouble=str(trouble))
        for folder in ("desk", "letters"):
            shutil.rmtree(out / folder)
        return _played(config, chosen, span, out, Shelf, tell)


def _played(
    config: Config,
    mails: tuple[Arrival, ...],
    span: Span,
    out: Path,
    keeping: type[Scribe | Shelf],
    tell: Callable[[], None],
) -> Figures:
    """One run through all of it, the letters written by a scribe beside the desk or by the desk for a shelf."""
    rehearsed = _rehearsed(config, out / "desk")
    store = Store.open(rehearsed.settings.database, rehearsed.settings.state, "rehearsal", durable=False)
    store.upgrade()
    shelf = keeping(out / "letters", store.files.get)
    reader = Foresight()
    desk = Desk(rehearsed, store, reader, nonce=Nonces().of, pen=shelf.pen)
    with closing(store), closing(desk), closing(shelf):
        letters = Letters(shelf, config.people)
        delivery, calls = Delivery(desk, letters), Calls(desk)
        playing = Playing(
            desk=desk, letters=letters, delivery=delivery, calls=calls, mails=mails, now=span.since, tell=tell, reader=reader
        )
        with store.as_one():
            playing.play(span.until)
        return _kept(Played(playing=playing, since=span.since, until=span.until), out)


def _rehearsed(config: Config, folder: Path) -> Config:
    """The configuration with a store and a key of its own, and the word of the rehearsal's host to believe."""
    folder.mkdir(parents=True)
    settings = config.settings
    return replace(
        config,
        settings=replace(
            settings,
            state=folder,
            database=sqlite_at(folder / "maildesk.db"),
            keys=(KEY,),
            hosts=(*settings.hosts, HOST),
        ),
    )


def _kept(played: Played, out: Path) -> Figures:
    timeline = happened(played)
    with played.store.read() as tx:
        found = (ticket for ticket in tx.tickets(limit=EVERYTHING) if isinstance(ticket, Ticket))
        tickets = tuple(sorted(found, key=lambda ticket: ticket.id))
    (out / "tickets.json").write_text(json.dumps(plain(tickets), ensure_ascii=False, indent=1) + "\n", "utf-8")
    with (out / "timeline.jsonl").open("w", encoding="utf-8") as file:
        for one in timeline:
            file.write(json.dumps({"at": plain(one.at), "what": str(one.what), **plain(one.said)}, ensure_ascii=False) + "\n")
    return figures(played, timeline, tickets)
