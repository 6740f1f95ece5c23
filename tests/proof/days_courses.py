"""What people write on a simulated day: what is wrong, and the courses that tickets go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody writes: `what` is done by it, in the oracle's words; `since` and `until` are the instants that it names.

    A mail that opens a ticket has a sender, a subject, and the category to which its words belong; others answer a letter of
    a `kind`, and come from whoever got it.
    """

    name: str
    ticket: int
    at: int
    what: str
    text: str
    kind: str = ""
    subject: str = ""
    sender: str = ""
    category: str = ""
    arg: str = ""
    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a ticket goes: each step so many minutes after the one before, in answer to a letter of this kind."""

    share: int
    steps: tuple[tuple[int, str, str, str], ...]


COURSES = (
    Course(share=14, steps=((6, "assignment", "answer", "请重启后再试。"), (60, "assignment", "resolve", "/resolve 已处理"))),
    Course(
        share=16,
        steps=(
            (4, "assignment", "prio", "/prio {arg} 核实过影响"),
            (20, "assignment", "resolve", "/resolve 已更换"),
            (240, "resolved", "confirmed", "已解决"),
        ),
    ),
    Course(
        share=10,
        steps=(
            (9, "assignment", "ask", "/ask 请提供报错截图和发生时间。"),
            (120, "ask", "user", "今天上午十点，报错 0x80070005。"),
            (90, "assignment", "resolve", "/resolve 权限已修正"),
        ),
    ),
    Course(share=5, steps=((15, "assignment", "ask", "/ask 哪一台打印机？"),)),
    Course(share=4, steps=((5, "assignment", "take", "/take"), (3, "assignment", "wait", "/wait {arg} {until}"))),
    Course(
        share=5,
        steps=(
            (12, "assignment", "wait", "/wait {arg}"),
            (200, "assignment", "note", "/note 对方还没有回"),
            (400, "assignment", "take", "/take"),
        ),
    ),
    Course(
        share=7,
        steps=(
            (8, "assignment", "eta", "/eta {until}"),
            (100, "assignment", "note", "/note 已联系供应商"),
            (60, "progress_question", "note", "供应商明天送来"),
            (300, "assignment", "eta", "/eta {until}"),
            (300, "assignment", "resolve", "/resolve 已更换备件"),
        ),
    ),
    Course(
        share=6, steps=((70, "assignment", "answer", "抱歉来晚了，正在看。"), (300, "assignment", "resolve", "/resolve 已修复"))
    ),
    Course(
        share=5,
        steps=(
            (9, "assignment", "category", "/category {arg}"),
            (30, "assignment", "prio", "/prio {arg} 问过了"),
            (200, "reminder", "note", "还在处理"),
        ),
    ),
    Course(share=6, steps=((90, "handover", "answer", "二线在看。"), (200, "handover", "resolve", "/resolve 二线已修复"))),
    Course(share=6, steps=((11, "assignment", "called", "/called 已经说明"), (45, "assignment", "prio", "/prio {arg} 影响扩大"))),
    Course(share=4, steps=((30, "assignment", "observe", "/observe {until}"),)),
    Course(
        share=5,
        steps=(
            (10, "assignment", "resolve", "/resolve 已重启服务"),
            (90, "resolved", "user", "还是不行，仍然报同样的错误，页面打不开。"),
            (40, "assignment", "answer", "我再看一下。"),
        ),
    ),
    Course(share=12, steps=()),
)
OLD = (
    Course(share=4, steps=((20, "assignment", "ask", "/ask 哪一台电脑？"),)),
    Course(share=4, steps=((40, "assignment", "resolve", "/resolve 已处理"),)),
    Course(share=2, steps=((30, "assignment", "resolve", "/resolve 已处理"), (50, "resolved", "confirmed", "已解决"))),
    Course(share=2, steps=((25, "assignment", "wait", "/wait {arg}"),)),
)
LOGIN, BUG, PRINTER, COMPUTER = "系统故障-登录异常", "软件问题-软件Bug", "硬件故障-打印机", "硬件故障-电脑"
CATEGORIES = (LOGIN, BUG, PRINTER, COMPUTER)
TROUBLES = (
    (4, LOGIN, "紧急：全公司都无法登录，生产系统宕机", "紧急！全公司的人都无法登录，生产系统宕机了，马上处理。"),
    (24, BUG, "报错 500，紧急", "我们组的页面报错 500，紧急，请尽快。"),
    (52, PRINTER, "打印机打不出来", "打印机打不出来，显示缺纸，但是纸盒是满的。"),
    (20, COMPUTER, "请问如何申请新的电脑", "请问如何申请新的电脑？"),
)
OUTSIDE = 0.3
"""The share of the requesters who are customers; they write from so many FIRMS."""

FIRMS = 50
LEAVING = 7
"""So many times on a day somebody says by mail that he leaves, unless the desk is down then."""

WAITS = ("vendor", "approval", "user")
