"""The table of orders: for each its words, its shape, who may give it, what must be proven, and its help in both languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Verb(StrEnum):
    """Every order of the desk."""

    TAKE = "take"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    PRIORITY = "priority"
    CATEGORY = "category"
    ETA = "eta"
    NOTE = "note"
    ASK = "ask"
    WAIT = "wait"
    CALLED = "called"
    OBSERVE = "observe"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    NO_ARTICLE = "no-kb"
    PUBLIC = "public"
    ADMIT = "admit"
    REFUSE = "refuse"
    AWAY = "away"
    BACK = "back"
    SHOW = "show"
    WHY = "why"
    TIMELINE = "timeline"
    LIST = "list"
    HELP = "help"


class Need(IntEnum):
    """How much must be proven before an order is obeyed; the more it can do, the more."""

    READ = 0
    NOTE = 1
    ACT = 2


class Who(StrEnum):
    """Who may give an order: anybody who works on tickets, or only the holder of this one and the leads."""

    STAFF = "staff"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of the table. `words` are all words for the verb, `shape` reads what stands behind it into named arguments.

    `gathers` names the argument that takes the lines below the order when its own line gives none; `on_ticket` is false for
    what concerns no single ticket. `usage` and `meaning` are the help, per language; the usage is also an example to copy.
    """

    words: tuple[str, ...]
    need: Need
    usage: Mapping[str, str]
    meaning: Mapping[str, str]
    shape: re.Pattern[str]
    who: Who
    gathers: str
    on_ticket: bool


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_TEXT = _shape(r"(?P<text>.*)")
NOTHING = _shape(r"")
_PERSON = _shape(r"(?P<person>\S.*)")
_BREAK = r"[\s,，;；:：、]*"
_BECAUSE = r"(?:(?:because|since)(?![a-z])|由于|因为|依据|原因|理由)"
_LINK = rf"(?:{_BREAK}(?:{_BECAUSE}|for)?{_BREAK})"
_JUDGED = _shape(rf"#?(?P<mail>\d{{1,12}})(?!\d)(?!\W*(?:and|or|to|和|与|跟|同|及|或|到|至)?\W*\d){_LINK}(?P<why>.*)")
"""One held mail and why. What goes on with a number names several mails, or nobody knows."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("user", "requester", "customer", "用户", "提交人", "客户"), "user"),
        **dict.fromkeys(("vendor", "supplier", "供应商", "厂商", "厂家"), "vendor"),
        **dict.fromkeys(("approval", "审批", "批准"), "approval"),
    }
)


def _row(
    words: str,
    need: Need,
    zh: tuple[str, str],
    en: tuple[str, str],
    shape: re.Pattern[str],
    *,
    who: Who = Who.STAFF,
    gathers: str = "",
    on_ticket: bool = True,
) -> Rule:
    """A row as the table below writes it: all words; what it needs; usage and meaning in Chinese and in English; its shape."""
    usage, meaning = (MappingProxyType({"zh": chinese, "en": english}) for chinese, english in zip(zh, en, strict=True))
    return Rule(
        words=tuple(words.split()),
        need=need,
        usage=usage,
        meaning=meaning,
        shape=shape,
        who=who,
        gathers=gathers,
        on_ticket=on_ticket,
    )


V, N = Verb, Need
ORDERS: Mapping[Verb, Rule] = MappingProxyType(
    {
        V.TAKE: _row(
            "take 接单 接手",
            N.ACT,
            ("/接单 [16:30 [原因]]", "我来处理；写了时间，就告诉提交人"),
            ("/take [16:30 [why]]", "I work on it; with a time, the requester is told"),
            _shape(r"(?:(?:until|by|到|至)\s*)?(?P<until>.*)"),
        ),
        V.ASSIGN: _row(
            "assign 转派 指派 分派",
            N.ACT,
            ("/转派 王小明 [原因]", "交给别人；别人手里的单只有主管能转"),
            ("/assign NAME [why]", "give it to somebody; a colleague's ticket only as a lead"),
            _PERSON,
            who=Who.HOLDER,
        ),
        V.ESCALATE: _row(
            "escalate 升级 转二线",
            N.ACT,
            ("/升级 [试过什么]", "转二线"),
            ("/escalate [what was tried]", "hand it to line 2"),
            _TEXT,
            who=Who.HOLDER,
            gathers="text",
        ),
        V.PRIORITY: _row(
            "priority prio 优先级",
            N.ACT,
            ("/优先级 P2 [依据]", "确认优先级；和原来的不一样，就要写依据"),
            ("/priority P2 [why]", "confirm the priority; say why when it differs"),
            _shape(rf"P?(?P<priority>[1-4])(?!\d)(?:级)?{_LINK}(?P<reason>.*)"),
        ),
        V.CATEGORY: _row(
            "category 分类",
            N.ACT,
            ("/分类 系统故障-登录异常", "改分类"),
            ("/category System-Login", "set the category"),
            _shape(r"(?P<category>\S.*)"),
        ),
        V.ETA: _row(
            "eta 预计",
            N.ACT,
            ("/预计 16:30 [原因]", "预计什么时候解决"),
            ("/eta 16:30 [why]", "when it will be solved"),
            _shape(rf"(?:(?:完成|解决|恢复|修复|处理)?(?:时间)?(?:是|为)?{_BREAK})?(?:(?:at|by|到)\s*)?(?P<at>\S.*)"),
        ),
        V.NOTE: _row(
            "note 备注",
            N.NOTE,
            ("/备注 内容", "记一笔，只有内部能看到"),
            ("/note words", "write a note that stays inside"),
            _shape(r"(?P<text>.+)"),
            gathers="text",
        ),
        V.ASK: _row(
            "ask 追问",
            N.ACT,
            ("/追问 [问什么]", "问提交人；不写就问还缺的信息"),
            ("/ask [what]", "ask the requester; without words, for the missing facts"),
            _TEXT,
            gathers="text",
        ),
        V.WAIT: _row(
            "wait 等待",
            N.ACT,
            ("/等待 用户|供应商|审批|周五 10:00 [原因]", "等谁，或者等到什么时候"),
            ("/wait user|vendor|approval|until Fri 10:00 [why]", "wait for somebody, or until a time"),
            _shape(
                rf"(?=\S)(?:for\s+)?(?:(?P<whom>(?a:{'|'.join(KINDS)}))(?![a-z'’]))?"
                rf"(?:(?(whom){_BREAK}{_BECAUSE}|(?!)){_BREAK}(?P<why>\S.*)|{_LINK}(?P<until>\S.*)?)"
            ),
        ),
        V.CALLED: _row(
            "called 已电话 已打电话 已致电",
            N.ACT,
            ("/已电话 10:12 结果", "给提交人打过电话"),
            ("/called 10:12 result", "you phoned the requester"),
            _TEXT,
            gathers="text",
        ),
        V.OBSERVE: _row(
            "observe 观察",
            N.ACT,
            ("/观察 [2d] [怎么解决的]", "先观察一段时间，没事再请提交人确认"),
            ("/observe [2d] [what was done]", "watch whether it holds; then the requester is asked"),
            _shape(r"(?:(?:until|till|for|到|至)\s*)?(?P<until>.*)"),
        ),
        V.RESOLVE: _row(
            "resolve resolved solved 解决 已解决",
            N.ACT,
            ("/解决 怎么解决的", "解决了，请提交人确认"),
            ("/resolve what was done", "solved; the requester is asked to confirm"),
            _shape(r"(?P<text>.+)"),
            gathers="text",
        ),
        V.CLOSE: _row(
            "close 关闭",
            N.ACT,
            ("/关闭 [原因]", "关闭；没走过“解决”的要写原因"),
            ("/close [why]", "close it; say why when it was not resolved first"),
            _TEXT,
            gathers="text",
        ),
        V.REOPEN: _row(
            "reopen 重开",
            N.ACT,
            ("/重开 [原因]", "重新处理"),
            ("/reopen [why]", "open it again"),
            _TEXT,
        ),
        V.ARCHIVE: _row(
            "archive 归档",
            N.ACT,
            ("/归档 知识编号或网址", "关闭以后归档，写上对应的知识文档"),
            ("/archive article", "archive a closed ticket; name the article by its id or address"),
            _shape(r"(?P<article>.*)"),
        ),
        V.NO_ARTICLE: _row(
            "no-kb nokb 无需入库",
            N.ACT,
            ("/无需入库 原因", "没有要写进知识库的，直接归档"),
            ("/no-kb why", "archive it without an article: there is nothing to learn from it"),
            _shape(r"(?P<text>.+)"),
            gathers="text",
        ),
        V.PUBLIC: _row(
            "public 公开",
            N.ACT,
            ("/公开 内容", "把这段话发给提交人"),
            ("/public words", "send these words to the requester"),
            _shape(r"(?P<text>.+)"),
            gathers="text",
        ),
        V.ADMIT: _row(
            "admit 放行",
            N.ACT,
            ("/放行 17 [原因]", "放行一封待审的来信：就当是署名的人写的"),
            ("/admit 17 [why]", "let one held mail in: it counts as written by who it names"),
            _JUDGED,
            on_ticket=False,
        ),
        V.REFUSE: _row(
            "refuse 拒绝 拒收",
            N.ACT,
            ("/拒绝 17 [原因]", "拒绝一封待审的来信：存起来，什么也不做"),
            ("/refuse 17 [why]", "refuse one held mail: it is filed and does nothing"),
            _JUDGED,
            on_ticket=False,
        ),
        V.AWAY: _row(
            "away 请假",
            N.ACT,
            ("/请假 [12-20 到 12-28]", "那几天不派单给我；不写时间就是今天剩下的时间"),
            ("/away [12-20 to 12-28]", "give me no tickets on these days; without a time, for the rest of today"),
            _shape(r"(?P<time>.*)"),
            on_ticket=False,
        ),
        V.BACK: _row(
            "back 回来 销假",
            N.ACT,
            ("/回来 [全部]", "销假；写“全部”，后面计划的请假也取消"),
            ("/back [all]", "I am here again; with all, also what is planned for later is taken back"),
            _shape(r"(?P<all>all|全部|所有)?"),
            on_ticket=False,
        ),
        V.SHOW: _row(
            "show 查看",
            N.READ,
            ("/查看 [工单号]", "看一张工单的全部经过"),
            ("/show [number]", "all that happened to a ticket"),
            _shape(r"(?P<number>.*)"),
        ),
        V.WHY: _row(
            "why 为什么 计时",
            N.READ,
            ("/计时 [工单号]", "每条时限用了多少、停没停、为什么"),
            ("/why [number]", "which clocks run or stand still, and why"),
            _shape(r"(?P<number>.*)"),
        ),
        V.TIMELINE: _row(
            "timeline 时间线",
            N.READ,
            ("/时间线 [工单号]", "一张工单的关键节点"),
            ("/timeline [number]", "the key points of a ticket"),
            _shape(r"(?P<number>.*)"),
        ),
        V.LIST: _row(
            "list 列表",
            N.READ,
            ("/列表", "我的工单"),
            ("/list", "my tickets"),
            NOTHING,
            on_ticket=False,
        ),
        V.HELP: _row(
            "help 帮助",
            N.READ,
            ("/帮助 [指令]", "指令怎么写"),
            ("/help [order]", "how orders are written"),
            _shape(r"(?P<about>.*)"),
            on_ticket=False,
        ),
    }
)

WORDS: Mapping[str, Verb] = MappingProxyType({word: verb for verb, rule in ORDERS.items() for word in rule.words})

_OTHER_WORDS: Mapping[Verb, str] = MappingProxyType(
    {
        V.TAKE: "claim accept 受理 接受",
        V.ASSIGN: "give reassign transfer forward 转给 移交",
        V.NOTE: "comment memo internal 记录 内部",
        V.ASK: "question 询问 提问",
        V.WAIT: "pending hold pause 挂起 暂停",
        V.CALLED: "phone phoned call 电话 致电",
        V.RESOLVE: "done fixed finish finished complete completed 完成 已完成 搞定 处理完 已处理",
        V.CLOSE: "cancel 取消 结束",
        V.PUBLIC: "reply answer respond 回复 答复",
        V.REFUSE: "reject 驳回",
        V.AWAY: "leave vacation 休假",
        V.TIMELINE: "history log 经过 历史",
    }
)
MEANT: Mapping[str, Verb] = MappingProxyType({word: verb for verb, words in _OTHER_WORDS.items() for word in words.split()})
"""Words of other desks and of daily life. They are no orders, but whoever writes one is shown the order that he meant."""


def help_for(verb: Verb, language: str) -> tuple[str, str]:
    """Usage and meaning of an order in a language; English where it has none."""
    rule = ORDERS[verb]
    spoken = language if language in rule.usage else "en"
    return rule.usage[spoken], rule.meaning[spoken]


def help_in(language: str) -> tuple[tuple[str, str], ...]:
    """Usage and meaning of every order."""
    return tuple(help_for(verb, language) for verb in Verb)
