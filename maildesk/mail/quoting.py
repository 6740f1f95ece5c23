"""What a person newly wrote: the text without what he quotes and without his signature.

The lines are walked once, and each is one of these or new:

    quoted lines (`> `), and the line above them that says who wrote them        left out, answers between them stay
    "-----Original Message-----", a block of From/Sent/To/Subject, our own       everything below is the old mail
      line of separation, the mark an HTML quote left
    "-- " and what follows, "Sent from my …"                                     the signature

A few `>` lines for which nobody is named, with words below them, are the writer's own doing (a line he picked to answer, what a
console printed) and stay. Nothing is destroyed: the whole text stays beside the new one, the hidden lines are counted, and when
nothing would be left the whole text is new. How the lines are told apart stands in `attributions`, `headings` and `signatures`,
their words in `languages`.
"""

import re
from dataclasses import dataclass

from maildesk.mail import attributions, headings, pages, signatures
from maildesk.mail.attributions import QUOTED

DELIMITER = "##-"
"""Our letters carry a line that begins so above their own text: `##- 请在此线以上回复 / Please reply above this line -##`."""

MOST_LINES = 4_000
"""Lines that are looked at closely; below them only `>` marks a quote."""

_GAP = re.compile(r"\n{3,}")
_COLON = re.compile(r"[:：]")
_LINK_ONLY = re.compile(r"[ \t]*[<(\[]?(?:https?|mailto):\S{1,400}[>)\]]?[ \t]*>?[ \t]*|[ \t]*\S{1,400}[)>\]][ \t]*>?[ \t]*")
_FEW = 12
_NEAR = 15
_FENCED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What is new, the signature, and how many lines were hidden as quotes and as signature.

    `only_quoted`: nothing is new, so the whole text stands for it.
    """

    new: str
    signature: str
    quoted_lines: int
    signature_lines: int
    only_quoted: bool = False


def split(marked: str) -> Split:
    """Splits a text with the marks of `pages` (a plain one has none)."""
    walk = _Walk(marked)
    walk.run()
    own = _trimmed(walk.kept)
    new = _joined(own)
    signature = _joined(walk.signature)
    if not new and signature and not walk.quoted:
        return Split(new=signature, signature="", quoted_lines=walk.quoted, signature_lines=0)
    if not new:
        whole = pages.unmarked(marked).strip()
        return Split(new=whole, signature="", quoted_lines=0, signature_lines=0, only_quoted=bool(whole))
    return Split(
        new=new,
        signature=signature,
        quoted_lines=walk.quoted,
        signature_lines=_full(walk.signature) + _full(walk.kept) - _full(own),
    )


def _full(lines: list[str]) -> int:
    """How many of the lines say anything."""
    return sum(bool(line.strip()) for line in lines)


def _joined(lines: list[str]) -> str:
    return _GAP.sub("\n\n", "\n".join(lines)).strip()


def _trimmed(lines: list[str]) -> list[str]:
    """Without the rules and traces at the end."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or signatures.nothing_said(lines[end - 1])):
        end -= 1
    return lines[:end] or lines


class _Walk:
    """One pass over the lines; each either stays, or is counted as quoted, or as signature."""

    def __init__(self, marked: str) -> None:
        self.lines = attributions.without_initials(marked.split("\n"))
        looked_at = "\n".join(self.lines[:MOST_LINES])
        self.may_hold_headers = headings.may_hold_header(looked_at)
        self.may_hold_attributions = _COLON.search(looked_at) is not None
        self.kept: list[str] = []
        self.signature: list[str] = []
        self.quoted = 0
        self.ending: dict[int, bool] = {}
        """Of lines looked at from above: what `ends` says."""
        self.unnamed: list[str] = []
        """Quoted lines just passed for which nobody was named so far."""
        self.named = False
        """Whether the mail said of anything whose it is."""

    def run(self) -> None:
        at = 0
        while at < min(len(self.lines), MOST_LINES):
            at = self.step(at)
        self.rest(at)

    def step(self, at: int) -> int:
        """Decides about the line `at` and those that belong to it; returns the next undecided line."""
        line = self.lines[at]
        if (QUOTED.match(line) and not headings.between_arrows(line)) or self.broken_off(at):
            return self.quote(at)
        if line[:1] == pages.SIGNATURE:
            self.signature.append(line[1:])
            return at + 1
        if (end := self.fenced(at)) is not None:
            self.kept += self.lines[at:end]
            return end
        if self.is_old(at):
            return self.old(at)
        if (end := self.attribution(at)) is not None:
            return self.attributed(at, end)
        if line.strip() and (end := self.signed(at)) is not None:
            self.signature += self.lines[at:end]
            return end
        return self.keep(at)

    def rest(self, at: int) -> None:
        """The lines beyond those that are looked at closely."""
        lines = self.lines[at:]
        own = [line for line in lines if not QUOTED.match(line)]
        self.kept += own
        self.quoted += _full(lines) - _full(own)

    def keep(self, at: int) -> int:
        """A line of his own; a few quoted lines above it that nobody is named for come with it."""
        line = self.lines[at]
        if line.strip() and self.unnamed:
            if len(self.unnamed) <= _FEW and not self.named and DELIMITER not in "".join(self.unnamed):
                self.kept += self.unnamed
                self.quoted -= _full(self.unnamed)
            self.unnamed = []
        self.kept.append(line)
        return at + 1

    def quote(self, at: int) -> int:
        """A quoted line. Telephones quote the line that names the writer, too; markup tells that it is old."""
        if self.lines[at].startswith(pages.OLD):
            self.named, self.unnamed = True, []
        if not self.named and not self.unnamed:
            self.named = attributions.attribution([QUOTED.sub("", line) for line in self.lines[at : at + 5]], 0) is not None
        self.unnamed += [self.lines[at]] if not self.named else []
        return self.hide(at, at + 1)

    def broken_off(self, at: int) -> bool:
        """Whether this is the end of a long link in the quoted line above it, which a program broke without a `>`."""
        line = self.lines[at]
        if not 0 < at < len(self.lines) - 1 or not line.strip() or len(line) > attributions.LONGEST_LINE:
            return False
        between = QUOTED.match(self.lines[at - 1]) and QUOTED.match(self.lines[at + 1])
        return between is not None and _LINK_ONLY.fullmatch(line) is not None

    def fenced(self, at: int) -> int | None:
        """The end of a block between ``` and ```: whatever stands in it, the writer shows it."""
        if not self.lines[at].startswith("```"):
            return None
        ends = (end + 1 for end in range(at + 1, min(at + _FENCED, len(self.lines))) if self.lines[end].rstrip() == "```")
        return next(ends, None)

    def is_cut(self, at: int) -> bool:
        """Whether the markup, or our own line, says that all below is old."""
        return self.lines[at][:1] == pages.CUT or DELIMITER in self.lines[at][:8]

    def is_old(self, at: int) -> bool:
        """Whether an older mail begins at this line and has no marks of its own."""
        line = self.lines[at]
        if self.is_cut(at) or attributions.runs_on(line):
            return True
        if not line.strip() or len(line) > attributions.LONGEST_LINE:
            return False
        if headings.separator(line) or headings.header_at_the_right(self.lines, at):
            return True
        if not self.may_hold_headers:
            return False
        if headings.is_rule(line) or headings.is_title(line):
            return headings.header_block(self.lines, self.next_full(at + 1), announced=True)
        return headings.header_block(self.lines, at)

    def attribution(self, at: int) -> int | None:
        return attributions.attribution(self.lines, at) if self.may_hold_attributions else None

    def attributed(self, at: int, end: int) -> int:
        """Below a line that names a writer only the quoted lines are his, or all the rest where none is quoted."""
        if not attributions.quoted_below(self.lines, end):
            return self.old(at)
        if words := attributions.own_words(self.lines[at]):
            self.kept.append(words)
        self.named, self.unnamed = True, []
        return self.hide(at, end)

    def old(self, at: int) -> int:
        """The rest is old, unless it is quoted line by line below its header: then answers may stand between."""
        self.named, self.unnamed = True, []
        if self.is_cut(at):
            self.take_back()
            return self.hide(at, len(self.lines))
        body = at + 1
        while body < len(self.lines) and body < at + _NEAR and not QUOTED.match(self.lines[body]):
            body += 1
        marked = body < min(len(self.lines), at + _NEAR) and not self.words_between(at + 1, body)
        return self.hide(at, body if marked else len(self.lines))

    def take_back(self) -> None:
        """Lines above an older mail that name its writer in a way not known before."""
        end = len(self.kept)
        while end and not self.kept[end - 1].strip():
            end -= 1
        start = end
        while start and self.kept[start - 1].strip():
            start -= 1
        if attributions.introduces(self.kept[start:end]):
            self.quoted += end - start
            del self.kept[start:]

    def words_between(self, first: int, last: int) -> bool:
        """Whether there is more than header lines, rules and blanks in between."""
        return any(
            line.strip() and not headings.is_rule(line) and not headings.field_of(line) and not headings.separator(line)
            for line in self.lines[first:last]
        )

    def hide(self, first: int, last: int) -> int:
        """What is left out leaves a gap, so that answers around it stay paragraphs."""
        self.kept.append("")
        self.quoted += _full(self.lines[first:last])
        return last

    def signed(self, at: int) -> int | None:
        """The end of a signature or of a part of one that begins at this line."""
        lines = self.lines
        if len(lines[at]) > attributions.LONGEST_LINE:
            return signatures.notice(lines, at)
        if signatures.added_by_program(lines, at, self.ends):
            return at + 1
        return (
            signatures.below_dashes(lines, at, self.ends)
            or signatures.below_closing(lines, at, self.ends)
            or signatures.card(lines, at)
            or signatures.notice(lines, at)
            or signatures.scanned(lines, at)
        )

    def ends(self, at: int) -> bool:
        """Whether something old begins at this line, so that a signature ends above it."""
        if at not in self.ending:
            self.ending[at] = bool(QUOTED.match(self.lines[at])) or self.is_old(at) or self.attribution(at) is not None
        return self.ending[at]

    def next_full(self, at: int) -> int:
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        return at
