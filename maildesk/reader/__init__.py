"""Mails are understood in a process of their own, which may hang, crash or be killed without hurting the desk.

Reader     what the desk holds: it hands over raw mails and gets back what was understood, in their order
child      the process at the other end of two pipes: it has no socket, no database and no secret
wire       what crosses the pipes: plain JSON, checked against the classes that it becomes
values     a mail to read, what came of it, and the limits
"""

from maildesk.reader.reader import Reader, ReaderFailed
from maildesk.reader.values import Limits, Raw, Reading

__all__ = ["Limits", "Raw", "Reader", "ReaderFailed", "Reading"]
