"""What `maildesk init` asks: each question with its default and the way in which its answer is read.

Answers are texts by name; the name of a question is also the name of the option that answers it beforehand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from maildesk.cli.failure import Code, Failure
from maildesk.config import Wrong, languages, values
from maildesk.config.calendars import feasts
from maildesk.config.hours import plain, week

Answers = Mapping[str, str]

NONE = "-"
"""The answer that there is no such thing."""

WHERE_SECRETS_ARE = ("env", "file", "credential", "command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`default` is made from the answers before it; None when there is none. `read` gives the answer's plain form.

    `asked` tells whether the question makes sense after those answers.
    """

    name: str
    text: str
    default: Callable[[Answers], str | None]
    read: Callable[[str], str]
    secret: bool = False
    asked: Callable[[Answers], bool] = lambda _: True

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")


def _needed(_: Answers) -> None:
    return None


def _always(answer: str) -> Callable[[Answers], str]:
    return lambda _: answer


def _like(name: str) -> Callable[[Answers], str | None]:
    return lambda answers: answers.get(name)


def _host(kind: str) -> Callable[[Answers], str]:
    return lambda answers: f"{kind}.{answers.get('address', '').rpartition('@')[2]}"


def _text(answer: str) -> str:
    if not answer.strip() or not answer.isprintable():
        raise Wrong("is empty", "Write something.")
    return answer.strip()


def _language(answer: str) -> str:
    language = values.language(answer)
    if language not in languages():
        raise Wrong(f"there are no letters in {language!r}", f"Write one of: {', '.join(sorted(languages()))}.")
    return language


def _hours(answer: str) -> str:
    week(answer)
    return plain(answer)


def _country(answer: str) -> str:
    if answer.strip() != NONE:
        feasts(answer.strip().upper(), "")
    return answer.strip().upper()


def _security(answer: str) -> str:
    if answer not in ("tls", "starttls", "plain"):
        raise Wrong(f"{answer!r} is no way to connect", 'Write "tls", "starttls" or "plain".')
    return answer


def _port(answer: str) -> str:
    if not answer.isdecimal() or not 0 < int(answer) < 65536:
        raise Wrong(f"{answer!r} is not a port", "Write a number from 1 to 65535.")
    return answer


def _folder(answer: str) -> str:
    return str(Path(_text(answer)).expanduser().absolute())


def _zone_here(_: Answers) -> str:
    """The zone of this machine, unless it is only UTC as servers are."""
    link = Path("/etc/localtime").resolve()
    name = str(link).partition("zoneinfo/")[2]
    return name if "/" in name and not name.startswith("Etc/") else "Asia/Shanghai"


def _country_of(answers: Answers) -> str:
    return {"Asia/Shanghai": "CN", "Asia/Urumqi": "CN", "Europe/Berlin": "DE", "Europe/London": "GB"}.get(answers["zone"], NONE)


def _port_of(kind: str) -> Callable[[Answers], str]:
    ports = {"imap": {"tls": "993"}, "smtp": {"tls": "465", "starttls": "587"}}[kind]
    return lambda answers: ports.get(answers[f"{kind}_security"], {"imap": "143", "smtp": "25"}[kind])


QUESTIONS = (
    Question(name="address", text="The address to which people write", default=_needed, read=values.address),
    Question(name="language", text="Language of the desk (zh, en)", default=_always("zh"), read=_language),
    Question(
        name="name",
        text="Name of the desk, as people see it",
        default=lambda answers: "IT 服务台" if answers["language"] == "zh" else "IT Support",
        read=_text,
    ),
    Question(name="zone", text="Time zone", default=_zone_here, read=lambda answer: values.zone(answer).key),
    Question(name="hours", text="Working hours", default=_always("mon-fri 09:00-12:00 13:00-18:00"), read=_hours),
    Question(
        name="country",
        text=f"Country whose public holidays are kept ({NONE}: none)",
        default=_country_of,
        read=_country,
    ),
    Question(name="engineer_name", text="The first engineer: name", default=_needed, read=_text),
    Question(name="engineer_address", text="The first engineer: address", default=_needed, read=values.address),
    Question(name="engineer_id", text="The first engineer: staff id (工号)", default=_always("E001"), read=_text),
    Question(name="operator", text="Who hears of troubles of the desk", default=_like("engineer_address"), read=values.address),
    Question(name="imap_host", text="IMAP server", default=_host("imap"), read=_text),
    Question(name="imap_security", text="IMAP: tls, starttls or plain", default=_always("tls"), read=_security),
    Question(name="imap_port", text="IMAP: port", default=_port_of("imap"), read=_port),
    Question(name="imap_user", text="IMAP: user", default=_like("address"), read=_text),
    Question(name="imap_password", text="IMAP: password", default=_needed, read=_text, secret=True),
    Question(name="smtp_host", text="SMTP server", default=_host("smtp"), read=_text),
    Question(name="smtp_security", text="SMTP: tls, starttls or plain", default=_always("starttls"), read=_security),
    Question(name="smtp_port", text="SMTP: port", default=_port_of("smtp"), read=_port),
    Question(name="smtp_user", text=f"SMTP: user ({NONE}: no login)", default=_like("imap_user"), read=_text),
    Question(
        name="smtp_password",
        text="SMTP: password (Enter: the same)",
        default=_like("imap_password"),
        read=_text,
        secret=True,
        asked=lambda answers: answers.get("smtp_user") != NONE,
    ),
    Question(
        name="receiving_host",
        text=f"Name under which your receiving server signs Authentication-Results ({NONE}: not known)",
        default=_always(NONE),
        read=lambda answer: answer if answer == NONE else values.signer(answer),
    ),
    Question(name="state", text="Folder for mails, database and keys", default=_needed, read=_folder),
)


def answered(given: Mapping[str, str | None], defaults: Mapping[str, str], *, asks: bool) -> dict[str, str]:
    """All answers: those given beforehand, the others asked for or, when nobody can be asked, their defaults.

    `defaults` go before those of the questions. Raises Failure when an answer given beforehand is wrong, or when one is needed
    and nobody can be asked.
    """
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        said = given.get(question.name)
        default = defaults.get(question.name) or question.default(answers)
        if said is not None:
            answers[question.name] = _read_or_fail(question, said)
        elif asks and question.asked(answers):
            answers[question.name] = _asked(question, default)
        elif default is not None and question.asked(answers):
            answers[question.name] = default
    lacking = [question.option for question in QUESTIONS if question.name not in answers and question.default is _needed]
    if lacking:
        raise Failure("some answers are needed and nobody can be asked", f"Give {', '.join(lacking)}.", Code.USAGE)
    return answers


def _read_or_fail(question: Question, said: str) -> str:
    try:
        return question.read(said)
    except Wrong as wrong:
        raise Failure(f"{question.option}: {wrong.problem}", wrong.remedy, Code.USAGE) from None


def _asked(question: Question, default: str | None) -> str:
    """Ask until the answer can be read. A secret is not shown, neither while it is typed nor as a default."""
    while True:
        said = typer.prompt(
            question.text,
            default=default,
            hide_input=question.secret,
            show_default=not question.secret,
        )
        try:
            return question.read(str(said))
        except Wrong as wrong:
            typer.echo(f"  {wrong.problem}. {wrong.remedy}", err=True)
