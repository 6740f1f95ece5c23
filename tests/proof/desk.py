"""A desk that works in the proof's own process, so that a thing can be tried thousands of times; its store is a real one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from maildesk import config
from maildesk.config import Settings
from maildesk.core.policy import Limits
from maildesk.demo import world
from maildesk.desk import Desk
from maildesk.store import Store

MANY = 1_000_000
LIMITS = Limits(domain_hour=MANY, all_hour=MANY, neutral_hour=MANY, sender_tickets=MANY, domain_tickets=MANY)
"""Thousands of mails of one domain come within an hour here, and each is to be answered as if it had come alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """The desk, and its database for whoever wants to look past it."""

    desk: Desk
    database: Path

    def ask(self, question: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)) as base:
            return base.execute(question, values).fetchall()

    def count(self, question: str, *values: object) -> int:
        """The one number that answers the question."""
        return int(str(self.ask(question, *values)[0][0]))


@contextmanager
def opened(place: Path, changed: Callable[[Settings], Settings] = lambda settings: settings) -> Iterator[AtHand]:
    """The desk of the demo's people in a folder, with nothing in it yet; `changed` has the last word on its settings."""
    loaded = config.load(world.write(place, imap_port=1, smtp_port=1))
    policy = replace(loaded.policy, limits=LIMITS)
    loaded = replace(loaded, settings=changed(loaded.settings), policy=policy)
    database = place / "state" / "proof.db"
    store = Store.open(f"sqlite:///{database}", place / "state", "proof")
    store.upgrade()
    with closing(store), closing(Desk(loaded, store)) as desk:
        yield AtHand(desk=desk, database=database)


def arriving(mark: str, to: str = world.DESK) -> bytes:
    """A new mail of somebody outside whom the border vouches for; it is found again by its subject."""
    lines = (
        f"Authentication-Results: {world.HOST}; dmarc=pass header.from=customer.example",
        f"From: {mark}@customer.example",
        f"To: {to}",
        f"Subject: {mark}",
        f"Message-ID: <{mark}@customer.example>",
        "",
        "The printer does not print.",
        "",
    )
    return "\r\n".join(lines).encode()
