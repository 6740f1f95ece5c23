"""Times from … to, as people write them when they will not be there."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from maildesk.core import timewords as words
from maildesk.core.calendar import Calendar
from maildesk.core.said import Said, Vague, Vagueness, written, written_end
from maildesk.core.timewords import DAY, WEEK, pattern
from maildesk.core.when import Reader, ahead, another, when

START = pattern(r"\s*(?:from(?![a-z])|从|自)\s*")
TERM = timedelta(days=183)
"""A date that lies before the first is one of the next year within this time; else the two were written the wrong way round."""
NOW = pattern(r"\s*(?:now(?![a-z])|现在|即日|即刻)起?[\s,，]*")


def stretch(text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """From one time to another, for who will not be there: `12-20 to 12-28`, `周五到下周二`, `明天 14:00-16:00`, `下周`, `2h`.

    Days are whole ones, from midnight to midnight, in the zone of the calendar. With an end alone (`until Friday`, `到周五`) it
    begins now. A day alone is that day; a moment or `月底` alone may be either end, and is asked.
    """
    begins = START.match(text)
    start = words.DAYS_OF.sub(r"\1\3 to \2", text[begins.end() :] if begins else text, count=1)
    at_once = NOW.match(start)
    if at_once:
        start = start[at_once.end() :]
    if (at_once or not begins) and (upto := words.UNTIL.match(start)):
        end = when(start[upto.end() :], now, calendar)
        return (
            _offered(end, now.astimezone(calendar.zone)) if isinstance(end, Vague) else replace(end, since=now, until=_last(end))
        )
    first = Reader(start, now, calendar, by_days=True).said()
    if isinstance(first, Vague):
        return _offered(ahead(first, now, calendar))
    if upto := words.UNTIL.match(first.rest):
        return _to(first, first.rest[upto.end() :], now, calendar)
    if _last(first) <= now:
        return Vague(Vagueness.PAST, f"{now.astimezone(calendar.zone) + DAY:%Y-%m-%d}")
    if another(first.rest, now, calendar):
        return Vague(Vagueness.SEVERAL, _span(_first(first, now), _last(first), calendar))
    asked = Reader(start, now, calendar).said()
    if isinstance(asked, Vague) and asked.why is Vagueness.ORDER:
        return asked
    return _alone(first, now, calendar, begins=bool(begins or words.ONWARDS.match(first.rest)))


def _to(first: Said, text: str, now: datetime, calendar: Calendar) -> Said | Vague:
    """What goes on to a second time; one that says less (`28日`, `周三`, `16:00`) belongs to the first, `28` to days."""
    since = first.days[0] if first.days else first.since
    text = words.BARE_DAY.sub(r"\1日", text) if first.days else text
    end = earlier = _end(text, now, calendar)
    if isinstance(earlier, Vague) or _last(earlier) <= since:
        end = _end(text, since, calendar)
        if isinstance(end, Said) and not since < _last(end) <= since + TERM:
            last = earlier if isinstance(earlier, Said) else end
            return Vague(Vagueness.REVERSED, *(f"{one.astimezone(calendar.zone):%Y-%m-%d}" for one in (last.since, since)))
    if isinstance(end, Vague):
        return _offered(ahead(end, max(since, now), calendar), since.astimezone(calendar.zone))
    if _last(end) <= now:
        return Vague(Vagueness.PAST, f"{now.astimezone(calendar.zone) + DAY:%Y-%m-%d}")
    if another(end.rest, since, calendar):
        return Vague(Vagueness.SEVERAL, _span(since, _last(end), calendar))
    return replace(end, since=since, until=_last(end))


def _end(text: str, since: datetime, calendar: Calendar) -> Said | Vague:
    """The time up to which; `4点` is the first such hour."""
    end = Reader(text, since, calendar, by_days=True).said()
    if isinstance(end, Vague) and end.why is Vagueness.HALF:
        both = (Reader(way, since, calendar).said() for way in (end.right, end.other))
        later = [one for one in both if isinstance(one, Said) and one.until > since]
        return min(later, key=lambda one: one.until, default=end)
    return end


def _alone(said: Said, now: datetime, calendar: Calendar, *, begins: bool) -> Said | Vague:
    """A time without another one."""
    day = datetime.combine((said.days or (said.until,))[0].astimezone(calendar.zone), time(), calendar.zone)
    if begins:
        return Vague(Vagueness.END, written(said.since.astimezone(calendar.zone)), f"{day + WEEK:%Y-%m-%d}")
    if said.length:
        return replace(said, since=now)
    if said.since == said.until:
        return Vague(Vagueness.BOUND, written(said.since.astimezone(calendar.zone)), f"{day + DAY:%Y-%m-%d}")
    if said.days and said.days[0] <= now < said.days[1] - DAY:  # `月底`, `EOW`: the rest of a period
        last = said.days[1] - DAY
        return Vague(Vagueness.BOUND, f"{last:%Y-%m-%d}", f"{last + WEEK:%Y-%m-%d}")
    return replace(said, since=said.days[0] if said.days else said.since, until=_last(said))


def _offered(vague: Vague, since: datetime | None = None) -> Vague:
    """The same question, with a moment in what it offers as from when to when: until then, or without `since`, from then on."""
    if not since and vague.why in (Vagueness.UNKNOWN, Vagueness.IMPOSSIBLE, Vagueness.PARTLY):
        return replace(vague, right=vague.right[:10])
    return Vague(vague.why, *(_until(way, since) for way in (vague.right, vague.other)))


def _until(way: str, since: datetime | None) -> str:
    if ":" not in way:
        return way
    return f"{written(since)} – {way}" if since else f"{way} – {way[:10]} 24:00"


def _span(since: datetime, until: datetime, calendar: Calendar) -> str:
    """From when to when, as it is understood in either language."""
    first, last = since.astimezone(calendar.zone), until.astimezone(calendar.zone)
    if first.time() == last.time() == time():
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
