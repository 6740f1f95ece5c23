"""Mails that are taken in again after a restore: a lost desk had taken them in, answered and filed them.

What it told people outside, it told them; so nobody outside gets a letter. Whoever works here gets one with all of it, because
the reply addresses that he had may lead nowhere. Its limits counted these mails then, and count them no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import MessageId
from maildesk.core.ticket import Number

ALONE = frozenset({LetterKind.ALARM, LetterKind.CONFIRM})
"""Letters that are nothing without an answer to their own address, or that go to the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """`lost` are the keys of the lost tickets whose letters answer a mail: later letters that name them are about the ticket that
    this mail opens now. `numbers` are those that a mail's ticket had, as far as a letter of the desk's own tells."""

    lost: Mapping[MessageId, frozenset[int]] = field(default_factory=dict)
    numbers: Mapping[MessageId, Number] = field(default_factory=dict)

    def letter(self, letter: Letter) -> Letter | None:
        """What goes out in place of a letter; None when it has gone out before."""
        if letter.kind in ALONE:
            return letter
        return replace(letter, bundle_for=letter.person) if letter.person else None
