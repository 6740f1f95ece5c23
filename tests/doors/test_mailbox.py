"""The door to mailboxes, against a real Dovecot."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from maildesk.config import Secret
from maildesk.imap import Mailbox, MailboxError, Trouble
from tests.servers import authority as authorities
from tests.servers import machine
from tests.servers.authority import Authority
from tests.servers.dovecot import CONNECTIONS, Dovecot

NEVER = threading.Event()
PATIENCE = timedelta(seconds=5)


def mail(subject: str, size: int = 0) -> bytes:
    head = f"From: ann@customer.example\r\nTo: desk@example.org\r\nSubject: {subject}\r\n\r\n".encode()
    return head + (b"x" * 76 + b"\r\n") * (size // 78) + b"end\r\n"


@contextmanager
def opened(dovecot: Dovecot, user: str, **changes: object) -> Iterator[Mailbox]:
    box = Mailbox(dovecot.account(user, timeout=PATIENCE, **changes))
    box.open()
    try:
        yield box
    finally:
        box.close()


def subjects(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[str]:
    found = (raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for raw in dovecot.mails(user, folder))
    return sorted(found)


def memory() -> int:
    return int(psutil.Process().memory_info().rss)


def after(seconds: float, do: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, do)
    timer.start()
    return timer


# -- looking and fetching ------------------------------------------------------------------------------------------------


def test_opening_tells_how_far_the_folder_goes(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("one"), mail("two"))
    box = Mailbox(dovecot.account(user))
    selected = box.open()
    box.close()
    assert (selected.uidnext, selected.exists) == (3, 2)
    assert selected.uidvalidity > 0


def test_sizes_and_dates_are_told_before_any_body_is_fetched(dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail("old"), datetime(2024, 3, 31, 1, 30, tzinfo=UTC))
    dovecot.deliver(user, mail("large", 100_000))
    with opened(dovecot, user) as box:
        old, large = box.after(0)
        assert (old.uid, old.size, old.received_at) == (1, len(mail("old")), datetime(2024, 3, 31, 1, 30, tzinfo=UTC))
        assert large.size > 100_000
        assert datetime.now(UTC) - large.received_at < timedelta(minutes=1)


def test_only_mails_after_the_position_are_told(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("one"), mail("two"), mail("three"))
    with opened(dovecot, user) as box:
        assert [one.uid for one in box.after(1)] == [2, 3]
        assert box.after(3) == ()
        assert box.after(1000) == ()


def test_a_folder_is_looked_through_in_windows(dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maildesk.imap.mailbox.WINDOW", 3)
    monkeypatch.setattr("maildesk.imap.mailbox.AT_ONCE", 2)
    dovecot.deliver(user, *(mail(str(n)) for n in range(10)))
    with opened(dovecot, user) as box:
        dovecot.deliver(user, mail("late"))
        box.noop()
        assert [one.uid for one in box.after(0)] == list(range(1, 12))


def test_a_mail_comes_byte_for_byte_and_stays_unseen(dovecot: Dovecot, user: str) -> None:
    raw = mail("原样") + b"\xff\x00 bytes\r\n" * 3
    raw = raw.replace(b"\x00", b"\x01")
    dovecot.append(user, raw, datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    with opened(dovecot, user) as box:
        (arrived,) = box.fetch([1])
        assert b"".join(box.stream(1, len(raw))) == raw
    with dovecot.look(user) as imap:
        flags = imap.get_flags([1])[1]
    assert arrived.raw == raw
    assert arrived.received_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert b"\\Seen" not in flags


def test_mails_come_in_the_order_asked_for(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("one"), mail("two"), mail("three"))
    with opened(dovecot, user) as box:
        assert [one.uid for one in box.fetch([3, 1, 2])] == [3, 1, 2]


def test_a_mail_expunged_by_somebody_else_is_left_out(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("one"), mail("two"), mail("three"))
    with opened(dovecot, user) as box:
        assert len(box.after(0)) == 3
        with dovecot.look(user) as imap:
            imap.delete_messages([2])
            imap.expunge()
        box.noop()
        assert [one.uid for one in box.fetch([1, 2, 3])] == [1, 3]


def test_a_large_mail_that_is_gone_is_no_half_mail(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("large", 3_000_000))
    with opened(dovecot, user) as box:
        pieces = box.stream(1, 3_000_000)
        next(pieces)
        with dovecot.look(user) as imap:
            imap.delete_messages([1])
            imap.expunge()
        box.noop()
        with pytest.raises(MailboxError) as gone:
            list(pieces)
        assert (gone.value.trouble, gone.value.fatal) == (Trouble.GONE, False)
        assert box.after(0) == ()


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20])
def test_a_streamed_mail_is_whole_at_every_border(dovecot: Dovecot, user: str, size: int) -> None:
    raw = b"S: x\r\n\r\n"
    raw = (raw + b"y" * size)[:size] if size else raw
    dovecot.append(user, raw, datetime(2026, 1, 5, tzinfo=UTC))
    with opened(dovecot, user) as box:
        (waiting,) = box.after(0)
        pieces = list(box.stream(1, waiting.size))
    assert b"".join(pieces) == raw
    assert max(map(len, pieces)) <= 1 << 20


def test_thirty_megabytes_are_streamed_in_flat_memory(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("huge", 30_000_000))
    with opened(dovecot, user) as box:
        (waiting,) = box.after(0)
        before, most, total = memory(), 0, 0
        for piece in box.stream(1, waiting.size):
            most, total = max(most, memory() - before), total + len(piece)
    assert total == waiting.size > 30_000_000
    assert most < 10_000_000


def test_a_new_uidvalidity_is_seen(dovecot: Dovecot, user: str) -> None:
    with dovecot.look(user) as imap:
        imap.create_folder("Desk")
    box = Mailbox(dovecot.account(user, folder="Desk"))
    first = box.open()
    with dovecot.look(user) as imap:
        imap.delete_folder("Desk")
        time.sleep(1.1)  # Dovecot makes the number out of the seconds
        imap.create_folder("Desk")
    second = box.open()
    box.close()
    assert second.uidvalidity != first.uidvalidity


# -- waiting -------------------------------------------------------------------------------------------------------------


def test_new_mail_wakes_the_waiting(dovecot: Dovecot, user: str) -> None:
    with opened(dovecot, user) as box:
        timer = after(0.3, lambda: dovecot.deliver(user, mail("wake up")))
        began = time.monotonic()
        assert box.idle(20, NEVER) is True
        assert time.monotonic() - began < 5
        timer.join()
        assert len(box.after(0)) == 1


def test_nothing_new_ends_the_wait_in_time(dovecot: Dovecot, user: str) -> None:
    with opened(dovecot, user) as box:
        began = time.monotonic()
        assert box.idle(0.6, NEVER) is False
        assert 0.5 < time.monotonic() - began < 3


@pytest.mark.parametrize("security", ["plain", "tls"])
def test_no_delivery_is_slept_through_however_it_falls(dovecot: Dovecot, user: str, security: str) -> None:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    seen, longest = 0, 0.0
    with opened(dovecot, user, security=security, port=port) as box:
        for number in range(10):
            timer = after(0.02 * number, lambda: dovecot.deliver(user, mail("race")))
            began = time.monotonic()
            while len(found := box.after(seen)) == 0:
                box.idle(15, NEVER)
            longest = max(longest, time.monotonic() - began)
            seen = found[-1].uid
            timer.join()
    assert seen == 10
    assert longest < 5


def test_mail_told_during_another_command_is_not_slept_through(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("one"))
    with opened(dovecot, user) as box:
        assert len(box.after(0)) == 1
        dovecot.deliver(user, mail("two"))
        box.move([1], "Processed")
        began = time.monotonic()
        assert box.idle(20, NEVER) is True
        assert time.monotonic() - began < 3
        assert len(box.after(1)) == 1


@pytest.mark.parametrize("server", ["dovecot", "old_dovecot"])
def test_stop_ends_the_wait_within_a_second(request: pytest.FixtureRequest, server: str) -> None:
    dovecot: Dovecot = request.getfixturevalue(server)
    stop = threading.Event()
    with opened(dovecot, dovecot.user()) as box:
        timer = after(0.3, stop.set)
        began = time.monotonic()
        assert box.idle(30, stop) is False
        assert time.monotonic() - began < 1.3
        timer.join()


def test_a_server_without_idle_is_polled(old_dovecot: Dovecot) -> None:
    user = old_dovecot.user()
    with opened(old_dovecot, user) as box:
        old_dovecot.deliver(user, mail("polled"))
        assert box.idle(0.2, NEVER) is True
        assert len(box.after(0)) == 1
        assert box.idle(0.2, NEVER) is False


# -- moving --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "lies_in"), [("dovecot", "Processed"), ("old_dovecot", "INBOX.Processed")], ids=["MOVE", "COPY and expunge"]
)
def test_mails_move_into_a_folder_that_is_made(request: pytest.FixtureRequest, server: str, lies_in: str) -> None:
    dovecot: Dovecot = request.getfixturevalue(server)
    user = dovecot.user()
    dovecot.deliver(user, mail("one"), mail("two"), mail("three"))
    with opened(dovecot, user) as box:
        box.move([1, 3], "Processed")
        if not box.removes_some:
            assert box.marked() == {1, 3}
            box.expunge()
        box.move([1, 3], "Processed")
        assert lies_in in box.folders()
    assert subjects(dovecot, user) == ["two"]
    assert subjects(dovecot, user, lies_in) == ["one", "three"]


@pytest.mark.parametrize(("server", "lies_in"), [("dovecot", "工单/已处理"), ("old_dovecot", "INBOX.工单.已处理")])
def test_a_folder_may_lie_in_another_and_have_a_chinese_name(request: pytest.FixtureRequest, server: str, lies_in: str) -> None:
    dovecot: Dovecot = request.getfixturevalue(server)
    user = dovecot.user()
    dovecot.deliver(user, mail("one"))
    with opened(dovecot, user) as box:
        box.move([1], "工单/已处理")
    assert subjects(dovecot, user, lies_in) == ["one"]


def test_a_folder_may_be_written_with_the_servers_prefix(old_dovecot: Dovecot) -> None:
    user = old_dovecot.user()
    old_dovecot.deliver(user, mail("one"))
    with opened(old_dovecot, user) as box:
        box.move([1], "INBOX/Failed")
    assert subjects(old_dovecot, user, "INBOX.Failed") == ["one"]


def test_without_uidplus_mails_that_others_deleted_are_not_expunged(old_dovecot: Dovecot) -> None:
    user = old_dovecot.user()
    old_dovecot.deliver(user, mail("theirs"), mail("ours"))
    with old_dovecot.look(user) as imap:
        imap.delete_messages([1])
    with opened(old_dovecot, user) as box:
        box.move([2], "Processed")
    assert subjects(old_dovecot, user) == ["ours", "theirs"]
    assert subjects(old_dovecot, user, "INBOX.Processed") == ["ours"]


def test_many_mails_move_at_once(dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maildesk.imap.mailbox.AT_ONCE", 4)
    dovecot.deliver(user, *(mail(str(n)) for n in range(10)))
    with opened(dovecot, user) as box:
        box.move(list(range(1, 11)), "Processed")
        assert box.after(0) == ()
    assert len(dovecot.mails(user, "Processed")) == 10


# -- safety and trouble --------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger() -> Iterator[Authority]:
    """An authority that vouches for another machine."""
    with machine.folder("stranger") as folder:
        yield authorities.found(folder)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_safe_connection_is_verified(dovecot: Dovecot, user: str, security: str) -> None:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    dovecot.deliver(user, mail("safe"))
    with opened(dovecot, user, security=security, port=port) as box:
        assert box._connected is not None
        assert box._connected.socket().version() == "TLSv1.3"
        assert len(box.after(0)) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_another_authority_is_refused(dovecot: Dovecot, user: str, stranger: Authority, security: str) -> None:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    for ca_file in (stranger.ca_file, None):
        box = Mailbox(dovecot.account(user, security=security, port=port, ca_file=ca_file))
        with pytest.raises(MailboxError) as refused:
            box.open()
        assert refused.value.trouble is Trouble.TLS
        assert refused.value.fatal
        assert "ca_file" in refused.value.remedy


def test_a_password_does_not_leave_in_clear_for_another_machine(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user, host="mail.elsewhere.example"))
    with pytest.raises(MailboxError) as refused:
        box.open()
    assert refused.value.trouble is Trouble.TLS
    assert "insecure" in refused.value.detail


def test_a_wrong_password_is_told_without_the_password(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user, password=Secret("hunter2")))
    with pytest.raises(MailboxError) as refused:
        box.open()
    assert refused.value.trouble is Trouble.LOGIN
    assert "password" in refused.value.remedy
    assert "hunter2" not in f"{refused.value!r} {refused.value} {refused.value.remedy}"


def test_a_password_that_cannot_be_read_is_told_with_its_remedy(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user, password=Secret("MAILDESK_NO_SUCH_THING", "env")))
    with pytest.raises(MailboxError) as refused:
        box.open()
    assert refused.value.trouble is Trouble.LOGIN
    assert "MAILDESK_NO_SUCH_THING" in refused.value.detail
    assert "Set it" in refused.value.remedy


def test_a_password_may_have_any_characters(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user, password=Secret("密码")))
    with pytest.raises(MailboxError) as refused:
        box.open()
    assert refused.value.trouble is Trouble.LOGIN
    assert "AUTHENTICATIONFAILED" in refused.value.detail


def test_a_folder_that_does_not_exist_is_told(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user, folder="Nowhere"))
    with pytest.raises(MailboxError) as missing:
        box.open()
    assert missing.value.trouble is Trouble.FOLDER


def test_too_many_connections_are_told_as_throttling(dovecot: Dovecot, user: str) -> None:
    boxes = [Mailbox(dovecot.account(user, timeout=PATIENCE)) for _ in range(CONNECTIONS)]
    for box in boxes:
        box.open()
    with pytest.raises(MailboxError) as throttled:
        Mailbox(dovecot.account(user, timeout=PATIENCE)).open()
    for box in boxes:
        box.close()
    assert throttled.value.trouble is Trouble.THROTTLED


def test_a_server_that_is_not_there_is_told(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user, port=machine.free_port()))
    with pytest.raises(MailboxError) as away:
        box.open()
    assert away.value.trouble is Trouble.UNREACHABLE
    assert "host" in away.value.remedy


def test_a_server_that_goes_is_told_and_opening_again_helps(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("one"))
    box = Mailbox(dovecot.account(user, timeout=PATIENCE))
    box.open()
    dovecot.kick(user)
    with pytest.raises(MailboxError) as gone:
        box.idle(10, NEVER)
    assert (gone.value.trouble, gone.value.fatal) == (Trouble.UNREACHABLE, True)
    with pytest.raises(MailboxError, match="not connected"):
        box.after(0)
    box.open()
    assert len(box.after(0)) == 1
    box.close()


def test_closing_twice_or_before_opening_is_harmless(dovecot: Dovecot, user: str) -> None:
    box = Mailbox(dovecot.account(user))
    box.close()
    box.open()
    box.close()
    box.close()
    with pytest.raises(MailboxError, match="not connected"):
        box.noop()


def test_neither_bodies_nor_passwords_reach_any_log(dovecot: Dovecot, user: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    dovecot.deliver(user, mail("private matter"))
    with opened(dovecot, user) as box:
        assert len(tuple(box.fetch([1]))) == 1
    assert "private matter" not in caplog.text
    assert dovecot.account(user).password.reveal() not in caplog.text
