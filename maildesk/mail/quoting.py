"""What a person newly wrote: the text without what he quotes and without his signature.

The lines are walked once, and each is one of these or new:

    quoted lines (`> `), and the line above them that says who wrote them        left out, answers between them stay
    "-----Original Message-----", a block of From/Sent/To/Subject, our own       everything below is the old mail
      line of separation, the mark an HTML quote left
    "-- " and what follows, "Sent from my …"                                     the signature

Nothing is destroyed: the whole text stays beside the new one, the hidden lines are counted, and when nothing would be left the
whole text is new. The words that mail programs write stand in `phrases`.
"""

import re
from dataclasses import dataclass

from maildesk.mail import pages, phrases

DELIMITER = "##-"
"""Our letters carry a line that begins so above their own text: `##- 请在此线以上回复 / Please reply above this line -##`."""

_QUOTED = re.compile(r"[ \t]{0,3}(?:>|＞)")
_RULE = re.compile(r"[ \t]*(?:[_=*—–-][ \t]?){5,}[ \t]*")
_GAP = re.compile(r"\n{3,}")
_STARTS_LINE = re.compile(
    rf"[ \t]*(?:-+[ \t]*)?(?:(?:{phrases.ATTRIBUTION_STARTS})\b|[在于於]|\d{{4}}[-/年.]|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})",
    re.IGNORECASE,
)
_ENDS_LINE = re.compile(rf"(?:{phrases.ATTRIBUTION_VERBS})[^\n:：]{{0,40}}[:：][ \t]*(?:<br>)?[ \t*]*$", re.IGNORECASE)
_VERB = re.compile(rf"(?<!\w)(?:{phrases.ATTRIBUTION_VERBS})(?!\w)", re.IGNORECASE)
_COLON = re.compile(r"[:：][ \t*]*$", re.MULTILINE)
_DATED_ADDRESS = re.compile(r"[ \t]*\d{4}[-/.]\d.{5,300}<[^<>\s]+@[^<>\s]+>[ \t]*[:：]")
_NAME = re.compile(r"[ \t]*[-–—/~][ \t]?[^\W\d_][\w.'’-]{0,20}(?: [^\W\d_][\w.'’-]{0,20}){0,3}[ \t]*")
_CLOSING = re.compile(rf"[ \t]*(?:{phrases.CLOSINGS})[ \t]*[,.!，。！]?[ \t]*", re.IGNORECASE)
_TELLS_WHO = re.compile(r"\d{1,4}[-/年.:月]\s*\d{1,2}|@|\b(?:19|20)\d\d\b|<\w")
_DASHES = r"(?:-{2,}|_{2,}|—{1,}|–{2,}|={2,}|\*{2,})"
_SEPARATOR = re.compile(
    rf"[ \t>]*{_DASHES}[ \t]*(?:{phrases.OLD_MAIL}|{phrases.FORWARDED_MAIL})[^\n]{{0,60}}?{_DASHES}[ \t*]*", re.IGNORECASE
)
_WROTE_RULE = re.compile(rf"[ \t]*-{{2,}}.{{3,200}}(?:{phrases.ATTRIBUTION_VERBS})[ \t]*[:：]?[ \t]*-{{2,}}[ \t]*", re.IGNORECASE)
_FORWARD = re.compile(rf"[ \t>]*(?:{phrases.FORWARDED_MAIL})[:：][ \t]*", re.IGNORECASE)
_FIELD_OF = {word: name for name, labels in phrases.FIELDS.items() for word in labels.split("|")}
_LABEL = re.compile(r"[ \t>*|]*([^\W\d_][^\W\d_ '\u3000]{0,14}(?:[ \u3000'][^\W\d_]{1,10}){0,2})[ \t\u3000*|]*[:：|]")
_SIGNS = re.compile(r"[ \t]*(?:--[ \t\u00a0]?|—|——|__|_____+)[ \t]*")
_SENT_FROM = re.compile(rf"[ \t]*(?:{phrases.SENT_FROM})[^\n,，。]{{0,60}}[.。]?", re.IGNORECASE)
_FROM_LINE = re.compile(rf"^[ \t>*|]*(?:{phrases.FIELDS['from']})[ \t\u3000*|]*[:：|]", re.IGNORECASE | re.MULTILINE)
LONGEST_LABELLED = 400
LONGEST_SIGNATURE = 8
MOST_LINES = 4_000
"""Lines that are looked at closely; below them only `>` marks a quote."""


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
    new = _joined(walk.kept)
    signature = _joined(walk.signature)
    if not new and signature:
        return Split(new=signature, signature="", quoted_lines=walk.quoted, signature_lines=0)
    if not new:
        whole = pages.unmarked(marked).strip()
        return Split(new=whole, signature="", quoted_lines=0, signature_lines=0, only_quoted=bool(whole))
    return Split(
        new=new,
        signature=signature,
        quoted_lines=walk.quoted,
        signature_lines=sum(bool(line.strip()) for line in walk.signature),
    )


def _joined(lines: list[str]) -> str:
    return _GAP.sub("\n\n", "\n".join(lines)).strip()


class _Walk:
    """One pass over the lines; each either stays, or is counted as quoted, or as signature."""

    def __init__(self, marked: str) -> None:
        self.lines = marked.split("\n")
        self.may_hold_headers = names_a_sender(marked)
        self.may_hold_attributions = _COLON.search(marked) is not None
        self.kept: list[str] = []
        self.signature: list[str] = []
        self.quoted = 0

    def run(self) -> None:
        at = 0
        while at < len(self.lines):
            at = self.step(at)

    def step(self, at: int) -> int:
        """Decides about the line `at` and those that belong to it; returns the next undecided line."""
        line = self.lines[at]
        if _QUOTED.match(line):
            return self.hide(at, at + 1)
        if at >= MOST_LINES:
            self.kept.append(line)
            return at + 1
        if line[:1] == pages.SIGNATURE:
            self.signature.append(line[1:])
            return at + 1
        if self.is_old(at):
            return self.old(at)
        if (end := self.attribution(at)) is not None:
            quoted_below = self.quoted_follows(end)
            return self.hide(at, end) if quoted_below else self.old(at)
        if _SIGNS.fullmatch(line) or self.closes(at):
            return self.sign(at)
        if len(line) < 90 and _SENT_FROM.fullmatch(line):
            self.signature.append(line)
            return at + 1
        self.kept.append(line)
        return at + 1

    def is_old(self, at: int) -> bool:
        """Whether an older mail begins at this line and has no marks of its own."""
        line = self.lines[at]
        if line[:1] == pages.CUT or DELIMITER in line[:8]:
            return True
        if not line.strip() or len(line) > LONGEST_LABELLED:
            return False
        if _SEPARATOR.fullmatch(line) or _FORWARD.fullmatch(line) or _WROTE_RULE.fullmatch(line):
            return True
        if not self.may_hold_headers:
            return False
        return header_block(self.lines, self.next_full(at + 1) if _RULE.fullmatch(line) else at)

    def attribution(self, at: int) -> int | None:
        return attribution(self.lines, at) if self.may_hold_attributions else None

    def old(self, at: int) -> int:
        """The rest is old, unless it is quoted line by line below its header: then answers may stand between."""
        body = at + 1
        while body < len(self.lines) and body < at + 15 and not _QUOTED.match(self.lines[body]):
            body += 1
        marked = body < min(len(self.lines), at + 15) and not self.words_between(at + 1, body)
        if marked:
            return self.hide(at, body)
        return self.hide(at, len(self.lines))

    def words_between(self, first: int, last: int) -> bool:
        """Whether there is more than header lines, rules and blanks in between."""
        return any(
            line.strip() and not _RULE.fullmatch(line) and not field_of(line) and not _SEPARATOR.fullmatch(line)
            for line in self.lines[first:last]
        )

    def hide(self, first: int, last: int) -> int:
        """What is left out leaves a gap, so that answers around it stay paragraphs."""
        self.kept.append("")
        self.quoted += sum(bool(line.strip()) for line in self.lines[first:last])
        return last

    def sign(self, at: int) -> int:
        """The signature ends where something quoted begins; one in the middle of a text is a rule of its writer."""
        end = at + 1
        while end < len(self.lines) and not self.ends_signature(end):
            end += 1
        self.signature += self.lines[at:end]
        return end

    def ends_signature(self, at: int) -> bool:
        return bool(_QUOTED.match(self.lines[at])) or self.is_old(at) or self.attribution(at) is not None

    def closes(self, at: int) -> bool:
        """Whether a closing or a "-Name" stands here with nothing but a short signature below it."""
        line = self.lines[at]
        if len(line) > 60 or not (_CLOSING.fullmatch(line) or (at and not self.lines[at - 1].strip() and _NAME.fullmatch(line))):
            return False
        below = 0
        for end in range(at + 1, len(self.lines)):
            if self.ends_signature(end):
                break
            below += bool(self.lines[end].strip())
            if below > LONGEST_SIGNATURE or len(self.lines[end]) >= 80:
                return False
        return True

    def next_full(self, at: int) -> int:
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        return at

    def quoted_follows(self, at: int) -> bool:
        at = self.next_full(at)
        return at < len(self.lines) and bool(_QUOTED.match(self.lines[at]))


def attribution(lines: list[str], at: int) -> int | None:
    """Where a line like "On … Anna wrote:" that begins at `at` ends (it may be broken into four), or None if it is none."""
    if not lines[at].strip() or len(lines[at]) > LONGEST_LABELLED:
        return None
    starts = bool(_STARTS_LINE.match(lines[at])) or "@" in lines[at] or "<" in lines[at]
    together = ""
    for end in range(at, min(at + (4 if starts else 1), len(lines))):
        line = lines[end]
        if not line.strip() or len(line) > LONGEST_LABELLED or (end > at and _QUOTED.match(line)):
            return None
        together += " " + line.strip()
        if _COLON.search(line[-8:]) and _tells_who(together, starts, quoted_after(lines, end + 1)):
            return end + 1
    return None


def quoted_after(lines: list[str], at: int) -> bool:
    return any(_QUOTED.match(line) for line in lines[at : at + 2])


def _tells_who(together: str, starts: bool, quoted: bool) -> bool:
    """Whether this says who wrote what follows, and is no sentence of the writer's own that ends in "wrote:"."""
    ends = _ENDS_LINE.search(together[-200:]) is not None
    told = _TELLS_WHO.search(together) is not None
    if starts and told and (ends or _VERB.search(together) or _DATED_ADDRESS.fullmatch(together)):
        return True
    return quoted and ends


def names_a_sender(text: str) -> bool:
    """Whether any line of the text begins like "From:": without one there is no header of an older mail."""
    return _FROM_LINE.search(text) is not None


def field_of(line: str) -> str | None:
    """Which header field a line like "发件人：…" or "*Sent:* …" is, or None."""
    match = _LABEL.match(line[:60])
    return _FIELD_OF.get(re.sub(r"[ \u3000]", "", match[1]).lower(), _FIELD_OF.get(match[1].lower())) if match else None


def header_block(lines: list[str], at: int, least: int = 3) -> bool:
    """Whether the header of an older mail stands here: `least` of its fields close together, From among them."""
    if at >= len(lines) or field_of(lines[at]) not in ("from", "date", "subject", "to"):
        return False
    seen: set[str] = set()
    blank = 0
    for line in lines[at : at + 16]:
        if not line.strip():
            blank += 1
            if blank > 2:
                break
            continue
        blank = 0
        if (name := field_of(line)) is not None:
            seen.add(name)
        elif len(seen) >= least:
            break
    return "from" in seen and len(seen) >= least
