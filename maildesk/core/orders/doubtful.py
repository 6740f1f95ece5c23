"""Order lines of an engineer's own mail that he may never have given: they are told to him, never obeyed.

Most programs mark what they repeat of the mail that is answered; some mark nothing. Whoever writes to the desk can put `/close`
below his words, hope for such a program, and have a colleague send it back as if it were his own. Without a mark nobody can tell
a repeated line from a written one, so the place decides, with what outside people wrote into the ticket:

    REPEATED    a line that stands in a mail from outside, word for word, wrapped anew or with links written out, is his only at
                the very top of his text; and not even there when the words that follow it follow it in that mail, too: then the
                top is a repeated mail
    UNSEEN      a line that the HTML of his mail shows to nobody is not his, wherever it stands
    SIGNED      what passes for his signature is no text of his, but a line there that is like an order and not his name is told,
                unless his program's mark for signatures stands above

So `/close` on top is always obeyed, whatever the requester wrote, and a line below that says the same once more is passed over:
he has said that he means it. Everything else costs one more mail, and moves nothing that he did not mean to move.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

from maildesk.core.orders.table import WORDS
from maildesk.core.unseen import UNSEEN


class Doubt(StrEnum):
    """Why a line like an order may not be his."""

    REPEATED = "repeated"
    UNSEEN = "unseen"
    SIGNED = "signed"


LONGEST = 200
"""So many characters of a line are compared: enough to know it again."""

MOST = 200
"""Nobody gives so many orders in one mail: it is something that he repeats."""

_WORDS = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r"\s+")
_LINK = re.compile(
    r" ?(?:<[a-z]+:[^\s<>]*>|\[[a-z]+:[^\s\[\]]*\]|<[^\s<>@]+@[^\s<>]+>|(?:https?:|mailto:)[!-;=?-Z\\^-~]*(?<![.,:;!?)]))"
)
"""A link in a gist, bare or as a program writes it behind the words that bear it: `<https://…>`, `[mailto:…]`, `<a@x.org>`."""

_LIKE = re.compile(rf"[\s{UNSEEN}]*[/／][\s{UNSEEN}]*[^\W\d_]")

_STOPS = frozenset(",;!?)、。」』】》”’")
_ENDS = _STOPS | set("\n.:")
_JOINTS = ":.—–·-"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a mail from outside says, as it is compared: its gist, and the same, sign by sign, with the ends of its lines."""

    text: str
    lines: str


def resembles_order(line: str) -> bool:
    """Whether a line begins with a slash and a letter."""
    return _LIKE.match(line) is not None


def doubts(lines: Sequence[str], heard: Sequence[str], unseen: Collection[str]) -> Mapping[int, Doubt]:
    """The doubtful ones among the lines of a text, by their place. `heard` is what outside people wrote, a text for each mail;
    it is not looked at when no line is like an order, or every line is."""
    like = [at for at, line in enumerate(lines) if resembles_order(line)]
    if not like:
        return {}
    if len(like) > MOST:
        return dict.fromkeys(like, Doubt.REPEATED)
    top, hidden = _top(lines), {gist(line) for line in unseen}
    said = list(_said(heard)) if top < len(lines) else []
    own = top - _repeated_below(lines[:top], lines[top:], said)
    found = {at: Doubt.REPEATED for at in like if at >= own and any(_stands_in(_forms(lines[at]), text) for text in said)}
    return found | {at: Doubt.UNSEEN for at in like if gist(lines[at]) in hidden}


def names_himself(line: str, names: Collection[str]) -> bool:
    """Whether a line is a slash and one of somebody's names, short or whole, or his initials: `/Anna`, `/AB`."""
    parts = [_WORDS.findall(gist(name)) for name in names]
    first = next(iter(_WORDS.findall(gist(line))), "")
    initials = {"".join(word[0] for word in words) for words in parts}
    return bool(first) and (first in initials or any(word.startswith(first) for words in parts for word in words))


def is_name(line: str, names: Collection[str]) -> bool:
    """Whether a line is one of somebody's names, or some words of one: `Anna`, `Berg, Anna`, `AB`."""
    parts = [_WORDS.findall(gist(name)) for name in names]
    known = {*(word for words in parts for word in words), *("".join(word[0] for word in words) for words in parts)}
    words = _WORDS.findall(gist(line))
    return bool(words) and known.issuperset(words)


def gist(line: str) -> str:
    """A line as it is compared: without white space around, in one letter case, full-width signs as plain ones."""
    return _gist(line)[:LONGEST]


def _gist(text: str) -> str:
    shown = normalize("NFKC", text).translate(dict.fromkeys(map(ord, UNSEEN)))
    return _SPACES.sub(" ", shown).strip().casefold()


def _said(heard: Iterable[str]) -> Iterator[_Said]:
    """Each text as it stands, and where it has links, without them, too: no two programs write them alike."""
    for text in heard:
        lines = [line for line in map(_gist, text.splitlines()) if line]
        bare = [line for line in map(_without_links, lines) if line]
        for form in (lines, bare) if bare != lines else (lines,):
            yield _Said(text=" ".join(form), lines="\n".join(form))


def _top(lines: Sequence[str]) -> int:
    """How many lines there are down to the first that is neither like an order nor blank."""
    return next((at for at, line in enumerate(lines) if line.strip() and not resembles_order(line)), len(lines))


def _repeated_below(top: Sequence[str], rest: Sequence[str], said: Sequence[_Said]) -> int:
    """How many of the top's last lines stand in a mail from outside right before the words below them."""
    below = next((forms for forms in map(_forms, rest) if all(forms)), None)
    if below is None:
        return 0
    count = 0
    for seen, line in enumerate(reversed(top), 1):
        if not line.strip():
            continue
        below = tuple(f"{above} {words}" for above, words in zip(_forms(line), below, strict=True))
        if not any(_stands_in(below, text) for text in said):
            break
        count = seen
    return count


def _forms(line: str) -> tuple[str, ...]:
    """A line as it stands, and without its links."""
    words = _gist(line)
    return words[:LONGEST], _without_links(words)[:LONGEST]


def _without_links(words: str) -> str:
    return _LINK.sub("", words).strip()


def _stands_in(forms: Iterable[str], said: _Said) -> bool:
    """Whether words are in a text where a line may begin and end. White space is where a program wraps."""
    return any(_begins(said, at, words) and _ends(said, at, words) for words in set(forms) for at in _places(said.text, words))


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _begins(said: _Said, at: int, words: str) -> bool:
    """Behind white space or a stop. Some programs break a line behind any Chinese letter or sign; an order without words is too
    often half of something else there (`打开/关闭`)."""
    before = said.text[max(0, at - 3) : at]
    if before[-1:] in ("", " ", *_STOPS):
        return True
    return before.rstrip(_JOINTS)[-1:] >= "\u2e80" and words[1:].strip() not in WORDS


def _ends(said: _Said, at: int, words: str) -> bool:
    """Where a word does; an order without words, where a line or a sentence does: `/list of files` is none."""
    behind = said.lines[at + len(words) : at + len(words) + 1]
    if len(words) >= LONGEST:
        return True
    if " " not in words:
        return not behind or behind in _ENDS
    return not behind.isalnum() and behind != "-"
