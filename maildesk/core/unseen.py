"""Signs without a shape, which mail programs, web pages leave in a text. Whoever wrote it does not know of them."""

UNSEEN = "".join(
    map(chr, (0xAD, 0x61C, 0x115F, 0x1160, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x2028, 0x202F)))
) + "".join(map(chr, (*range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFD))))
"""Soft hyphens, zero widths, joiners, marks of direction, fillers."""

_BLANK = " \t\u00a0\u3000"


def bare(text: str) -> str:
    """A text whose lines neither begin nor end with what nobody sees. Between letters it stays: there it joins and parts them."""
    return "\n".join(map(_bare, text.split("\n")))


def _bare(line: str) -> str:
    begins, ends = line.lstrip(_BLANK + UNSEEN), line.rstrip(_BLANK + UNSEEN)
    front, back = line[: len(line) - len(begins)], line[len(ends) :]
    line = line if front.isspace() else begins
    return line if back.isspace() else line.rstrip(_BLANK + UNSEEN)
