"""The language of orders: one table is parser, permission and help, in both languages.

An order is a line that begins with `/` (or `／`) and a word of the table, in any letter case, full-width signs included; a
Chinese word needs no space behind it (`/转派王小明`). Orders stand at the top or the bottom of what somebody newly wrote:

    /take                     orders at the top, then the text for whoever reads the answer
    /priority P1 all are down
    We are looking at it.

    Please restart it.        or the text, then orders at the bottom
    /wait user                below which thanks and his name may stand

    /resolve                  an order that wants words and has none on its line takes those that follow, up to the next order
    Cache cleared, and
    the service restarted.

What looks like an order and is none is Unclear, and so is an order that stands in the middle of a text or behind other signs
(`- /take`, `**/note**`), or that he may never have written (`doubtful`): one such line stops all, lest words for colleagues go to
a requester. Signs that nobody sees do not count. A path is no order (`/etc/hosts`), and neither is anything in a text unless it
begins with a word of the table.
What an order does is decided elsewhere; the table says who may give it and what it needs to be believed.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from unicodedata import normalize

from maildesk.core.answers import courteous
from maildesk.core.orders.doubtful import Doubt, doubts, gist, is_name, names_himself
from maildesk.core.orders.table import MEANT, NOTHING, ORDERS, WORDS, Need, Rule, Verb, help_for
from maildesk.core.unseen import UNSEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order line: the verb, its arguments by name as text, and the line as it was written."""

    verb: Verb
    line: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A line that looks like an order and is none: what is wrong with it and what would be right."""

    line: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a text says: orders and unclear lines in their order, and the text without them."""

    orders: tuple[Order, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    rest: str = ""

    @property
    def need(self) -> Need:
        """What the most demanding of the orders needs."""
        return max((ORDERS[order.verb].need for order in self.orders), default=Need.READ)


_CHINESE = sorted((word for word in WORDS if not word.isascii()), key=len, reverse=True)
_WORD = r"([^\W\d_][\w-]*+)(?![/／\\]|\.\w)[ \t\u3000]*(.*)"
_BLANK = rf"[ \t\u3000\xa0{UNSEEN}]*"
_LINE = re.compile(rf"{_BLANK}[/／]{_BLANK}{_WORD}", re.DOTALL)
_DRESSED = re.compile(
    rf"[ \t\u3000\xa0{UNSEEN}*_~`'\"“‘「|•·–—+-]*(?:\d{{1,2}}[.)、]{_BLANK})?(?:[/／\\⁄∕⧸╱﹨〳、､]{_BLANK}){{1,2}}{_WORD}",
    re.DOTALL,
)
"""An order behind something else: the dot of a list, the stars of bold letters, a quotation mark, another slash, or the `、` that
the key of the slash writes on a Chinese keyboard."""

_STOPS = ":：.。,， \t\u3000"
"""What may stand between an order and its words; a telephone makes a full stop of two blanks."""

_DOUBTS: Mapping[Doubt, tuple[tuple[str, str], tuple[str, str]]] = MappingProxyType(
    {
        Doubt.REPEATED: (
            ("外面的来信里就有这行字，看不出是不是你写的", "要执行，就单独写在回信的最上面；不要执行，就从回信里删掉"),
            (
                "a mail from outside has this very line, so it may not be yours",
                "if you mean it, write it alone at the very top; if not, delete it from your reply",
            ),
        ),
        Doubt.UNSEEN: (
            ("信的网页格式里看不见这行字", "要执行，就单独写在回信的最上面，用看得见的字"),
            (
                "nobody sees this line in the HTML of your mail",
                "if you mean it, write it at the very top, in letters that can be seen",
            ),
        ),
        Doubt.SIGNED: (
            ("这行字在签名里", "指令写在签名上面，最好写在回信的最上面"),
            ("it stands in your signature", "put orders above it, best at the very top of the mail"),
        ),
    }
)

_ALIKE = 0.8
"""How like a word of the table another must be to be meant for it where names stand, too."""

_MARK = "--"
"""Below it (RFC 3676, section 4.3) a program puts the same lines under every mail: what stands there is no word of today."""

_CJK = re.compile(r"[\u3400-\u9fff]")


def parse(
    text: str,
    language: str = "",
    *,
    heard: Sequence[str] = (),
    unseen: Collection[str] = (),
    signature: str = "",
    names: Collection[str] = (),
) -> Parsed:
    """The orders of a newly written text. Never raises. What is unclear is said in `language`, by default that of its line.

    What is `doubtful` is unclear, too: `heard` are texts of mails from outside, `unseen` lines of the text that nobody sees,
    `signature` stands below it, and `names` are those of the writer.
    """
    lines = text.split("\n")
    end = _farewell(lines, names)
    top = _block(lines, range(len(lines)))
    bottom = top if top == len(lines) else end - _block(lines, range(end - 1, -1, -1))
    found, doubted = _Reading(language), doubts(lines, heard, unseen)
    for at, line in enumerate(lines):
        if at == end and top < bottom < end:
            found.settle()
        found.line(line, in_block=at < top or at >= bottom, doubt=doubted.get(at))
    below = [] if signature.startswith(_MARK) else [line for line in signature.split("\n") if line.strip()]
    for line in below:
        found.signed(line, names, is_all=len(below) == 1)
    return found.parsed()


def _farewell(lines: list[str], names: Collection[str]) -> int:
    """Where his thanks and his name begin that he wrote below all else."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or courteous(lines[end - 1]) or is_name(lines[end - 1], names)):
        end -= 1
    return end


def _block(lines: list[str], order: range) -> int:
    """How many lines from one end are orders, or blank lines among them."""
    count = 0
    for seen, at in enumerate(order, 1):
        if _LINE.match(lines[at]):
            count = seen
        elif lines[at].strip():
            break
    return count


class _Reading:
    """Goes through a text line by line."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.found: list[Order | Unclear] = []
        self.given: set[str] = set()
        self.rest: list[str] = []
        self.taking: list[str] | None = None
        """The lines gathered for the order before them; None when they are the text's own."""
        self.begun = False

    def line(self, line: str, *, in_block: bool, doubt: Doubt | None = None) -> None:
        """One more line; `in_block` when it stands at the top or the bottom, where every such line is an order."""
        match = _LINE.match(line)
        verb, behind = _verb(match) if match else (None, "")
        if match and (verb or in_block) and doubt:
            self.settle()
            if doubt is not Doubt.REPEATED or gist(line) not in self.given:
                self.found.append(_doubtful(line.strip(), doubt, self._language(line)))
        elif match and (verb or in_block):
            self.settle()
            self.given.add(gist(line))
            misplaced = not in_block and self.begun
            self._order(line.strip(), verb, behind, match[1], misplaced=misplaced)
        elif (dressed := _DRESSED.match(line)) and (meant := _verb(dressed)[0]):
            self.settle()
            self.found.append(_unclear(line.strip(), meant, self._language(line), "指令前面多了符号", "has other signs in front"))
        elif self.taking is not None:
            self.taking.append(line)
        else:
            self.begun = self.begun or bool(line.strip())
            self.rest.append(line)

    def signed(self, line: str, names: Collection[str], *, is_all: bool) -> None:
        """A line of what passes for the signature. An order is told; so is a word alone behind its slash that is not his name, if
        it is like an order, or if it is all there is below the text. `/Team` below a greeting is a signature."""
        match = _LINE.match(line)
        if match is None:
            return
        verb, is_alone = _verb(match)[0], line.strip()[1:2].isalpha() and not match[2].strip()
        if verb or (is_alone and (is_all or _near(match[1], _ALIKE)) and not names_himself(line, names)):
            self.settle()
            language = self._language(line)
            self.found.append(
                _doubtful(line.strip(), Doubt.SIGNED, language) if verb else _unknown(line.strip(), match[1], language)
            )

    def _order(self, line: str, verb: Verb | None, behind: str, word: str, *, misplaced: bool) -> None:
        language = self._language(line)
        if verb is None:
            self.found.append(_unknown(line, word, language))
        elif misplaced:
            self.found.append(_misplaced(line, language))
        elif ORDERS[verb].gathers and not behind:
            self.found.append(Order(verb=verb, line=line))
            self.taking = []
        else:
            self.found.append(_shaped(verb, line, behind, language))

    def settle(self) -> None:
        """Give the gathered lines to their order, or say that it has none."""
        if self.taking is None:
            return
        text, self.taking = "\n".join(self.taking).strip(), None
        order = self.found.pop()
        language = self._language(order.line)
        self.found.append(_shaped(order.verb, order.line, text, language) if isinstance(order, Order) else order)

    def _language(self, line: str) -> str:
        return self.language or ("zh" if _CJK.search(line) else "en")

    def parsed(self) -> Parsed:
        self.settle()
        return Parsed(
            orders=tuple(one for one in self.found if isinstance(one, Order)),
            unclear=tuple(one for one in self.found if isinstance(one, Unclear)),
            rest="\n".join(self.rest).strip(),
        )


def _verb(match: re.Match[str]) -> tuple[Verb | None, str]:
    """The verb of a line that looks like an order, and what stands behind it."""
    word, behind = normalize("NFKC", match[1]).casefold(), match[2].lstrip(_STOPS)
    if word in WORDS:
        return WORDS[word], behind.strip()
    for known in _CHINESE:
        if match[1].startswith(known):
            return WORDS[known], match.string[match.start(1) + len(known) :].lstrip(_STOPS).strip()
    return None, behind.strip()


def _shaped(verb: Verb, line: str, behind: str, language: str) -> Order | Unclear:
    """The order with its arguments, or what is wrong with them."""
    rule = ORDERS[verb]
    match = rule.shape.fullmatch(behind if rule.gathers else plain(behind))
    if match is None:
        return _unclear(line, verb, language, *_wrong(rule, behind))
    args = {name: value.strip() for name, value in match.groupdict().items() if value and value.strip()}
    return Order(verb=verb, line=line, args=MappingProxyType(args))


def _wrong(rule: Rule, behind: str) -> tuple[str, str]:
    if not behind:
        return "后面缺内容", "needs something behind it"
    return ("后面多了字", "takes nothing behind it") if rule.shape is NOTHING else ("后面写得不对", "is not written like this")


def plain(text: str) -> str:
    """Full-width digits, letters and signs as their plain ones, so that `１６：３０` is a time; Chinese stops stay."""
    return "".join(normalize("NFKC", sign) if "！" <= sign <= "～" and sign not in "，；！？（）" else sign for sign in text)


def _unknown(line: str, word: str, language: str) -> Unclear:
    return _unclear(line, _meant(word) or _near(word, 0.5) or Verb.HELP, language, "没有这条指令", "there is no such order")


def _meant(word: str) -> Verb | None:
    """The verb that a word of daily life stands for; a Chinese one needs no space behind it."""
    said = normalize("NFKC", word).casefold()
    return next(
        (verb for known, verb in MEANT.items() if said == known or (not known.isascii() and said.startswith(known))), None
    )


def _near(word: str, alike: float) -> Verb | None:
    """The verb of the word of the table that is most like this one."""
    near = get_close_matches(normalize("NFKC", word).casefold(), WORDS, n=1, cutoff=alike)
    return WORDS[near[0]] if near else None


def _doubtful(line: str, doubt: Doubt, language: str) -> Unclear:
    why, remedy = _DOUBTS[doubt][0 if language == "zh" else 1]
    return Unclear(line=line, why=why, remedy=remedy)


def _misplaced(line: str, language: str) -> Unclear:
    if language == "zh":
        return Unclear(line=line, why="指令夹在正文中间", remedy="指令写在回信的最上面或最下面，每条一行")
    remedy = "put orders at the top or the bottom of the mail, one on a line"
    return Unclear(line=line, why="an order in the middle of the text", remedy=remedy)


def _unclear(line: str, verb: Verb, language: str, zh: str, en: str) -> Unclear:
    """What is wrong with a line, and how the order that was probably meant is written."""
    usage, meaning = help_for(verb, language)
    return Unclear(line=line, why=zh if language == "zh" else en, remedy=f"{usage} — {meaning}")
