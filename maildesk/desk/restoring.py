"""A desk from a backup: looked at whole, made aside, brought up to what the mailboxes know, and only then put in its place.

Files are added to the state folder under the digests of their bytes and take nothing away. The database is worked on under
another name and takes the place of the old one by a rename; the old one is set aside. Whatever breaks before that leaves all as
it was, and the restore can simply be begun anew. A database on PostgreSQL is restored by its own tools first, and is worked on
where it is.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import maildesk.store.backup as backups
import maildesk.store.unpacking as unpacking
from maildesk.config import Config, Settings, sqlite_at
from maildesk.desk.gap import UNSEEN, Gap, Looking
from maildesk.desk.recovering import Recovered, prepare, recover
from maildesk.plain import plain
from maildesk.store import Conflict, Older, Store, StoreError
from maildesk.store.backup import DATABASE, DUMP, Manifest
from maildesk.store.recovery import last_serials

ELSEWHERE = "restore the dump into a second database, name that in a copy of the configuration, and restore there"
RECORD = "restored.log"
"""In the state folder: one line of JSON for each restore."""


class Occupied(StoreError):
    """There is a desk where one is to be restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done, or in a rehearsal would be done. `aside` is where the database lies that was there before."""

    backup: Path
    manifest: Manifest
    upgraded: bool
    files: int
    recovered: Recovered
    aside: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """A backup and the desk that is to come from it. `mailboxes`: what they have beyond the backup is taken in again; `since` is
    from when on, where that is not to be found out, and `stopped` until when the lost desk worked, where somebody knows it."""

    config: Config
    backup: Path
    manifest: Manifest
    mailboxes: bool = True
    since: datetime | None = None
    stopped: datetime | None = None

    @property
    def settings(self) -> Settings:
        return self.config.settings

    @property
    def database(self) -> Path | None:
        """The file of the database; None on PostgreSQL."""
        return backups.file_of(self.settings.database)

    def rehearse(self, clock: Callable[[], datetime]) -> Restored:
        """The same in a folder that goes again, up to where mails would be taken in. The mailboxes are looked at. Raises Conflict
        on PostgreSQL, whose database is worked on where it is."""
        if self.database is None:
            raise Conflict("a database on PostgreSQL cannot be rehearsed with: it is worked on where it is", ELSEWHERE)
        with TemporaryDirectory(prefix="maildesk-restore-") as place, self._made(Path(place), Path(place, DATABASE)) as made:
            store, upgraded = made
            recovered = prepare(self.config, store, self._gap(store, clock), clock())
        return self._told(upgraded, 0, recovered, None)

    def restore(self, clock: Callable[[], datetime]) -> Restored:
        """All of it. Nobody else may work in the state folder. Raises StoreError or MailboxError; then all is as it was."""
        state, database = self.settings.state, self.database
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = unpacking.restore_files(self.backup, self.manifest, state)
        fresh = database.with_name(f"{database.name}.restoring") if database else None
        with self._made(state, fresh) as (store, upgraded):
            recovered = recover(self.config, store, self._gap(store, clock), clock)
        aside = unpacking.swap(fresh, database, clock()) if fresh and database else None
        if database:
            _give((database,), aside or database.parent)
        done = self._told(upgraded, files, recovered, aside)
        with (state / RECORD).open("a", encoding="utf-8") as record:
            record.write(json.dumps(plain({"at": clock(), **plain(done)}), ensure_ascii=False) + "\n")
        _give(state.rglob("*"), state)
        return done

    @contextmanager
    def _made(self, folder: Path, fresh: Path | None) -> Iterator[tuple[Store, bool]]:
        """The store of the backup, ready to work, and whether it had to be upgraded for that."""
        if fresh:
            unpacking.restore_database(self.backup, fresh)
        url = sqlite_at(fresh) if fresh else self.settings.database
        with closing(Store.open(url, folder, self.settings.node)) as store:
            old = store.state() == "old"
            if old and not fresh:
                raise Older("the restored database is older than this program", "run: maildesk upgrade; then restore again")
            if old:
                store.upgrade()
            yield store, old

    def _gap(self, store: Store, clock: Callable[[], datetime]) -> Gap:
        gap = Gap(unseen=UNSEEN, age=clock() - self.manifest.at)
        if self.mailboxes and self.settings.accounts:
            gap = Looking(self.config, store, self.manifest.at, since=self.since, stopped=self.stopped).look(clock())
        if self.database:
            gap.counted = last_serials(self.database, *unpacking.set_aside(self.database))
        return gap

    def _told(self, upgraded: bool, files: int, recovered: Recovered, aside: Path | None) -> Restored:
        return Restored(
            backup=self.backup, manifest=self.manifest, upgraded=upgraded, files=files, recovered=recovered, aside=aside
        )


def chosen(config: Config, backup: Path, *, replace: bool) -> Manifest:
    """The manifest of a backup, every byte of which was looked at, and that may be restored here. Raises StoreError."""
    settings, manifest = config.settings, unpacking.read(backup)
    if manifest.desk != settings.address:
        raise Conflict(f"{backup} is of {manifest.desk}, not of {settings.address}", "name the configuration of that desk")
    database = backups.file_of(settings.database)
    if (database is None) is (manifest.database == DATABASE):
        raise Conflict(f"{backup} holds {manifest.database}", "set `database` of [state] to the kind that it came from")
    if database is None:
        _require_the_dump(settings, backup, manifest)
    elif not replace and backups.holds_desk(database):
        remedy = "Nothing was changed. --replace sets its database aside (it is not deleted) and restores the backup in its place"
        raise Occupied(f"there is a desk in {settings.state} already", remedy)
    unpacking.verify(backup, manifest)
    return manifest


def _require_the_dump(settings: Settings, backup: Path, manifest: Manifest) -> None:
    remedy = f"restore the dump into an empty database first: pg_restore --no-owner --dbname=URL {backup / DUMP}"
    try:
        _, *counts = backups.counted(settings.database)
    except Older as empty:
        raise Older("the database is empty", remedy) from empty
    if counts != [manifest.mails, manifest.tickets, manifest.letters]:
        raise Occupied("the database is not the one of this backup", remedy)


def _give(made: Iterable[Path], like: Path) -> None:
    """What root made belongs to whom this belongs, who is the desk's user."""
    if os.geteuid() == 0:
        owner = like.stat()
        for path in made:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
