"""The web hook: the facts as the JSON body of one POST (RFC 9110, 9.3.3), a status back.

One deadline holds for everything, from the name of the host to the answer; the time-outs of Python's own HTTP client are for
each read, and a server that sends a byte a minute would hold it for ever. All that is wanted of the answer is its status, so
that is all that is read, and of the body only as much as is announced and worth a line in the log. Certificates are always
verified. A redirect is an answer like any other and no success: the facts and the secret go where the operator said, nowhere
else. The secret is sent as `Authorization: Bearer …` (RFC 6750, 2.1), which most receivers check without a line of code.
"""

import asyncio
import re
import ssl
from urllib.parse import SplitResult

from maildesk import __version__
from maildesk.config import OnCall, Secret, Wrong, values
from maildesk.core.call import Call
from maildesk.hook import told
from maildesk.hook.answer import Answer, answer

STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: ([^\r\n]*))?\r?\n")
LENGTH = re.compile(rb"\r?\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r?\n", re.IGNORECASE)
LONGEST_HEAD = 32_768
KEPT = 1000
"""Bytes."""

HEAD_START = 0.25
"""Seconds after which the next address of the host is tried beside one that has not answered yet (RFC 8305, 5)."""

PORTS = {"https": 443, "http": 80}


async def post(on_call: OnCall, url: Secret, call: Call) -> Answer:
    """Post the facts and wait for the status, until the deadline."""
    seconds = on_call.timeout.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            return await _posted(on_call, values.web_hook(url.reveal()), call)
    except TimeoutError:
        return answer(False, f"no answer within {seconds:g} s")
    except ssl.SSLCertVerificationError as error:
        return answer(False, f"the certificate cannot be trusted ({error.verify_message})")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return answer(False, "this is no answer of a web server")
    except OSError as error:
        return answer(False, f"no connection ({error.strerror or error})")
    except Wrong as wrong:
        return answer(False, wrong.problem)


async def _posted(on_call: OnCall, url: SplitResult, call: Call) -> Answer:
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    context = ssl.create_default_context(cafile=on_call.ca_file) if url.scheme == "https" else None
    secret = values.bearer(on_call.secret.reveal()) if on_call.secret else ""
    reader, writer = await asyncio.open_connection(host, port, ssl=context, limit=LONGEST_HEAD, happy_eyeballs_delay=HEAD_START)
    try:
        writer.write(_request(url, secret, told.as_json(call)))
        await writer.drain()
        return await _answered(reader)
    finally:
        writer.transport.abort()


def _request(url: SplitResult, secret: str, body: bytes) -> bytes:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {url.netloc}",
        f"User-Agent: maildesk/{__version__}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *([f"Authorization: Bearer {secret}"] if secret else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _answered(reader: asyncio.StreamReader) -> Answer:
    """The answer by its status; what only says that an answer will come (1xx) is passed over."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        status = STATUS.match(head)
        if status is None:
            return answer(False, "this is no answer of a web server", head[:KEPT])
        if status[1] >= b"200":
            break
    words = b" ".join(filter(None, status.groups())).decode("latin-1")
    if status[1].startswith(b"3"):
        return answer(False, f"{words}; redirects are not followed")
    return answer(status[1].startswith(b"2"), words, await _body(reader, head))


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    """The beginning of the body, as far as it comes."""
    length = LENGTH.search(head)
    wanted = min(int(length[1]), KEPT) if length else 0
    try:
        return await reader.readexactly(wanted)
    except asyncio.IncompleteReadError as short:
        return short.partial
