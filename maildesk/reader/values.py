"""What goes to the reading process and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from maildesk.core.message import Address, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one mail may cost: seconds by the clock, seconds of the processor, bytes of memory beside the mail itself.

    `start` is how many seconds the process may take to get ready, `grown` the resident bytes with which it is replaced by a
    fresh one between two batches. Of a mail whose answer would have more bytes than `answer`, the texts are cut. A batch ends
    early when its answers have more than `batch` bytes together, or took as long as one mail may.
    """

    wall: float = 20.0
    processor: int = 10
    memory: int = 512 << 20
    start: float = 60.0
    grown: int = 200 << 20
    answer: int = 8 << 20
    batch: int = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A mail to read: its bytes lie at `path`, its files are written to `aside` with `.0`, `.1`, … behind it.

    The others are the arguments of `mail.inbound.read`. `glance`: header and first text only, for a mail that broke its reader.
    """

    path: str
    size: int
    aside: str
    received_at: datetime
    hosts: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    keys: Mapping[str, str] | None = None
    own: tuple[Address, ...] = ()
    keep_large: bool = True
    glance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a mail: its Message, or `why` there is none, in a few words that need no translation.

    `trouble` is the number of an error of the system that is not the mail's fault (errno); it never reaches the desk as a value.
    """

    message: Message | None = None
    why: str = ""
    trouble: int | None = None
