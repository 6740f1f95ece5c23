"""The story that the demo plays: two tickets from first mail to survey, with everything that the clock has to say between.

Every mail goes through the real servers and the real daemon; only the clock is moved on when nothing is left to happen.
"""

from datetime import datetime, timedelta, tzinfo

from maildesk.core.calendar import Calendar
from maildesk.demo.servers import Delivered
from maildesk.demo.stage import Stage
from maildesk.demo.world import ANN, FANG, JING, LEI, MING, QIANG

MINUTE = timedelta(minutes=1)

LOGIN = """\
您好，我今天早上开始登录不了 OA 系统，输入密码后一直提示“用户名或密码错误”，市场部其他几位同事也一样。

发生时间：今天 8:50
报错提示：用户名或密码错误（代码 1326）
涉及系统：OA 系统
优先级：P1
"""

PRINTER = """\
Hello,

the printer on the third floor does not print any more. Could you please have a look?

Ann
"""

FIXED = """\
/resolve The driver on the print server was corrupt, I installed it again.
Please print a test page from any program: it should come out within ten seconds.
"""


def morning(now: datetime, calendar: Calendar, zone: tzinfo) -> datetime:
    """Nine o'clock on the next working day."""
    day = now.astimezone(zone).replace(hour=9, minute=0, second=0, microsecond=0)
    while day < now or not calendar.open_at(day):
        day += timedelta(days=1)
    return day


async def play(stage: Stage, calendar: Calendar, zone: tzinfo) -> None:
    """The whole story. Raises NothingCame when the desk does not do its part."""
    assignment = await _first_mail(stage)
    await _taken(stage, assignment)
    await _conversation(stage, assignment)
    await _not_solved(stage, assignment)
    printer = await _silence(stage)
    await _hand_over(stage, printer)
    await _next_morning(stage, calendar, zone)


async def _first_mail(stage: Stage) -> Delivered:
    stage.timeline.scene("一封求助邮件 · a mail asks for help", stage.clock())
    sent = stage.clock()
    await stage.write(FANG, "OA 系统登录异常", LOGIN)
    await stage.letter(FANG, "OA 系统登录异常")
    seconds = (stage.clock() - sent).total_seconds()
    stage.timeline.remark(f"确认信在 {seconds:.2f} 秒内到达 · acknowledged within {seconds:.2f} s")
    return await stage.letter(MING, "OA 系统登录异常")


async def _taken(stage: Stage, assignment: Delivered) -> None:
    stage.clock.jump(2 * MINUTE)
    stage.timeline.scene("处理人在自己的邮箱里接单 · the engineer takes it in his own mail program", stage.clock())
    await stage.answer(MING, assignment, "/接单\n/优先级 P2 只有市场部受影响，核心业务正常\n/预计 10:30")
    await stage.letter(MING, "接单")


async def _conversation(stage: Stage, assignment: Delivered) -> None:
    stage.clock.jump(2 * MINUTE)
    stage.timeline.scene("直接回复就是答复用户 · a plain reply is the answer", stage.clock())
    await stage.answer(MING, assignment, "王芳您好，我看到域控上您的账号被锁定了。请问最近改过密码吗？")
    question = await stage.letter(FANG, "账号被锁定")
    stage.clock.jump(4 * MINUTE)
    await stage.answer(FANG, question, "没有改过。截图里的时间是 8:50，之后就一直登录不上。")
    await stage.letter(MING, "没有改过")


async def _silence(stage: Stage) -> Delivered:
    stage.clock.jump(2 * MINUTE)
    stage.timeline.scene("没有人答复时，时钟说话 · nobody answers, so the clock speaks", stage.clock())
    await stage.write(ANN, "Printer does not print", PRINTER)
    await stage.letter(ANN, "Printer does not print")
    printer = await stage.letter(MING, "Printer does not print")
    for minutes, who in ((5, MING), (3, MING), (2, JING)):
        stage.clock.jump(minutes * MINUTE)
        await stage.letter(who, "Printer does not print")
    return printer


async def _hand_over(stage: Stage, printer: Delivered) -> None:
    stage.timeline.scene("一小时未解决，转二线 · unsolved after an hour, line 2 gets it with a brief", stage.clock())
    stage.clock.jump(1 * MINUTE)
    await stage.answer(MING, printer, "/take\n/note Restarted the printer and the spooler, no change.")
    await stage.letter(MING, "Restarted the printer")
    stage.clock.jump(35 * MINUTE)
    await stage.letter(MING, "Printer does not print")
    stage.clock.jump(15 * MINUTE)
    hand_over = await stage.letter(LEI, "Printer does not print")
    stage.clock.jump(12 * MINUTE)
    await stage.answer(LEI, hand_over, FIXED)
    await stage.letter(LEI, "resolve")
    solved = await stage.letter(ANN, "driver")
    await stage.answer(ANN, solved, "solved")
    closing = await stage.letter(ANN, "Closed")
    await stage.answer(ANN, closing, "rate 5\nVery quick, thank you!")
    await stage.letter(LEI, "Very quick")


async def _not_solved(stage: Stage, assignment: Delivered) -> None:
    stage.clock.jump(5 * MINUTE)
    stage.timeline.scene("解决、没解决、再解决 · solved, not solved, solved", stage.clock())
    await stage.answer(MING, assignment, "/解决 已解锁账号并重置密码，新密码已短信发送，请重新登录 OA。")
    asked = await stage.letter(FANG, "已解锁账号")
    await stage.answer(FANG, asked, "未解决，登录后审批页面打不开。")
    await stage.letter(MING, "审批页面打不开")
    stage.clock.jump(4 * MINUTE)
    await stage.answer(MING, assignment, "/解决 已为您恢复审批角色，请刷新页面。")
    asked = await stage.letter(FANG, "恢复审批角色")
    await stage.answer(FANG, asked, "已解决")
    await stage.letter(FANG, "关闭")


async def _next_morning(stage: Stage, calendar: Calendar, zone: tzinfo) -> None:
    stage.clock.jump_to(morning(stage.clock() + timedelta(hours=8), calendar, zone) + MINUTE)
    stage.timeline.scene("第二天早上的日报 · the daily digests next morning", stage.clock())
    for reader, title in ((MING, "今日工单"), (LEI, "今日工单"), (JING, "团队日报"), (QIANG, "团队日报")):
        await stage.letter(reader, title)
