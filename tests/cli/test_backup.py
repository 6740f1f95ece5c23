"""`maildesk backup` and `maildesk restore` at the shell: what they save, what they refuse, and that nothing half is left."""

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk import faults
from maildesk.daemon import only_one, utc_now
from maildesk.store.backup import holds_desk
from tests.cli.conftest import Desk
from tests.daemon.running import MAILDESK

RAW = b"From: ann@example.org\r\nSubject: the printer\r\nMessage-ID: <1@example.org>\r\n\r\nIt does not print.\r\n"


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A desk with one mail in it, which it has not read yet."""
    keep(desk, RAW)
    return desk


def keep(desk: Desk, raw: bytes) -> None:
    with desk.store() as store:
        digest, size = store.files.put((raw,))
        with store.write() as tx:
            tx.keep(digest, size, utc_now(), utc_now())


def backed_up(desk: Desk, *words: str) -> Path:
    """A new backup."""
    done = desk.call("backup", str(desk.folder / "backups"), "--json", *words)
    assert done.exit_code == 0, done.output
    return Path(json.loads(done.stdout)["backup"])


def restored(desk: Desk, backup: Path, *words: str) -> Any:
    return desk.call("restore", str(backup), "--no-mailboxes", *words)


def mails(desk: Desk) -> int:
    with desk.store() as store, store.read() as tx:
        return sum(mail.size > 0 for mail in tx.inbox())


def killed_at(desk: Desk, point: str, *words: str) -> int:
    """A verb that dies at a point; how it ended."""
    surroundings = {**os.environ, "MAILDESK_FAULT": f"{point}:kill"}
    command = [*MAILDESK, *words, "--config", str(desk.main)]
    return subprocess.run(command, env=surroundings, capture_output=True, timeout=60, check=False).returncode


def test_a_backup_says_what_it_is_and_what_is_to_be_kept_elsewhere(kept: Desk) -> None:
    said = kept.call("backup", str(kept.folder / "backups"))
    assert said.exit_code == 0
    assert str(kept.folder / "state" / "keys") in said.stdout
    (backup,) = (kept.folder / "backups").glob("maildesk-*")
    manifest = json.loads((backup / "manifest.json").read_text())
    assert (manifest["mails"], manifest["files"], manifest["database"]) == (1, 1, "maildesk.db")
    assert sorted(path.name for path in backup.iterdir()) == ["files", "maildesk.db", "manifest.json"]
    assert not any("key" in path.name for path in backup.rglob("*"))


def test_a_restored_database_keeps_its_log_as_every_desk_does(kept: Desk) -> None:
    backup = backed_up(kept)
    keep(kept, RAW + b"more")
    assert restored(kept, backup, "--replace").exit_code == 0
    assert mails(kept) == 1
    with closing(sqlite3.connect(kept.folder / "state" / "maildesk.db")) as base:
        assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with closing(sqlite3.connect(backup / "maildesk.db")) as base:
        assert base.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_the_next_backup_shares_what_the_last_one_has_and_old_ones_go(kept: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = backed_up(kept)
    older = first.rename(first.with_name("maildesk-20200101T000000Z"))
    oldest = Path(shutil.copytree(older, older.with_name("maildesk-20190101T000000Z")))
    second = backed_up(kept, "--keep", "2")
    (one,), (other,) = older.glob("files/*/*"), second.glob("files/*/*")
    assert one.stat().st_ino == other.stat().st_ino
    assert not oldest.exists()
    assert {path.name for path in older.parent.glob("maildesk-*")} == {older.name, second.name}


def test_a_clock_that_was_set_back_does_not_cost_the_backup_just_made(kept: Desk) -> None:
    first = backed_up(kept)
    ahead = [first.rename(first.with_name("maildesk-20990101T000000Z"))]
    ahead.append(Path(shutil.copytree(ahead[0], first.with_name("maildesk-20990102T000000Z"))))
    made = backed_up(kept, "--keep", "2")
    assert {path.name for path in made.parent.glob("maildesk-*")} == {made.name, ahead[1].name}


def test_a_file_that_is_damaged_in_the_last_backup_is_whole_in_the_next(kept: Desk) -> None:
    first = backed_up(kept)
    (file,) = first.glob("files/*/*")
    file.unlink()
    file.write_bytes(RAW[:20])
    first.rename(first.with_name("maildesk-20200101T000000Z"))
    assert restored(kept, backed_up(kept), "--dry-run").exit_code == 0


def test_a_backup_that_is_killed_half_way_bears_no_name(kept: Desk) -> None:
    to = kept.folder / "backups"
    assert killed_at(kept, "backup-half", "backup", str(to)) == -9
    assert list(to.glob("maildesk-*")) == []
    whole = backed_up(kept)
    assert [path.name for path in to.iterdir() if path.is_dir()] == [whole.name]


def test_a_full_disk_is_told_and_nothing_is_left(kept: Desk) -> None:
    faults.arm("backup-half:enospc")
    try:
        said = kept.call("backup", str(kept.folder / "backups"))
    finally:
        faults.arm("")
    assert said.exit_code == 1
    assert "no space left" in said.stderr
    assert "--keep" in said.stderr
    assert list((kept.folder / "backups").glob("*maildesk-2*")) == []


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("state/backups", "lies in the state folder"),
        ("inside", "lies in the state folder"),
        ("policy.toml", "is a file"),
        ("policy.toml/below", "Not a directory"),
        ("loop", "File exists"),
        ("/proc/nothing", "No such file or directory"),
    ],
)
def test_a_place_that_is_none_is_refused(kept: Desk, where: str, words: str) -> None:
    (kept.folder / "loop").symlink_to(kept.folder / "loop")
    (kept.folder / "inside").symlink_to(kept.folder / "state")
    said = kept.call("backup", str(kept.folder / where))
    assert said.exit_code == 1
    assert words in said.stderr


def test_a_file_that_is_lost_is_named_and_the_rest_is_saved(kept: Desk) -> None:
    keep(kept, RAW + b"more")
    lost = next((kept.folder / "state").glob("[0-9a-f][0-9a-f]/*"))
    lost.unlink()
    said = kept.call("backup", str(kept.folder / "backups"))
    assert said.exit_code == 1
    assert lost.name in said.stderr
    (backup,) = (kept.folder / "backups").glob("maildesk-*")
    assert restored(kept, backup, "--replace").exit_code == 0


def test_damage_is_named_and_nothing_is_touched(kept: Desk) -> None:
    backup = backed_up(kept)
    (file,) = backup.glob("files/*/*")
    file.unlink()
    file.write_bytes(RAW.replace(b"not", b"now"))
    before = (kept.folder / "state" / "maildesk.db").read_bytes()
    said = restored(kept, backup, "--replace")
    assert said.exit_code == 1
    assert file.name in said.stderr
    assert (kept.folder / "state" / "maildesk.db").read_bytes() == before


def test_a_damaged_database_in_a_backup_is_named(kept: Desk) -> None:
    backup = backed_up(kept)
    with (backup / "maildesk.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"\xa5")
    said = restored(kept, backup, "--replace")
    assert said.exit_code == 1
    assert "maildesk.db is damaged" in said.stderr


def test_what_is_no_backup_is_not_restored(kept: Desk) -> None:
    backup = backed_up(kept)
    said = restored(kept, backup.parent)
    assert said.exit_code == 1
    assert f"name the folder that holds manifest.json: name one of those in it, like {backup}" in said.stderr
    said = restored(kept, backup / "manifest.json")
    assert said.exit_code == 1
    assert "is no backup" in said.stderr


def test_a_manifest_that_may_not_be_read_is_not_called_damaged(kept: Desk) -> None:
    manifest = backed_up(kept) / "manifest.json"
    manifest.unlink()
    manifest.mkdir()
    said = restored(kept, manifest.parent, "--replace")
    assert said.exit_code == 1
    assert f"{manifest}: Is a directory\n  let the desk's user read the backup" in said.stderr


@pytest.mark.parametrize("more", [{"at": "2026-11-21T10:00:00"}, {"at": "yesterday"}, {"missing": None}])
def test_a_damaged_manifest_is_told(kept: Desk, more: dict[str, object]) -> None:
    manifest = backed_up(kept) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | more))
    said = restored(kept, manifest.parent, "--replace")
    assert said.exit_code == 1
    assert "is damaged" in said.stderr


@pytest.mark.parametrize("more", [{"format": 2, "letters": [], "key": "what only a later version says"}, {"schema": "9999"}])
def test_a_backup_of_a_later_version_is_left_to_that_version(kept: Desk, more: dict[str, object]) -> None:
    manifest = backed_up(kept) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"maildesk": "7.0"} | more))
    said = restored(kept, manifest.parent, "--replace")
    assert said.exit_code == 1
    assert "was made by maildesk 7.0\n  install at least that version" in said.stderr


def test_a_desk_that_is_there_is_set_aside_only_when_that_is_said(kept: Desk) -> None:
    backup = backed_up(kept)
    keep(kept, RAW + b"more")
    said = restored(kept, backup)
    assert said.exit_code == 1
    assert "--replace" in said.stderr
    assert mails(kept) == 2
    done = restored(kept, backup, "--replace")
    assert done.exit_code == 0
    assert mails(kept) == 1
    (aside,) = (kept.folder / "state").glob("maildesk.db.replaced-*Z")
    with closing(sqlite3.connect(aside)) as base:
        assert base.execute("SELECT count(*) FROM inbox").fetchone() == (2,)


def test_a_state_folder_that_cannot_be_written_to_is_told_with_its_remedy(kept: Desk) -> None:
    backup = backed_up(kept)
    (kept.folder / "state" / "lock").unlink(missing_ok=True)
    (kept.folder / "state" / "lock").mkdir()
    said = restored(kept, backup, "--replace")
    assert (said.exit_code, "Is a directory" in said.stderr) == (1, True)


def test_a_file_that_cannot_be_read_is_named(kept: Desk) -> None:
    unread = next((kept.folder / "state").glob("[0-9a-f][0-9a-f]/*"))
    unread.unlink()
    unread.mkdir()
    said = kept.call("backup", str(kept.folder / "backups"))
    assert said.exit_code == 1
    assert f"{unread}: Is a directory\n  let the desk's user read it" in said.stderr


def test_a_restored_database_belongs_to_whom_the_one_before_it_did(kept: Desk, tmp_path: Path) -> None:
    """Wherever it lies: root restores for the desk's user."""
    somebody = 12_345 if os.geteuid() == 0 else os.geteuid()
    database = tmp_path / "elsewhere" / "maildesk.db"
    database.parent.mkdir()
    (kept.folder / "state" / "maildesk.db").rename(database)
    kept.change("#database = ", f'database = "sqlite:///{database}" #')
    os.chown(database, somebody, -1)
    assert restored(kept, backed_up(kept), "--replace").exit_code == 0
    assert database.stat().st_uid == somebody


def test_folders_may_have_names_that_mean_something_to_a_url(kept: Desk) -> None:
    (kept.folder / "state").rename(kept.folder / "状态 #1?%41")
    text = kept.main.read_text(encoding="utf-8")
    kept.main.write_text(text.replace(f"{kept.folder}/state", f"{kept.folder}/状态 #1?%41"), encoding="utf-8")
    said = kept.call("backup", str(kept.folder / "备份 #2?"))
    assert said.exit_code == 0, said.stderr
    (backup,) = (kept.folder / "备份 #2?").glob("maildesk-*")
    shutil.move(backup, kept.folder / "moved")
    assert restored(kept, kept.folder / "moved", "--replace").exit_code == 0
    assert mails(kept) == 1


@pytest.mark.parametrize("damage", [b"", b"\0" * 4096])
def test_numbers_that_the_database_there_gave_are_not_given_again(kept: Desk, damage: bytes) -> None:
    backup = backed_up(kept)
    today = utc_now().astimezone(kept.config.settings.zone).date()
    with kept.store() as store, store.write() as tx:
        tx.number_above(today, 4711)
    with (kept.folder / "state" / "maildesk.db").open("r+b") as file:
        file.write(damage)
    said = json.loads(restored(kept, backup, "--replace", "--json").stdout.splitlines()[-1])["restored"]
    assert said["recovered"]["skipped"] == (1000 if damage else 4711)
    with kept.store() as store, store.read() as tx:
        assert tx.last_number(today) == said["recovered"]["skipped"] + 1


def test_mailboxes_at_which_nobody_looked_are_not_called_empty(kept: Desk) -> None:
    said = restored(kept, backed_up(kept), "--replace")
    assert "the mailboxes were not looked at" in said.stdout
    assert "INBOX" not in said.stdout


def test_nothing_is_restored_under_a_desk_at_work(kept: Desk) -> None:
    backup = backed_up(kept)
    with only_one(kept.folder / "state", "another-node"):
        said = restored(kept, backup, "--replace")
    assert said.exit_code == 1
    assert f"as process {os.getpid()}" in said.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "2999-01-01"), ("--since 2999-01-01", "future", "clock of the desk")),
        (("--stopped", "2999-01-01T16:55"), ("--stopped 2999-01-01", "future", "clock of the desk")),
        (("--no-mailboxes", "--since", "2026-01-01"), ("--since", "mailboxes", "Leave it out")),
        (("--no-mailboxes", "--stopped", "2026-01-01 16:55"), ("--stopped", "mailboxes", "Leave it out")),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(kept: Desk, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    refused = kept.call("restore", str(backed_up(kept)), "--replace", *words)
    assert refused.exit_code == 2
    assert all(word in refused.stderr for word in said)
    assert not list((kept.folder / "state").glob("maildesk.db.replaced-*"))


def test_a_desk_may_have_worked_to_the_end_of_this_very_minute(kept: Desk) -> None:
    ends = utc_now().astimezone(kept.config.settings.zone) + timedelta(minutes=1)
    told = kept.call("restore", str(backed_up(kept)), "--dry-run", "--stopped", f"{ends:%Y-%m-%dT%H:%M}")
    assert "future" not in told.stderr


def test_looking_at_a_database_leaves_its_journal_as_it_is(tmp_path: Path) -> None:
    """Under a name that means something to a URL, too."""
    database = tmp_path / "other?mode=rw.db"
    with closing(sqlite3.connect(database)) as base:
        base.execute("CREATE TABLE things (name)")
    before = database.read_bytes()
    assert not holds_desk(database)
    assert database.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [database.name]


def test_a_rehearsal_changes_nothing(kept: Desk) -> None:
    backup = backed_up(kept)
    keep(kept, RAW + b"more")
    told = restored(kept, backup, "--dry-run").stdout.splitlines()
    assert (told[0], told[-1]) == ("This would be done; nothing was changed.", "To do it: the same without --dry-run.")
    said = restored(kept, backup, "--dry-run", "--json")
    assert said.exit_code == 0, said.stderr
    assert json.loads(said.stdout.splitlines()[-1])["restored"]["recovered"]["skipped"] == 1000
    assert mails(kept) == 2
    assert not (kept.folder / "state" / "restored.log").exists()


def test_a_restore_that_is_killed_in_the_middle_is_begun_anew(kept: Desk) -> None:
    backup = backed_up(kept)
    keep(kept, RAW + b"more")
    today = utc_now().astimezone(kept.config.settings.zone).date()
    with kept.store() as store, store.write() as tx:
        tx.number_above(today, 4711)
    assert killed_at(kept, "restore-half", "restore", str(backup), "--no-mailboxes", "--replace") == -9
    assert not (kept.folder / "state" / "maildesk.db").exists()
    assert restored(kept, backup).exit_code == 0
    assert mails(kept) == 1
    with kept.store() as store, store.read() as tx:
        assert tx.last_number(today) > 4711
    assert len(list((kept.folder / "state").glob("maildesk.db.replaced-*Z"))) == 1


def test_the_keys_that_a_restore_leaves_out_are_no_mails_and_no_tickets(desk: Desk) -> None:
    first = backed_up(desk)
    assert restored(desk, first, "--replace").exit_code == 0
    shutil.rmtree(first)
    assert desk.call("inbox").stdout == "No mails.\n"
    assert desk.call("list", "--all").stdout == "No tickets.\n"
    manifest = json.loads((backed_up(desk) / "manifest.json").read_text())
    assert (manifest["mails"], manifest["tickets"]) == (0, 0)


def test_what_was_restored_can_be_backed_up_and_restored_again(kept: Desk) -> None:
    first = backed_up(kept)
    assert restored(kept, first, "--replace").exit_code == 0
    shutil.rmtree(first)
    second = backed_up(kept)
    assert restored(kept, second, "--dry-run").exit_code == 0
    assert mails(kept) == 1
    assert kept.call("check", "--no-servers", "--json").exit_code == 0


def test_a_backup_of_another_desk_is_refused(kept: Desk) -> None:
    backup = backed_up(kept)
    said = (backup / "manifest.json").read_text().replace("support@acme.test", "help@other.test")
    (backup / "manifest.json").write_text(said)
    refused = restored(kept, backup, "--replace")
    assert refused.exit_code == 1
    assert "help@other.test" in refused.stderr
