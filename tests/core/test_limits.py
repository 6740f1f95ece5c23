"""Which letters are limited, and by what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core import limits
from maildesk.core.letter import AUDIENCE, FACTS, Audience, Letter, LetterKind
from maildesk.core.message import Address
from maildesk.core.policy import Limits

ANN = Address("Ann@Partner.test")
OUTSIDE = frozenset(kind for kind, audience in AUDIENCE.items() if audience is Audience.REQUESTER)
PEOPLES = frozenset(
    {
        LetterKind.ANSWER,
        LetterKind.ASK,
        LetterKind.OBSERVING,
        LetterKind.RESOLVED,
        LetterKind.ETA,
        LetterKind.TAKEN,
        LetterKind.WAITING,
    }
)


def letter(kind: LetterKind, **facts: object) -> Letter:
    return Letter(kind=kind, to=ANN, language="en", facts={**dict.fromkeys(FACTS[kind]), **facts})


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_limited_unless_a_person_speaks_in_it_to_a_requester_or_the_desk_to_its_own(kind: LetterKind) -> None:
    provoked = {LetterKind.HELD, LetterKind.CONFIRM, LetterKind.UNDELIVERED}
    usual = letter(kind, **({"verified": True} if kind is LetterKind.REPLY else {}))
    assert limits.limited(usual) == (kind in (OUTSIDE - PEOPLES) | provoked)
    assert limits.limited(replace(usual, paced=True)) == (kind in OUTSIDE | provoked)


def test_what_proves_nothing_is_limited_and_what_the_clock_says_is_not() -> None:
    assert limits.limited(letter(LetterKind.REPLY, verified=False))
    assert limits.limited(replace(letter(LetterKind.TRANSCRIPT, results=()), unproven=True))
    for kind in (LetterKind.REMINDER, LetterKind.ESCALATION, LetterKind.PROGRESS_QUESTION, LetterKind.ASSIGNMENT):
        assert not limits.limited(letter(kind))


@pytest.mark.parametrize(
    ("lines", "is_idle"), [(("I am away",), True), (("/tkae",), False), (("／接単", "I am away"), False), ((), False)]
)
def test_a_transcript_is_idle_when_no_line_of_the_mail_is_an_order(lines: tuple[str, ...], is_idle: bool) -> None:
    results = [{"line": line, "done": False, "said": "what is this?"} for line in lines]
    assert limits.limited(letter(LetterKind.TRANSCRIPT, results=results, obeyed=False)) == is_idle


def test_every_limit_counts_what_such_a_letter_is_counted_under() -> None:
    """A limit whose name no letter bears would never hold anything back."""
    for kind in OUTSIDE:
        for full in (True, False):
            one = letter(kind, **({"full": full} if "full" in FACTS[kind] else {}))
            found = limits.limits_on(one, Limits(), frozenset())
            gather = limits.gathering(one, Limits()) or ()
            names = {limit.name for limit in (*found, *gather[:1])} - {limits.muted(ANN)}
            assert names == set(limits.told_by(one))


def test_an_address_is_the_same_in_any_letter_case() -> None:
    small = replace(letter(LetterKind.STATUS), to=Address(ANN.lower()))
    assert limits.told_by(small) == limits.told_by(letter(LetterKind.STATUS))
    assert limits.flooding(ANN, Limits(), (), proven=True) == limits.flooding(Address(ANN.lower()), Limits(), (), proven=True)


def test_our_own_domain_is_limited_by_no_number() -> None:
    def named(ours: frozenset[str]) -> set[str]:
        return {limit.name for limit in limits.limits_on(letter(LetterKind.STATUS), Limits(), ours)}

    assert named(frozenset()) - named(frozenset({"partner.test"})) == {"letter @partner.test"}
    assert len(limits.flooding(ANN, Limits(), {"partner.test"}, proven=True)) == 1


def test_only_an_acknowledgement_waits_for_others() -> None:
    assert limits.gathering(letter(LetterKind.STATUS), Limits()) is None
    gather, again = limits.gathering(letter(LetterKind.ACKNOWLEDGEMENT, full=True), Limits()) or (None, None)
    assert gather is not None
    assert again is not None
    assert (gather.most, gather.span, again.most) == (1, timedelta(minutes=15), 3)


def test_no_limit_looks_further_back_than_is_remembered() -> None:
    neutral = letter(LetterKind.ACKNOWLEDGEMENT, full=False)
    every = (*limits.limits_on(neutral, Limits(), frozenset()), *(limits.gathering(neutral, Limits()) or ()))
    assert max(limit.span for limit in every) <= timedelta(days=1)
