"""The door to mailboxes: IMAP4rev1 (RFC 3501), one connection for one folder, used by one thread.

Nothing here changes a flag that means something to people: bodies are fetched with BODY.PEEK, and the one flag ever set is
\\Deleted, on mails whose copy already lies where it belongs. UIDs are only good for the connection on which they were learned,
together with the UIDVALIDITY that `open` reports. Whatever breaks ends as a MailboxError; if that is fatal, the connection is
gone and the next one begins with `open`.
"""

from maildesk.imap.answers import Arrived, Waiting
from maildesk.imap.mailbox import Mailbox, Selected
from maildesk.imap.trouble import MailboxError, Trouble

__all__ = ["Arrived", "Mailbox", "MailboxError", "Selected", "Trouble", "Waiting"]
