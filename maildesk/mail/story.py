"""The story that the sample letters tell, in each language: somebody cannot log in, and somebody helps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from maildesk.core.message import Address, Fact
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.ticket import Eta, Number, Priority, Status, Ticket, TicketId

ZONE = timezone(timedelta(hours=8))
NOW = datetime(2023, 10, 27, 14, 5, tzinfo=ZONE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The words of the story in one language; `ids` are the staff ids of engineer, expert and lead."""

    language: str
    ids: tuple[StaffId, StaffId, StaffId]
    names: tuple[str, str, str]
    requester: Address
    name: str
    department: str
    subject: str
    text: str
    answer: str
    note: str
    solution: str
    category: str
    fields: Mapping[str, str]
    warning: str
    unsaid: str
    forged: str
    why: str
    screenshot: str
    said: tuple[str, ...]


ZH = Story(
    language="zh",
    ids=(StaffId("E001"), StaffId("E002"), StaffId("E009")),
    names=("李雷", "韩梅", "赵敏"),
    requester=Address("wang.fang@example.com"),
    name="王芳",
    department="财务部",
    subject="报销系统登录不上，提示 500 错误",
    text="你好，\n\n今天上午 9 点半开始，我们组四个人都登录不了报销系统，页面提示“500 服务器内部错误”。\n"
    "换了浏览器也一样。月底要关账，比较急，麻烦尽快看看。\n\n谢谢！",
    answer="王芳你好，\n\n登录服务刚才重启过了，请退出后重新登录一次试试。\n如果还提示 500，把页面右上角的时间截图发我就行。",
    note="应用日志里全是会话表锁等待，先重启登录服务顶一下，根因还要查。",
    solution="登录服务的会话表被锁，已清除并重启服务。\n请这样确认：退出 → 重新登录 → 打开“我的报销”。",
    category="系统故障-登录异常",
    fields={"symptom": "报销系统登录提示 500 服务器内部错误", "system": "报销系统"},
    warning="发件域名未通过验证，请先核实是不是本人。",
    why="按技能和工作量",
    unsaid="收信的服务器没有说明发件人是谁。",
    forged="收信的服务器说，它不是从你的邮箱发出的。",
    screenshot="登录页截图.png",
    said=("已收到，开始排查", "查到会话表锁等待，准备重启登录服务", "登录服务已重启，请用户确认"),
)

EN = Story(
    language="en",
    ids=(StaffId("E101"), StaffId("E102"), StaffId("E109")),
    names=("Tom Baker", "Grace Lee", "Mary Stone"),
    requester=Address("anna.smith@example.org"),
    name="Anna Smith",
    department="Finance",
    subject="Cannot log in to the expense system (error 500)",
    text="Hi,\n\nsince 9:30 this morning none of the four of us can log in to the expense system. The page says\n"
    '"500 internal server error". Another browser makes no difference.\n'
    "We close the month today, so it is rather urgent.\n\nThanks!",
    answer="Hi Anna,\n\nI have just restarted the login service. Please sign out and in again.\n"
    "If you still see the 500, a screenshot with the time on it is all I need.",
    note="The application log is full of lock waits on the session table. Restarting the login service for now, the cause "
    "is still open.",
    solution="The session table of the login service was locked. We cleared it and restarted the service.\n"
    'To check: sign out, sign in again, open "My expenses".',
    category="系统故障-登录异常",
    fields={"symptom": "Expense system shows error 500 at login", "system": "Expense system"},
    warning="The sender's domain is not verified. Make sure that it is really her.",
    why="by skill and load",
    unsaid="the receiving server does not say who sent it.",
    forged="the receiving server says that it was not sent from your mailbox.",
    screenshot="login page.png",
    said=(
        "Got it, looking into it",
        "Lock waits on the session table, about to restart the login service",
        "Login service restarted, asked the user to check",
    ),
)

STORIES: Mapping[str, Story] = {"zh": ZH, "en": EN}


def _staff(story: Story) -> Iterator[Person]:
    roles = (Role.ENGINEER, Role.ENGINEER, Role.LEAD)
    for at, (staff_id, name, role) in enumerate(zip(story.ids, story.names, roles, strict=True)):
        yield Person(
            staff_id=staff_id,
            name=name,
            addresses=(Address(f"{staff_id.lower()}@example.com"),),
            roles=frozenset({role}),
            phone=f"+86 10 5555 01{at:02d}",
            line=at + 1 if at < 2 else None,
            language=story.language,
        )


PEOPLE = People(tuple(person for story in STORIES.values() for person in _staff(story)))
"""The directory of the story, in both languages."""


def ticket(story: Story) -> Ticket:
    """The ticket of the story, in the middle of its life."""
    return Ticket(
        id=TicketId(4711),
        number=Number("TS20231027001"),
        status=Status.IN_PROGRESS,
        subject=story.subject,
        language=story.language,
        requester=story.requester,
        requester_name=story.name,
        internal=True,
        opened_at=NOW - 2 * HOUR,
        fields={
            **{name: Fact(value=value, source="line") for name, value in story.fields.items()},
            "department": Fact(value=story.department, source="signature"),
            "contact": Fact(value="138 0013 8000", source="signature"),
        },
        missing=("occurred", "error"),
        category=story.category,
        category_source="rule",
        category_confidence=0.82,
        asked=Priority.P1,
        proposed=Priority.P2,
        engineer=story.ids[0],
        assigned_at=NOW - 2 * HOUR,
        eta=Eta(at=NOW + 2 * HOUR, said_at=NOW - HOUR),
        promised=Eta(at=NOW + 2 * HOUR, said_at=NOW - HOUR),
        solution=story.solution,
    )
