"""The door to whoever is on call: a command or a web hook of the operator's, tried once per `ring`, with one deadline for all.

Either gets the same few facts of the ticket (see `maildesk.hook.told`) and answers with its status alone: exit code 0, or a 2xx.
Whatever else happens is no answer, and whether to ring again is not decided here.
"""

from maildesk.config import OnCall
from maildesk.core.call import Call
from maildesk.hook.answer import Answer
from maildesk.hook.command import run
from maildesk.hook.webhook import post

__all__ = ["Answer", "ring"]


async def ring(on_call: OnCall, call: Call) -> Answer:
    """Ring once; never raises but when it is cancelled, which leaves no process behind."""
    if on_call.url is not None:
        return await post(on_call, on_call.url, call)
    return await run(on_call, call)
