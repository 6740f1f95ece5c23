"""A pager as a list: it is rung as `maildesk.hook.ring` rings, and answers what a test says."""

from collections.abc import Callable
from dataclasses import dataclass, field

from maildesk.config import OnCall
from maildesk.core.call import Call
from maildesk.hook import Answer

HEARD = Answer(True, "exit code 0", "paged alice")
DEAF = Answer(False, "exit code 3", "no pager")


@dataclass(slots=True)
class Pager:
    """`rung` is every call, in order; `meanwhile` happens while one rings."""

    answer: Answer = HEARD
    rung: list[Call] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    async def __call__(self, on_call: OnCall, call: Call) -> Answer:
        self.rung.append(call)
        self.meanwhile()
        return self.answer
