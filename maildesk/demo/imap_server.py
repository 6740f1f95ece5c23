"""IMAP on the loopback: pymap's protocol over its mailboxes in memory, with two of its faults kept out.

pymap's own service lets the garbage collector take connections away while they are in use: here every connection's task is
held until it ends. And pymap's IDLE tells only of what happens after it began, so that a mail which came between the last
look and IDLE lay unseen: here IDLE begins with what has changed, as RFC 2177 wants it.
"""

import argparse
import asyncio
import os
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack, closing, suppress

from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.command.select import IdleCommand
from pymap.parsing.response import UntaggedResponse
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext


class _Config(Config):
    """pymap's settings with a greeting that asks no name server for the name of this machine."""

    @property
    def greeting(self) -> bytes:
        return b"Ready"


class _State(ConnectionState):
    """A connection whose IDLE also tells what has changed since the last command."""

    async def receive_updates(self, cmd: IdleCommand, done: Event) -> Iterable[UntaggedResponse]:
        selected = await self.session.check_mailbox(self.selected)
        self._selected, changed = selected.fork(cmd)
        return changed or await super().receive_updates(cmd, done)


async def serve(
    stack: AsyncExitStack, place: tuple[str, int], passwords: Mapping[str, str], mailboxes: Mapping[str, MailboxSet]
) -> int:
    """Serve these mailboxes, by the address of their user, at a host and port until the stack is left.

    The port is the answer: a free one where 0 was asked for.
    """
    config = _configured(mailboxes)
    login = Login(config)
    for address, password in passwords.items():
        login.users_dict[address] = UserMetadata(config, address, password=password)
    connections: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_talk(config, login, reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    async def close() -> None:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()

    server = await asyncio.start_server(connected, *place)
    stack.push_async_callback(close)
    return int(server.sockets[0].getsockname()[1])


def _configured(mailboxes: Mapping[str, MailboxSet]) -> Config:
    config = _Config(
        argparse.Namespace(proxy_protocol=None),
        host=None,
        port=0,
        tls_enabled=False,
        hash_context=Cleartext(),
        cpu_subsystem=Subsystem.for_asyncio(),
        demo_data=False,
        demo_user="",
        demo_password="",
    )
    config.set_cache.update((address, (folders, FilterSet())) for address, folders in mailboxes.items())
    return config


async def _talk(config: Config, login: Login, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection from greeting to end; a client that goes without a word is no fault."""
    peer = SocketInfo.get(writer, ProxyResultUnknown(), unique_id=os.urandom(8))
    async with AsyncExitStack() as stack:
        connection_exit.set(stack)
        connection = stack.enter_context(closing(IMAPConnection(config.commands, config, reader, writer, peer)))
        with suppress(ConnectionError, EOFError):
            await connection.run(_State(login, config))
