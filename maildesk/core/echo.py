"""Our own words coming back: what an answer repeats of the letter that it answers.

Most mail programs mark what they quote, and some mark nothing at all. But every letter of ours is kept, so its words can be told
exactly, however they were wrapped: all white space and every quote mark is left out of both, and a line is ours when it stands
in the letter, behind the lines before it. Only a run of such lines is an echo: who writes a word or a sentence as we do keeps it.
"""

import re

FEWEST_LINES = 3
LEAST = 60
"""A shorter echo, in letters without white space, is left alone."""

_BLANK = re.compile(r"[\s>|*_]+")


def without(text: str, letter: str) -> tuple[str, int]:
    """The text without what it repeats of a letter, and how many lines were left out."""
    whole = _BLANK.sub("", letter)
    lines = text.split("\n")
    kept: list[str] = []
    start = hidden = 0
    while start < len(lines):
        end = _run(lines, start, whole)
        if end > start:
            hidden += sum(bool(line.strip()) for line in lines[start:end])
        else:
            kept.append(lines[start])
        start = max(end, start + 1)
    return ("\n".join(kept).strip(), hidden) if hidden else (text, 0)


def _run(lines: list[str], start: int, whole: str) -> int:
    """Where the echo that begins at `start` ends, or `start` when none begins there."""
    at = count = length = 0
    end = start
    if not lines[start].strip():
        return start
    for number in range(start, len(lines)):
        line = _BLANK.sub("", lines[number])
        if not line:
            continue
        found = whole.find(line, at)
        if found < 0:
            break
        at, count, length, end = found + len(line), count + 1, length + len(line), number + 1
    return end if count >= FEWEST_LINES and length >= LEAST else start
