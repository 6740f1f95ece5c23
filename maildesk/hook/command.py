"""The command: the facts on standard input and in the environment, an exit code back.

It is started without a shell, so nothing in a subject can become a word of a command line. It leads a group of processes of its
own: at the deadline the whole group is killed, whatever it has started. Of our environment it gets what a program needs to run
and no more, because passwords may lie in the rest. Its output is read to the end and all but the beginning thrown away: a pipe
that nobody empties would stop it.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import FileIO
from tempfile import TemporaryFile

from maildesk.config import OnCall
from maildesk.core.call import Call
from maildesk.hook import told
from maildesk.hook.answer import Answer, answer

PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""Variables of our own environment that the command gets."""

KEPT = 4000
"""Bytes of the output."""

LEFTOVERS = 0.2
"""Seconds for what is still in the pipe after the end; somebody whom the command left running may hold it open for ever."""


async def run(on_call: OnCall, call: Call) -> Answer:
    """Run it to its end, or to the deadline."""
    try:
        async with _output() as (output, pipe):
            try:
                process = await _started(on_call, call, pipe)
            finally:
                os.close(pipe)
            return await _ended(process, output, on_call.timeout.total_seconds())
    except OSError as error:
        return answer(False, f"{on_call.command[0]} cannot be run ({error.strerror})")


async def _started(on_call: OnCall, call: Call, pipe: int) -> asyncio.subprocess.Process:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with TemporaryFile() as facts:
        facts.write(told.as_json(call) + b"\n")
        facts.seek(0)
        return await asyncio.create_subprocess_exec(
            *on_call.command,
            stdin=facts,
            stdout=pipe,
            stderr=pipe,
            env={**environment, **told.as_environment(call)},
            start_new_session=True,
        )


async def _ended(process: asyncio.subprocess.Process, output: "_Output", seconds: float) -> Answer:
    """How it ended; when it does not in time, or when nobody waits for it any more, its whole group is killed."""
    try:
        code = await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return answer(False, f"no end within {seconds:g} s", output.first)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    await output.rest()
    return answer(code == 0, f"exit code {code}" if code >= 0 else f"ended by signal {-code}", output.first)


class _Output:
    """What the command says, taken from its pipe as it comes; `first` is the beginning."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.first = b""
        self._emptying = asyncio.create_task(self._empty(reader))

    async def _empty(self, reader: asyncio.StreamReader) -> None:
        while piece := await reader.read(65536):
            self.first = (self.first + piece)[:KEPT]

    async def rest(self) -> None:
        """Wait for the end of the output, not for long."""
        await asyncio.wait({self._emptying}, timeout=LEFTOVERS)

    def close(self) -> None:
        self._emptying.cancel()


@asynccontextmanager
async def _output() -> AsyncIterator[tuple[_Output, int]]:
    """The output and the end of the pipe that the command writes to, which is the caller's to close."""
    reading, writing = os.pipe()
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), FileIO(reading)
    )
    output = _Output(reader)
    try:
        yield output, writing
    finally:
        output.close()
        transport.close()
