"""Mails, engineers and tickets for the tests of what is understood and decided; the desk is that of `clockwork`."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from maildesk.core.decide import decide
from maildesk.core.decision import Decision
from maildesk.core.event import Event, Ordered
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import (
    Address,
    Attachment,
    Authentication,
    Digest,
    Forwarded,
    Identity,
    Kind,
    Mailbox,
    Message,
    MessageId,
    Proof,
    Risk,
    Verdict,
)
from maildesk.core.orders import parse
from maildesk.core.people import Person
from maildesk.core.policy import Category, Scale
from maildesk.core.ticket import Mark, Number, Progress, Ticket, TicketId
from tests.core.clockwork import KNOWN, LI, at

USER = Address("user@customer.example")
STRANGER = Address("stranger@elsewhere.example")
NOW = at("10-28 10:30")
DESK = Address("support@desk.example")

LOGIN = Category(name="系统故障-登录异常", english="System-Login", words=("登录", "密码", "login", "password"), skill="account")
PRINTER = Category(name="硬件故障-打印机", english="Hardware-Printer", words=("打印机", "卡纸", "printer"), facts=("contact",))
POLICY = replace(
    KNOWN.policy,
    categories=(LOGIN, PRINTER),
    impact=Scale(high=("全部门", "所有人", "everyone"), low=("只有我", "only me")),
    urgency=Scale(high=("紧急", "无法工作", "urgent"), low=("不急", "not urgent", "no hurry")),
    questions=("请问", "如何", "how do i"),
    internal_domains=frozenset({"desk.example"}),
)
DESKTOP = replace(KNOWN, policy=POLICY, desk=frozenset({DESK}))


def mail(text: str = "还是登录不了，请看一下。", sender: str | None = USER, proof: Proof = Proof.PASS, **more: Any) -> Message:
    """A mail of a person, as the reader of mails gives it."""
    usual: dict[str, Any] = {
        "digest": Digest("a" * 64),
        "size": 1000,
        "received_at": NOW,
        "message_id": MessageId("mail-1@customer.example"),
        "in_reply_to": (),
        "references": (),
        "date": NOW,
        "sender": Mailbox(address=sender, name="王芳") if sender else None,
        "identity": Identity(address=Address(sender) if sender else None, why="one From field with one mailbox"),
        "reply_to": (),
        "to": (Mailbox(address=DESK),),
        "cc": (),
        "addressed": (DESK,),
        "subject": "报销系统登录失败",
        "text": text,
        "new_text": text,
        "quoted_lines": 0,
        "signature_lines": 0,
        "html": None,
        "attachments": (),
        "forwarded": None,
        "verdict": Verdict(kind=Kind.PERSON, rule="none of the others"),
        "bounce": None,
        "authentication": Authentication(proof=proof, why="as the test says"),
        "language": "zh",
        "fields": {},
    }
    return Message(**usual | more)


def machine(kind: Kind, **more: Any) -> Message:
    return mail("我在休假。", verdict=Verdict(kind=kind, rule="a header"), **more)


def passed_on(text: str, writer: str = USER, above: str = "") -> Message:
    """An engineer's mail with another one in it."""
    forwarded = Forwarded(sender=Mailbox(address=writer, name="王芳"), to=(), subject="打印机卡纸", date=None, text=text)
    whole = f"{above}\n\n{text}".strip()
    own: dict[str, Any] = {"new_text": above} if above else {"new_text": whole, "only_quoted": True}
    return mail(whole, sender=LI.address, forwarded=forwarded, subject="转发: 打印机卡纸", **own)


def blank(serial: int = 1) -> Ticket:
    """A ticket that is nothing yet but its number."""
    return Ticket(id=TicketId(serial), number=Number(f"TS20261028{serial:03d}"), opened_at=NOW)


def file(name: str, size: int = 1000, *, inline: bool = False, risk: Risk | None = None) -> Attachment:
    kind = "image/png" if name.endswith("png") else "application/octet-stream"
    digest = Digest(sha256(name.encode()).hexdigest())
    return Attachment(filename=name, content_type=kind, size=size, digest=digest, inline=inline, risk=risk)


def decided(ticket: Ticket | None, event: Event, known: Known = DESKTOP, now: datetime = NOW) -> Decision:
    """The one Decision about one ticket."""
    (decision,) = decide((ticket,) if ticket else (), event, known, now)
    return decision


def order(
    ticket: Ticket | None, text: str, by: Person = LI, *, public: bool = False, known: Known = DESKTOP, now: datetime = NOW
) -> Decision:
    """What becomes of a mail of a proven engineer."""
    parsed = parse(text, by.language or known.policy.language)
    message = mail(text, sender=by.address)
    event = Ordered(by=by, orders=parsed.orders, unclear=parsed.unclear, text=parsed.rest, public=public, message=message)
    return decided(ticket, event, known, now)


def after(decision: Decision) -> Ticket:
    assert decision.ticket is not None
    return decision.ticket


def written(decision: Decision) -> list[tuple[LetterKind, str]]:
    """Every letter as (kind, address)."""
    return [(letter.kind, letter.to) for letter in decision.letters]


def outside(decision: Decision, to: str = USER) -> list[LetterKind]:
    """The letters that somebody who is not of the desk gets."""
    return [letter.kind for letter in decision.letters if letter.to == to]


def letter(decision: Decision, kind: LetterKind) -> Letter:
    return next(letter for letter in decision.letters if letter.kind is kind)


def said(decision: Decision) -> list[str]:
    """What the transcript says of each line."""
    return [result["said"] for result in letter(decision, LetterKind.TRANSCRIPT).facts["results"]]


def obeyed(decision: Decision) -> bool:
    return bool(letter(decision, LetterKind.TRANSCRIPT).facts["obeyed"])


def lines(decision: Decision) -> list[tuple[Mark, bool]]:
    """The record as (mark, may the requester read it)."""
    return [(line.mark, line.public) for line in decision.progress]


def history(*texts: tuple[Mark, str, bool]) -> tuple[Progress, ...]:
    return tuple(Progress(at=NOW, mark=mark, author="E1", text=text, public=public) for mark, text, public in texts)
