"""The page that a manager reads: what one policy did with the mails, or several side by side."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from html import escape
from typing import Any

from maildesk.config import Settings
from maildesk.core.duration import Spread
from maildesk.mail.letters_pages import Pages
from maildesk.mail.wording import Words
from maildesk.share import folder
from maildesk.simulate.figures import Figures

READERS = 40
"""So many readers have their hours shown."""

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("策略演练", "Rehearsal of a policy"),
    "mails": ("来信", "mails"),
    "tickets": ("工单", "tickets"),
    "solved": ("已解决", "solved"),
    "open": ("未结", "still open"),
    "letters": ("发出邮件", "letters sent"),
    "calls": ("呼叫值班人员", "calls to whoever is on call"),
    "first": ("首次答复（中位 / 九成以内）", "first answer (median / nine in ten within)"),
    "solution": ("解决用时（中位 / 九成以内）", "solution (median / nine in ten within)"),
    "volumes": ("数量", "Volumes"),
    "kept": ("各项时限（按时 / 总次数）", "How the rules were kept (in time / all)"),
    "broken": ("上报或超时的工单数", "Tickets told to the leads or overdue"),
    "kinds": ("各类邮件", "Letters by kind"),
    "outcomes": ("来信成了什么", "What the mails became"),
    "priorities": ("优先级", "Priorities"),
    "categories": ("分类", "Categories"),
    "hours": ("每人每小时收到的邮件", "Letters by reader and hour"),
    "waiting": ("没有演到的来信（要回复的那封邮件没有出现）", "Mails not played: the letter that they answer never came"),
    "none": ("无", "none"),
    "all": ("共", "all"),
    "others": ("另有 {} 人收到的更少", "{} others got fewer"),
}

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "opened": ("新工单", "a new ticket"),
    "wrote": ("工单里的话", "words in a ticket"),
    "ordered": ("指令", "orders"),
    "answered": ("对提问的回答", "an answer to a question"),
    "noted": ("备注", "a note"),
    "undelivered": ("退信", "a bounce"),
    "held": ("待审", "held"),
    "confirming": ("等本人确认", "waits to be confirmed"),
    "confirmed": ("确认", "a confirmation"),
    "ignored": ("忽略", "ignored"),
    "duplicate": ("重复的来信", "a duplicate"),
}

PAGE = """<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root{{color-scheme:light dark;--bar:#2f6feb}}body{{font:16px/1.5 sans-serif;margin:1.5em auto;max-width:64em;padding:0 1em}}
h1{{font-size:1.5em}}h2{{font-size:1.1em;margin-top:2em}}.wide{{overflow-x:auto}}table{{border-collapse:collapse}}
td,th{{padding:.25em .8em .25em 0;text-align:left;vertical-align:top}}
td.n,th.n{{text-align:right;font-variant-numeric:tabular-nums}}
tr+tr td{{border-top:1px solid #8884}}.hours td,.hours th{{padding:.2em .3em;font-size:.8em}}
li{{overflow-wrap:anywhere}}
.hours td:first-child{{min-width:11em;max-width:15em;overflow-wrap:anywhere;position:sticky;left:0;background:Canvas}}
.hours .n{{white-space:nowrap}}.hours td.n{{background:color-mix(in srgb,var(--bar) calc(var(--share)*1%),transparent)}}
</style><h1>{title}</h1><p>{span}</p>
{body}</html>
"""

Table = list[list[str]]


def page(found: Mapping[str, Figures], settings: Settings) -> str:
    """The page over one rehearsal or several of the same mails, by name, in the language of the desk."""
    index = 0 if settings.language == "zh" else 1
    words = {name: both[index] for name, both in WORDS.items()}
    letters = Pages(folder("templates"), settings.templates).words(("zh", "en")[index])
    zone, first = settings.zone, next(iter(found.values()))
    span = f"{first.since.astimezone(zone):%Y-%m-%d %H:%M} – {first.until.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
    body = "\n".join(_parts(found, words, _namers(letters, index)))
    return PAGE.format(language=("zh", "en")[index], title=escape(words["title"]), span=escape(span), body=body)


Namers = Mapping[str, Callable[[Any], str]]
"""How the rows of a section are called, where their keys are no names yet."""


def _namers(letters: Words, index: int) -> Namers:
    def broken(key: tuple[str, str]) -> str:
        rule, step = key
        return f"{letters.name('rule', rule)} · {letters.name('step', step)}"

    def outcome(key: str) -> str:
        return OUTCOMES[key][index] if key in OUTCOMES else key

    return {
        "kept": lambda rule: letters.name("rule", rule),
        "broken": broken,
        "kinds": lambda kind: letters.name("letter", kind),
        "outcomes": outcome,
    }


def _parts(found: Mapping[str, Figures], words: Mapping[str, str], namers: Namers) -> Iterator[str]:
    yield _section(words["volumes"], found, _volumes(found, words))
    for name, mapping in _counted():
        keys = dict.fromkeys(key for one in found.values() for key in mapping(one))
        rows = [[namers.get(name, str)(key), *(str(mapping(one).get(key, 0)) for one in found.values())] for key in keys]
        yield _section(words[name], found, rows or [[words["none"]]])
    for name, one in found.items():
        title = f"{words['hours']} · {name}" if len(found) > 1 else words["hours"]
        yield f'<h2>{escape(title)}</h2><div class="wide">{_hours(one, words)}</div>'
    if missing := [f"{mail} ({name})" for name, one in found.items() for mail in one.waiting]:
        yield f"<h2>{escape(words['waiting'])}</h2><ul>{''.join(f'<li>{escape(mail)}' for mail in missing)}</ul>"


def _volumes(found: Mapping[str, Figures], words: Mapping[str, str]) -> Table:
    looks: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        ("mails", lambda one: str(one.mails)),
        ("tickets", lambda one: str(one.tickets)),
        ("solved", lambda one: str(one.solved)),
        ("open", lambda one: str(one.still_open)),
        ("letters", lambda one: str(one.letters)),
        ("calls", lambda one: str(one.calls)),
        ("first", lambda one: _spread(one.first_answer)),
        ("solution", lambda one: _spread(one.solution)),
    )
    return [[words[name], *(look(one) for one in found.values())] for name, look in looks]


def _counted() -> tuple[tuple[str, Callable[[Figures], Mapping[Any, int | str]]], ...]:
    return (
        ("kept", lambda one: {rule: f"{kept.kept} / {kept.due} ({kept.share}%)" for rule, kept in one.kept.items()}),
        ("broken", lambda one: one.broken),
        ("kinds", lambda one: one.kinds),
        ("outcomes", lambda one: one.outcomes),
        ("priorities", lambda one: one.priorities),
        ("categories", lambda one: one.categories),
    )


def _section(title: str, found: Iterable[str], rows: Table) -> str:
    names = tuple(found)
    heads = _row("th", "", names) if len(names) > 1 else ""
    lines = "".join(_row("td", first, rest) for first, *rest in rows)
    return f'<h2>{escape(title)}</h2><div class="wide"><table>{heads}{lines}</table></div>'


def _row(kind: str, first: str, rest: Iterable[str]) -> str:
    cells = "".join(f'<{kind} class="n">{escape(cell)}</{kind}>' for cell in rest)
    return f"<tr><{kind}>{escape(first)}</{kind}>{cells}</tr>"


def _hours(one: Figures, words: Mapping[str, str]) -> str:
    """A row for each reader, a column for each hour, the darker the more."""
    most = max((count for hours in one.hours.values() for count in hours), default=1)
    heads = _row("th", "", [words["all"], *map(str, range(24))])
    rows = "".join(
        f"<tr><td>{escape(to)}</td>{_cell(sum(hours), 0)}{''.join(_cell(count, most) for count in hours)}</tr>"
        for to, hours in list(one.hours.items())[:READERS]
    )
    others = len(one.hours) - READERS
    more = f"<p>{escape(words['others'].format(others))}</p>" if others > 0 else ""
    return f'<table class="hours">{heads}{rows}</table>{more}'


def _cell(count: int, most: int) -> str:
    """A number on a ground as dark as it is large beside `most`; 0 for no ground."""
    return f'<td class="n" style="--share:{70 * count // most if most else 0}">{count or ""}</td>'


def _spread(spread: Spread | None) -> str:
    return f"{_span(spread.median)} / {_span(spread.p90)} ({spread.count})" if spread else "—"


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"
