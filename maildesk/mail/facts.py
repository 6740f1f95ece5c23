"""Facts that people write into a mail: `字段：值` and `Field: value` lines, and ticket numbers in the subject.

LABELS gives for each canonical name the labels under which it is found, those among them with which our letters ask, so that a
filled-in block comes back readable. Only new text is read, never a quote: what an older mail said is no news.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from maildesk.core.message import Fact
from maildesk.core.ticket import numbers_in

_LABELS = {
    "name": """
        姓名 | 名字 | 提交人 | 报修人 | 申请人
        name | your name | full name | requester
    """,
    "staff_id": """
        工号 | 员工号 | 员工编号 | 员工工号
        staff id | employee id | employee number | staff no | staff number
    """,
    "department": """
        部门 | 所属部门 | 所在部门 | 单位
        department | dept | team
    """,
    "business_line": """
        业务线 | 所属业务 | 业务
        business line | business unit | business
    """,
    "contact": """
        联系方式 | 联系电话 | 电话 | 手机 | 手机号 | 电话号码 | 联系人电话 | 分机
        contact | phone | phone number | telephone | tel | mobile | extension
    """,
    "symptom": """
        现象 | 问题现象 | 故障现象 | 现象描述 | 问题描述 | 故障描述 | 描述 | 问题
        symptom | description | problem | issue | symptoms | what happened
    """,
    "occurred": """
        发生时间 | 故障时间 | 时间 | 出现时间 | 开始时间
        time | occurred | occurred at | time of occurrence | when | since | since when | started | start time
    """,
    "frequency": """
        频率 | 发生频率 | 出现频率 | 频次
        frequency | how often
    """,
    "path": """
        操作路径 | 路径 | 页面 | 功能路径 | 菜单
        path | url | page | screen | menu
    """,
    "error": """
        报错信息 | 错误信息 | 报错 | 错误 | 错误提示 | 报错内容 | 错误代码
        error | error message | error text | error code
    """,
    "system": """
        系统 | 系统名称 | 设备 | 系统/设备 | 系统或设备 | 涉及系统 | 应用
        system | device | application | system/device | system or device | asset
    """,
    "urgency": """
        紧急程度 | 优先级 | 紧急度 | 紧急性
        urgency | how urgent | priority | urgent | severity
    """,
    "steps": """
        操作步骤 | 复现步骤 | 重现步骤 | 步骤
        steps | steps to reproduce | how to reproduce
    """,
    "environment": """
        环境 | 系统环境 | 使用环境 | 浏览器 | 操作系统
        environment | browser | os | operating system | version
    """,
    "recent_changes": """
        近期变更 | 最近变更 | 最近改动 | 近期改动 | 变更
        recent changes | what changed | changes
    """,
}

LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(label.strip() for line in table.strip().splitlines() for label in line.split("|"))
        for name, table in _LABELS.items()
    }
)
"""Per canonical name its labels in lower case, Chinese ones first."""

LONG = frozenset({"symptom", "steps", "error", "environment", "recent_changes"})
"""Facts that people tell in several lines; any other ends with its line."""

LONGEST_VALUE = 2_000
_NAME_OF = {label: name for name, labels in LABELS.items() for label in labels}
_LINE = re.compile(
    r"[ \t*•·\-\d.、)）]{0,8}[*【\[]{0,2}([^\W\d_][\w /]{0,30}?)[*】\]]{0,2}[ \t\u3000]{0,10}"
    r"(?:[（(][^()（）\n]{0,40}[)）])?[ \t\u3000*]{0,10}[:：][*]{0,2}(.*)"
)
_BLANK_VALUE = re.compile(r"[\s_.…。·-]*")


def read(subject: str, new_text: str, signature: str) -> Mapping[str, Fact]:
    """What the mail says, by canonical name; a line of the text counts before one of the signature."""
    found: dict[str, Fact] = {}
    if numbers := numbers_in(subject):
        found["ticket"] = Fact(value=numbers[0], source="subject")
    for text, source in ((new_text, "line"), (signature, "signature")):
        for name, value in _lines(text):
            found.setdefault(name, Fact(value=value, source=source))
    return MappingProxyType(found)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of every labelled line; a value that is missing behind its label may stand in the lines below."""
    name, values = "", list[str]()
    for line in (*text.split("\n"), ""):
        label, value = labelled(line)
        if name and line.strip() and not label and (name in LONG or not (values or _LINE.match(line[:100]))):
            values.append(line.strip())
            continue
        if values:
            yield name, "\n".join(values)[:LONGEST_VALUE]
        name, values = label, [value] if value else []


def labelled(line: str) -> tuple[str, str]:
    """The canonical name and the value of a labelled line, ("", "") for any other and for a blank left unfilled (`____`)."""
    match = _LINE.match(line) if (":" in line or "：" in line) and len(line) <= LONGEST_VALUE else None
    name = _NAME_OF.get(" ".join(match[1].lower().split()), "") if match else ""
    value = match[2].strip() if match else ""
    return ("", "") if value and _BLANK_VALUE.fullmatch(value) else (name, value if name else "")
