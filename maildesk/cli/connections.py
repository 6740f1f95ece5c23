"""Trying the mail servers: what `check` says of them, and what `init` asks before it writes anything."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from maildesk.cli.checks import Said, error, ok, warning
from maildesk.config import Account, Settings
from maildesk.config.settings import LOOPBACK
from maildesk.imap import Mailbox, MailboxError
from maildesk.smtp import Line, Reply

PATIENCE = timedelta(seconds=20)
SIZE = 10_000
ENCRYPT = 'Everybody on the way can read passwords and mail. Use security = "tls" or "starttls".'


def mailbox(account: Account) -> Iterator[Said]:
    """Log in and open the folder. Nothing is changed."""
    area = f"mailbox {account.name}"
    box = Mailbox(replace(account, timeout=min(account.timeout, PATIENCE)))
    try:
        selected = box.open()
    except MailboxError as trouble:
        yield error(area, str(trouble), trouble.remedy)
        return
    finally:
        box.close()
    yield ok(area, f"{account.user} at {account.host}, {selected.exists} mails in {account.folder}")
    if account.security == "plain" and account.host not in LOOPBACK:
        yield warning(area, "the connection is not encrypted", ENCRYPT)


def relay(settings: Settings) -> Iterator[Said]:
    """Connect, log in, ask whether the relay would take a letter to the operator. Nothing is sent."""
    relay = settings.relay
    reply = asyncio.run(_offered(settings))
    if not reply.accepted:
        yield error("relay", reply.text, "Correct [relay] in the main file, or the relay's own rules.")
        return
    yield ok(
        "relay", f"{relay.host}:{relay.port}{f' as {relay.user}' if relay.user else ''} takes letters to {settings.operator}"
    )
    if relay.security == "plain" and relay.host not in LOOPBACK:
        yield warning("relay", "the connection is not encrypted", ENCRYPT)


async def _offered(settings: Settings) -> Reply:
    line = Line(replace(settings.relay, timeout=PATIENCE))
    try:
        return await line.offer(settings.address, settings.operator, SIZE)
    finally:
        await line.close()
