"""What the desk says of its own deeds, in transcripts and in the record: short sentences, in Chinese and in English.

A transcript speaks the language of who gave the order, the record that of the desk; lines that the requester may read one day
speak his. Another language gets the English words.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from types import MappingProxyType

from maildesk.core.said import Vague, Vagueness
from maildesk.core.ticket import Status

PHRASES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # the record
        "opened": ("收到来信，开单", "mail received, ticket opened"),
        "given": ("分配给 {name}", "assigned to {name}"),
        "unassigned": ("没有人可以接，等主管分派", "nobody is there to take it"),
        "taken": ("{name} 接单", "{name} took it"),
        "taken until": ("{name} 接单，预计 {at} 前有结果", "{name} took it, a result is due by {at}"),
        "assigned": ("转派给 {name}", "given to {name}"),
        "escalated": ("升级到二线：{name}", "handed to line 2: {name}"),
        "escalated to leads": ("升级：二线没有人在岗，已告诉主管", "escalated: nobody of line 2 is there, the leads were told"),
        "priority": ("优先级 {old} → {new}", "priority {old} → {new}"),
        "priority confirmed": ("确认优先级 {new}", "priority {new} confirmed"),
        "category": ("分类：{name}", "category: {name}"),
        "eta": ("预计 {at} 前解决", "due to be solved by {at}"),
        "asked": ("向提交人追问", "asked the requester"),
        "waiting user": ("等待提交人", "waiting for the requester"),
        "waiting vendor": ("等待供应商", "waiting for the vendor"),
        "waiting approval": ("等待审批", "waiting for an approval"),
        "waiting scheduled": ("等待", "waiting"),
        "until": ("到 {at}", "until {at}"),
        "called": ("{at} 给提交人打了电话", "phoned the requester at {at}"),
        "observing": ("已处理，观察到 {at}", "done, to be watched until {at}"),
        "resolved": ("已解决，请提交人确认", "solved, the requester is asked to confirm"),
        "closed": ("已关闭", "closed"),
        "closed confirmed": ("提交人确认已解决，关闭", "confirmed by the requester and closed"),
        "archived": ("已归档", "archived"),
        "no article": ("已归档，没有要写进知识库的", "archived; nothing for the knowledge base"),
        "reopened": ("重新处理，第 {round} 轮", "opened again, round {round}"),
        "resumed": ("提交人来信，恢复处理", "the requester wrote, work goes on"),
        "withdrawn": ("提交人撤回", "withdrawn by the requester"),
        "feedback solved": ("用户反馈：已解决", "feedback: solved"),
        "feedback partly": ("用户反馈：部分解决", "feedback: partly solved"),
        "feedback unsolved": ("用户反馈：未解决", "feedback: not solved"),
        "status asked": ("提交人问进度，已答复", "the requester asked how it stands and was told"),
        "rated": ("评分 {rating}", "rated {rating}"),
        "undelivered": ("信没有送到 {to}：{why}", "a letter did not reach {to}: {why}"),
        "delayed": ("信还没有送到 {to}：{why}", "a letter has not reached {to} yet: {why}"),
        "muted": (
            "{sender} 几次在收到自动信两分钟内就回信，像是机器在回。一天内不再给他发自动信，之后合成一封补上；你写的信照常发出。",
            "{sender} answered automatic letters within two minutes again and again, as a machine does. It gets none for a day, "
            "then what was held back as one letter. Your own letters go out as always.",
        ),
        "flooded": (
            "{sender} 一小时内来信太多。一小时内再来的新问题不单独开单，都记在这张工单里，一封不丢，请留意。",
            "{sender} writes too much in one hour. What comes within the next hour opens no tickets: it all stands in this one, "
            "nothing is lost. Please have a look.",
        ),
        "rung": ("已呼叫值班人员（{status}）", "rang who is on call ({status})"),
        "unheard": (
            "呼叫值班人员试了 {tries} 次都没有成功（{status}）",
            "rang who is on call {tries} times and reached nobody ({status})",
        ),
        "held": ("来信待审（{sender}）：{why}", "held a mail of {sender}: {why}"),
        "held failed": (
            "收信的服务器说，发件人不是他自称的那个人。",
            "the receiving server says that the sender is not who he claims to be.",
        ),
        "held other": ("回信地址是给别人的，不是这个发件人的。", "the reply address was given to somebody else."),
        "held left": (
            "回信地址是给一位处理人的，而他已经不处理工单了。",
            "the reply address was given to a colleague who does not work on tickets any more.",
        ),
        "held nobody": ("看不出这封信是谁写的。", "it does not say clearly who wrote it."),
        "held bare": ("署名是同事，但没法证明是本人写的。", "it bears a colleague's name, but nothing proves that he wrote it."),
        "held spam": ("邮件服务器把它标成了垃圾邮件。", "the mail server marked it as spam."),
        "held unconfirmed": (
            "署名是同事；请他确认是不是他写的，他一直没有确认。",
            "it bears a colleague's name; he was asked whether he wrote it, and has not said so.",
        ),
        "held denied": (
            "署名是同事；请他确认是不是他写的，他回答：{said}",
            "it bears a colleague's name; he was asked whether he wrote it, and answered: {said}",
        ),
        "let in": ("放行了来信 {mail}", "let mail {mail} in"),
        "kept out": ("拒绝了来信 {mail}", "refused mail {mail}"),
        "refused": ("{name} 的指令没有执行：{why}", "orders of {name} were not obeyed: {why}"),
        "suppressed": (
            "这封没有再寄：这个地址已经退过两次信（{why}）",
            "this one was not tried: the address has refused our letters twice ({why})",
        ),
        "machine": ("自动邮件：{subject}", "automatic mail: {subject}"),
        "unverified": ("（未验证）", "(not verified)"),
        # transcripts
        "done": ("已照办", "done"),
        "noted": ("已记下，只有内部看得到", "written down; it stays inside"),
        "sent": ("已发给提交人", "sent to the requester"),
        "idle": ("（那天不上班）", " (nobody works that day)"),
        "idle then": ("（那段时间不上班）", " (nobody works then)"),
        "with reason": ("（原因：{why}）", " (reason: {why})"),
        "requester told": ("，已告诉提交人", "; the requester was told"),
        "solved then": ("，之后预计 {at} 前解决", "; due to be solved by {at} then"),
        "heard then": ("，{at} 前要再给他消息", "; he is to hear from us again by {at}"),
        "overtaken": ("，以后面的指令为准", "; a later line stands instead"),
        "not told": (
            "，没有告诉提交人（不晚于他预期的 {at}）",
            "; no later than he expects ({at}), so the requester was not told",
        ),
        "call him": ("，请在 {at} 前打电话给提交人", "; please phone the requester by {at}"),
        "away": ("已记下，请假期间不派单给你：{spans}", "noted, you get no tickets while you are away: {spans}"),
        "stands in": ("。期间由 {name} 代理", ". {name} stands in for you"),
        "nobody stands in": ("。期间没有代理人，有事找主管", ". Nobody stands in for you, so the leads are asked"),
        "back": ("欢迎回来，可以派单了", "welcome back, you get tickets again"),
        "still away": (
            "。后面的请假照旧：{spans}；要全部取消，写 /回来 全部",
            ". Still planned: {spans}; to take all of it back, write /back all",
        ),
        "listed": ("共 {count} 张", "tickets: {count}"),
        "clock left out": ("（更早的自动提醒和催办没有列出）", "(what the clock said before is left out)"),
        "too many shown": (
            "一封信最多看 {count} 张工单，其余的请另写一封",
            "one mail shows {count} tickets at most: ask for the rest in another",
        ),
        "listed first": ("最先到期的 {count} 张，后面还有", "the {count} that are due first; there are more"),
        "shown": ("如下", "see below"),
        "admitted": (
            "来信 {mail} 已放行，就当是署名的人写的，马上照办",
            "mail {mail} is let in and now does what its sender's own would do",
        ),
        "admitted before": ("来信 {mail} 先前已经放行，不用再做什么", "mail {mail} was let in before; nothing more to do"),
        "rejected": ("来信 {mail} 已拒绝：存起来，什么也不做", "mail {mail} is refused: it is filed and does nothing"),
        "rejected before": ("来信 {mail} 先前已经拒绝，不用再做什么", "mail {mail} was refused before; nothing more to do"),
        # refusals
        "parrot": (
            "你的这封信没有发给提交人：你和他总是马上回同样的话，或者一天里互相写了二十次，像是两台机器在对答。"
            "确实要发，就写 /公开 再写上内容。一小时最多提醒你一次，没发的都记在工单里。",
            "your mail was not sent to the requester: both of you said the same again and again, or wrote to each other twenty "
            "times in a day, as machines do that answer each other. If you mean it, write /public and the words. You are told "
            "of it once an hour at most; all of it stands in the record.",
        ),
        "inside": (
            "你写的话没有发给提交人：里面有内部说的话（“{words}”），已经记在工单里。删掉它再发；"
            "确实要让提交人看到，就写 /公开，再把原话写一遍，附件也要再附上。",
            "your words were not sent to the requester, because they repeat what was said inside (“{words}”); they stand in the "
            "record. Send them without it; if the requester is to read it, write /public and the same words, with their files.",
        ),
        "inside orders": (
            "要发给提交人的话里有内部说的话（“{words}”），所以一条都没有执行，写的都记在工单里。删掉它再发；"
            "确实要让提交人看到，就把这封信原样再发一次。",
            "what the requester would read repeats what was said inside (“{words}”), so no order was obeyed; your words stand in "
            "the record. Send all of it without them; if the requester is to read them, send this very mail once more.",
        ),
        "not held": ("没有编号 {mail} 的待审来信", "no mail {mail} waits for a decision"),
        "mail illegible": (
            "来信 {mail} 在数据库里的那一行读不出来。请让管理员用写入它的那个版本的程序运行，"
            "或者在数据库里把它改好：最近的备份里可能有完好的",
            "the row of mail {mail} in the database cannot be read. Whoever runs the desk must run the program that wrote it, or "
            "mend it there: the last backup may have it whole",
        ),
        "let in already": ("来信 {mail} 先前已经放行，不能再拒绝", "mail {mail} was let in before and can no more be refused"),
        "refused already": ("来信 {mail} 先前已经拒绝，不能再放行", "mail {mail} was refused before and can no more be let in"),
        "not his to judge": (
            "来信 {mail} 由它那张工单的处理人或主管决定",
            "mail {mail} is for the engineer of its ticket or a lead to judge",
        ),
        "his own name": (
            "来信 {mail} 署的是你自己的名字，请让主管决定",
            "mail {mail} bears your own name, so another lead must judge it",
        ),
        "denied": (
            "来信 {mail} 署名的同事没有说是他写的，不能用邮件放行；确实是他写的，请他再写一封，或在服务器上放行",
            "the colleague whose name mail {mail} bears did not call it his own, so no mail lets it in; if it is his, he can "
            "write it again, or it is let in on the server",
        ),
        "not his to let in": (
            "来信 {mail} 只能由别的主管放行：它署了同事的名字（放行的人职务不能比他低），或者会结束、评价工单。你可以拒绝它",
            "mail {mail} bears a colleague's name, or would end or rate a ticket: only another lead, whose office is no lower "
            "than that colleague's, may let it in. You may refuse it",
        ),
        "no ticket": ("这条指令要写在某张工单的回信里", "this order must stand in an answer to a letter of a ticket"),
        "no such ticket": ("没有 {number} 这张工单", "there is no ticket {number}"),
        "status": ("工单现在是“{status}”，不能这样做", "the ticket is {status}, so this cannot be done"),
        "not holder": (
            "这张工单在 {name} 手里，只有他或主管能转；你可以先 /接单",
            "{name} has this ticket, and only he or a lead may give it away; you can /take it first",
        ),
        "nobody named": ("没有这个人：{text}", "there is nobody of that name: {text}"),
        "several named": ("不止一个人：{names}", "that may be any of {names}"),
        "does not work": ("{name} 不处理工单", "{name} does not work on tickets"),
        "absent": ("{name} 请假到 {at}", "{name} is away until {at}"),
        "absent for": ("{name} 请假到 {at}，代理人是 {other}", "{name} is away until {at}; {other} stands in"),
        "reason": (
            "和 {old} 不一样，要写依据，例如：/优先级 {new} 因为全部门无法登录",
            "it differs from {old}; say why, like: /priority {new} because nobody can log in",
        ),
        "no category": ("没有这个分类。有：{names}", "there is no such category. There are: {names}"),
        "several categories": ("不止一个分类：{names}", "that may be any of {names}"),
        "nothing to ask": ("没有缺的信息，请写上要问什么", "no fact is missing; say what to ask"),
        "nobody to ask": ("这张工单没有提交人，信没有地方可寄", "this ticket has no requester to whom a letter could go"),
        "which article": (
            "还欠一篇知识文档：写上编号或网址；没有要写的，写 /无需入库 原因",
            "an article is still owed: name it by its id or address; if there is none to write, /no-kb and say why",
        ),
        "why close": (
            "还没有“解决”就关闭，要写原因；或者先 /解决",
            "it was not resolved; say why you close it, or /resolve it first",
        ),
        "called before": (
            "这张工单 {begun} 才开始，{at} 太早了；请核对日期，写成 {right} 结果 这样",
            "this ticket began on {begun}, and {at} is too long before it; check the date and write it like {right} result",
        ),
        "time unknown": ("看不懂时间；写成 {right} 这样", "this is not a time; write it like {right}"),
        "time impossible": (
            "没有这样的时间，或者太远了；写成 {right} 这样",
            "there is no such time, or it is too far away; write it like {right}",
        ),
        "time past": ("这个时间已经过了；写成 {right} 这样", "that time is over; write it like {right}"),
        "time future": ("这个时间还没到；写成 {right} 这样", "that time has not come yet; write it like {right}"),
        "time half": ("分不清上午还是下午；请写 {right} 或 {other}", "morning or afternoon? write {right} or {other}"),
        "time order": ("分不清月和日；请写 {right} 或 {other}", "which is the month? write {right} or {other}"),
        "time week": ("是这周还是下周？请写 {right} 或 {other}", "this week or next? write {right} or {other}"),
        "time gap": (
            "那天时钟拨快，没有这个时间；写成 {right} 这样",
            "the clocks go forward and skip that time; write it like {right}",
        ),
        "time twice": (
            "那天时钟拨慢，这个时间有两次；请写 {right} 或 {other}",
            "the clocks go back and that time comes twice; write {right} or {other}",
        ),
        "time several": ("请只写一个时间，写成 {right} 这样", "name one time, like {right}"),
        "time either": (
            "是哪一个时间？请写 {right} 或 {other}，后面要写原因的，用逗号隔开",
            "which of the two times? write {right} or {other}, and put a comma before a reason",
        ),
        "time bound": (
            "是请到这个时间，还是从这个时间起？请写 到 {right}，或者 {right} 到 {other}",
            "until then, or from then on? write until {right}, or {right} to {other}",
        ),
        "time reversed": (
            "结束早于开始；写成 {right} 到 {other} 这样",
            "it ends before it begins; write it like {right} to {other}",
        ),
        "time zone": ("看不出是哪个时区；写成 {right} 这样", "which time zone? write it with its offset, like {right}"),
        "time dotted": ("是日期还是钟点？请写 {right} 或 {other}", "a day or an hour? write {right} or {other}"),
        "time edge": (
            "是这段时间开始前，还是结束前？请写 {right} 或 {other}",
            "before it begins or before it ends? write {right} or {other}",
        ),
        "time partly": (
            "这个时间只看懂了一部分；写成 {right} 这样，后面要写原因的，用逗号隔开",
            "only a part of that time is clear; write it like {right}, and put a comma before a reason",
        ),
        "time waiting": (
            "工单要等到 {until}，在那之前没有人处理；请写更晚的时间，或者先写一行 /接单，再写这一条，或者用 /等待 改成更早的日期",
            "the ticket waits until {until}, and nobody works on it before that: name a later time, or write /take on a line "
            "before this one, or name an earlier date with /wait",
        ),
        "time reason": (
            "后面的字是时间还是原因？是原因就写“{right}”，是时间就写“{other}”",
            "are the words behind it the reason, or more of the time? write “{right}” for a reason, “{other}” for a time",
        ),
        "as reason": ("；如果是原因，写“因为{why}”", "; for a reason write “because {why}”"),
        "time end": ("请到什么时候？写成 {right} 到 {other} 这样", "until when? write it like {right} to {other}"),
        # reasons why somebody got a ticket
        "why rule": ("这类问题由你负责", "you are in charge of this category"),
        "why skill": ("按技能和工作量", "by skill and load"),
        "why load": ("按工作量", "by load"),
        "why lead": ("没有处理人在岗", "no engineer is on shift"),
        # warnings
        "failed": (
            "收信的服务器说，发件人不是他自称的那个人。没有给他发受理通知，请先核实。",
            "The receiving server says that the sender is not who he claims to be. He got no acknowledgement; please verify.",
        ),
        "no sender": (
            "看不出这封信是谁写的，所以没有人能收到答复。",
            "The mail does not say who wrote it, so nobody gets an answer.",
        ),
        "cut": (
            "这封信超过了限制（{limits}），有一部分没有读出来。",
            "The mail is beyond our limits ({limits}); a part of it was not read.",
        ),
        "same id": (
            "这封信的 Message-ID 以前另一封信用过，内容不同；可能是发信程序有毛病，也可能有人冒充。",
            "Its Message-ID was used before by another mail: a faulty program, or somebody who pretends.",
        ),
        "names others": (
            "这封信还提到 {numbers}，已经在内部关联，没有放进那些工单。",
            "The mail also names {numbers}; they are linked inside, and it was not put there.",
        ),
        "names another": (
            "这封信还提到 {numbers}，已经在内部关联，没有放进那张工单。",
            "The mail also names {numbers}; that ticket is linked inside, and the mail was not put there.",
        ),
        "alike": (
            "发件人看上去像 {name} <{own}>，但地址是 {address}，不是他本人的。请小心冒名。",
            "The sender looks like {name} <{own}>, but the address is {address}, which is not his. Beware of a false name.",
        ),
        "on behalf": ("由 {name} 转来。", "Passed on by {name}."),
        "many in copy": (
            "抄送的同事太多：只有前 {most} 位会收到回复，另外 {count} 位不会。",
            "So many colleagues are in copy that only the first {most} get the answers; {count} more do not.",
        ),
    }
)

_DAY = timedelta(days=1)
_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}

STATUSES: Mapping[Status, tuple[str, str]] = MappingProxyType(
    {
        Status.BLANK: ("空白", "blank"),
        Status.NEW: ("待分配", "new"),
        Status.ASSIGNED: ("已分配", "assigned"),
        Status.IN_PROGRESS: ("处理中", "in progress"),
        Status.WAITING: ("等待中", "waiting"),
        Status.OBSERVING: ("观察中", "being observed"),
        Status.RESOLVED: ("已解决，待确认", "solved, not yet confirmed"),
        Status.CLOSED: ("已关闭", "closed"),
        Status.ARCHIVED: ("已归档", "archived"),
        Status.GUIDED: ("已指引", "guided"),
        Status.MERGED: ("已合并", "merged"),
        Status.WITHDRAWN: ("已撤回", "withdrawn"),
        Status.SPAM: ("垃圾邮件", "spam"),
    }
)


def say(language: str, phrase: str, **parts: object) -> str:
    """A phrase in a language, filled in."""
    return PHRASES[phrase][0 if language == "zh" else 1].format_map(parts)


def status(language: str, of: Status) -> str:
    return STATUSES[of][0 if language == "zh" else 1]


def doubtful(language: str, vague: Vague) -> str:
    """Why a time was not understood, and how to write it."""
    why = "either" if vague.why is Vagueness.SEVERAL and vague.other else vague.why
    return say(language, f"time {why}", right=vague.right, other=vague.other)


def clock(at: datetime, zone: tzinfo) -> str:
    """A moment as `10-28 16:30`, in a zone."""
    return f"{at.astimezone(zone):%m-%d %H:%M}"


def clock_by(at: datetime, zone: tzinfo) -> str:
    """The same for a moment by which something is due: a midnight is the end of the day before it, `10-31 24:00`."""
    local = at.astimezone(zone)
    return f"{local - _DAY:%m-%d} 24:00" if local.time() == time() else clock(at, zone)


def understood(language: str, at: datetime, now: datetime, zone: tzinfo) -> str:
    """The same for who named it in his own words: with its weekday, with its year where that is not this one, and with the
    offset from UTC where the clocks show that time twice."""
    local = at.astimezone(zone)
    twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
    offset = f" UTC{local.isoformat()[-6:]}" if twice else ""
    return f"{_date(local, now)} {_weekday(language, local)} {local:%H:%M}{offset}"


def span(language: str, since: datetime, until: datetime, now: datetime, zone: tzinfo) -> str:
    """From when to when, days as whole ones: `12-20 周日 到 12-28 周一（整天）`, `现在到 10-28 周三 24:00`."""
    zh = language == "zh"
    begins, last = since.astimezone(zone), until.astimezone(zone) - _DAY
    midnight = last.time() == time()
    end = day_end(language, until, now, zone) if midnight else understood(language, until, now, zone)
    if since <= now:
        return f"{'现在到' if zh else 'now to'} {end}"
    ends = until.astimezone(zone)
    if (begins.date(), begins.utcoffset()) == (ends.date(), ends.utcoffset()):
        return f"{_date(begins, now)} {_weekday(language, begins)} {begins:%H:%M} {'到' if zh else 'to'} {ends:%H:%M}"
    if begins.time() != time() or not midnight:
        return f"{understood(language, since, now, zone)} {'到' if zh else 'to'} {end}"
    days = dict.fromkeys(f"{_date(day, now)} {_weekday(language, day)}" for day in (begins, last))
    joined = (" 到 " if zh else " to ").join(days)
    return f"{joined}（整天）" if zh else f"{joined} (whole day{'s' if len(days) > 1 else ''})"


def day_end(language: str, midnight: datetime, now: datetime, zone: tzinfo) -> str:
    """A midnight as the end of the day before it: `10-31 周六 24:00`."""
    day = midnight.astimezone(zone) - _DAY
    return f"{_date(day, now)} {_weekday(language, day)} 24:00"


def _date(local: datetime, now: datetime) -> str:
    """`12-28`, with its year where that is not this one."""
    return f"{local:%m-%d}" if local.year == now.astimezone(local.tzinfo).year else f"{local:%Y-%m-%d}"


def _weekday(language: str, local: datetime) -> str:
    return _WEEKDAYS["zh" if language == "zh" else "en"][local.weekday()]
