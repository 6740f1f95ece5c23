"""Whoever is not known hears the same of a ticket that exists as of one that does not: the same letters, byte by byte."""

from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from itertools import product

from tests.proof.forged.cast import Sender
from tests.proof.forged.headers import State
from tests.proof.forged.stage import NOW, Stage, mail

S = Sender
SENDERS = (S.STRANGER, S.CUSTOMER, S.COLLEAGUE, S.FORMER, S.HOMOGRAPH, S.DISPLAY_NAME, S.SUBDOMAIN, S.TWO_FIELDS, S.BULK)
FORMS = {State.PASS: "dmarc=pass", State.NONE: "nothing", State.FAIL: "dmarc=fail"}
HOWS = ("a number", "a number in the text", "a Message-ID", "a Message-ID of the requester's", "an X- field")


QUESTIONS = tuple(product(SENDERS, State, HOWS))


def broken(stage: Stage, questions: Iterable[tuple[Sender, State, str]]) -> Iterator[tuple[str, ...]]:
    """For each sender and way to ask, where the two answers differ."""
    for sender, state, how in questions:
        real, unreal = (_heard(stage, sender, state, how, exists=exists) for exists in (True, False))
        yield () if real == unreal else (f"[{sender} | {state} | {how}]: he can tell that the ticket exists: {real} {unreal}",)


def _heard(stage: Stage, sender: Sender, state: State, how: str, *, exists: bool) -> list[tuple[str, ...]]:
    """The letters that the sender gets, but for what is new in every letter."""
    stage.reset()
    real = stage.numbers[0]
    number = real if exists else f"{real[:-3]}987"
    ours, theirs = ((one if exists else f"x{one[1:]}") for one in (stage.ids["ours"], stage.ids["theirs"]))
    more = {
        "a Message-ID": (f"In-Reply-To: <{ours}>", f"References: <{ours}>"),
        "a Message-ID of the requester's": (f"In-Reply-To: <{theirs}>",),
        "an X- field": (f"X-Maildesk-Ticket: {number}",),
    }.get(how, ())
    subject = f"[{number}] printer" if how == "a number" else "printer"
    text = f"How far is {number}?" if how == "a number in the text" else "How far is it?"
    of = stage.cast
    raw = mail(
        of.claimed(sender), text, subject, form=FORMS[state], more=more, said=of.lines(sender), message_id="asking", date=NOW
    )
    stage.take_in(raw)
    inside = {of["engineer"], of["second"], of["lead"]}
    return [(to, *_shown(letter, number)) for to, letter in stage.letters() if to not in inside]


def _shown(letter: bytes, asked: str) -> Iterator[str]:
    parsed = message_from_bytes(letter, policy=policy.default)
    new = ("Message-ID", "Content-Type")
    yield from (f"{name}: {value}".replace(asked, "#") for name, value in parsed.items() if name not in new)
    for part in parsed.walk():
        if part.get_content_maintype() == "text":
            yield str(part.get_content()).replace(asked, "#")
