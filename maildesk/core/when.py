"""Times as people write them: `16:30`, `2h`, `2d`, `2026-11-21 16:30`, `明天上午`, `周五下班前`, `by Friday`, `4pm tomorrow`.

A time of day alone is today's. A day alone means its working hours, `上午` or `morning` a part of them, `下班前` or `EOD` their
end: so a Said has a beginning and an end, and whoever asks takes the one he means. `2d` are working days, `2h` is real time, `2w`
the same weekday and hour. A weekday is the next one, today's included; `下周五` is that of next week.

What may mean two things is not guessed: Vague says why, and gives a way to write each of them. Such are hours from 1 to 6 without
上午/下午, dates like 11/12, `next Friday` when this week's is still to come, and an hour that comes twice because the clocks are
put back. An hour that they skip when they are put forward is told as one that there is not. A time that is read by half is asked,
too: what changes it from behind, as `以上` and `after lunch` do, unless a comma makes a reason of it. So is one that is ruled out
or moved in the same breath: `today can't, tomorrow`.
"""

from dataclasses import replace
from datetime import datetime

from maildesk.core import timewords as words
from maildesk.core.calendar import Calendar
from maildesk.core.pattern import Pattern
from maildesk.core.said import Said, Vague, Vagueness, written, written_end
from maildesk.core.times import LONGEST, Reader, counted
from maildesk.core.timewords import DAY, UNITS

MOST_READ = 120
"""So many signs of a reason are searched for a time."""
_NOT_OFFERED = (Vagueness.IMPOSSIBLE, Vagueness.PARTLY, Vagueness.UNKNOWN)
"""Why a time of the past is not understood, when what would be offered of the future is of no use."""
TURNED = Pattern(
    r"(?:不是|而非|instead of|rather than|not)\s+|不是|而非|[不没挪别]|无法|来不及|取消|否则|[放休请]假|调休|出差|提前(?=[到至])"
    r"|改(?![造善进装动版])|[推延](?=[迟后到至延期])|[调换](?=[到至])|[-=]+>|[→⇒➔]|n['’]t(?![a-z])"
    r"|(?<![a-z])(?:not|never|cannot|cant|unable|impossible|moved?|moving|postponed?|rescheduled?|shifted|pushed|delayed"
    r"|forward|holiday|instead|else|otherwise)(?![a-z])"
)
"""A word that rules out or moves the time in front of it, where another follows: `周五改到周一`, `today I can't, tomorrow`."""
NOT = Pattern(r"(?:不是|而非|instead of|rather than|not)\s*")
"""Of these, those that rule out what follows."""
CLAUSE = Pattern(
    r"(?:[,，;；。]\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]))"
    r"(?:(?:so|then|but|now|rather|make it|maybe)(?![a-z])|所以|那就?|只能|可能|或许)?\s*"
)
TOWARDS = Pattern(r"(?<![a-z])(?:to|so|then|be)(?![a-z])|(?<![等直])[到至]|[推延]")
"""Right in front of another time: `slips to Friday`, `so Monday`, `推下周一`."""
SETTLED = Pattern(r"(?:(?:until|till|by|等?[到至])\s*)?\d{4}-\d\d-\d\d \d\d:\d\d(?: UTC[+-]\d\d:\d\d)?\s*[,，;；:：。]")
"""An exact time as it is offered, and a comma: all that is behind it is a reason."""
WORD_START = Pattern(r"(?<![a-z\d#.])(?=[a-z\d])|(?=[\u4e00-\u9fff])")
NUMBER = Pattern(r"[\s\d.,-]*")
_LONG = "seconds|minutes?|mins?|hours?|days?|nights?|weekends?|weeks?|months?|quarters?|years?"
_SOME = (
    rf"(?:the|this|next|these|a|an|one|several|some|few|couple|rest|remainder|coming|whole|of|more|{'|'.join(words.SPELLED)}|\d+)"
)
_LANG = "秒|分钟?|个?小时|个?钟头|天|日|晚上?|夜|周末?|个?星期|个?礼拜|个?月|个?季度|年"
_FOR = r"(?:over|during|through(?:out)?|for|until|till|within|in|after|before|by)\s+"
_MANY = "[一二两三四五六七八九十几半数\\d]+(?:个半)?|好几"
TIMELIKE = Pattern(
    rf"\s*(?:(?:{_FOR}|(?={_SOME}\s))(?:{_SOME}\s+)*(?:{_LONG})|(?:{_FOR})?(?:(?:a|some) while|overnight))(?![a-z])"
    rf"|\s*(?:再|先|大概|大约|约|过)?(?:(?:{_MANY})(?:{_LANG})|一段时间|一阵子?|一会儿?|周末|月[初中底]|年[初中底])"
)
"""What is like a time, though no table knows it: `over the weekend`, `两三天`."""
_SOMETIME = "soon|shortly|later|until|till|asap|eod|cob|eob|eow|eom|lunch(?:time)?"
_CHINESE_TIME = (
    r"春节|除夕|元宵|清明|端午|中秋|节[前后假]|[今明来去后]年|[上下本这]个?月|[早晚]点(?!名)|晚些|稍[后晚等]|改[天日]|过[两几]天"
    r"|夜[里间晚]|午[前间休饭]|时候|尽快|马上|立刻"
)
TIMED = Pattern(
    rf"(?<![a-z])(?:{_SOMETIME}|(?:at|by|around|before|after)\s+\d{{1,2}}(?=\s*(?:$|[,.;]))"
    rf"|(?:in|by|before|after)\s+(?:{words.any_of(words.MONTHS)}))(?![a-z])|{TIMELIKE.text}|{_CHINESE_TIME}"
)
"""Something of a time that no other pattern knows, wherever it stands: such words are not passed over as mere words."""
DOUBTFUL = Pattern(rf"(?:sun|sat|{words.COUNTED_OFF})\s*(?=[a-z\u4e00-\u9fff])")
"""A day in front of a word with which it may as well be a name: `Sun Microsystems`, `3号机`."""


def when(text: str, now: datetime, calendar: Calendar, *, begins: bool = False) -> Said | Vague:
    """The time at the beginning of `text`, which must lie after `now`; in the calendar's zone and by its hours. What is offered
    instead is the end of a day, or when it `begins`."""
    reader = Reader(text, now, calendar, begins=begins)
    if words.AGO.match(text.strip()):
        return Vague(Vagueness.PAST, reader.again(now))
    said = reader.said()
    if isinstance(said, Vague):
        rest = text if said.why is Vagueness.UNKNOWN else reader.left
        return ahead(_or_instead(said, rest, reader), now, calendar)
    if asked := reader.hour(said):
        return asked
    end = reader.way(said)
    if said.until <= now:
        return Vague(Vagueness.PAST, reader.again(said.until))
    if words.FROM.match(text.strip()) or words.ONWARDS.match(said.rest):
        return Vague(Vagueness.PARTLY, end)
    if words.UP_TO.match(said.rest):
        return Vague(Vagueness.SEVERAL, end)
    settled = SETTLED.match(text.strip()) is not None
    second = another(said.rest, now, calendar, settled=settled)
    if second and not (isinstance(second, Said) and second.until == said.until):
        return Vague(Vagueness.SEVERAL, end, _offered(second, said.until, reader))
    if not settled and reader.doubted(said.rest):
        return Vague(Vagueness.PARTLY, end)
    reason = words.DASH.sub("", reader.as_written(said.rest), count=1)
    if begins:
        said = replace(said, since=reader.moment(said), until=reader.moment(said))
    return replace(said, rest=reason if any(sign.isalnum() for sign in reason) else "")


def due(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """The same for an end, by which something is done: `after 5pm`, which names none, is asked; of `一早`, too, where it ends."""
    said = when(text, now, calendar)
    if isinstance(said, Vague) or said.ends:
        return said
    end = written_end(said.until.astimezone(calendar.zone))
    if now < said.since < said.until:
        return Vague(Vagueness.EDGE, written(said.since.astimezone(calendar.zone)), end)
    return Vague(Vagueness.PARTLY, end)


def awaited(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """The same for the moment until which something waits: a day, or a part of one, means when it begins; `by Friday` its end."""
    return when(text, now, calendar, begins=True)


def timed(text: str, now: datetime, calendar: Calendar) -> bool:
    """Whether words that begin with no time speak of one all the same."""
    return TIMED.search(text) is not None or named(text, now, calendar) is not None


def _or_instead(vague: Vague, rest: str, reader: Reader) -> Vague:
    """The same question; where the time in front is ruled out, with the one that takes its place, and where none is in front,
    with one that is named later on."""
    now, calendar = reader.now, reader.calendar
    if vague.why is Vagueness.UNKNOWN:
        later = _instead(rest, now, calendar) or named(rest, now, calendar)
        return replace(vague, right=(later and _offered(later, now, reader)) or vague.right)
    second = _instead(rest, now, calendar) if vague.why is Vagueness.PARTLY else None
    return Vague(Vagueness.SEVERAL, vague.right, _offered(second, now, reader)) if second else vague


def _offered(second: Said | Vague, first: datetime, reader: Reader) -> str:
    """How a second time is written, if it is to come; one of today before the first may as well be an hour of that day."""
    if isinstance(second, Vague) or second.until <= reader.now:
        return ""
    end = second.until.astimezone(reader.calendar.zone)
    return "" if end < first and end.date() == reader.now.date() else reader.way(second)


def ahead(vague: Vague, now: datetime, calendar: Calendar, *, past: bool = False) -> Vague:
    """The same question; a moment in what it offers that is over becomes the next one like it, of the `past` the last one."""
    return Vague(vague.why, *(_like(way, now, calendar, past=past) for way in (vague.right, vague.other)))


def _like(way: str, now: datetime, calendar: Calendar, *, past: bool) -> str:
    said = Reader(way, now, calendar).said() if ":" in way else None
    if not isinstance(said, Said) or (said.until <= now) is past:
        return way
    at = said.until.astimezone(calendar.zone)
    return f"{written_end(at + ((now - at) // DAY + (not past)) * DAY)}{way[16:]}"


def another(rest: str, now: datetime, calendar: Calendar, *, settled: bool = False) -> Said | Vague | None:
    """The second time that is named behind the first: `或后天`, `or Friday`, `from 2027-02-30`, `周五` and nothing behind it.

    Also one behind a word of refusal or moving (`来不及，明天`, `moved to Monday`), or alone in the last clause (`is busy, so
    Monday`). Where a comma behind an exact time has `settled` it, it is such only if there is nothing else.
    """
    if not rest:
        return None
    joined = words.OR.match(rest)
    other = Reader(rest[joined.end() :] if joined else rest, now, calendar).said()
    if settled:
        return other if isinstance(other, Said) and not other.rest else None
    if words.NUMBERS.match(rest) or (isinstance(other, Said) and (joined or not other.rest)):
        return other
    if (joined or words.FROM.match(rest)) and isinstance(other, Vague) and other.why is not Vagueness.UNKNOWN:
        return other
    return _instead(rest, now, calendar)


def _instead(rest: str, now: datetime, calendar: Calendar) -> Said | Vague | None:
    """The time that takes the place of another one; the one in `not Friday` does not."""
    if turned := TURNED.search(rest):
        behind = rest[turned.end() :]
        ruled_out = Reader(behind, now, calendar).said() if NOT.fullmatch(turned[0]) else None
        return named(ruled_out.rest if isinstance(ruled_out, Said) else behind, now, calendar)
    for towards in TOWARDS.finditer(rest[:MOST_READ]):
        later = Reader(rest[towards.end() : MOST_READ], now, calendar).said()
        if isinstance(later, Said) and (not later.length or towards[0] in "推延"):
            return later
    last = CLAUSE.split(rest)[-1]
    other = Reader(last, now, calendar).said() if last != rest else None
    return other if isinstance(other, Said) and not other.rest else None


def named(text: str, now: datetime, calendar: Calendar) -> Said | Vague | None:
    """The first time that is named anywhere in a text. A mere number is none: `2 disks`, `ticket 1630`, `firmware 10.2`."""
    text = text[:MOST_READ]
    for start in WORD_START.finditer(text):
        reader = Reader(text[start.start() :], now, calendar, led=False)
        said = reader.said()
        read = reader.text.removesuffix(said.rest if isinstance(said, Said) else reader.left)
        if not (isinstance(said, Vague) and said.why is Vagueness.UNKNOWN) and not NUMBER.fullmatch(read):
            return said
    return None


def before(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """The same for something that has already happened, a call above all: `10:12`, `9.30`, `Monday 3pm`, `an hour ago`.

    UNKNOWN is what it was about: `tomorrow he calls back`, `about 3 invoices`.
    """
    text, right = text.strip(), f"{now.astimezone(calendar.zone):%H:%M}"
    if ago := words.AGO.match(text):
        at = now - min(counted(ago) * UNITS[ago[3].lower()], LONGEST)
        return Said(at, at, text[ago.end() :].strip(" ,，;；:：、。"))
    led = words.AT.match(text)
    reader = Reader(text, now, calendar, led=bool(led), past=True)
    said = reader.said()
    if isinstance(said, Vague):
        if said.why in _NOT_OFFERED:
            return Vague(said.why, right)
        return ahead(said, now, calendar, past=True) if ":" in said.right else Vague(Vagueness.PARTLY, right)
    exact = said.since == said.until and not said.length
    if (led and (not exact or (led["about"] and said.since > now))) or (said.days and said.since > now):
        return Vague(Vagueness.UNKNOWN, right)
    if not exact or said.since > now:
        return Vague(Vagueness.FUTURE if said.since > now else Vagueness.PARTLY, right)
    return replace(said, rest=reader.as_written(said.rest))
