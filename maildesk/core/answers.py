"""The words of requesters that mean something to the desk: solved or not, withdraw, how does it stand, a rating, mere thanks.

Buttons write exactly these words, people write something like them. A mail is taken for such an answer only when it clearly is
one: its first line says it and nothing else, and what stands below does not say more than the answer can carry. Everything
else is an ordinary mail, which a person reads. In doubt a mail is substantial: a thank-you that reopens a ticket is a nuisance,
a cry for help that does not is a disaster.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from unicodedata import normalize

from maildesk.core.ticket import Feedback, Status

SHORT = 80
"""So many letters below `solved` are still a comment; more may be another matter."""

LONGEST = 1_000
"""Nobody thanks at greater length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a requester said, in the desk's terms; `comment` are his other words."""

    feedback: Feedback | None = None
    withdrawn: bool = False
    status_asked: bool = False
    rating: int | None = None
    comment: str = ""


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_WHOM = _any(
    "您",
    "你",
    "们",
    "大家",
    "各位",
    "的",
    "支持",
    "帮忙",
    "帮助",
    "处理",
    "了",
    "啦",
    r"\w{1,2}(?:工|老师|经理|先生|女士|哥|姐|总)",
)
_FOR_WHAT = _any("so much", "very much", "a lot", "again", "all", "everyone", "team", r"for (?:your|the) (?:quick )?\w+")
_COURTESY = _any(
    rf"(?:非常|十分|太|多)?(?:谢谢|感谢|多谢|谢啦|谢了|辛苦){_WHOM}*",
    rf"(?:many |much )?(?:thanks|thank you|thx|cheers)(?: {_FOR_WHAT})*",
    *("vielen dank", "danke", "merci beaucoup", "merci", "muchas gracias", "gracias", "ありがとう(?:ございま(?:す|した))?"),
    *("你好", "您好", "(?:hi|hello|dear|hey)(?: (?:all|team|there))?"),
    *("祝好", "此致", "敬礼", "顺祝商祺", "best regards", "best wishes", "(?:kind )?regards", "best", "br"),
    *("好的", "好滴", "好", "行", "收到", "明白了?", "知道了", "了解", "嗯+"),
    *("ok(?:ay)?", "got it", "great", "perfect", "noted"),
)
_WORKS = _any(
    r"(?:现在)?(?:可以了|可以用了|好了|正常了|能用了|没问题了|搞定了|解决了|已?恢复(?:正常|了)?)",
    r"(?:it |that |this )?(?:is )?(?:works|working|fixed|all good)(?: (?:now|again|fine|perfectly))*",
)
_SIGNS_BEHIND = ',，.。;；!！~～:：、)）…”"」】'
_SIGN = f"[{_SIGNS_BEHIND}]"
_END = rf"(?P<rest>(?:\s*{_SIGN}.*|\s+(?:thank|谢|感谢|多谢).*)?)"
_LOOSE_END = rf"(?P<rest>(?:(?:\s|{_SIGN}).*)?)"


def _line(*patterns: str, end: str = _END) -> re.Pattern[str]:
    """A first line that says one of these and then ends, or goes on behind a sign; with a loose end, behind a space."""
    return re.compile(rf"[\"“「【\[(（]*{_any(*patterns)}[了啦]?{end}", re.IGNORECASE)


_FEEDBACK: Mapping[Feedback, re.Pattern[str]] = MappingProxyType(
    {
        Feedback.UNSOLVED: _line(
            r"(?:问题)?(?:仍然?|还是|还|依然|依旧)?(?:未|没有?|没能)(?:得到|有)?(?:解决|修好|好|恢复)",
            r"(?:still )?(?:not (?:yet )?|un)(?:re)?solved(?: yet)?",
            r"(?:still )?not (?:working|fixed)",
            r"(?:it )?(?:still )?(?:does not|doesn['’]t) work",
            end=_LOOSE_END,
        ),
        Feedback.PARTLY: _line(
            r"(?:问题)?(?:只)?(?:部分|一部分)(?:已经?|得到)?解决",
            r"解决了?一部分",
            r"part(?:ly|ially)(?: (?:re)?solved)?",
            end=_LOOSE_END,
        ),
        Feedback.SOLVED: _line(
            r"(?:问题)?(?:已经?|都|完全|全部|彻底)*(?:得到)?解决",
            r"(?:yes,? )?(?:it is |it['’]s )?(?:already )?(?:re)?solved(?: now)?",
        ),
    }
)
_RELIEVED = _line(_WORKS)
_WITHDRAWN = _line(
    "撤回", "撤销", "取消(?:工单|请求)?", r"withdraw(?:n)?(?: (?:it|this|the ticket))?", "cancel (?:it|this|the ticket)"
)
_STATUS = _line(
    r"(?:查|问)?(?:一下)?进度(?:如何|怎么?样|呢)?",
    r"(?:目前|现在)?(?:有什么|什么|怎么样|有)?(?:进展|状态)(?:如何|怎么样|吗|呢)?",
    r"status",
    r"any (?:update|news|progress)s?",
)
_GRADES: Mapping[str, int] = MappingProxyType(
    {str(at): at for at in range(1, 6)} | {sign: at for at, sign in enumerate("一二三四五", 1)} | {"满": 5, "full": 5}
)
_GRADE = f"({'|'.join(_GRADES)})"
_GIVES = r"(?:我|i)?\s*(?:会|想|would|['’]d|will|['’]ll)?\s*(?:给|打|评|give)(?:你们?|您|他们?|个|打|it|you|them|this|an?|\s)*"
_RATING = re.compile(
    rf"[\"“]*(?:(?:评分|打分|评价|满意度|rate|rating|score)\s*[:：]?\s*{_GRADE}"
    rf"|(?:{_GIVES})?{_GRADE}\s*(?:分|星|stars?|points?|marks|/\s*5|out of (?:5|five))(?:好评|吧|了|哦|啦)?){_LOOSE_END}",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"([1-5])(?P<rest>(?:[,，.。;；!！].*)?)")
_CLAUSE = re.compile(r"\s*[,，.。;；!！~～、]+\s*")
_HESITATES = re.compile(r"但|不过|可是|除了|还有|又|\bbut\b|however|except|another|\bnot\b|[?？]", re.IGNORECASE)
_NAME = re.compile(r"(?:[A-Z][\w'’-]*\.?(?:\s+[A-Z][\w'’-]*\.?){0,2}|[\u4e00-\u9fff]{2,4})")
_FIRST_NAMES = re.compile(r"(?:[A-Z][a-z'’-]*){0,2}")
_KIND = re.compile(rf"(?:{_COURTESY}|{_WORKS})(?![a-z])", re.IGNORECASE)
_SIGNS = re.compile(r"[\s\W_]+")


def understood(text: str, status: Status) -> Answer | None:
    """The answer that a text is, on a ticket in this status; None when it is an ordinary mail."""
    first, below = _split(text)
    if first.endswith(("?", "？")) and not _STATUS.fullmatch(first.rstrip("?？ ")):
        return None
    return _feedback(first, below, status) or _wish(first, below) or _rating(first, below, status)


def courteous(text: str) -> bool:
    """Whether a text is nothing but thanks, a greeting, a nod or a name: it moves nothing."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return len(text) <= LONGEST and all(_kind(line, last=at > 0) for at, line in enumerate(lines))


def _kind(line: str, *, last: bool) -> bool:
    """One line of courtesy; a bare name only below another line."""
    if last and _NAME.fullmatch(line):
        return True
    if any(sign.isdigit() or sign in "?？" for sign in line):
        return False
    left = _SIGNS.sub("", _KIND.sub(" ", line))
    return not left or (_KIND.match(line) is not None and _FIRST_NAMES.fullmatch(left) is not None)


def _split(text: str) -> tuple[str, str]:
    """The first line that says something, and all below it."""
    first, _, below = text.strip().partition("\n")
    return normalize("NFKC", first).strip(), below.strip()


def _feedback(first: str, below: str, status: Status) -> Answer | None:
    for feedback, pattern in _FEEDBACK.items():
        if match := pattern.fullmatch(first):
            return _judged(feedback, match["rest"], below)
    if status in (Status.OBSERVING, Status.RESOLVED) and (match := _RELIEVED.fullmatch(first)):
        return _judged(Feedback.SOLVED, match["rest"], below)
    return None


def _judged(feedback: Feedback, rest: str, below: str) -> Answer | None:
    """The verdict with its comment; a long comment on `solved` may say something else, so a person reads it."""
    comment = _comment(rest, below)
    if feedback is not Feedback.SOLVED:
        return Answer(feedback=feedback, comment=comment)
    rated = _rated(comment)
    if rated is not None:
        return Answer(feedback=feedback, rating=rated[0], comment=rated[1])
    rating, others = _rated_within(comment)
    plain = len(comment) <= SHORT and not _HESITATES.search(comment)
    return Answer(feedback=feedback, rating=rating, comment=others) if plain else None


def _wish(first: str, below: str) -> Answer | None:
    if (match := _WITHDRAWN.fullmatch(first)) and len(match["rest"]) <= SHORT:
        return Answer(withdrawn=True, comment=_comment(match["rest"], below))
    if _STATUS.fullmatch(first.rstrip("?？ ")) and courteous(below):
        return Answer(status_asked=True)
    return None


def _rating(first: str, below: str, status: Status) -> Answer | None:
    """A rating of a ticket that is done; a bare digit is one only then."""
    if status.open:
        return None
    text = f"{first}\n{below}"
    if (rated := _rated(text)) is not None:
        return Answer(rating=rated[0], comment=rated[1])
    rating, others = _rated_within(text)
    return Answer(rating=rating, comment=others) if rating is not None and courteous(others) else None


def _rated(text: str) -> tuple[int, str] | None:
    """A rating at the beginning of a text, with the words behind it."""
    first, below = _split(text)
    match = _RATING.fullmatch(first) or _DIGIT.fullmatch(first)
    if match is None:
        return None
    return _grade(match), _comment(match["rest"], below)


def _rated_within(text: str) -> tuple[int | None, str]:
    """A rating that is a clause of its own in the first line that holds one, and the text without it."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        clauses = _CLAUSE.split(normalize("NFKC", line).strip())
        for clause in clauses:
            if (match := _RATING.fullmatch(clause)) and not match["rest"]:
                others = ", ".join(one for one in clauses if one and one is not clause)
                return _grade(match), "\n".join((*lines[:at], others, *lines[at + 1 :])).strip()
    return None, text


def _grade(match: re.Match[str]) -> int:
    return _GRADES[next(group for group in match.groups()[:-1] if group).lower()]


def _comment(rest: str, below: str) -> str:
    """What stands behind the words of the answer, and below them."""
    behind = rest.strip(f" {_SIGNS_BEHIND}")
    return f"{behind}\n{below}".strip()
