"""Lines that name the writer of what is quoted below: "On Tuesday, 2 January 2024, at 10:00, Anna <anna@example.com> wrote:".

Every program and language words them differently, but the shape is the same: a date and a time, an address or a name, a verb,
in any order, then a colon; broken into up to four lines. So dates, times and addresses are told by their shape, and the words of
`languages` only help. Where quoted lines follow, little is enough. Where none do, all below would be taken for old, so the line
has to be complete, and a sentence of the writer's own ("On 2 January 2024 at 10:00 I wrote:") is none.
"""

import re

from maildesk.mail import languages

MOST_LINES = 4
LONGEST_LINE = 400

QUOTED = re.compile(r"[ \t]{0,3}(?:>|＞)")
"""How a quoted line begins."""

LETTER = "A-Za-zÀ-\u04ff"
_MONTH = r"[^\s\d,;:<>@()\"]{2,14}"
DATE = re.compile(
    r"(?<!\d)\d{4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}(?!\d)"
    rf"|(?<!\d)\d{{4}}\. ?{_MONTH} ?\d{{1,2}}(?!\d)"
    r"|(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d)"
    rf"|(?<!\d)\d{{1,2}}[^\s\d:,]{{0,3}}[ -](?:de |of )?{_MONTH},?[ -](?:de |del )?\d{{2,4}}(?!\d)"
    rf"|(?<!\w){_MONTH}[. -]{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?[, -]{{1,2}}\d{{2,4}}(?!\d)"
    rf"|(?<!\d)\d{{1,2}} (?:thg|tháng) \d{{1,2}},? \d{{4}}"
)
"""A day, written in any language: `2024-01-02`, `2.1.2024`, `2 janv. 2024`, `January 2, 2024`, `2024年1月2日`."""

TIME = re.compile(r"(?<![\d./-])\d{1,2}\s?[:：.h時时点點시]\s?\d{2}(?![./-]?\d)|(?<!\d)\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)

ADDRESS = re.compile(r"[<(\[] ?(?:mailto:)?[^\s<>()\[\]@]{1,100}@[^\s<>()\[\]@]{1,255}")
"""An address in brackets of some kind."""

_VERB = re.compile(rf"(?<![{LETTER}])(?:{languages.every('wrote')})(?![{LETTER}])", re.IGNORECASE)
_OWN = re.compile(
    "|".join(
        rf"(?<![{LETTER}])(?:(?:{one.myself})[^\w]{{0,3}}(?:{one.wrote})|(?:{one.wrote})[^\w]{{1,3}}(?:{one.myself}))(?![{LETTER}])"
        for one in languages.ALL
        if one.myself
    ),
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：][ \t\u00a0*_]*(?:<br ?/?>)?[ \t\u00a0]*$")
_OPENED = re.compile(
    rf"(?:-{{2,}}[ \t]*|[ \t])(?=[A-ZÀ-ÞА-Я])(?:(?i:{languages.every('opens')}))(?![{LETTER}])"
    rf"[^\n:<>]{{0,25}}?(?:{DATE.pattern})"
)
UNSEEN = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFC))
"""Marks of direction and the like, which programs put around names, days and numbers."""

_INITIALS = re.compile(r"[ \t]?[A-ZÀ-ÞА-Я]{1,4}(?=>)")
_CLOSES_ADDRESS = re.compile(r"[ \t]{0,3}>[^\n<>@]{0,40}[:：][ \t]*")
_SENTENCE = re.compile(r"[.!?。！？；;][ \t]*$")


def attribution(lines: list[str], at: int) -> int | None:
    """Where the attribution that begins at the line `at` ends, or None if none does."""
    for end in range(at, min(at + MOST_LINES, len(lines))):
        if not _belongs(lines, end, at):
            return None
        if _ends(lines, end):
            return end + 1 if _start(lines, end) == at else None
    return None


def runs_on(line: str) -> bool:
    """Whether words of the older mail stand behind its attribution, as some phones write: "On …, Anna <a@b.c> wrote:   Hello"."""
    named, gap, _ = line[:LONGEST_LINE].partition(":   ")
    return bool(gap) and attribution([f"{named}:"], 0) is not None


def without_initials(lines: list[str]) -> list[str]:
    """The lines as all other programs quote them: The Bat! puts the initials of the writer before the mark ("AB> ").

    What stands so below no line that names a writer is something else, as the prompt of a console.
    """
    first = next((at for at, line in enumerate(lines) if _INITIALS.match(line)), None)
    if first is None:
        return lines
    bare = [*lines[:first], *(_INITIALS.sub("", line, count=1) if _INITIALS.match(line) else line for line in lines[first:])]
    named = any(attribution(bare, at) is not None for at in range(max(0, first - MOST_LINES), first))
    return bare if named else lines


def own_words(line: str) -> str:
    """What the writer put on the line before its attribution: "Yes! On 2 Jan 2024, Anna wrote:" has "Yes!"."""
    match = _OPENED.search(line[:LONGEST_LINE])
    words = line[: match.start()].rstrip(" \t-") if match else ""
    return "" if "@" in words or "<" in words or _VERB.search(words) else words


def names_a_writer(text: str) -> bool:
    """Whether a text says who wrote, and when or from which address."""
    dated = DATE.search(text) is not None
    return _VERB.search(text) is not None or (dated and "@" in text)


def introduces(lines: list[str]) -> bool:
    """Whether the lines right above what is surely older name its writer, in words that need not be known."""
    if not lines or len(lines) > MOST_LINES:
        return False
    together = " ".join(lines)[:LONGEST_LINE].translate(UNSEEN)
    timed = DATE.search(together) is not None and TIME.search(together) is not None
    return _ends_in_colon(lines[-1]) and (timed or ADDRESS.search(together) is not None) and not _OWN.search(together)


def quoted_below(lines: list[str], at: int) -> bool:
    """Whether the next line that says anything is a quoted one."""
    for line in lines[at : at + 6]:
        if line.strip():
            return QUOTED.match(line) is not None
    return False


def closes_address(lines: list[str], at: int) -> bool:
    """Whether this line begins with `>` only because the one above broke inside an address: "Anna <anna@example.com" and ">:"."""
    above = lines[at - 1] if at else ""
    return above.rfind("<") > above.rfind(">") and "@" in above + lines[at] and _CLOSES_ADDRESS.fullmatch(lines[at]) is not None


def _belongs(lines: list[str], at: int, start: int) -> bool:
    line = lines[at]
    if not line.strip() or len(line) > LONGEST_LINE:
        return False
    return not QUOTED.match(line) or (at > start and closes_address(lines, at))


def _ends(lines: list[str], at: int) -> bool:
    """Whether an attribution may end at this line."""
    if _ends_in_colon(lines[at]):
        return True
    return QUOTED.match("".join(lines[at + 1 : at + 2])) is not None and not closes_address(lines, at + 1)


def _ends_in_colon(line: str) -> bool:
    return _COLON.search(line[-32:].translate(UNSEEN)) is not None


def _start(lines: list[str], end: int) -> int | None:
    """Where the attribution that ends at the line `end` begins: the nearest line from which on it is complete."""
    quoted = quoted_below(lines, end + 1)
    together = ""
    first_named: int | None = None
    for at in range(end, max(-1, end - MOST_LINES), -1):
        if (at < end and _ends_in_colon(lines[at])) or not _is_line(lines, at, end):
            break
        together = f"{lines[at].strip()} {together}".translate(UNSEEN).strip()
        if _dated(together, quoted):
            return _with_name(lines, at, together)
        if first_named is None and end - at < 2 and _named(together, quoted):
            first_named = at
    return first_named


def _is_line(lines: list[str], at: int, end: int) -> bool:
    line = lines[at]
    if not line.strip() or len(line) > LONGEST_LINE:
        return False
    return not QUOTED.match(line) or (at == end and closes_address(lines, at))


def _with_name(lines: list[str], at: int, together: str) -> int:
    """The line above belongs to it when it holds the name and address that are missing, or the beginning of the address."""
    above = lines[at - 1] if at else ""
    if ">" in together.partition("<")[0] and above.rfind("<") > above.rfind(">"):
        return at - 1
    if ADDRESS.search(together) or len(above) > 120 or QUOTED.match(above) or _SENTENCE.search(above):
        return at
    return at - 1 if ADDRESS.search(above) else at


def _dated(text: str, quoted: bool) -> bool:
    """A date, and who: by a verb, or an address close to the end."""
    date = DATE.search(text)
    if date is None:
        return False
    address = ADDRESS.search(text)
    verb = _ending_verb(text)
    if date.start() > 45 and not verb and not (address and address.start() < date.start()):
        return False
    if quoted:
        return bool(verb or address or ("@" in text and _COLON.search(text)))
    if not _COLON.search(text) or _OWN.search(text):
        return False
    timed = TIME.search(text[: date.start()] + " " + text[date.end() :]) is not None
    if verb:
        return timed or address is not None
    return timed and address is not None and len(text) - address.end() <= 25


def _named(text: str, quoted: bool) -> bool:
    """No date, but a name and a verb: "Anna Smith <anna@example.com> writes:"."""
    address = ADDRESS.search(text)
    if not _COLON.search(text) or len(text) > 200:
        return False
    verb = _ending_verb(text)
    if quoted:
        return (verb and _VERB.fullmatch(text.rstrip(" :：")) is None) or (address is not None and len(text) - address.end() <= 5)
    return verb and address is not None and not _OWN.search(text) and _SENTENCE.search(text[: address.start()].rstrip()) is None


def _ending_verb(text: str) -> bool:
    """Whether nothing follows the verb but a name, an address or a date."""
    verbs = list(_VERB.finditer(text))
    if not verbs:
        return False
    behind = text[verbs[-1].end() :].strip(" \t:：*_\u00a0-")
    if len(behind) <= 25 or ADDRESS.search(behind) or DATE.search(behind):
        return True
    words = behind.split()
    return len(words) <= 5 and not any(word[0].islower() for word in words)
