"""A month of a desk in rehearsal: 2,000 tickets, answered by four engineers on line 1 and two on line 2; how long it is played.

python bench/month.py [TICKETS]    prints {"tickets", "letters", "cpu", "seconds"} as JSON; seconds

Most tickets come in working hours, some at night and at weekends. Most are answered and solved within hours, every sixth waits
for its requester, some of whom never answer, some tickets take days, and a few are never looked at by anybody.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from maildesk import config, simulate
from maildesk.core.calendar import Calendar
from maildesk.demo import world

BEGIN = "2026-11-02T00:00:00+08:00"
DAYS = 28
ENGINEERS = """\
E002,周敏,zhou.min@demo.test,信息技术部,6005,engineer,1,,zh
E003,吴刚,wu.gang@demo.test,信息技术部,6006,engineer,1,,zh
E004,郑洁,zheng.jie@demo.test,信息技术部,6007,engineer,1,,zh
E102,孙涛,sun.tao@demo.test,信息技术部,6008,engineer,2,software;account;guidance,zh
"""
TROUBLES = (
    "打印机打不出来，显示缺纸，但是纸盒是满的。",
    "VPN 连不上，报错 809，昨天还可以。",
    "无法登录系统，提示密码错误，重启过两次。",
    "邮箱收不到外部邮件，从今天早上开始。",
    "Outlook is very slow today, every click takes ten seconds.",
    "I cannot open the file share, it says access denied.",
    "请问如何申请新的电脑？",
    "会议室的投影没有画面。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a ticket goes: each step so many minutes of working time after the one before, answering a letter of this kind."""

    share: int
    steps: tuple[tuple[int, str, str], ...]


COURSES = (
    Course(
        share=38, steps=((12, "assignment", "请重启后再试。"), (90, "assignment", "/resolve 已处理"), (200, "resolved", "已解决"))
    ),
    Course(share=22, steps=((6, "assignment", "/resolve 已更换，请再试。"),)),
    Course(
        share=14,
        steps=(
            (15, "assignment", "/ask 请提供报错截图和发生时间。"),
            (120, "ask", "今天上午十点，报错 0x80070005。"),
            (60, "reply", "/resolve 权限已修正"),
        ),
    ),
    Course(share=4, steps=((15, "assignment", "/wait user"),)),
    Course(
        share=12,
        steps=(
            (8, "assignment", "/take\n/eta 3d"),
            (100, "assignment", "/note 已联系供应商"),
            (300, "assignment", "/note 备件明天到"),
            (500, "assignment", "备件已到，正在更换。"),
            (120, "assignment", "/resolve 已更换备件"),
        ),
    ),
    Course(share=7, steps=((70, "assignment", "抱歉来晚了，正在看。"), (600, "assignment", "/resolve 已修复"))),
    Course(share=3, steps=()),
)


def write(folder: Path, tickets: int) -> config.Config:
    """The configuration of the desk in `folder`, and its mails in `folder/mails`."""
    main = world.write(folder, imap_port=1, smtp_port=1)
    people = folder / "people.csv"
    people.write_text(people.read_text("utf-8") + ENGINEERS, "utf-8")
    loaded = config.load(main, secrets=False)
    (folder / "mails").mkdir()
    for name, mail in _mails(tickets, loaded.policy.calendar):
        (folder / "mails" / f"{name}.eml").write_bytes(mail.as_bytes())
    return loaded


def _mails(tickets: int, calendar: Calendar) -> Iterator[tuple[str, EmailMessage]]:
    rng = random.Random(1)
    for place, at in enumerate(sorted(_moment(rng) for _ in range(tickets)), 1):
        trouble, name = rng.choice(TROUBLES), f"{place:05}-0"
        fields = {"From": f"user{rng.randrange(400)}@demo.test", "To": world.DESK, "Subject": f"{trouble[:12]} {place}"}
        yield name, _mail(name, at, f"{trouble}\n\n谢谢！\n", fields)
        (course,) = rng.choices(COURSES, [course.share for course in COURSES])
        for number, (minutes, kind, text) in enumerate(course.steps, 1):
            at = calendar.add(at, timedelta(minutes=minutes * rng.uniform(0.4, 1.8)))
            name = f"{place:05}-{number}"
            yield name, _mail(name, at, text, {"X-Answer-To": f"kind={kind} ticket={place}"})


def _moment(rng: random.Random) -> datetime:
    """Nine in ten on a working day between nine and six, the others at any time."""
    day = datetime.fromisoformat(BEGIN) + timedelta(days=rng.randrange(DAYS))
    if rng.random() < 0.1:
        return day + timedelta(seconds=rng.randrange(86400))
    return day - timedelta(days=max(0, day.weekday() - 4)) + timedelta(hours=9, seconds=rng.randrange(9 * 3600))


def _mail(name: str, at: datetime, text: str, fields: dict[str, str]) -> EmailMessage:
    mail = EmailMessage()
    for field, value in {"X-Arrived": at.isoformat(), "Message-ID": f"<{name}@demo.test>", **fields}.items():
        mail[field] = value
    mail.set_content(text)
    return mail


def play(folder: Path, tickets: int) -> dict[str, float]:
    """Write the month, play it, and say what that took; the processes beside the desk are counted with it."""
    loaded = write(folder, tickets)
    began, cpu = time.perf_counter(), _cpu()
    arriving = simulate.arrivals(folder / "mails", loaded.settings.zone)
    found = simulate.rehearse(loaded, arriving, folder / "out")
    assert found.tickets == tickets, (found.tickets, tickets)
    return {
        "tickets": found.tickets,
        "letters": found.letters,
        "cpu": round(_cpu() - cpu, 1),
        "seconds": round(time.perf_counter() - began, 1),
    }


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="maildesk-month-") as place:
        print(json.dumps(play(Path(place), int(sys.argv[1]) if sys.argv[1:] else 2000)))
