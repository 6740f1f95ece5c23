"""What the demo shows: every mail as a line in the terminal, every letter of the desk as a page in a folder."""

import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

from rich.console import Console
from rich.markup import escape as plain
from rich.table import Table
from rich.text import Text

from maildesk.demo.world import ACTORS, DESK

NAMES = {actor.address: actor.name for actor in ACTORS} | {DESK: "服务台 desk"}

INDEX = """<!DOCTYPE html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>maildesk demo</title><style>:root{{color-scheme:light dark}}body{{font:16px/1.6 sans-serif;margin:2em auto;max-width:50em;
padding:0 1em}}td{{padding:.25em .8em .25em 0;vertical-align:top}}</style><h1>The letters of the demo · 演示中的每一封信</h1>
<table>{rows}</table></html>
"""


def read(raw: bytes) -> EmailMessage:
    """A mail for showing; only ever used on mails that the demo itself has made or received."""
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def _said(text: str, lines: int) -> list[str]:
    """The first lines that say something, without what is quoted and what stands above every letter."""
    said = (line.strip() for line in text.splitlines() if not line.startswith((">", "##-", "***")))
    return [line for line in said if line][:lines]


@dataclass(slots=True)
class Timeline:
    """Shows mails as they arrive. `folder` gets the letters; `zone` is the zone of the times shown."""

    console: Console
    folder: Path
    zone: tzinfo
    shown: list[tuple[str, str, str]] = field(default_factory=list)

    def scene(self, title: str, now: datetime) -> None:
        """A new part of the story."""
        self.console.print()
        self.console.print(f"[bold]{now.astimezone(self.zone):%m-%d %H:%M}  {plain(title)}[/bold]")

    def remark(self, text: str) -> None:
        """Something worth knowing between two mails."""
        self.console.print(f"          [dim]{plain(text)}[/dim]")

    def mail(self, raw: bytes, mailbox: str, at: datetime) -> None:
        """One mail that has just reached a mailbox."""
        mail = read(raw)
        outgoing = mailbox != DESK
        sender = NAMES[DESK] if outgoing else NAMES.get(str(mail["from"].addresses[0].addr_spec), str(mail["from"]))
        receiver = NAMES.get(mailbox, mailbox)
        colour = "cyan" if outgoing else "green"
        subject = str(mail["subject"] or "")
        self.console.print(
            f"  {at.astimezone(self.zone):%H:%M:%S}  [{colour}]{plain(sender)} → {plain(receiver)}[/{colour}]  {plain(subject)}",
            highlight=False,
        )
        for line in _said(text_of(mail), lines=1 if outgoing else 4):
            self.console.print(Text(f"            {line}", style="dim", no_wrap=True, overflow="ellipsis"))
        if outgoing:
            self._keep(mail, receiver, subject, at)

    def _keep(self, mail: EmailMessage, receiver: str, subject: str, at: datetime) -> None:
        part = mail.get_body(("html",))
        if part is None:
            return
        number = len(self.shown) + 1
        name = f"{number:03d}-{re.sub(r'[^0-9A-Za-z一-鿿]+', '-', subject)[:60].strip('-')}.html"
        (self.folder / name).write_text(str(part.get_content()), "utf-8")
        self.shown.append((name, f"{at.astimezone(self.zone):%m-%d %H:%M} → {receiver}", subject))
        rows = "".join(
            f'<tr><td>{escape(when)}<td><a href="{escape(file)}">{escape(title)}</a>' for file, when, title in self.shown
        )
        (self.folder / "index.html").write_text(INDEX.format(rows=rows), "utf-8")

    def settings(self, rows: tuple[tuple[str, str], ...], title: str) -> None:
        """A small table, such as the settings for a mail client."""
        table = Table(title=title, show_header=False, title_justify="left")
        for row in rows:
            table.add_row(*map(plain, row))
        self.console.print()
        self.console.print(table)
