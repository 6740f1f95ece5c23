"""Who proved to be whom, and what each order needs."""

from enum import StrEnum


class Trust(StrEnum):
    """How far we believe a sender.

    PROVEN: the named host vouches for him, or he used a token that only he got together with it. PLAUSIBLE: nothing speaks
    against him, nothing proves him. FAILED: the named host says that he is not who he claims to be.
    """

    PROVEN = "proven"
    PLAUSIBLE = "plausible"
    FAILED = "failed"
