"""Mails from the open folder into another one: by MOVE (RFC 6851), and by older means where that is missing or refused.

By older means a mail is copied, marked as deleted and expunged. Where the line is cut in between it lies in both folders: who
goes on must first look whether the copy is there, and then only has to `remove` the mail. A server that cannot expunge single
mails leaves them marked, until the folder is expunged.
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from maildesk.imap.answers import exists
from maildesk.imap.trouble import MailboxError, Trouble

Moved = Literal["moved", "copied"]


def move(client: IMAPClient, uids: Sequence[int], name: str) -> Moved:
    """By MOVE, a second time when the folder was missing, and by older means where that is refused."""
    copy = partial(_copy_and_remove, client)
    ways = (client.move, client.move, copy) if client.has_capability("MOVE") else (copy, copy)
    for way in ways[:-1]:
        try:
            way(uids, name)
            return "copied" if way is copy else "moved"
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            _make(client, name)
    copy(uids, name)
    return "copied"


def remove(client: IMAPClient, uids: Sequence[int]) -> None:
    """Remove mails whose copies lie where they belong; without UIDPLUS (RFC 4315) they are only marked as deleted. Raises COPIED
    where the server lets nobody remove them."""
    try:
        client.add_flags(uids, [DELETED], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as refused:
        raise MailboxError(Trouble.COPIED, str(refused)) from refused


def _copy_and_remove(client: IMAPClient, uids: Sequence[int], name: str) -> None:
    client.copy(uids, name)
    remove(client, uids)


def _make(client: IMAPClient, name: str) -> None:
    """Make a folder that is missing."""
    if not exists(client, name):
        client.create_folder(name)
        client.subscribe_folder(name)
