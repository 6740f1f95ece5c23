"""The templates: one text per letter and language, with the frame that stands around each of them.

A template sees the letter's facts and a few views, all of them values. Each value that it prints is sealed (see `mail.markup`),
so it cannot become markup; what a mail says is never compiled, because only files are. A name that does not exist is an error.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateSyntaxError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from maildesk.mail.markup import data
from maildesk.mail.wording import Words, size

FRAME = "frame.txt"
_FILTERS = frozenset(
    {"default", "first", "int", "join", "last", "length", "list", "lower", "map", "reject", "select", "trim", "upper"}
)
_NAMES = ("status", "waiting", "rule", "field", "priority", "letter", "count", "cause", "risk", "state", "idle", "step", "mark")


class BrokenTemplate(Exception):
    """A letter could not be made from its template; says file, line and cause."""


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered letter: its subject and its markup, values still sealed."""

    subject: str
    source: str


class Pages:
    """The templates of all languages. Files of `own` stand before the packaged ones."""

    def __init__(self, packaged: Path, own: Path | None = None) -> None:
        self._folders = [folder for folder in (own, packaged) if folder is not None]
        self._environments: dict[str, Environment] = {}
        self._words: dict[str, Words] = {}
        self._compiled: dict[tuple[str, str], Template] = {}
        self.languages = tuple(sorted({words.parent.name for folder in self._folders for words in folder.glob("*/words.toml")}))

    def language(self, wanted: str, otherwise: str) -> str:
        """The nearest language that we have: zh for zh-CN, else `otherwise`, else any."""
        nearest = (wanted.lower(), wanted.lower().split("-")[0], otherwise, *self.languages)
        return next(language for language in nearest if language in self.languages)

    def words(self, language: str) -> Words:
        """The words of a language. BrokenTemplate when its words.toml cannot be read."""
        if language not in self._words:
            self._words[language] = self._read_words(language)
        return self._words[language]

    def render(self, language: str, name: str, context: Mapping[str, Any]) -> Page:
        """A letter without its frame. BrokenTemplate when the template is missing, wrong or wants what is not there."""
        written = self._rendered(language, f"{name}.txt", context)
        subject, _, body = written.partition("\n")
        if not subject.startswith("Subject:"):
            raise BrokenTemplate(f"templates/{language}/{name}.txt:1: the first line must be Subject:")
        return Page(subject.removeprefix("Subject:").strip(), body)

    def framed(self, language: str, source: str, context: Mapping[str, Any]) -> str:
        """Markup with the banner above and the small print below."""
        return self._rendered(language, FRAME, {**context, "body": Markup(source)})

    def _rendered(self, language: str, file: str, context: Mapping[str, Any]) -> str:
        try:
            template = self._compiled.get((language, file))
            if template is None:
                template = self._compiled[language, file] = self._environment(language).get_template(file)
            return template.render(context)
        except BrokenTemplate:
            raise
        except Exception as error:  # a template is the operator's program: whatever it does, its letter still goes out
            raise BrokenTemplate(f"templates/{language}/{_where(error, file)}: {error or type(error).__name__}") from error

    def _read_words(self, language: str) -> Words:
        path = next(folder / language / "words.toml" for folder in self._folders if (folder / language / "words.toml").exists())
        try:
            return Words.of(language, tomllib.loads(path.read_text("utf-8")))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
            raise BrokenTemplate(f"{path}: {error!r}") from error

    def _environment(self, language: str) -> Environment:
        if language not in self._environments:
            self._environments[language] = self._make(language)
        return self._environments[language]

    def _make(self, language: str) -> Environment:
        environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([folder / language for folder in self._folders]),
            undefined=StrictUndefined,
            autoescape=True,
            finalize=_sealed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )
        environment.globals.clear()
        environment.filters = {name: environment.filters[name] for name in _FILTERS} | _filters(self.words(language))
        return environment


def _sealed(value: object) -> Markup:
    """What a template prints: its own markup as it stands, any value sealed, nothing as a dash."""
    match value:
        case Markup():
            return value
        case None:
            return Markup("—")
        case StrictUndefined():
            return Markup(str(value))  # raises, and says what is missing
        case str() | int() | float():
            return Markup(data(str(value)))
        case _:
            raise TypeError(f"a template printed a {type(value).__name__}, not a word or a number")


def _filters(words: Words) -> dict[str, Callable[..., object]]:
    """What templates may say of a value: `{{ due | when }}`, `{{ status | status }}`."""

    def named(group: str) -> Callable[[object], str]:
        return lambda key: words.name(group, key)

    def timed(say: Callable[..., str]) -> Callable[[Context, str | datetime], str]:
        return pass_context(lambda context, at: say(_noted(at, context), context["now"], context["zone"]))

    def left(context: Context, at: str | datetime) -> str:
        return words.left(_moment(at, context), context["now"])

    def passed(context: Context, at: str | datetime) -> bool:
        return bool(_moment(at, context) <= context["now"])

    return {
        **{group: named(group) for group in _NAMES},
        "when": timed(words.moment),
        "by": timed(words.by),
        "day": pass_context(lambda context, at: words.day(_moment(at, context), context["now"], context["zone"])),
        "clock": timed(words.clock),
        "left": pass_context(left),
        "passed": pass_context(passed),
        "who": pass_context(lambda context, key: context["called"](key)),
        "span": words.span,
        "worked": words.worked,
        "size": size,
        "category": pass_context(lambda context, name: context["categories"].get(name, "") * (words.language != "zh") or name),
        "alarm": lambda what: _first_word(words, what),
        "gap": lambda name: " " * name[-1:].isascii(),
        "percent": lambda share: f"{share:.0%}",
    }


def _first_word(words: Words, what: str) -> str:
    """An alarm by its name, or by the first word of it with what follows: `mailbox support`."""
    if what in words.groups["alarm"]:
        return words.name("alarm", what)
    name, _, rest = what.partition(" ")
    return f"{words.name('alarm', name)} {rest}".strip()


def _moment(at: str | datetime, context: Context) -> datetime:
    """A fact as a moment; a bare date is the midnight that begins it in the reader's zone."""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=context["zone"])


def _noted(at: str | datetime, context: Context) -> datetime:
    """A moment whose time of day is told: the frame must say by what clock."""
    moment = _moment(at, context)
    context["moments"].add(moment)
    return moment


def _where(error: Exception, file: str) -> str:
    """File and line in the template where an error came up, as far as they can be told."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or file}:{error.lineno}"
    trace, found = error.__traceback__, file
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.suffix == ".txt":
            found = f"{path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
