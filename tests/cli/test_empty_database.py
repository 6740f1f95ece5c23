"""A database without a table: made while the disk was full, by `touch`, or lost. Each verb says so, with what is to be done."""

from typing import Any

import pytest

from maildesk.store.backup import file_of
from tests.cli.conftest import Desk


@pytest.fixture
def bare(desk: Desk) -> Desk:
    """A desk whose database has no byte."""
    database = file_of(desk.config.settings.database)
    assert database
    database.write_bytes(b"")
    return desk


@pytest.mark.parametrize("verb", ["run --once", "run", "list", "inbox", "outbox", "order /list --as wang"])
def test_a_verb_that_needs_a_desk_names_both_ways_to_one(bare: Any, verb: str) -> None:
    result = bare.call(*verb.split())
    assert result.exit_code == 1
    assert "the database is empty: there is no desk in it" in result.stderr
    assert "maildesk upgrade makes it" in result.stderr
    assert "maildesk restore" in result.stderr
    assert "for this version" not in result.stderr


def test_a_mail_that_is_handed_over_stays_with_the_mail_server(bare: Any) -> None:
    result = bare.shell("ingest", "--config", str(bare.main), input="From: a@b.test\n\nwords")
    assert result.exit_code == 75
    assert "the database is empty" in result.stderr


def test_check_says_the_same(bare: Any) -> None:
    result = bare.call("check", "--no-servers")
    assert result.exit_code == 1
    words = " ".join(result.stdout.split())
    assert "the database is empty" in words
    assert "maildesk upgrade makes it" in words


def test_an_empty_database_is_no_backup(bare: Any) -> None:
    result = bare.call("backup", str(bare.folder / "backups"))
    assert result.exit_code == 1
    assert "the database is empty" in result.stderr
    assert "maildesk restore" in result.stderr
    assert list((bare.folder / "backups").glob("maildesk-*")) == []


def test_upgrade_makes_a_new_desk_of_it(bare: Any) -> None:
    assert "was made" in bare.call("upgrade").stdout
    assert bare.call("list").exit_code == 0


def test_a_database_that_was_lost_is_not_made_anew(bare: Any) -> None:
    """Its numbers would be given a second time."""
    mail = bare.folder / "state" / "ab" / ("ab" * 32)
    mail.parent.mkdir(exist_ok=True)
    mail.write_bytes(b"From: a@b.test")
    for verb in ("upgrade", "list"):
        result = bare.call(verb)
        assert result.exit_code == 1
        assert "it was lost" in result.stderr
        assert "maildesk restore BACKUP" in result.stderr
        assert "upgrade" not in result.stderr


def test_a_backup_takes_the_place_of_an_empty_database_without_a_word(desk: Any, bare: Any) -> None:
    bare.call("upgrade")
    assert bare.call("backup", str(bare.folder / "backups")).exit_code == 0
    (made,) = (bare.folder / "backups").glob("maildesk-*")
    database = file_of(bare.config.settings.database)
    assert database
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    database.write_bytes(b"")
    bare.call("list")
    assert database.stat().st_size > 0, "looking at it has given it a head"
    assert bare.call("restore", str(made), "--no-mailboxes").exit_code == 0
    assert bare.call("list").exit_code == 0
