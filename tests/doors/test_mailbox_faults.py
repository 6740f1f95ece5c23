"""The door to mailboxes, against a server that does what well-kept ones do not."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest

from maildesk.config import Account, Secret
from maildesk.imap import Mailbox, MailboxError, Trouble
from maildesk.imap.answers import UNDATED
from tests.servers.imap_double import DROP, SILENCE, Double

NEVER = threading.Event()
DATE = b'INTERNALDATE "05-Jan-2026 09:00:00 +0800"'
NINE_IN_CHINA = datetime(2026, 1, 5, 9, 0, tzinfo=timezone(timedelta(hours=8)))


def account(server: Double, **changes: object) -> Account:
    given = {"name": "box", "host": "127.0.0.1", "port": server.port, "security": "plain", "user": "ann"}
    return Account(**given | {"password": Secret("secret")} | changes)


@contextmanager
def opened(server: Double, timeout: float = 1.0) -> Iterator[Mailbox]:
    box = Mailbox(account(server, timeout=timedelta(seconds=timeout)))
    box.open()
    try:
        yield box
    finally:
        box.close()


def trouble_of(server: Double, **changes: object) -> MailboxError:
    """What opening a mailbox there ends in."""
    with pytest.raises(MailboxError) as trouble:
        Mailbox(account(server, timeout=timedelta(seconds=0.5), **changes)).open()
    return trouble.value


# -- what is there and what is not ---------------------------------------------------------------------------------------


def test_a_uid_or_a_body_that_is_missing_does_not_stop_the_others() -> None:
    answer = (
        b"* 1 FETCH (UID 11 " + DATE + b" BODY[] {5}\r\nhello)\r\n",
        b"* 2 FETCH (UID 12 " + DATE + b" BODY[] NIL)\r\n",
        b"* 3 FETCH (UID 13 " + DATE + b")\r\n",
        b"{tag} OK done\r\n",
    )
    with Double(("UID FETCH 11,12,13,14", answer)) as server, opened(server) as box:
        found = tuple(box.fetch([11, 12, 13, 14]))
    assert [(one.uid, one.raw, one.received_at) for one in found] == [(11, b"hello", NINE_IN_CHINA)]
    assert "UID FETCH 12,13,14 (BODY.PEEK[] INTERNALDATE)" in server.heard


def test_a_body_that_comes_at_the_second_asking_is_taken() -> None:
    late = (b"* 2 FETCH (BODY[] {4}\r\nlate UID 12 " + DATE + b")\r\n{tag} OK done\r\n",)
    with Double(("UID FETCH 11,12", (b"{tag} OK done\r\n",)), ("UID FETCH 11,12", late)) as server, opened(server) as box:
        assert [one.raw for one in box.fetch([11, 12])] == [b"late"]


def piece(at: int, what: bytes) -> tuple[bytes]:
    """An answer with a part of the mail 11."""
    return (b"* 1 FETCH (UID 11 BODY[]<%d> {%d}\r\n%s)\r\n{tag} OK done\r\n" % (at, len(what), what),)


def test_a_piece_that_comes_at_the_second_asking_is_taken() -> None:
    said = (b"{tag} OK done\r\n",), piece(0, b"late"), piece(4, b"")
    with Double(*(("UID FETCH 11", one) for one in said)) as server, opened(server) as box:
        assert b"".join(box.stream(11, 4)) == b"late"


def test_data_that_nobody_asked_for_is_no_mail() -> None:
    sizes = (
        b"* 1 FETCH (FLAGS (\\Seen))\r\n",
        b"* 7 EXISTS\r\n* 1 FETCH (UID 11 FLAGS (\\Seen) RFC822.SIZE 5 " + DATE + b")\r\n",
        b"* 2 FETCH (UID 12 FLAGS ())\r\n* 9 FETCH (UID 99 FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n",
        b"{tag} OK done\r\n",
    )
    answers = (("UID SEARCH UID 11", (b"* SEARCH 11 12\r\n{tag} OK done\r\n",)), ("UID FETCH", sizes))
    with Double(*answers) as server, opened(server) as box:
        assert [(one.uid, one.size) for one in box.after(10)] == [(11, 5)]


def test_the_last_mail_is_not_told_again_because_of_the_star() -> None:
    with Double(("UID SEARCH UID 11:*", (b"* SEARCH 10\r\n{tag} OK done\r\n",))) as server, opened(server) as box:
        assert box.after(10) == ()


@pytest.mark.parametrize("date", [b'INTERNALDATE "yesterday"', b"INTERNALDATE NIL", b'INTERNALDATE "31-Dec-9999 23:59:59 -1400"'])
def test_a_mail_whose_date_cannot_be_read_counts_as_new(date: bytes) -> None:
    sizes = (b"* 1 FETCH (UID 11 RFC822.SIZE 5 " + date + b")\r\n{tag} OK done\r\n",)
    answers = (("UID SEARCH UID 11", (b"* SEARCH 11\r\n{tag} OK done\r\n",)), ("UID FETCH", sizes))
    with Double(*answers) as server, opened(server) as box:
        (waiting,) = box.after(10)
    assert waiting.received_at == UNDATED > datetime.now(UTC)


def test_a_server_that_lies_about_the_size_is_read_to_the_end(caplog: pytest.LogCaptureFixture) -> None:
    answers = ("UID FETCH 11", piece(0, b"nine byte")), ("UID FETCH 11", piece(9, b""))
    with Double(*answers) as server, opened(server) as box, caplog.at_level(logging.WARNING):
        assert b"".join(box.stream(11, 4)) == b"nine byte"
    assert "mail of another size" in caplog.text


@pytest.mark.parametrize("told", [9, 4, 20])
def test_a_mail_that_comes_in_shorter_pieces_than_asked_for_is_read_to_the_end(told: int) -> None:
    """Nor is one empty answer its end while the server says that it is longer."""
    lost, end = [(4, b"")] * (told > 4), [(9, b"")] * (2 if told > 9 else 1)
    said = ((0, b"nine"), *lost, (4, b" by"), (7, b"te"), *end)
    with Double(*(("UID FETCH 11", piece(*one)) for one in said)) as server, opened(server) as box:
        assert b"".join(box.stream(11, told)) == b"nine byte"
        assert len([line for line in server.heard if line.startswith("UID FETCH 11")]) == len(said)


@pytest.mark.parametrize("end", [b"* 1 FETCH (UID 11 BODY[]<9> NIL)\r\n", b"* 1 FETCH (UID 11)\r\n", b""])
def test_a_mail_that_was_read_to_the_size_that_it_has_is_whole_though_nothing_is_said_of_what_is_behind(end: bytes) -> None:
    """Some servers have no empty text for that; and it may have been moved away by then."""
    answers = ("UID FETCH 11", piece(0, b"nine byte")), ("UID FETCH 11", (end + b"{tag} OK done\r\n",))
    with Double(*answers) as server, opened(server) as box:
        assert b"".join(box.stream(11, 9)) == b"nine byte"


@pytest.mark.parametrize("end", [b"* 1 FETCH (UID 11 BODY[]<9> NIL)\r\n", b"* 1 FETCH (UID 11)\r\n"])
def test_a_mail_of_which_the_server_told_too_little_is_whole_where_it_says_nothing_more_of_it(end: bytes) -> None:
    answers = ("UID FETCH 11", piece(0, b"nine byte")), *[("UID FETCH 11", (end + b"{tag} OK done\r\n",))] * 2
    with Double(*answers) as server, opened(server) as box:
        assert b"".join(box.stream(11, 3)) == b"nine byte"


def test_a_mail_of_which_the_server_told_too_little_and_that_goes_while_it_is_read_is_no_whole_mail() -> None:
    answers = ("UID FETCH 11", piece(0, b"nine")), *[("UID FETCH 11", (b"{tag} OK done\r\n",))] * 2
    with Double(*answers) as server, opened(server) as box:
        with pytest.raises(MailboxError) as gone:
            list(box.stream(11, 3))
        assert gone.value.trouble is Trouble.GONE


def test_a_large_mail_of_which_the_server_gives_no_more_pieces_is_no_half_mail() -> None:
    with Double(("UID FETCH 11", piece(0, b"nine"))) as server, opened(server) as box:
        with pytest.raises(MailboxError) as gone:
            list(box.stream(11, 9))
        assert gone.value.trouble is Trouble.GONE


def test_a_folder_without_uidnext_is_asked_for_its_last_mail() -> None:
    selected = (b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n{tag} OK [READ-WRITE] done\r\n",)
    with Double(("SELECT", selected), ("UID SEARCH UID *", (b"* SEARCH 41\r\n{tag} OK done\r\n",))) as server:
        box = Mailbox(account(server))
        assert box.open().uidnext == 42
        box.close()


def test_a_server_that_wants_to_know_who_we_are_is_told() -> None:
    knows_id = (b"* CAPABILITY IMAP4rev1 ID\r\n{tag} OK done\r\n",)
    with Double(("CAPABILITY", knows_id), ("CAPABILITY", knows_id)) as server, opened(server):
        pass
    (said,) = (line for line in server.heard if line.startswith("ID "))
    assert '"name" "maildesk"' in said
    assert server.heard.index(said) < next(n for n, line in enumerate(server.heard) if line.startswith("SELECT"))


# -- waiting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pushed",
    [
        (b"+ idling\r\n* 2 EXISTS\r\n",),
        (b"* 2 EXISTS\r\n+ idling\r\n",),
        (b"+ idling\r\n", 0.1, b"* 2 EXI", 0.2, b"STS\r\n"),
        (
            b"+ idling\r\n* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n",
            0.1,
            b"* OK Still here\r\n* 2 EXISTS\r\n* 1 RECENT\r\n",
        ),
    ],
    ids=["in one segment with the plus", "before the plus", "in two pieces", "among other things"],
)
def test_a_push_is_heard(pushed: tuple[bytes | float, ...]) -> None:
    with Double(("IDLE", pushed)) as server, opened(server) as box:
        began = time.monotonic()
        assert box.idle(10, NEVER) is True
        assert time.monotonic() - began < 2
    assert server.heard[-4:] == ["IDLE", "DONE", "NOOP", "LOGOUT"]


def test_a_server_that_only_says_that_it_lives_does_not_wake() -> None:
    alive = (b"+ idling\r\n", 0.1, b"* OK Still here\r\n", 0.1, b"* OK Still here\r\n")
    with Double(("IDLE", alive)) as server, opened(server) as box:
        began = time.monotonic()
        assert box.idle(0.8, NEVER) is False
        assert time.monotonic() - began > 0.7


@pytest.mark.parametrize(
    "answers",
    [
        (("DONE", (SILENCE,)), ("NOOP", (SILENCE,))),
        (("NOOP", (SILENCE,)),),
        (("IDLE", (b"+ idling\r\n", 0.1, b"* BYE going down\r\n", DROP)),),
        (("IDLE", (b"+ idling\r\n", 0.1, b"* 2 EXI", DROP)),),
        (("IDLE", (DROP,)),),
        (("IDLE", (SILENCE,)),),
    ],
    ids=["silent after DONE", "silent at NOOP", "says goodbye", "goes in mid-line", "goes at IDLE", "silent at IDLE"],
)
def test_a_dead_connection_is_found_when_the_wait_ends(answers: tuple[tuple[str, tuple[bytes | float | str, ...]], ...]) -> None:
    with Double(*answers) as server, opened(server, timeout=0.5) as box:
        began = time.monotonic()
        with pytest.raises(MailboxError) as dead:
            box.idle(0.4, NEVER)
        assert dead.value.fatal
        assert time.monotonic() - began < 3


def test_a_silent_server_is_not_waited_for_when_we_stop() -> None:
    stop = threading.Event()
    stop.set()
    with Double(("DONE", (SILENCE,)), ("LOGOUT", (SILENCE,))) as server:
        began = time.monotonic()
        with opened(server, timeout=30) as box, pytest.raises(MailboxError):
            box.idle(60, stop)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "idle",
    [(b"{tag} NO not now\r\n",), (b"{tag} BAD what\r\n",), (b"+ idling\r\n", 0.1, b"{tag} OK enough\r\n")],
    ids=["refused", "not known", "ended by the server"],
)
def test_who_cannot_be_waited_with_is_asked_when_the_time_is_over(idle: tuple[bytes | float, ...]) -> None:
    with Double(("IDLE", idle), ("NOOP", (b"* 2 EXISTS\r\n{tag} OK done\r\n",))) as server, opened(server) as box:
        began = time.monotonic()
        assert box.idle(0.5, NEVER) is True
        assert time.monotonic() - began > 0.4
    assert "DONE" not in server.heard


# -- trouble -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"{tag} NO [AUTHENTICATIONFAILED] no\r\n", Trouble.LOGIN),
        (b"{tag} NO Unsafe Login. Please contact kefu@188.com\r\n", Trouble.LOGIN),
        (b"{tag} NO [UNAVAILABLE] try later\r\n", Trouble.THROTTLED),
        (b"{tag} NO [LIMIT] enough\r\n", Trouble.THROTTLED),
        (b"{tag} NO Too many simultaneous connections. (Failure)\r\n", Trouble.THROTTLED),
        (b"{tag} NO [PRIVACYREQUIRED] not in clear\r\n", Trouble.TLS),
        (b"* BYE Too many connections\r\n", Trouble.THROTTLED),
    ],
)
def test_a_refused_login_is_told_by_its_reason(answer: bytes, trouble: Trouble) -> None:
    steps = (answer, DROP) if answer.startswith(b"* BYE") else (answer,)
    with Double(("LOGIN", steps)) as server:
        refused = trouble_of(server)
    assert (refused.trouble, refused.fatal) == (trouble, True)


def test_a_connection_lost_at_login_is_no_wrong_password() -> None:
    with Double(("LOGIN", (DROP,))) as server:
        assert trouble_of(server).trouble is Trouble.UNREACHABLE
    with Double(("LOGIN", (SILENCE,))) as server:
        assert trouble_of(server).trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("greeting", "trouble"),
    [
        ((b"* BYE Too many connections\r\n", DROP), Trouble.THROTTLED),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), Trouble.PROTOCOL),
        ((SILENCE,), Trouble.UNREACHABLE),
        ((DROP,), Trouble.UNREACHABLE),
    ],
    ids=["no more connections", "not IMAP at all", "silence", "hangs up"],
)
def test_a_strange_greeting_is_told(greeting: tuple[bytes | str, ...], trouble: Trouble) -> None:
    with Double(greeting=greeting) as server:
        assert trouble_of(server).trouble is trouble


def test_a_server_that_does_not_offer_starttls_gets_no_password() -> None:
    with Double() as server:
        assert trouble_of(server, security="starttls").trouble is Trouble.TLS
    assert not [line for line in server.heard if "secret" in line]


def test_a_server_that_is_already_logged_in_cannot_talk_us_out_of_starttls() -> None:
    with Double(greeting=(b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n",)) as server:
        assert trouble_of(server, security="starttls").trouble is Trouble.TLS


def test_a_read_only_folder_is_read_and_left_alone() -> None:
    selected = (b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 2] next\r\n{tag} OK [READ-ONLY] done\r\n",)
    with Double(("SELECT", selected), ("EXAMINE", selected)) as server, opened(server) as box:
        with pytest.raises(MailboxError) as refused:
            box.move([1], "Processed")
        assert (refused.value.trouble, refused.value.fatal) == (Trouble.REFUSED, False)
    assert "UID MOVE" not in " ".join(server.heard)


def test_an_answer_that_cannot_be_read_closes_the_connection_and_repeats_nothing_of_it() -> None:
    garbled = (b"* 1 FETCH (UID 11 BODY[] {5}\r\nsecret love letter)\r\n{tag} OK done\r\n",)
    with Double(("UID FETCH 11", garbled)) as server, opened(server) as box:
        with pytest.raises(MailboxError) as unreadable:
            tuple(box.fetch([11]))
        assert (unreadable.value.trouble, unreadable.value.fatal) == (Trouble.PROTOCOL, True)
        assert "love" not in f"{unreadable.value!r} {unreadable.value.detail}"


def test_a_full_folder_refuses_the_move_and_the_connection_goes_on() -> None:
    exists = (b'* LIST () "/" Processed\r\n{tag} OK done\r\n',)
    names = (b'* LIST () "/" ""\r\n{tag} OK done\r\n',)
    full = ("UID MOVE", (b"{tag} NO [OVERQUOTA] full\r\n",))
    copy = ("UID COPY", (b"{tag} NO [OVERQUOTA] full\r\n",))
    with Double(("LIST", names), *[("LIST", exists)] * 3, full, full, copy) as server, opened(server) as box:
        with pytest.raises(MailboxError) as refused:
            box.move([1], "Processed")
        assert (refused.value.trouble, refused.value.fatal) == (Trouble.REFUSED, False)
        assert box.noop() is False
        assert not [line for line in server.heard if line.startswith("CREATE")]


def test_without_move_only_our_own_mails_are_expunged() -> None:
    uidplus = (b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n{tag} OK done\r\n",)
    with Double(("CAPABILITY", uidplus), ("CAPABILITY", uidplus)) as server, opened(server) as box:
        box.move([1, 3], "Processed")
    moved = [line for line in server.heard if line.startswith("UID") and "SEARCH" not in line]
    assert moved == ['UID COPY 1,3 "Processed"', "UID STORE 1,3 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1,3"]
    assert "EXPUNGE" not in server.heard


def test_words_of_a_server_cannot_write_lines_of_a_log() -> None:
    with Double(("LOGIN", (b"{tag} NO \x1b[31m" + b"x" * 2000 + b"\r\n",))) as server:
        refused = trouble_of(server)
    assert refused.detail.isprintable()
    assert len(str(refused)) < 400
