"""`maildesk report`: a digest at any moment, as its reader would get it; nothing is sent and nothing is written down."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import AsJson, ConfigPath, configured, opened
from maildesk.config import Config
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.people import Person
from maildesk.store import Store


class Report(StrEnum):
    """What can be reported."""

    DIGEST = "digest"


def report(
    what: Annotated[Report, typer.Argument(help="digest: the daily list of a person, for leads and managers of the whole desk")],
    who: Annotated[str, typer.Option("--for", metavar="WHO", help="Staff id, address or name of the reader.")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page instead.")] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Show a report as its reader would get it by mail."""
    desk = configured(config)
    person = _reader(desk, who)
    with opened(desk) as store:
        letter = _letter(desk, store, person)
        if as_json:
            console.json_line({"kind": letter.kind, "for": person.staff_id, **letter.facts})
        else:
            _shown(desk, store, letter, html)


def _reader(desk: Config, who: str) -> Person:
    known = desk.people.named(who)
    if len(known) != 1 or not known[0].works:
        problem = f"{who} is nobody who gets digests" if len(known) < 2 else f"{who} may mean several people"
        raise Failure(problem, "Say the staff id of an engineer, a lead or a manager.", Code.USAGE)
    return known[0]


def _letter(desk: Config, store: Store, person: Person) -> Letter:
    from maildesk.core.known import Known
    from maildesk.daemon import utc_now
    from maildesk.reports import digest

    now = utc_now()
    kind = LetterKind.TEAM_DIGEST if person.leads else LetterKind.DIGEST
    known = Known(policy=desk.policy, people=desk.people)
    with store.read() as tx:
        wanted = digest.reader(person, kind, desk.policy, now)
        (letter,) = digest.digests(tx, known, [wanted], now)
    return letter


def _shown(desk: Config, store: Store, letter: Letter, html: Path | None) -> None:
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    from maildesk.daemon import utc_now
    from maildesk.desk import Desk
    from maildesk.mail.letters import Party

    party = Party(number=0, epoch=0)
    written = Desk(desk, store).letters.write(letter, ticket=None, party=party, nonce="report", now=utc_now())
    mail = message_from_bytes(written.raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(("html" if html else "plain",))
    text = str(part.get_content()) if part else ""
    if html:
        try:
            html.write_text(text, "utf-8")
        except OSError as trouble:
            raise Failure(f"{html} cannot be written ({trouble.strerror})", "Name a file in a folder that is there.") from None
    console.say(f"Written to {html}." if html else text)
