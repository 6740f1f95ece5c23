"""A cell as the bytes that come to the desk."""

from datetime import timedelta

from maildesk.core.trust import Scope
from maildesk.demo.world import DESK
from tests.proof.forged.cast import STAFF
from tests.proof.forged.cells import Cell, Evidence, Want
from tests.proof.forged.headers import FORMS, Knows
from tests.proof.forged.stage import MORNING, NOW, OTHER_KEY, Stage, mail

MARK = "quicksilver"
"""A word of the sender's own in every mail, in the subject as well."""

E, W = Evidence, Want
PLUG = "/resolve it was the plug"
FORWARDED = "---------- Forwarded message ---------\r\nFrom: A <a@b.test>\r\nSubject: plug\r\nTo: D <d@b.test>\r\n\r\n"
FILE = "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=orders.txt"
TEXTS = {
    W.WORDS: f"It is about the {MARK} again, please look.",
    W.NOTE: f"/note it was the {MARK}",
    W.ACT: f"/resolve it was the {MARK}",
    W.ASSIGN: "/assign {second}",
    W.ASK: f"/ask which {MARK} it is",
    W.READ: "/show",
    W.YES: "yes",
    W.ADMIT: "/admit {awaiting}",
    W.ADMIT_HELD: "/admit {held}",
    W.WITHDRAW: "withdraw",
    W.RATE: "5",
    W.QUOTED: f"See the {MARK} below.\r\n\r\nOn Mon, Nov 23, 2026 at 9:00 AM Somebody <a@b.test> wrote:\r\n> {PLUG}",
    W.FORWARDED: f"See the {MARK}.\r\n\r\n{FORWARDED}{PLUG}",
    W.UNSEEN: f"/re\u200bsolve it was the {MARK}",
    W.SIGNED: f"It was the {MARK}.\r\n\r\n-- \r\nE\r\n{PLUG}",
    W.IN_SUBJECT: f"It was the {MARK}.",
    W.ATTACHED: 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
    f"--x\r\nContent-Type: text/plain\r\n\r\nSee the {MARK}.\r\n--x\r\n{FILE}\r\n\r\n{PLUG}\r\n--x--",
    W.UNSEEN_HTML: "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    f'<div style="display:none">{PLUG}</div><p>It was the {MARK}.</p>',
}


def raw(cell: Cell, stage: Stage) -> bytes:
    """The mail. Its address, thread and subject are those of the evidence, its From is the sender's."""
    of, sender = stage.cast, cell.sender
    subject = _subject(cell, stage.numbers)
    named = {**of.of, "number": stage.numbers[0]}
    return mail(
        of.claimed(sender),
        TEXTS[cell.want].format(**of.of, awaiting=stage.ids["awaiting"], held=stage.ids["held"]),
        subject,
        to=addressed(cell, stage),
        form=cell.form,
        more=(*_thread(cell.evidence, stage), *(line.format(**named) for line in cell.more)),
        date=NOW - timedelta(minutes=1),
        said=of.lines(sender),
    )


def knows(cell: Cell) -> Knows:
    return FORMS[cell.form].knows


def _subject(cell: Cell, numbers: tuple[str, ...]) -> str:
    words = f"/resolve {MARK}" if cell.want is W.IN_SUBJECT else f"about the {MARK}"
    match cell.evidence:
        case E.NUMBER:
            return f"[{numbers[0]}] {words}"
        case E.ADDRESS_AND_NUMBER | E.ID_AND_NUMBER:
            return f"[{numbers[1]}] {words}"
        case _:
            return words


def _thread(evidence: Evidence, stage: Stage) -> tuple[str, ...]:
    ours, theirs = stage.ids["ours"], stage.ids["theirs"]
    match evidence:
        case E.ANSWERED | E.ID_AND_NUMBER:
            return (f"In-Reply-To: <{ours}>",)
        case E.REFERRED:
            return (f"References: <1@elsewhere.test> <{ours}> <2@elsewhere.test>",)
        case E.STORED:
            return (f"In-Reply-To: <{theirs}>",)
        case E.NO_ID:
            local, _, host = ours.rpartition("@")
            return (f"In-Reply-To: <{local[:-1]}{_other(local[-1])}@{host}>", f"References: <md.1.0.aaaaaaaaaaaaaaaa@{host}>")
        case _:
            return ()


def _other(letter: str) -> str:
    return "b" if letter != "b" else "c"


def addressed(cell: Cell, stage: Stage) -> str:
    """Where the mail goes to: an address of the desk, good, bad or without a token."""
    one, of = int(stage.ids["first"]), stage.cast
    engineer, requester = "staff:E001", f"mail:{of['requester']}"
    usual = (Scope.ENGINEER, one, engineer) if cell.sender in STAFF else (Scope.CUSTOMER, one, requester)
    match cell.evidence:
        case E.REQUESTERS | E.ADDRESS_AND_NUMBER:
            return stage.address(Scope.CUSTOMER, one, requester)
        case E.WATCHERS:
            return stage.address(Scope.CUSTOMER, one, f"mail:{of['watcher']}")
        case E.SURVEY:
            return stage.address(Scope.SURVEY, one, requester)
        case E.ENGINEERS:
            return stage.address(Scope.ENGINEER, one, engineer)
        case E.SECONDS:
            return stage.address(Scope.ENGINEER, one, "staff:E101")
        case E.LEADS:
            return stage.address(Scope.ENGINEER, one, "staff:L001")
        case E.FORMERS:
            return stage.address(Scope.ENGINEER, one, "staff:E900")
        case E.INTERNAL:
            return stage.address(Scope.INTERNAL, one, engineer)
        case E.DESK:
            return stage.address(Scope.DESK, 0, engineer)
        case E.CONFIRM:
            return stage.address(Scope.CONFIRM, int(stage.ids["awaiting"]), engineer)
        case E.TAMPERED:
            local, _, host = stage.address(*usual).rpartition("@")
            return f"{local[:-3]}{_other(local[-3])}{local[-2:]}@{host}"
        case E.OTHER_KEY:
            return stage.address(*usual, keys=OTHER_KEY)
        case E.EXPIRED:
            return stage.address(*usual, at=MORNING - timedelta(days=401))
        case E.REVOKED:
            return stage.address(*usual, epoch=-1)
        case _:
            return DESK
