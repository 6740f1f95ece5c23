"""A desk in the middle of its day, prepared once: every cell begins with a copy of it.

Two tickets are open. The first has a requester, one who watches, an engineer, a note that nobody outside may read, a mail in
the engineer's name that waits for his yes, and one in another engineer's name that is held; the second is somebody else's.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from maildesk import config
from maildesk.core.message import Address
from maildesk.core.trust import Scope
from maildesk.demo import world
from maildesk.desk import Desk
from maildesk.desk.posting import Posting
from maildesk.mail.tokens import Keys
from maildesk.reader import Reader
from maildesk.store import Store
from tests.desk.post import PostOffice
from tests.proof.forged.cast import Cast, cast
from tests.proof.forged.headers import FORMS, NEIGHBOURS, Knows

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NOW = MORNING + timedelta(hours=3)
WORDS, OTHER_WORDS, NOTE, WAITING = "xylophone-of-the-first", "trombone-of-the-second", "vermilion-note", "saffron-answer"
SECRETS = (WORDS, OTHER_WORDS, NOTE, WAITING)
"""One word in everything that was written before: in a letter to an outsider it would be a leak."""

PLAIN = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8"
OTHER_KEY = Keys((b"a key of somebody else",))


@dataclass(slots=True, kw_only=True)
class Stage:
    """The desk as whoever it believes, over one store that is put back before each cell."""

    cast: Cast
    desks: dict[Knows, Desk]
    database: Path
    ids: dict[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()

    def reset(self) -> None:
        _copied(self.database.with_suffix(".prepared"), self.database)

    def take_in(self, raw: bytes, knows: Knows = Knows.HOST, now: datetime = NOW) -> None:
        """One mail comes, and everything that follows from it at once."""
        desk = self.desks[knows]
        desk.keep([(None, now, raw)], None, now)
        for _ in desk.take_in(lambda: now):
            pass

    def letters(self, now: datetime = NOW) -> list[tuple[str, bytes]]:
        """Every letter that is promised, those too that would be sent a little later."""
        office = PostOffice()
        posting = Posting(self.desks[Knows.HOST], office, lambda: now + timedelta(hours=1))
        asyncio.run(_posted(posting))
        return office.taken

    def ask(self, question: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)) as base:
            return base.execute(question, values).fetchall()

    def opens_hours(self) -> None:
        """The engineer said yes to something an hour ago."""
        desk = self.desks[Knows.HOST]
        with desk.store.write() as tx:
            tx.open_party("staff:E001", NOW + timedelta(hours=7))

    # -- addresses of the desk ---------------------------------------------------------------------------------------

    def address(
        self, scope: Scope, about: int, who: str, *, at: datetime = MORNING, keys: Keys | None = None, epoch: int = 0
    ) -> str:
        """A signed address as a letter of that moment would bear it."""
        desk = self.desks[Knows.HOST]
        with desk.store.write() as tx:
            party = tx.party(who)
        return (keys or desk.keys).address(Address(world.DESK), scope, about, party.id, party.epoch + epoch, at)


async def _posted(posting: Posting) -> None:
    while (await posting.post()).tried:
        pass


def _copied(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@contextmanager
def staged(place: Path, seed: int) -> Iterator[Stage]:
    """A desk in a folder, with the people of the seed and its morning behind it."""
    people = cast(seed)
    main = world.write(place, imap_port=1, smtp_port=1)
    (place / "people.csv").write_text(people.people, "utf-8")
    loaded = config.load(main)
    database = place / "state" / "proof.db"
    store = Store.open(f"sqlite:///{database}", place / "state", "proof", durable=False)
    store.upgrade()
    believed = {
        Knows.NOBODY: replace(loaded.settings, hosts=()),
        Knows.HOST: loaded.settings,
        Knows.BORDER: replace(loaded.settings, border_hosts=(world.HOST,)),
        Knows.NETWORK: replace(loaded.settings, border_hosts=(world.HOST, NEIGHBOURS)),
    }
    with closing(store), closing(Reader()) as reader:
        desks = {knows: Desk(replace(loaded, settings=settings), store, reader) for knows, settings in believed.items()}
        stage = Stage(cast=people, desks=desks, database=database)
        _morning(stage)
        _copied(database, database.with_suffix(".prepared"))
        yield stage


def _morning(stage: Stage) -> None:
    """What happened before."""
    of = stage.cast
    first = mail(of["requester"], f"The printer does not print. {WORDS}", f"printer {WORDS}", more=(f"Cc: {of['watcher']}",))
    stage.take_in(first, now=MORNING)
    stage.take_in(mail(of["customer"], f"The screen is dark. {OTHER_WORDS}", f"screen {OTHER_WORDS}"), now=MORNING)
    one, two = (int(str(key)) for (key,) in stage.ask("SELECT id FROM tickets ORDER BY id"))
    noting = stage.address(Scope.INTERNAL, one, "staff:E001")
    stage.take_in(mail(of["engineer"], f"/note {NOTE}", "Re: a", to=noting), now=MORNING)
    answering = stage.address(Scope.ENGINEER, one, "staff:E001")
    waits = mail(of["engineer"], f"Please restart it. {WAITING}", "Re: b", to=answering, form="nothing")
    stage.take_in(waits, now=NOW - timedelta(hours=1))
    lent = stage.address(Scope.ENGINEER, one, "staff:E101")
    stage.take_in(mail(of["second"], f"Please replace it. {WAITING}", "Re: c", to=lent, form="dmarc=fail"), now=MORNING)
    stage.letters()
    ours = stage.ask("SELECT message_id FROM outbox WHERE kind = 'acknowledgement' AND recipient = ?", of["requester"])
    awaiting = stage.ask("SELECT id FROM inbox WHERE state = 'awaiting'")
    held = stage.ask("SELECT id FROM inbox WHERE state = 'held'")
    theirs = stage.ask("SELECT message_id FROM inbox ORDER BY id LIMIT 1")
    stage.numbers = tuple(str(number) for (number,) in stage.ask("SELECT number FROM tickets ORDER BY id"))
    stage.ids = {
        "first": str(one),
        "second": str(two),
        "ours": str(ours[0][0]),
        "theirs": str(theirs[0][0]),
        "awaiting": str(awaiting[0][0]),
        "held": str(held[0][0]),
    }


def mail(
    sender: str,
    text: str,
    subject: str,
    *,
    to: str = world.DESK,
    form: str = "dmarc=pass",
    more: tuple[str, ...] = (),
    date: datetime = MORNING,
    said: tuple[str, ...] = (),
    message_id: str = "",
) -> bytes:
    """A mail with a head. `said` are the fields that say who it is from, when one From is not enough. A text that begins with
    a field of MIME has parts of its own."""
    name = message_id or hashlib.sha256(repr((sender, text, subject, to, form, more, said)).encode()).hexdigest()[:16]
    lines = (
        *FORMS[form].lines(sender),
        *(said or (f"From: {sender}",)),
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {date:%a, %d %b %Y %H:%M:%S +0000}",
        f"Message-ID: <{name}@mail.test>",
        *more,
        text if text.startswith("MIME-Version:") else f"{PLAIN}\r\n\r\n{text}",
        "",
    )
    return "\r\n".join(lines).encode()
