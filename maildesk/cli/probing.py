"""`maildesk check --probe`: a mail of the desk to itself, sent and read back by the roads that all mail takes.

What no connection alone can tell: that the relay's letters come home, that an address with a `+` in it reaches the mailbox
(every answer to a letter goes to one), what the receiving host says of the sender, whether its clock is ours, and that mails may
be moved.
The mail bears a Message-ID of ours, so a desk that is at work meanwhile files it like any mail of its own; else it is filed here.
"""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from maildesk.cli.checks import Said, error, ok, warning
from maildesk.cli.proven import head, proven
from maildesk.config import Account, Settings
from maildesk.core.message import Proof
from maildesk.dns import Texts
from maildesk.imap import Arrived, Mailbox, MailboxError
from maildesk.mail.authentication import signed
from maildesk.mail.tokens import Keys
from maildesk.smtp import Line, Reply

PATIENCE = 60.0
"""Seconds until a mail that has not come back counts as lost."""

EVERY = 1.0
LARGEST = 100_000
SKEW = timedelta(minutes=2)
AREA = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder in which the probe may turn up; mails up to `since` were there before. `there` False: it was not there yet."""

    account: Account
    box: Mailbox
    since: int = 0
    there: bool = True

    @property
    def is_read(self) -> bool:
        """Whether the desk reads it; the other one is where a desk at work files what is its own."""
        return self.box.account.folder == self.account.folder


@dataclass(frozen=True, slots=True, kw_only=True)
class _Back:
    """The probe as it was read back, and between which moments of ours it was sent and found."""

    folder: _Folder
    mail: Arrived
    sent_at: datetime
    found_at: datetime


def probe(settings: Settings) -> Iterator[Said]:
    """Send the mail, and say what became of it."""
    if not settings.keys:
        remedy = f"Mend {settings.keys_file}, or create it with: maildesk init --new-key"
        yield error(AREA, "nothing is sent: there are no signing keys that can be read", remedy)
        return
    with ExitStack() as stack:
        folders = [folder for account in settings.accounts for folder in _opened(account, stack)]
        if not any(folder.is_read for folder in folders):
            yield error(AREA, "there is no mailbox in which a mail to ourselves could be found", "Mend the mailboxes first.")
            return
        for folder in folders:
            if folder.is_read:
                yield from _abilities(folder)
        yield from _sent_and_found(settings, folders)


def _opened(account: Account, stack: ExitStack) -> Iterator[_Folder]:
    """The folder that is read, and the one into which a desk at work would file the probe."""
    for name in (account.folder, account.ignored):
        box = Mailbox(replace(account, folder=name))
        stack.callback(box.close)
        try:
            selected = box.open()
        except MailboxError:
            if name == account.ignored:
                yield _Folder(account=account, box=box, there=False)
            continue
        yield _Folder(account=account, box=box, since=selected.uidnext - 1)


def _abilities(folder: _Folder) -> Iterator[Said]:
    area, able = f"mailbox {folder.account.name}", folder.box.abilities()
    if "IDLE" not in able:
        seconds = folder.account.poll.total_seconds()
        remedy = "Nothing is lost by it. Choose a shorter poll if that is too slow."
        yield warning(area, f"the server does not tell of new mail (IDLE): it is looked for every {seconds:.0f} s", remedy)
    if not {"MOVE", "UIDPLUS"} & able:
        what = "the server can neither move mails (MOVE) nor remove single ones (UIDPLUS)"
        yield warning(area, what, "Mails that were filed stay in the folder, marked as deleted, until nobody else's are.")


# -- there and back ------------------------------------------------------------------------------------------------------


def _sent_and_found(settings: Settings, folders: Sequence[_Folder]) -> Iterator[Said]:
    local, _, host = settings.address.rpartition("@")
    plus = f"{local}+probe@{host}"
    back = _round(settings, folders, plus)
    if isinstance(back, _Back):
        took = (back.found_at - back.sent_at).total_seconds()
        yield ok(AREA, f"a mail to {plus} came back to {back.folder.account.name} in {took:.0f} s")
    else:
        remedy = "Let your server deliver addresses with a + to the mailbox; in Postfix: recipient_delimiter = +"
        yield error(AREA, f"a mail to {plus} did not come back ({back}): no answer to a letter would", remedy)
        back = _round(settings, folders, settings.address)
    if isinstance(back, _Back):
        yield from _learned(settings, back)
    else:
        remedy = "Is its mailbox one of [[account]]? Look into its folder for spam, and into the relay's log."
        yield error(AREA, f"a mail to {settings.address} did not come back either ({back})", remedy)


def _round(settings: Settings, folders: Sequence[_Folder], to: str) -> _Back | str:
    """One mail sent and looked for; else why it was not found."""
    sent_at = datetime.now(UTC)
    message_id = Keys(settings.keys).message_id(0, f"probe-{secrets.token_hex(8)}", settings.host)
    reply = asyncio.run(_sent(settings, to, _mail(settings, to, message_id, sent_at)))
    if not reply.accepted:
        return reply.text
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if back := _looked([folder for folder in folders if folder.there], message_id, sent_at):
            return back
        time.sleep(EVERY)
    late = [folder for folder in folders if not folder.there and _is_there(folder)]
    return _looked(late, message_id, sent_at) or f"nothing within {PATIENCE:.0f} s"


def _looked(folders: Sequence[_Folder], message_id: str, sent_at: datetime) -> _Back | None:
    for folder in folders:
        if (mail := _found(folder, message_id)) is not None:
            return _Back(folder=folder, mail=mail, sent_at=sent_at, found_at=datetime.now(UTC))
    return None


def _is_there(folder: _Folder) -> bool:
    """Whether a desk at work has made it meanwhile."""
    try:
        folder.box.open()
    except MailboxError:
        return False
    return True


def _mail(settings: Settings, to: str, message_id: str, now: datetime) -> bytes:
    lines = (
        f"From: {settings.address}",
        f"To: {to}",
        "Subject: maildesk check: a mail to ourselves",
        f"Date: {format_datetime(now)}",
        f"Message-ID: <{message_id}>",
        "Auto-Submitted: auto-generated",
        f"X-Maildesk-Loop: {settings.address}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "maildesk check --probe sent this mail to find out whether mail comes back. It may be deleted.",
    )
    return ("\r\n".join(lines) + "\r\n").encode()


async def _sent(settings: Settings, to: str, raw: bytes) -> Reply:
    line = Line(settings.relay)
    try:
        reply = await line.offer(settings.address, to, len(raw))
        return await line.deliver(raw) if reply.accepted else reply
    finally:
        await line.close()


def _found(folder: _Folder, message_id: str) -> Arrived | None:
    """The probe, if it lies there by now. A folder that is lost meanwhile holds nothing for us."""
    try:
        folder.box.noop()
        fresh = [one.uid for one in folder.box.after(folder.since) if one.size <= LARGEST]
        return next((mail for mail in folder.box.fetch(fresh) if message_id.encode() in mail.raw), None) if fresh else None
    except MailboxError:
        return None


# -- what it tells -------------------------------------------------------------------------------------------------------


def _learned(settings: Settings, back: _Back) -> Iterator[Said]:
    yield _authentication(settings, back.mail, Texts())
    yield _clock(back)
    yield from _moved(back)


def _authentication(settings: Settings, mail: Arrived, texts: Texts) -> Said:
    """What the named host says of the desk itself, or its own signature does. Mail from inside is often not looked at, so silence
    is no fault."""
    found, name = proven(mail.raw, mail.received_at, settings, texts), signed(head(mail.raw)).name
    if found.proof is Proof.PASS:
        return ok("authentication", f"the receiving host proves the desk itself: {found.why}")
    if found.proof is Proof.FAIL:
        remedy = "Let the relay sign the desk's mail (DKIM), and name it in SPF: else letters end up as spam, or nowhere."
        return warning("authentication", f"the receiving host takes the desk for forged: {found.why}", remedy)
    said = f"results of {name} stand on it" if name else "no results stand on it"
    remedy = "Mail from inside is often not checked. Let somebody write from outside, and run: maildesk check"
    return warning("authentication", f"nothing proves the desk's own mail: {found.why}; {said}", remedy)


def _clock(back: _Back) -> Said:
    """The server's date of the mail, against the moments of ours between which it must lie."""
    theirs = back.mail.received_at
    ahead = max(timedelta(), theirs - back.found_at)
    behind = max(timedelta(), back.sent_at - theirs)
    if max(ahead, behind) <= SKEW:
        return ok("clock", f"that of {back.folder.account.host} agrees with ours")
    how = f"{ahead.total_seconds():.0f} s ahead of ours" if ahead else f"{behind.total_seconds():.0f} s behind ours"
    return error("clock", f"that of {back.folder.account.host} is {how}", "Set both clocks; use NTP.")


def _moved(back: _Back) -> Iterator[Said]:
    """The probe is filed, as a desk at work would have done."""
    account, box = back.folder.account, back.folder.box
    area = f"mailbox {account.name}"
    if not back.folder.is_read:
        yield ok(area, f"the desk at work has filed it in {account.ignored}")
        return
    try:
        box.move([back.mail.uid], account.ignored)
    except MailboxError as trouble:
        yield error(area, f"mails cannot be moved to {account.ignored}: {trouble}", trouble.remedy)
    else:
        yield ok(area, f"mails can be moved to {account.ignored}")
