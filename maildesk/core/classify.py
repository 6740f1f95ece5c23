"""What a mail is about, how it presses, and what is still missing: by the word lists of the policy.

All of it is a proposal that an engineer confirms or corrects, so each comes with what it rests on: a confidence, or a source.
A word of Latin letters counts where it stands as a word of its own, a Chinese one wherever it occurs.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from maildesk.core.message import Fact
from maildesk.core.policy import Category, Policy, Scale
from maildesk.core.ticket import Priority

READ = 20_000
"""So many letters of a text are looked at; who has not said by then what it is about will not say it later."""

INTERNAL_ONLY = frozenset({"staff_id", "department", "business_line"})
"""Facts for which nobody from outside is asked."""

OF_FAULTS = frozenset({"occurred", "frequency", "error", "steps", "recent_changes"})
"""Facts that only a fault has; whoever asks a question is not asked for them."""

_FAULT = re.compile(
    r"报错|故障|失败|异常|无法|不能用|用不了|坏了|打不开|登不上|连不上|死机|崩溃|中断"
    r"|\berrors?\b|\bfail(?:s|ed|ure)?\b|\bcrash|\bcan(?:not|['’]t)\b|\bbroken\b|\bdown\b|\bnot work",
    re.IGNORECASE,
)
_PRIORITY = re.compile(r"(?<![0-9a-z])p\s?([1-4])(?![0-9a-z])", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:优先级|紧急程度|priority|urgency)\s*[:：为是]?\s*p([1-4])(?![0-9a-z])|[【\[(（]p([1-4])[】\])）]", re.IGNORECASE
)
_WISHES: tuple[tuple[Priority, tuple[str, ...]], ...] = (
    (Priority.P4, ("咨询", "不急", "低", "low", "question")),
    (Priority.P1, ("特急", "紧急", "非常急", "最高", "critical", "urgent", "emergency", "blocker")),
    (Priority.P2, ("重要", "高", "较急", "急", "important", "high", "major")),
    (Priority.P3, ("一般", "普通", "中", "normal", "medium", "minor")),
)


def classify(text: str, subject: str, policy: Policy) -> tuple[str, float]:
    """The category whose words fit best, and how sure that is (0 to 1); "" and 0 when none fits.

    A word in the subject counts double. Each further word halves the doubt, a rival category divides the confidence.
    """
    subject = _read(subject)
    said = f"{subject}\n{_read(text)}"
    scores = [(_score(category, said, subject), category.name) for category in policy.categories]
    ranked = sorted(scores, key=lambda scored: -scored[0])
    if not ranked or not ranked[0][0]:
        return "", 0.0
    best, name = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0
    return name, round(best / (best + second) * (1 - 0.5**best), 2)


def _score(category: Category, said: str, subject: str) -> int:
    there = found(category.words, said)
    return len(there) + len(found(there, subject)) if there else 0


def propose(text: str, policy: Policy) -> Priority:
    """The priority by impact and urgency; a question that speaks of no fault is a P4."""
    text = _read(text)
    if is_question(text, policy):
        return Priority.P4
    return policy.matrix[_level(policy.impact, text), _level(policy.urgency, text)]


def is_question(text: str, policy: Policy) -> bool:
    """Whether somebody only wants to know something."""
    text = _read(text)
    if not found(policy.questions, text) or _FAULT.search(text):
        return False
    return "high" not in {_level(policy.impact, text), _level(policy.urgency, text)}


def _level(scale: Scale, text: str) -> str:
    """high, low or middle. What says `low` is taken out first, so that `not urgent` does not count as urgent."""
    calm = text
    for word in found(scale.low, text):
        calm = _pattern(word).sub(" ", calm)
    return "high" if found(scale.high, calm) else "low" if calm != text else "middle"


def asked(fields: Mapping[str, Fact], text: str) -> Priority | None:
    """The priority that the requester himself wishes; None when he says nothing of it."""
    wish = fields["urgency"].value.casefold() if "urgency" in fields else ""
    if match := _PRIORITY.search(wish) or _LABELLED.search(text[:READ]):
        return Priority(f"P{next(filter(None, match.groups()))}")
    return next((priority for priority, words in _WISHES if found(words, wish)), None)


def missing(
    fields: Mapping[str, Fact], policy: Policy, category: str, *, internal: bool = True, question: bool = False
) -> tuple[str, ...]:
    """The facts that must still be asked for: those of the policy and of the category that nobody has told."""
    own = next((one.facts for one in policy.categories if one.name == category), ())
    spared = (frozenset() if internal else INTERNAL_ONLY) | (OF_FAULTS if question else frozenset())
    return tuple(name for name in dict.fromkeys((*policy.facts, *own)) if name not in fields and name not in spared)


def categories_named(text: str, policy: Policy) -> tuple[Category, ...]:
    """Every category that `text` may mean: by its name or English name; by a part of it when no whole name fits."""
    wanted = _folded(text)
    whole = tuple(one for one in policy.categories if wanted in {_folded(one.name), _folded(one.english)})
    parts = tuple(one for one in policy.categories if wanted and any(wanted in _folded(name) for name in (one.name, one.english)))
    return whole or parts


def _folded(text: str) -> str:
    return re.sub(r"[\s\-－—_/]+", "-", text.strip()).casefold()


def _read(text: str) -> str:
    """As much of a text as is looked at, in lower case."""
    return text[:READ].lower()


def found(words: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The words of a list that occur in a text of lower-case letters."""
    there = [word for word in _lowered(words) if word in text]
    return tuple(word for word in there if _pattern(word).search(text))


@lru_cache(maxsize=256)
def _lowered(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in words))


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    before = r"(?<![a-z0-9])" if word[:1].isascii() and word[:1].isalnum() else ""
    behind = r"(?![a-z0-9])" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return re.compile(f"{before}{re.escape(word)}{behind}", re.IGNORECASE)
