"""What the mailboxes tell of the time after a backup: which mails a lost desk had in hand, and which are new to its successor."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk.config import Account, Config, Secret
from maildesk.core.ticket import TicketId
from maildesk.demo.world import ANN, FANG
from maildesk.desk.collecting import LARGE
from maildesk.desk.gap import UNSEEN, Gap, Looking
from maildesk.desk.recovering import prepare
from maildesk.imap import MailboxError
from maildesk.mail.tokens import Keys
from maildesk.store import Position, Store
from maildesk.store.files import Files
from tests.desk.house import House
from tests.servers.dovecot import Dovecot
from tests.servers.imap_odd import Folder, OddImap
from tests.servers.oddities import Changed, always

BEGAN = datetime(2024, 3, 4, 8, 0, tzinfo=UTC)
"""When the desk first looked into its mailboxes; no server takes mail in from a day that is still to come."""


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    shutil.copy(sqlite_template, tmp_path / "maildesk.db")
    with closing(Store.open(f"sqlite:///{tmp_path}/maildesk.db", tmp_path / "files", "here", durable=False)) as store:
        yield House(tmp_path, store)


def at(minutes: int) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def configured(house: House, *accounts: Account) -> Config:
    """The desk with these mailboxes, which it knew before the backup was made."""
    with house.store.write() as tx:
        for account in accounts:
            tx.move_position(
                Position(mailbox=account.name, folder=account.folder, uidvalidity=1, next_uid=1, floor=1, since=BEGAN)
            )
    return replace(house.config, settings=replace(house.config.settings, accounts=accounts))


def gap(config: Config, house: House, **how: Any) -> Gap:
    return Looking(config, house.store, BEGAN, **how).look(house.now)


def subjects(found: Gap) -> list[str]:
    return [mail.head.subject for mail in found.mails]


def put(dovecot: Dovecot, account: Account, raw: bytes, minutes: int, folder: str = "INBOX") -> None:
    with dovecot.look(account.user) as imap:
        if not imap.folder_exists(folder):
            imap.create_folder(folder)
    dovecot.append(account.user, raw, at(minutes), folder)


def test_a_mail_in_inbox_of_which_nothing_tells_is_left_to_the_desk(house: House, dovecot: Dovecot, user: str) -> None:
    account = dovecot.account(user)
    put(dovecot, account, house.raw(ANN, "The mouse is dead.", subject="mouse"), 1)
    put(dovecot, account, house.raw(ANN, "The screen is black.", subject="screen"), 3)
    put(dovecot, account, house.raw(FANG, "打印机卡纸了。", subject="printer"), 2, "Processed")
    config = configured(house, account)
    found = gap(config, house)
    assert (subjects(found), found.waiting) == (["mouse", "printer"], 1)
    assert [(mail.place is not None, mail.folder) for mail in found.mails] == [(True, "INBOX"), (False, "Processed")]
    assert prepare(config, house.store, found, house.now).skipped == 3


def test_what_was_filed_out_of_one_mailbox_tells_how_long_the_desk_read_the_other(house: House, dovecot: Dovecot) -> None:
    one, other = (dovecot.account(dovecot.user()) for _ in range(2))
    put(dovecot, one, house.raw(ANN, "The mouse is dead.", subject="mouse"), 1)
    put(dovecot, other, house.raw(FANG, "打印机卡纸了。", subject="printer"), 2, "Processed")
    found = gap(configured(house, one, other), house)
    assert (subjects(found), found.waiting) == (["mouse", "printer"], 0)


def test_a_mail_whose_file_is_there_was_in_the_hands_of_the_lost_desk(house: House, dovecot: Dovecot, user: str) -> None:
    account, raw = dovecot.account(user), house.raw(ANN, "The mouse is dead.", subject="mouse")
    put(dovecot, account, raw, 1)
    put(dovecot, account, house.raw(ANN, "The screen is black.", subject="screen"), 2)
    config = configured(house, account)
    with closing(Files(config.settings.state, "lost")) as files:
        files.put_many((dovecot.mails(user)[0],))
    for _ in range(2):  # what was only looked at leaves no file
        found = gap(config, house)
        assert (subjects(found), found.waiting) == (["mouse"], 1)


def test_a_mail_that_a_letter_of_ours_answers_was_in_the_hands_of_the_lost_desk(
    house: House, dovecot: Dovecot, user: str
) -> None:
    account, raw = dovecot.account(user), house.raw(ANN, "The mouse is dead.", subject="mouse")
    put(dovecot, account, raw, 1)
    config = configured(house, account)
    assert gap(config, house).waiting == 1
    thread = Keys(config.settings.keys).thread_id(TicketId(77), config.settings.host)
    opened = next(line for line in raw.decode().splitlines() if line.lower().startswith("message-id:")).partition(" ")[2]
    reply = house.raw(
        ANN, "It is still dead.", subject="Re: [TS20261123045] mouse", headers={"References": f"{opened} <{thread}>"}
    )
    put(dovecot, account, reply, 2)
    found = gap(config, house)
    assert (subjects(found), found.waiting) == (["mouse"], 1)
    assert found.named == {"TS20261123045"}


def test_the_operator_may_say_until_when_the_desk_worked(house: House, dovecot: Dovecot, user: str) -> None:
    account = dovecot.account(user)
    put(dovecot, account, house.raw(ANN, "The mouse is dead.", subject="mouse"), 1)
    put(dovecot, account, house.raw(ANN, "The screen is black.", subject="screen"), 3)
    found = gap(configured(house, account), house, stopped=at(2))
    assert (subjects(found), found.waiting) == (["mouse"], 1)


def test_a_large_mail_in_a_folder_with_a_chinese_name_is_found(house: House, dovecot: Dovecot, user: str) -> None:
    account = dovecot.account(user, processed="已处理/工单", failed="没有的文件夹")
    raw = house.raw(FANG, "打印机卡纸了。", subject="large") + b"x" * 70 + b"\r\n" + b"0123456789abcdef\r\n" * (3 * LARGE // 18)
    put(dovecot, account, raw, 1, "已处理/工单")
    put(dovecot, account, raw.replace(b"Subject: large", b"Subject: waits"), 0)
    found = gap(configured(house, account), house)
    assert subjects(found) == ["waits", "large"]
    assert [house.store.files.get(mail.digest) for mail in found.mails] == [
        *dovecot.mails(user),
        *dovecot.mails(user, "已处理/工单"),
    ]


def test_a_mailbox_that_is_away_is_named(house: House, dovecot: Dovecot, user: str) -> None:
    gone = dovecot.account(user, name="second", port=1)
    with pytest.raises(MailboxError, match="second: Connection refused"):
        gap(configured(house, dovecot.account(user), gone), house)


def test_a_large_mail_that_its_server_calls_small_is_read_in_pieces(house: House) -> None:
    lies = always("UID FETCH .*SIZE", Changed(rb"RFC822.SIZE \d+", b"RFC822.SIZE 5"))
    with OddImap(lies) as server:
        account = at_odd(server)
        server.folders["Processed"] = Folder(uidvalidity=7)
        mails = [large(house, subject) for subject in ("first", "second")]
        for raw in mails:
            server.folders["Processed"].add(raw, at(1))
        found = gap(configured(house, account), house)
        assert [house.store.files.get(mail.digest) for mail in found.mails] == mails
        assert found.unread == 0


def test_a_large_mail_of_which_the_server_gives_nothing_is_counted_and_the_others_are_read(house: House) -> None:
    silent = always("UID FETCH 1 .*BODY", Changed(rb"\* \d+ FETCH .*?\r\n(?=A?\w+ OK)", b""))
    with OddImap(silent) as server:
        account = at_odd(server)
        server.folders["Processed"] = Folder(uidvalidity=7)
        for folder in ("Processed", "INBOX"):
            server.folders[folder].add(large(house, "gone"), at(1))
            server.folders[folder].add(house.raw(ANN, "The mouse is dead.", subject=f"in {folder}"), at(2))
        found = gap(configured(house, account), house)
        assert (subjects(found), found.unread) == (["in Processed", "in INBOX"], 2)


def test_numbers_are_left_out_for_mail_that_no_mailbox_has(house: House, dovecot: Dovecot, user: str) -> None:
    config = configured(house, dovecot.account(user))
    assert gap(config, house).unseen == 0
    house.keep(house.raw(ANN, "The mouse is dead."))
    assert gap(config, house).unseen == UNSEEN


def large(house: House, subject: str) -> bytes:
    return house.raw(FANG, "打印机卡纸了。\n" + "x" * 70, subject=subject) + b"0123456789abcdef\r\n" * (5 * LARGE // 18)


def at_odd(server: OddImap) -> Account:
    return Account(name="odd", host="127.0.0.1", port=server.port, security="plain", user="odd", password=Secret("x"))
