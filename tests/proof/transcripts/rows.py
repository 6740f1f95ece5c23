"""The table of misbehaving servers.

Three mails come to each mailbox: two lie there when the desk arrives, the third comes while it waits. Unless a row says
otherwise, each of them must end as one ticket and lie once in another folder, and the operator must hear nothing.
"""

from tests.proof.transcripts.row import End, Row
from tests.servers.imap_odd import Folder, OddImap
from tests.servers.oddities import DROP, SILENCE, USUAL, Changed, Oddity, Step, after, always, once, times


def no(words: str) -> bytes:
    return f"{{tag}} NO {words}\r\n".encode()


def bad(words: str) -> bytes:
    return f"{{tag}} BAD {words}\r\n".encode()


def bye(words: str) -> tuple[Step, ...]:
    return (f"* BYE {words}\r\n".encode(), DROP)


def add(more: bytes) -> Changed:
    """The usual answer with something before it."""
    return Changed(rb"\A", lambda _: more)


def renumbered(uidvalidity: int) -> Step:
    return lambda server: server.renumber(uidvalidity)


def expunged(*uids: int) -> Step:
    return lambda server: server.expunge(*uids)


def renamed(server: OddImap) -> None:
    """A person has given Processed another name."""
    server.folders["2025"] = server.folders.pop("Processed")


def gone_when_done(server: OddImap) -> Step:
    """Ends the session when nothing is left to do."""
    return USUAL if server.inbox.mails or server.late else DROP


def unmarked(server: OddImap) -> None:
    """Flags get lost."""
    for mail in server.inbox.mails.values():
        mail.flags.clear()


def unless_introduced(server: OddImap) -> Step:
    """163, 126 and yeah: no folder for a program that does not say who it is (RFC 2971)."""
    return (
        USUAL if any(line.startswith("ID ") for line in server.heard) else no("SELECT Unsafe Login. Please contact kefu@188.com")
    )


def copied(server: OddImap) -> None:
    """Copies the mails that it was last told to move, and nothing more."""
    there = server.folders.setdefault("Processed", Folder(uidvalidity=50))
    moves = [command for command in server.heard if command.startswith("UID MOVE")]
    for uid in server.inbox.chosen(moves[-1].split()[2]):
        mail = server.inbox.mails[uid]
        there.add(mail.raw, mail.at)


NO_MOVE = "IMAP4rev1 IDLE UIDPLUS"
UNHEARD = Changed(rb"\A.*\Z", b"")
"""It is done, and nothing said."""

CUT_THRICE = (times(3, "UID STORE", DROP),)
BODY = "UID FETCH .*BODY"
FIRST_BODY = "UID FETCH 1[ ,].*BODY"
SELECT = "SELECT|EXAMINE"
LESS = Changed(rb"\{(\d+)\}", lambda size: b"{%d}" % (int(size[1]) - 9), 1)
MORE = Changed(rb"\{(\d+)\}", lambda size: b"{%d}" % (int(size[1]) + 9), 1)
NOISE = b"* 3 EXISTS\r\n* 1 RECENT\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 99 EXPUNGE\r\n* OK still here\r\n* FLAGS (\\Odd)\r\n"
GMAIL = b'* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"\r\n* LIST (\\All) "/" "[Gmail]/All Mail"\r\n'
NO_UIDNEXT = Changed(rb"\* OK \[UIDNEXT \d+\] next\r\n", b"")
READ_ONLY = Changed(rb"READ-WRITE", b"READ-ONLY")
STAGES = ("", "CAPABILITY", "LOGIN", "ID ", "LIST", "SELECT", "UID SEARCH", "UID FETCH", BODY, "UID MOVE", "IDLE", "DONE", "NOOP")
TLS = {"security": "tls"}


def uidnext(number: int) -> Changed:
    return Changed(rb"UIDNEXT \d+", b"UIDNEXT %d" % number)


GOODBYES = tuple(Row(name=f"goodbye at {stage or 'the greeting'}", does=(once(stage, *bye("going down")),)) for stage in STAGES)
CLOSED = tuple(Row(name=f"hangs up at {stage or 'the greeting'}", does=(times(2, stage, DROP),)) for stage in STAGES)
SILENT = tuple(
    Row(name=f"falls silent at {stage or 'the greeting'}", does=(once(stage, SILENCE),))
    for stage in ("", "LOGIN", BODY, "IDLE", "NOOP")
)

LINE = (
    Row(name="refuses the connection, then opens", opens_after=1.0),
    Row(name="refuses every connection", opens_after=3600, ends=End.UNTOUCHED, alarm="host, port and network"),
    Row(
        name="has a name that nobody knows",
        account={"host": "fe80::1%nowhere", "insecure": True},
        ends=End.UNTOUCHED,
        alarm="host, port and network",
    ),
    Row(name="never greets", does=(always("", SILENCE),), ends=End.UNTOUCHED, alarm="host, port and network"),
    Row(
        name="is no mail server", does=(always("", b"SSH-2.0-OpenSSH_9.2\r\n"),), ends=End.UNTOUCHED, alarm="IMAP server listens"
    ),
    Row(name="is another program for a moment", does=(times(2, "", b"HTTP/1.1 502 Bad Gateway\r\n", DROP),)),
    Row(name="is always slow", does=(always(".+", 0.1, USUAL),)),
    Row(name="answers too late once", does=(once(BODY, 1.5, USUAL),)),
    Row(name="says one byte now and then", does=(once("UID SEARCH", *((b"x", 0.3) * 60)),), alarm="host, port and network"),
    Row(name="ends the connection whenever one waits", does=(always("IDLE", DROP),)),
    Row(name="is logged in before we say who we are", does=(always("", b"* PREAUTH welcome\r\n"),)),
)

SAFETY = (
    Row(name="hides STARTTLS", account={"security": "starttls"}, met="CAPABILITY", ends=End.UNTOUCHED, alarm="certificate"),
    Row(name="speaks no TLS where it should", account=TLS, ends=End.UNTOUCHED, alarm="certificate"),
    Row(
        name="has a certificate of a stranger",
        certificate="good",
        account=TLS | {"ca_file": None},
        ends=End.UNTOUCHED,
        alarm="ca_file",
    ),
    Row(name="has an expired certificate", certificate="expired", account=TLS, ends=End.UNTOUCHED, alarm="expired"),
    Row(
        name="has a certificate for another name",
        certificate="good",
        account=TLS | {"host": "127.1"},
        ends=End.UNTOUCHED,
        alarm="certificate",
    ),
    Row(
        name="wants no password in clear",
        does=(always("LOGIN", no("[PRIVACYREQUIRED] not in clear")),),
        ends=End.UNTOUCHED,
        alarm="security",
    ),
)

LOGIN = (
    Row(name="refuses the login", does=(always("LOGIN", no("LOGIN failed.")),), ends=End.UNTOUCHED, alarm="user and password"),
    Row(
        name="does not know the password",
        does=(always("LOGIN", no("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")),),
        ends=End.UNTOUCHED,
        alarm="user and password",
    ),
    Row(
        name="says that the password has expired",
        does=(always("LOGIN", no("[EXPIRED] password expired")),),
        ends=End.UNTOUCHED,
        alarm="user and password",
    ),
    Row(name="takes an expired password after a while", does=(times(3, "LOGIN", no("[EXPIRED] password expired")),)),
    Row(
        name="forgets the password at work, for ever",
        does=(
            always("NOOP", gone_when_done),
            Oddity(at="LOGIN", steps=(no("[EXPIRED] expired"),), times=None, after=1),
        ),
        ends=End.FILED,
        alarm="user and password",
    ),
    Row(
        name="wants its administrator to be asked",
        does=(always("LOGIN", no("[CONTACTADMIN] account locked")),),
        ends=End.UNTOUCHED,
        alarm="administrator",
    ),
    Row(
        name="Gmail: wants a password made for programs",
        does=(always("LOGIN", no("[ALERT] Application-specific password required: https://support.google.com/accounts")),),
        ends=End.UNTOUCHED,
        alarm="app password",
    ),
    Row(
        name="QQ: says many things at once",
        does=(
            always(
                "LOGIN",
                no("Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited"),
            ),
        ),
        ends=End.UNTOUCHED,
        alarm="授权码",
    ),
    Row(name="163: wants to know who we are", does=(always("SELECT", unless_introduced),)),
    Row(
        name="163: thinks the login unsafe whatever we say",
        does=(always(SELECT, no("SELECT Unsafe Login. Please contact kefu@188.com for help")),),
        ends=End.UNTOUCHED,
        alarm="授权码",
    ),
    Row(
        name="can less before the login than after it", does=(once("CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"),)
    ),
    Row(
        name="can less after the login than before it",
        does=(Oddity(at="CAPABILITY", steps=(b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",), times=None, after=1),),
        met="UID COPY",
    ),
    Row(
        name="tells its capabilities with the login", does=(always("LOGIN", Changed(b"OK ", b"OK [CAPABILITY IMAP4rev1 MOVE] ")),)
    ),
)

BUSY = (
    *(
        Row(name=f"says {code} at {stage}", does=(times(2, stage, no(f"[{code}] not now")),))
        for code, stage in (
            ("UNAVAILABLE", "LOGIN"),
            ("LIMIT", "LOGIN"),
            ("INUSE", "SELECT"),
            ("UNAVAILABLE", "UID SEARCH"),
            ("THROTTLED", BODY),
            ("SERVERBUG", BODY),
            ("INUSE", "UID MOVE"),
            ("OVERQUOTA", BODY),
        )
    ),
    Row(
        name="has too many connections for ever",
        does=(always("LOGIN", no("[ALERT] Too many simultaneous connections. (Failure)")),),
        ends=End.UNTOUCHED,
        alarm="other programs",
    ),
    Row(name="has too many connections at the greeting", does=(times(3, "", *bye("Too many connections from your IP")),)),
    Row(name="Exchange: lets in, but not on", does=(times(3, SELECT, bad("User is authenticated but not connected.")),)),
    Row(
        name="Exchange: lets in, but never on",
        does=(always("LIST|SELECT|EXAMINE", bad("User is authenticated but not connected.")),),
        ends=End.UNTOUCHED,
        alarm="other programs",
    ),
    Row(name="Exchange: loses its store at work", does=(times(2, "NOOP", bad("User is authenticated but not connected.")),)),
    Row(name="Exchange: is not available", does=(times(2, SELECT, no("Server Unavailable. 15")),)),
    Row(name="Gmail: has a system error", does=(times(2, BODY, no("System Error (Failure)")),)),
    Row(name="Gmail: ends the session", does=(once("NOOP", *bye("Session expired, please login again.")),)),
    Row(name="QQ: is busy", does=(times(2, "UID SEARCH", no("system busy!")),)),
)

FOLDER = (
    Row(name="opens the folder for reading only, for a while", does=(once("SELECT", READ_ONLY),)),
    Row(
        name="opens the folder for reading only",
        does=(always("SELECT", READ_ONLY),),
        ends=End.LEFT,
        alarm="read-only",
    ),
    Row(
        name="does not know the folder",
        does=(always(SELECT, no("[NONEXISTENT] no such mailbox")),),
        ends=End.UNTOUCHED,
        alarm="Create the folder",
    ),
    Row(
        name="does not know the folder, in its own words",
        account={"folder": "Desk"},
        ends=End.UNTOUCHED,
        alarm="Create the folder",
    ),
    Row(
        name="numbers anew between two sessions", does=(once("IDLE", renumbered(8), *bye("folder was made anew")),), alarm="anew"
    ),
    Row(
        name="numbers anew at work, and says so",
        does=(once("IDLE", renumbered(8), b"* OK [UIDVALIDITY 8] new\r\n", USUAL),),
        alarm="anew",
    ),
    Row(name="numbers anew at work, in silence", does=(once("IDLE", renumbered(8), USUAL),), alarm="anew"),
    Row(
        name="numbers anew before anything is filed",
        does=(once("UID MOVE", renumbered(9), *bye("folder was made anew")),),
        alarm="anew",
    ),
    Row(name="makes the folder anew under the same number", does=(once("IDLE", renumbered(7), *bye("restored")),)),
    Row(name="says no UIDNEXT", does=(always(SELECT, NO_UIDNEXT),)),
    Row(name="says no UIDNEXT at the first contact", does=(always(SELECT, NO_UIDNEXT),), old=True, aside=2),
    Row(name="says a UIDNEXT too low", does=(always(SELECT, uidnext(1)),), old=True, aside=2),
    Row(name="says a UIDNEXT too high", does=(always(SELECT, uidnext(1000)),), old=True, aside=2),
    Row(name="reaches the highest UID of all", first_uid=4294967293, met="UID MOVE"),
    Row(name="gives UIDs that go down", first_uid=100, late_uid=50, met="UID MOVE"),
    Row(name="gives a UID twice in a search", does=(always("UID SEARCH", Changed(rb"SEARCH 1", b"SEARCH 1 1")),)),
    Row(name="tells a search in two lines", does=(always("UID SEARCH", Changed(rb"SEARCH 1 2", b"SEARCH 1\r\n* SEARCH 2")),)),
    Row(name="finds nothing at first", does=(times(2, "UID SEARCH", b"* SEARCH\r\n{tag} OK done\r\n"),)),
    Row(name="says nothing at all to a search", does=(times(2, "UID SEARCH", b"{tag} OK done\r\n"),)),
    Row(name="searches more than it was asked for", does=(always("UID SEARCH", Changed(rb"SEARCH", b"SEARCH 77 78")),)),
)

FETCH = (
    Row(name="has a mail expunged while it is fetched", does=(once(BODY, expunged(1), USUAL),), gone=1),
    Row(name="has a mail expunged between size and body", does=(once("UID FETCH .*SIZE", USUAL, expunged(2)),), gone=1),
    Row(name="answers for other mails", does=(always(BODY, add(b"* 9 FETCH (UID 99 BODY[] {3}\r\nnot)\r\n")),)),
    Row(name="does not say whose body it is", first_uid=2, does=(once(BODY, Changed(rb"UID \d+ ", b"")),)),
    Row(name="gives two mails one UID", does=(once(BODY, Changed(rb"UID \d+ ", b"UID 1 ")),)),
    Row(name="gives no body", does=(once(BODY, Changed(rb" BODY\[\] .*?(?=\)\r\n)", b"")),)),
    Row(name="gives NIL for a body", does=(once(BODY, Changed(rb"BODY\[\] .*?(?=\)\r\n)", b"BODY[] NIL")),)),
    Row(name="gives an empty body", does=(once(BODY, Changed(rb"BODY\[\] .*?(?=\)\r\n)", b'BODY[] ""')),)),
    Row(
        name="gives an empty body for ever",
        does=(always(FIRST_BODY, Changed(rb"BODY\[\](\S*) .*?(?=\)\r\n)", b'BODY[]\\1 ""', 1)),),
        aside=1,
        alarm="UID 1",
    ),
    Row(
        name="answers in another order", does=(always(BODY, Changed(rb"UID (\d+) (INTERNALDATE \S+ \S+ \S+) ", b"\\2 UID \\1 ")),)
    ),
    Row(name="announces a shorter body", does=(once(BODY, LESS),)),
    Row(name="announces a longer body", does=(once(BODY, MORE),)),
    Row(name="announces a shorter body for ever", does=(always(FIRST_BODY, LESS),), aside=1, alarm="UID 1"),
    Row(name="announces a longer body for ever", does=(always(FIRST_BODY, MORE),), aside=1, alarm="UID 1"),
    Row(
        name="announces a body of two gigabytes",
        does=(always(FIRST_BODY, Changed(rb"\{\d+\}", b"{2000000000}", 1)),),
        aside=1,
        alarm="UID 1",
    ),
    Row(name="refuses one mail for ever", does=(always(FIRST_BODY, no("cannot be fetched")),), aside=1, alarm="UID 1"),
    Row(name="falls silent at one mail, always", does=(always(FIRST_BODY, SILENCE),), aside=1, alarm="UID 1"),
    Row(name="calls every mail small", padding=3_000_000, does=(always("UID FETCH .*SIZE", Changed(rb"SIZE \d+", b"SIZE 5")),)),
    Row(name="calls every mail large", does=(always("UID FETCH .*SIZE", Changed(rb"SIZE \d+", b"SIZE 4294967295")),)),
    Row(name="gives a line of a million letters", does=(once("UID SEARCH", add(b"* OK " + b"x" * 1_100_000 + b"\r\n")),)),
    Row(name="gives no date", does=(always("UID FETCH", Changed(rb'INTERNALDATE "[^"]*"', b"INTERNALDATE NIL")),)),
    Row(
        name="gives a date that nobody can read",
        does=(always("UID FETCH", Changed(rb'INTERNALDATE "[^"]*"', b'INTERNALDATE "soon"')),),
    ),
    Row(name="tells unasked at every turn", does=(always(".+", add(NOISE)),)),
    Row(name="talks nonsense once", does=(once("UID FETCH .*SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE\r\n{tag} OK done\r\n"),)),
)

WAIT = (
    Row(name="knows no IDLE", capable="IMAP4rev1 UIDPLUS MOVE", met="NOOP"),
    Row(name="refuses to be waited for", does=(always("IDLE", no("not now")),), calls=3),
    Row(name="does not know the IDLE that it offers", does=(always("IDLE", bad("unknown command")),), calls=3),
    Row(name="never lets a wait begin", does=(times(3, "IDLE", SILENCE),)),
    Row(name="never tells of new mail", tells=False, met="IDLE"),
    Row(
        name="ends a wait by itself",
        does=(always("IDLE", b"+ idling\r\n", 0.1, b"{tag} OK ended\r\n"),),
        calls=3,
    ),
    Row(name="ends a wait with a goodbye", does=(times(3, "IDLE", USUAL, 0.1, *bye("idle for too long")),)),
    Row(name="only says that it lives", does=(always("IDLE", USUAL, b"* OK Still here\r\n", 0.1, b"* OK Still here\r\n"),)),
)

MOVE = (
    Row(name="knows no MOVE", capable="IMAP4rev1 IDLE UIDPLUS", met="UID EXPUNGE"),
    Row(name="knows neither MOVE nor UIDPLUS", capable="IMAP4rev1 IDLE", met="EXPUNGE"),
    Row(name="is cut after the copies", capable=NO_MOVE, does=(times(3, "UID COPY", UNHEARD, DROP),)),
    Row(name="is cut before the copies are marked", capable=NO_MOVE, does=(times(3, "UID STORE", DROP),)),
    Row(name="is cut before the marked are removed", capable=NO_MOVE, does=(times(3, "UID EXPUNGE", DROP),)),
    Row(name="is cut after the marked are removed", capable=NO_MOVE, does=(times(3, "UID EXPUNGE", UNHEARD, DROP),)),
    Row(name="is cut before the end, without UIDPLUS", capable="IMAP4rev1 IDLE", does=(times(3, "EXPUNGE", DROP),)),
    Row(name="is cut after the copies, and says no UID", capable=NO_MOVE, does=(always("STATUS", no("no")), *CUT_THRICE)),
    Row(name="copies instead of moving", does=(always("UID MOVE", copied, b"{tag} OK done\r\n"),)),
    Row(name="refuses the MOVE that it offers", does=(always("UID MOVE", bad("unknown command")),), met="UID COPY"),
    Row(name="refuses to move for a while", does=(times(3, "UID MOVE|UID COPY", no("not now")),)),
    Row(
        name="refuses to move for ever",
        does=(always("UID MOVE", no("[NOPERM] not allowed")), always("UID COPY", no("[NOPERM] not allowed"))),
        ends=End.LEFT,
        alarm="quota and rights",
    ),
    Row(
        name="is full where mails are filed",
        does=(always("UID MOVE|UID COPY", no("[OVERQUOTA] mailbox is full")),),
        ends=End.LEFT,
        alarm="quota and rights",
    ),
    Row(name="lets no folder be made", does=(always("CREATE", no("[NOPERM] no")),), ends=End.LEFT, alarm="quota and rights"),
    Row(
        name="copies, but marks nothing",
        capable="IMAP4rev1 IDLE UIDPLUS",
        does=(always("UID STORE", no("[NOPERM] no")),),
        ends=End.COPIED,
        alarm="quota and rights",
    ),
    Row(
        name="copies, but removes nothing",
        capable="IMAP4rev1 IDLE UIDPLUS",
        does=(always("UID EXPUNGE", no("[NOPERM] no")),),
        ends=End.COPIED,
        alarm="quota and rights",
    ),
    Row(
        name="forgets what was marked as deleted",
        capable="IMAP4rev1 IDLE UIDPLUS",
        does=(always("UID EXPUNGE", unmarked, USUAL),),
        ends=End.COPIED,
    ),
    Row(
        name="can only expunge what others have deleted as well",
        capable="IMAP4rev1 IDLE",
        does=(always("UID SEARCH .*DELETED", Changed(rb"SEARCH", b"SEARCH 99")),),
        ends=End.COPIED,
    ),
    Row(name="Gmail: has folders that hold no mails", does=(always("LIST", add(GMAIL)),)),
    Row(name="lies about what was moved where", does=(always("UID MOVE", Changed(b"OK ", b"OK [COPYUID 9 1:99 5] ")),)),
    Row(name="loses the folder where mails are filed", does=(after(1, "UID MOVE", renamed, USUAL),)),
    Row(name="says yes once and moves nothing", does=(times(1, "UID MOVE", b"{tag} OK done\r\n"),)),
    Row(
        name="says yes each time and moves nothing",
        does=(always("UID MOVE", b"{tag} OK done\r\n"),),
        ends=End.LEFT,
        alarm="by hand",
    ),
)

ROWS: tuple[Row, ...] = (*LINE, *SAFETY, *LOGIN, *GOODBYES, *CLOSED, *SILENT, *BUSY, *FOLDER, *FETCH, *WAIT, *MOVE)
