"""Times from … to, as people write them when they will not be there."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from maildesk.core import timewords as words
from maildesk.core.calendar import Calendar
from maildesk.core.pattern import Pattern
from maildesk.core.said import Said, Vague, Vagueness, written, written_end
from maildesk.core.times import Reader
from maildesk.core.timewords import DAY, WEEK
from maildesk.core.when import ahead, another, named, when

START = Pattern(r"\s*(?:from(?![a-z])|从|自)\s*")
DAYS_OF = Pattern(rf"^\s*{words.DAYS_OF.text}")
TERM = timedelta(days=183)
"""A date that lies before the first is one of the next year within this time; else the two were written the wrong way round."""
_REST = r"^\s*(?:for\s+)?(?:the\s+)?(?:rest|remainder)\s+of\s+(?:the|this)?\s*"
REST = ((Pattern(rf"{_REST}(?:day|today)(?![a-z])"), "today"), (Pattern(rf"{_REST}week(?![a-z])"), "this week"))
"""The rest of the day is no less than the day."""
THIS_WEEK = Pattern(r"\s*(?:this week(?![a-z])|[本这]个?(?:周|星期|礼拜))")
LENGTH = Pattern(rf"(?<![a-z\d.]){words.SPAN.text}")
"""Behind a day it is not the whole of it, or more."""
STARTING = Pattern(r"[\s,，:：(（]*(?P<from>(?:starting|beginning|from|as of|ab)(?![a-z])|从|自)?\s*")
"""Between how long and when."""
LENGTH_FROM = Pattern(rf"(?:for\s+)?{words.SPAN.text}\s+(?P<from>from)(?!\s+now(?![a-z]))(?![a-z])")
"""`2 weeks from Monday`: of an absence that is when it begins."""
HALF_DAY = Pattern(r"(?:for\s+)?(?:半天|half (?:an? |the )?day(?![a-z]))")
FROM = Pattern(r"(?<![a-z])from(?![a-z])|[从自]")
UP_TO = Pattern(r"(?<![a-z])(?:until|till)(?![a-z])|(?<=.)[到至]")
"""Behind a reason, where no time is in front: `dentist until 3pm`, `出差到周三`."""
BEFORE = Pattern(r"前[\s,，;；。]*$|^\s*before(?![a-z])")
PAIR = Pattern(r"(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|2\d))?(?![\d:])")
"""A day and a month in figures, and the year."""
NIGHT = timedelta(hours=16)
"""A night lasts no longer; what does is written the wrong way round."""
DATE = Pattern(r"\d{4}-")
NOW = Pattern(r"\s*(?:now(?![a-z])|现在|即日|即刻)起?[\s,，]*")


def stretch(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """From one time to another, for who will not be there: `12-20 to 12-28`, `周五到下周二`, `明天 14:00-16:00`, `下周`, `2h`.

    Days are whole ones, from midnight to midnight, in the zone of the calendar. With an end alone (`until Friday`, `到周五`) it
    begins now. A day alone is that day; a moment or `月底` alone may be either end, and is asked.
    """
    begins = START.match(text)
    start = DAYS_OF.sub(r"\1\3 to \2", text[begins.end() :] if begins else text)
    at_once = NOW.match(start)
    if at_once:
        start = start[at_once.end() :] or "today"
    if (at_once or not begins) and (upto := words.UNTIL.match(start)):
        end = when(start[upto.end() :], now, calendar)
        return (
            _offered(end, now.astimezone(calendar.zone)) if isinstance(end, Vague) else replace(end, since=now, until=_last(end))
        )
    for rest, same in REST:
        start = rest.sub(same, start)
    if lasting := LENGTH_FROM.match(start):
        start = f"{start[: lasting.start('from')]}starting{start[lasting.end() :]}"
    return _from(start, now, calendar, begins=bool(begins))


def _from(text: str, now: datetime, calendar: Calendar, *, begins: bool) -> Said | Vague:
    """What a text begins with, alone or up to a second time; `begins` when `from` stood in front."""
    reader = Reader(text, now, calendar, by_days=True)
    first = _over(now, calendar) if words.AGO.match(text) else reader.said()
    if isinstance(first, Vague) and first.why is Vagueness.UNKNOWN and (upto := UP_TO.search(text)):
        return stretch(text[upto.start() :], now, calendar)
    if isinstance(first, Vague):
        since = reader.now if first.why is Vagueness.EDGE else None
        return _both(first, reader.left, now, calendar) or _offered(ahead(first, now, calendar), since)
    read = reader.text.removesuffix(first.rest)
    if upto := words.UNTIL.match(first.rest):
        return _to(first, _in_order(first.rest[upto.end() :], read), now, calendar)
    if first.length and HALF_DAY.match(read):
        first = replace(_half_of_today(now, calendar), rest=first.rest)
    if _last(first) <= now:
        return _over(now, calendar)
    if second := _second(first, read, now, calendar, begins=begins):
        return second
    if BEFORE.search(read):
        return _before(first, now, calendar)
    asked = Reader(text, now, calendar).said()
    if isinstance(asked, Vague) and asked.why is Vagueness.ORDER:
        return asked
    if THIS_WEEK.match(text) and first.days and first.days[0] <= now < first.days[1] - DAY:
        return replace(first, since=now, until=_last(first))
    begins = begins or bool(words.ONWARDS.match(first.rest))
    return _alone(first, now, calendar, begins=begins, onwards=FROM.search(read) is not None)


def _half_of_today(now: datetime, calendar: Calendar) -> Said:
    """The morning or the afternoon that it is, from now on."""
    local = now.astimezone(calendar.zone)
    end = datetime.combine(local.date(), words.PARTS["morning" if local.time() < words.NOON else "afternoon"][1], calendar.zone)
    return Said(now, end, length=True)


def _second(first: Said, read: str, now: datetime, calendar: Calendar, *, begins: bool) -> Said | Vague | None:
    """What a second time behind the first makes of it: the two agree, or which is meant is asked."""
    if first.length:
        return _dated(first, read, now, calendar)
    since = _first(first, now)
    days = _span(since, _last(first), calendar)
    if (length := LENGTH.search(first.rest)) and not (first.days and _lasts(length[0], since, _last(first), calendar)):
        lasting = _lasting(length[0], since, calendar) if first.days else None
        if lasting and (begins or words.ONWARDS.match(first.rest)):
            return lasting
        longer = _span(since, lasting.until, calendar) if lasting and lasting.until > _last(first) else ""
        return Vague(Vagueness.SEVERAL, days, longer)
    if another(first.rest, now, calendar):
        return Vague(Vagueness.SEVERAL, days)
    ends = (Reader(first.rest[upto.end() :], now, calendar, by_days=True).said() for upto in words.UNTIL.finditer(first.rest))
    end = next((_last(one) for one in ends if isinstance(one, Said) and _last(one) > _last(first)), None)
    return Vague(Vagueness.SEVERAL, _span(since, end, calendar)) if end else None


def _dated(length: Said, read: str, now: datetime, calendar: Calendar) -> Said | Vague | None:
    """How long, and from when on or on which days: `2 weeks starting Monday`, `3天，下周一到周三`. None when no time is named."""
    led = STARTING.match(length.rest)
    behind = length.rest[led.end() :] if led else length.rest
    start = Reader(behind, now, calendar, by_days=True).said()
    if isinstance(start, Vague) and start.why is Vagueness.IMPOSSIBLE:
        return _offered(start)
    if isinstance(start, Vague) or start.until <= now:
        other = named(length.rest, now, calendar)
        return Vague(Vagueness.SEVERAL, _span(now, length.until, calendar)) if other else None
    since = max(_first(start, now), now)
    lasting = _lasting(read, since, calendar)
    if lasting and ((led and led["from"]) or words.ONWARDS.match(start.rest)):
        return lasting
    days = stretch(behind, now, calendar)
    if isinstance(days, Vague):
        return days
    if _lasts(read, since, days.until, calendar):
        return days
    ways = (_span(now, length.until, calendar), _span(days.since, days.until, calendar))
    return Vague(Vagueness.SEVERAL, *ways)


def _lasting(length: str, since: datetime, calendar: Calendar) -> Said | None:
    """So long from a moment on; up to midnight, when nobody works between that and its end."""
    said = Reader(length, since, calendar).said()
    if isinstance(said, Vague):
        return None
    midnight = datetime.combine(said.until.astimezone(calendar.zone), time(), calendar.zone)
    ends_before = midnight > since and not calendar.between(midnight, said.until)
    return replace(said, since=since, until=midnight if ends_before else said.until)


def _lasts(length: str, since: datetime, until: datetime, calendar: Calendar) -> bool:
    """Whether so long a time goes from one moment to the other."""
    lasting = _lasting(length, since, calendar)
    return lasting is not None and not calendar.between(*sorted((until, lasting.until)))


def _before(first: Said, now: datetime, calendar: Calendar) -> Said | Vague:
    """From now until a time; of days to come until they begin, or until they end."""
    if first.since == first.until or first.since <= now:
        return replace(first, since=now, until=_last(first))
    zone = calendar.zone
    edges = written(first.since.astimezone(zone)), written_end(first.until.astimezone(zone))
    return _offered(Vague(Vagueness.EDGE, *edges), now.astimezone(zone))


def _in_order(text: str, read: str) -> str:
    """The second of two dates that are written alike, with its month first, where the order of the first is sure."""
    one, two = PAIR.search(read), PAIR.match(text)
    if not one or not two or one[2] != two[2] or max(int(one[1]), int(one[3])) <= 12:
        return text
    month, day = (two[3], two[1]) if int(one[1]) > 12 else (two[1], two[3])
    year = f"20{two[4][-2:]}年" if two[4] else ""
    return f"{year}{month}月{day}日{text[two.end() :]}"


def _to(first: Said, text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """What goes on to a second time; one that says less (`28日`, `周三`, `16:00`) belongs to the first, `28` to days."""
    since = first.days[0] if first.days else first.since
    text = words.BARE_DAY.sub(r"\1日", text) if first.days else text
    read = _end if first.days is None else _day
    end = earlier = read(text, now, calendar)
    if isinstance(earlier, Vague) or _last(earlier) <= since:
        end = _over_night(first, text, calendar) or read(text, since, calendar)
        last = earlier if isinstance(earlier, Said) else end
        if isinstance(last, Said) and (isinstance(end, Vague) or not since < _last(end) <= since + TERM):
            both = [one.astimezone(calendar.zone) for one in (last.since, since)]
            return Vague(Vagueness.REVERSED, *(f"{one:%Y-%m-%d}" if first.days else written(one) for one in both))
    if isinstance(end, Vague):
        return _offered(ahead(end, max(since, now), calendar), since.astimezone(calendar.zone))
    if _last(end) <= now:
        return _over(now, calendar)
    if another(end.rest, since, calendar) and not _lasts(end.rest, since, _last(end), calendar):
        return Vague(Vagueness.SEVERAL, _span(since, _last(end), calendar))
    return replace(end, since=since, until=_last(end))


def _over_night(first: Said, text: str, calendar: Calendar) -> Said | None:
    """The hour of the next morning, behind one of the evening: `8pm to 8am`."""
    if first.days:
        return None
    since = first.since.astimezone(calendar.zone)
    same, after = (Reader(f"{day:%Y-%m-%d} {text}", first.since, calendar).said() for day in (since, since + DAY))
    if isinstance(same, Vague) or isinstance(after, Vague) or same.days or same.until > since:
        return None
    return after if after.until - since <= NIGHT else None


def _both(first: Vague, rest: str, now: datetime, calendar: Calendar) -> Vague | None:
    """The question of what the first day is, with all that goes on from there in what it offers, if that is understood."""
    if not first.other or not words.UNTIL.match(rest):
        return None
    ways = [stretch(f"{way} {rest.lstrip()}", now, calendar) for way in (first.right, first.other)]
    offered = [_same(way, nth, first.why, calendar) for nth, way in enumerate(ways)]
    return Vague(first.why, *offered) if all(offered) else None


def _same(way: Said | Vague, nth: int, why: Vagueness, calendar: Calendar) -> str:
    """From when to when; where the end may mean the same two things as the beginning, it means the same one."""
    if isinstance(way, Said):
        return _span(way.since, way.until, calendar)
    return (way.right, way.other)[nth] if way.why is why else ""


def _day(text: str, since: datetime, calendar: Calendar) -> Said | Vague:
    """The time up to which, behind a day."""
    return Reader(text, since, calendar, by_days=True).said()


def _end(text: str, since: datetime, calendar: Calendar) -> Said | Vague:
    """The time up to which, behind a moment; `4点` is the first such hour."""
    end = _day(text, since, calendar)
    if isinstance(end, Vague) and end.why is Vagueness.HALF:
        both = (Reader(way, since, calendar).said() for way in (end.right, end.other))
        later = [one for one in both if isinstance(one, Said) and one.until > since]
        return min(later, key=lambda one: one.until, default=end)
    return end


def _alone(said: Said, now: datetime, calendar: Calendar, *, begins: bool, onwards: bool) -> Said | Vague:
    """A time without another one; an hour of a day from which `onwards` he is away, for the rest of that day."""
    day = datetime.combine((said.days or (said.until,))[0].astimezone(calendar.zone), time(), calendar.zone)
    if begins:
        return Vague(Vagueness.END, written(said.since.astimezone(calendar.zone)), f"{day + WEEK:%Y-%m-%d}")
    if said.length:
        return replace(said, since=now)
    if said.since == said.until and onwards:
        return replace(said, until=day + DAY)
    if said.since == said.until:
        return Vague(Vagueness.BOUND, written(said.since.astimezone(calendar.zone)), f"{day + DAY:%Y-%m-%d}")
    if said.days and said.days[0] <= now < said.days[1] - DAY:  # `月底`, `EOW`: the rest of a period
        last = said.days[1] - DAY
        return Vague(Vagueness.BOUND, f"{last:%Y-%m-%d}", f"{last + WEEK:%Y-%m-%d}")
    return replace(said, since=_first(said, now), until=_last(said))


def _over(now: datetime, calendar: Calendar) -> Vague:
    """What is over is asked about; the next day is a way to write one to come."""
    return Vague(Vagueness.PAST, f"{now.astimezone(calendar.zone) + DAY:%Y-%m-%d}")


def _offered(vague: Vague, since: datetime | None = None) -> Vague:
    """The same question, with a moment in what it offers as from when to when: until then, or without `since`, from then on."""
    if vague.why is Vagueness.REASON:
        vague = Vague(Vagueness.PARTLY, vague.right[:16])
    if not since and vague.why in (Vagueness.UNKNOWN, Vagueness.IMPOSSIBLE, Vagueness.PARTLY):
        return replace(vague, right=vague.right[:10])
    return Vague(vague.why, *(_until(way, since) for way in (vague.right, vague.other)))


def _until(way: str, since: datetime | None) -> str:
    if DATE.match(way) is None or (":" not in way and not since):
        return way
    if not since:
        return f"{way} – {way[:10]} 24:00"
    return f"{since:%Y-%m-%d} – {way}" if since.time() == time() else f"{written(since)} – {way}"


def _span(since: datetime, until: datetime, calendar: Calendar) -> str:
    """From when to when, as it is understood in either language."""
    first, last = since.astimezone(calendar.zone), until.astimezone(calendar.zone)
    if first.time() == last.time() == time() and first < last:
        days = dict.fromkeys(f"{one:%Y-%m-%d}" for one in (first, last - DAY))
        return " – ".join(days)
    return f"{written(first)} – {written_end(last)}" if first < last else _until(written(first), None)


def _first(said: Said, now: datetime) -> datetime:
    """The beginning of a time, of the first day where days are named; a length begins now."""
    if said.length:
        return now
    return said.days[0] if said.days else said.since


def _last(said: Said) -> datetime:
    """The end of a time, of the last day where days are named."""
    return said.days[1] if said.days else said.until
