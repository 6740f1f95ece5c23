"""Texts that domains publish in the DNS (TXT records), remembered for a while.

Names come out of strangers' mails, so nothing may wait for long, and nothing may be asked without end: all questions of one turn
are asked side by side, and whoever has not answered after PATIENCE seconds is left out. What was answered is believed for an
hour, that a name has no text for ten minutes; a name whose servers were silent is asked again after one minute. For that minute
no other question gets more than HASTE seconds either: a stranger can have as many silent names as he likes.
"""

import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from maildesk.log import warn

PATIENCE, HASTE = 5.0, 0.5
"""Seconds."""

KNOWN, NONE, SILENT = 3600.0, 600.0, 60.0
"""For so many seconds an answer, that there is none, and a silence are remembered."""

MOST_NAMES = 50
"""In one turn; those beyond it are asked in a later one."""

MOST_KEPT = 5_000
LONGEST = 4_000


class Silent(Exception):
    """Nobody answered, or the answer makes no sense; asking later may help."""


def asked(name: str) -> str:
    """The text of a name, "" when it has none; of several texts none. Raises Silent."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ""
    except (dns.exception.DNSException, OSError) as trouble:
        raise Silent(str(trouble)) from trouble
    texts = [b"".join(record.strings) for record in answer]
    return texts[0].decode("ascii", "replace") if len(texts) == 1 and len(texts[0]) <= LONGEST else ""


@dataclass(slots=True)
class Texts:
    """The texts of names. `ask` answers one question, `clock` counts seconds."""

    ask: Callable[[str], str] = asked
    clock: Callable[[], float] = time.monotonic
    patience: float = PATIENCE
    haste: float = HASTE
    _kept: dict[str, tuple[str | None, float]] = field(default_factory=dict)
    _hasty_until: float = float("-inf")
    _asking: ThreadPoolExecutor | None = None

    def at(self, names: Iterable[str]) -> dict[str, str]:
        """What is known of these names by now, "" for one without a text; those whose servers are silent are left out."""
        wanted = tuple(dict.fromkeys(names))
        unknown = [name for name in wanted if self._until(name) <= self.clock()][:MOST_NAMES]
        if unknown:
            self._learn(unknown)
        found = {name: self._kept[name][0] for name in wanted if name in self._kept}
        return {name: text for name, text in found.items() if text is not None}

    def _until(self, name: str) -> float:
        return self._kept[name][1] if name in self._kept else self.clock()

    def _learn(self, names: list[str]) -> None:
        self._asking = self._asking or ThreadPoolExecutor(max_workers=MOST_NAMES, thread_name_prefix="dns")
        answers = {name: self._asking.submit(self.ask, name) for name in names}
        self._wait(answers.values())
        for name, answer in answers.items():
            text = _said(answer)
            self._keep(name, text, SILENT if text is None else KNOWN if text else NONE)
        if silent := [name for name in names if self._kept[name][0] is None]:
            warn("dns silent", names=silent[:3], count=len(silent))

    def _wait(self, answers: Collection[Future[str]]) -> None:
        """With patience, unless that was in vain a while ago."""
        is_hasty = self.clock() < self._hasty_until
        late = wait(answers, timeout=self.haste if is_hasty else self.patience).not_done
        if late and not is_hasty:
            self._hasty_until = self.clock() + SILENT

    def _keep(self, name: str, text: str | None, seconds: float) -> None:
        """The oldest makes room."""
        self._kept.pop(name, None)
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[name] = text, self.clock() + seconds


def _said(answer: Future[str]) -> str | None:
    """What came in time; None for silence."""
    if not answer.done():
        answer.cancel()
        return None
    return None if answer.exception() else answer.result()
