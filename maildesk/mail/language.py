"""In which of our languages a person writes, told by his letters."""

import re

_HANZI = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")


def guess(text: str, hint: str | None, default: str = "en") -> str:
    """`zh` or `en`. Error texts are often English in a Chinese mail, so few hanzi suffice: two weigh as much as a word."""
    sample = text[:4000]
    hanzi = len(_HANZI.findall(sample))
    if hanzi:
        return "zh" if hanzi * 2 > len(_LATIN.findall(sample)) else "en"
    if _LATIN.search(sample):
        return "en"
    return "zh" if hint and hint.lower().startswith(("gb", "big5", "hz")) else default
