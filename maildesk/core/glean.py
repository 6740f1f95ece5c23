"""Facts in running text: what people tell without a label, found by patterns known to be right more often than not.

`今天上午 9 点半开始登录报销系统，提示“500 服务器错误”` tells when, where and what. A fact with a label always wins, and each fact
names its source, so that a wrong guess can be seen for one. Nothing here reads more than the beginning of a text.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from maildesk.core.message import Fact

READ = 2_000
LONGEST = 200

_PREFIX = re.compile(r"^(?:\s*(?:re|fw|fwd|aw|wg|答复|回复|转发)\s*[:：]|\s*[\[【][^\]】]{0,40}[\]】])+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^。！？!?\n.]|\.(?=\S)){4,}")
_GREETING = re.compile(r"^\s*(?:你好|您好|大家好|hi|hello|dear|hey|各位)[^\n，,。!！]{0,20}[，,。!！:：\n]?\s*", re.IGNORECASE)

_WEEK = "[一二三四五六日天]"
_DATE = r"\d{1,2}\s?月\s?\d{1,2}\s?[日号]"
_DAYS = rf"(?:今天|今早|今晚|昨天|昨晚|前天|刚才|刚刚|上周{_WEEK}?|本?周{_WEEK}|{_DATE})"
_PARTS = r"(?:凌晨|早上|上午|中午|下午|晚上|傍晚)"
_CLOCK = r"(?:\d{1,2}\s?(?:点半|点\d{0,2}分?|[:：]\d{2}))"
_WEEKDAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_HOURS = r"\d{1,2}(?:[:.]\d{2})?\s?(?:[ap]m)?"
_MOMENTS = rf"this\s+morning|yesterday|today|last\s+\w+|{_WEEKDAYS}|\d{{1,2}}[:.]\d{{2}}|\d{{1,2}}\s?[ap]m"
_TIME = rf"(?:{_DAYS}\s?{_PARTS}?\s?{_CLOCK}?|{_PARTS}\s?{_CLOCK}|{_CLOCK})"
_OPENING, _CLOSING = '“"「『‘【', '”"」』’】'
_CUES = "提示|报错|错误|显示|弹出|说|error|says?|message|shows?"
_FAULTS = (
    "错误|失败|无法|不能|不可|不足|不存在|不正确|不匹配|不支持|不允许|拒绝|超时|异常|过期|失效|无效|已满|锁定|冻结|停用|禁用|禁止|中断"
    "|断开|无权|没有权限|找不到|未找到|未授权|未连接|崩溃|占用"
    r"|\b(?:denied|fail(?:ed|ure|s)|error|invalid|incorrect|wrong|expired|unable|cannot|can['’]t|could\s+not|not\s+\w+|refused"
    r"|rejected|tim(?:ed\s+|e)out|unavailable|unknown|missing|locked|disabled|forbidden|unauthori[sz]ed|full)\b"
)
_CLAUSE = r"[^，。；！？,;!?\n]"
_TELLS = (
    r"(?<![没不无未])(?<!没有)(?:报错|提示|显示(?![器屏卡正全])|弹出|弹窗|跳出"
    r"|(?<![汇上举申日周月海情预填])报(?![告销表修名价警到道纸废备错]))"
    r"(?:信息|消息|内容|框|了|为|是|出|说|一个|个|窗口|对话框|写着|显示|提示|错误[:：]|[:：\s])*+"
)
_SAYS = (
    r"\b(?:says?|said|saying|shows?|showing|displays?|reads|error(?:\s+message)?|message|pop-?up)\b"
    r"(?:\s+is)?\s*+(?:that\s|[:：])?\s*+(?!(?:I|we|you|he|she|they|my|your)\b)"
)
_CODES = r"错误(?:代?码)?|报错|error(?:\s+code)?|http"
_DIGITS = "0123456789"
_PRODUCTS = "VPN|OA|ERP|CRM|SAP|Outlook|Excel|WPS|Teams|SharePoint|Jira|Wi-?Fi|钉钉|企业微信"
_THINGS = "system|server|printer|database|portal|laptop|mailbox|application|app|client"
_SYSTEM = "系统|平台|服务器|打印机|扫描仪|邮箱|客户端|软件|数据库|网站|门户|电脑|笔记本"
_NO_NAME = "了的在到是不无法能从用开进入登录陆访问使我们你他她它这那个台有都也就和与及把被请时后前给对"

_PATTERNS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, signs, re.compile(pattern, re.IGNORECASE))
    for name, signs, pattern in (
        ("occurred", "开起以发的时", rf"({_TIME})(?:\s?左右)?\s?(?:开始|起|以来|发现|的时候|时)"),
        ("occurred", "天早晚才刚周月", rf"({_DAYS}\s?{_PARTS}?\s?{_CLOCK}?)"),
        ("occurred", "", rf"\b((?:since|from)\s+(?:{_MOMENTS})(?:\s+(?:this\s+|yesterday\s+)?(?:morning|afternoon|evening))?)"),
        ("occurred", "", rf"\b((?:today|yesterday|{_WEEKDAYS}|this\s+morning)(?:\s+at)?(?:\s+{_HOURS})?)\b"),
        ("error", _OPENING, rf"(?:{_CUES})[^{_OPENING}]{{0,20}}[{_OPENING}]([^{_CLOSING}\n]{{2,200}})[{_CLOSING}]"),
        ("error", "", r"\b(\w+(?:Error|Exception)\b[^\n]{0,120})"),
        ("error", "报示弹跳", rf"{_TELLS}(?={_CLAUSE}{{0,40}}(?:{_FAULTS}))({_CLAUSE}{{2,80}})"),
        (
            "error",
            "",
            rf"{_SAYS}(?=[^.,;!?\n]{{0,60}}(?:{_FAULTS}))([^.,;!?\n]{{4,100}}?)(?=\s+(?:when|while|after|if|and|but)\b|[.,;!?\n]|$)",
        ),
        ("error", _DIGITS, rf"((?:{_CODES})\s*[:：#]?\s*(?:0x[0-9a-f]{{4,8}}|[a-z]{{0,5}}[-_]?\d{{3,6}}))\b"),
        ("system", "统台器机箱端件库站户脑本", rf"([^\W{_NO_NAME}]{{1,6}}(?:{_SYSTEM}))"),
        ("system", "", rf"(?<![a-z])({_PRODUCTS})(?![a-z])"),
        ("system", "", rf"\b(?:the|our|my)\s+((?:\w+\s){{0,2}}(?:{_THINGS}))\b"),
        ("frequency", "", r"(每次|偶尔|经常|一直|反复|时好时坏|\b(?:always|every\s+time|sometimes|intermittent(?:ly)?)\b)"),
        ("path", "/\\", r"(https?://[^\s，。；、）)>]{4,200}|\b[A-Za-z]:\\[^\s，。]{2,200})"),
        ("path", ">→", r"([^\s，。>→:：]{1,20}(?:\s?(?:>|→|->|—>)\s?[^\s，。>→]{1,20}){1,6})"),
        ("contact", _DIGITS, r"(?<!\d)(1[3-9]\d{9}|\+\d{1,3}[ -]?\d[\d -]{6,14}\d)(?!\d)"),
    )
)
"""The name of a fact, signs of which the text must have one (none: always), and the pattern whose first group is the value."""


def glean(subject: str, text: str) -> Mapping[str, Fact]:
    """Every fact found, by its canonical name; the first pattern that fits wins."""
    facts: dict[str, Fact] = {}
    if symptom := _symptom(subject, text):
        facts["symptom"] = symptom
    text = text[:READ]
    there = set(text)
    for name, signs, pattern in _PATTERNS:
        if name not in facts and (not signs or not there.isdisjoint(signs)) and (match := pattern.search(text)):
            facts[name] = Fact(value=match[1].strip()[:LONGEST], source="text")
    return MappingProxyType(facts)


def _symptom(subject: str, text: str) -> Fact | None:
    """What is wrong, in one line: the subject, or the first sentence where the subject says nothing."""
    told = _PREFIX.sub("", subject).strip()
    if len(told) >= 4:
        return Fact(value=told[:LONGEST], source="subject")
    sentence = _SENTENCE.search(_GREETING.sub("", text[:READ]))
    return Fact(value=sentence[0].strip()[:LONGEST], source="text") if sentence else None
