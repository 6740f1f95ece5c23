"""Broken mails without end go the whole way: kept, read, decided, answered. None is lost, none stops the others.

The letters that follow from them are looked at as well: a mail must not be able to break what the desk writes.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import islice
from pathlib import Path

from maildesk.desk.posting import Posting
from tests.desk.post import PostOffice
from tests.mail.mutants import mutants
from tests.proof.desk import AtHand, opened
from tests.proof.outcome import Outcome

BATCH = 50
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECONDS = 20.0
"""So long one mail may hold up the others."""

ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted")
NEVER = ("Cc", "Bcc", "Sender", "Resent-To", "Disposition-Notification-To")
ENDS = ("done", "duplicate", "held", "awaiting")


def end_to_end(place: Path, *, seed: int, mails: int) -> Outcome:
    """So many mutants; each batch is taken in as it would be from a mailbox."""
    worst, broken, sent = 0.0, list[str](), set[bytes]()
    with opened(place) as at_hand:
        for batch in _batches(mutants(seed, mails)):
            sent.update(batch)
            at_hand.desk.keep([(None, MORNING, raw) for raw in batch], None, MORNING)
            began = time.monotonic()
            for _ in at_hand.desk.take_in(lambda: MORNING):
                worst, began = max(worst, time.monotonic() - began), time.monotonic()
        letters = asyncio.run(_posted(at_hand))
        states = _states(at_hand)
        broken += _lost(at_hand, states, len(sent))
        broken += (f"{to}: {problem}" for to, raw in letters for problem in _misshapen(to, raw))
        tickets = at_hand.count("SELECT count(*) FROM tickets")
    if worst > SECONDS:
        broken.append(f"a batch took {worst:.1f} s")
    return Outcome(
        seed=seed,
        tried=mails,
        effective=_ended(states),
        counts={"tickets": tickets, "letters": len(letters)},
        worst={"milliseconds of a batch of fifty": round(1000 * worst)},
        broken=tuple(broken),
    )


def _batches(raws: Iterator[bytes]) -> Iterator[tuple[bytes, ...]]:
    while batch := tuple(islice(raws, BATCH)):
        yield batch


async def _posted(at_hand: AtHand) -> list[tuple[str, bytes]]:
    office = PostOffice()
    posting = Posting(at_hand.desk, office, lambda: MORNING)
    while (await posting.post()).tried:
        pass
    return office.taken


def _states(at_hand: AtHand) -> Counter[str]:
    """How many of the mails that are kept came to what."""
    return Counter({str(state): int(str(n)) for state, n in at_hand.ask("SELECT state, count(*) FROM inbox GROUP BY state")})


def _ended(states: Counter[str]) -> int:
    return sum(states[end] for end in ENDS)


def _lost(at_hand: AtHand, states: Counter[str], sent: int) -> Iterator[str]:
    if states.total() != sent:
        yield f"{sent} mails were sent, {states.total()} are kept"
    if stuck := states.total() - _ended(states):
        reasons = at_hand.ask("SELECT id, state, reason FROM inbox WHERE state IN ('kept', 'failed') LIMIT 5")
        yield f"{stuck} mails did not come to an end: {reasons}"
    if waiting := at_hand.count("SELECT count(*) FROM outbox WHERE state = 'unwritten' AND reason <> ''"):
        yield f"{waiting} letters could not be written"
    if at_hand.ask("PRAGMA integrity_check") != [("ok",)] or at_hand.ask("PRAGMA foreign_key_check"):
        yield "the store is not whole"


def _misshapen(to: str, raw: bytes) -> Iterator[str]:
    """What a letter has that no letter of ours may have, whatever it answers."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    for name in ONCE:
        if len(mail.get_all(name, [])) != 1:
            yield f"{name} stands there {len(mail.get_all(name, []))} times"
    yield from (f"{name} stands there" for name in NEVER if name in mail)
    if mail.defects:
        yield f"the letter is broken: {mail.defects}"
    if f"<{to}>".encode() not in raw.partition(b"\n\n")[0].replace(b"\r", b""):
        yield "it is not addressed to him"
