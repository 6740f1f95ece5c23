"""The demo as a whole: servers up, desk up, story played, and then open house until Ctrl-C."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from maildesk import config
from maildesk.config import Config
from maildesk.daemon import Daemon
from maildesk.demo import story, world
from maildesk.demo.clock import StoryClock
from maildesk.demo.servers import LOOPBACK, Servers
from maildesk.demo.stage import Stage
from maildesk.demo.timeline import Timeline
from maildesk.store import Store


async def show(place: Path, letters: Path, console: Console, now: Callable[[], datetime], *, once: bool) -> None:
    """Play the story with a desk in `place`, leaving every letter in `letters` (both folders exist); stay up unless `once`.

    Raises NothingCame when the desk does not do what the story expects.
    """
    clock = StoryClock(now())
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(Servers(world.users(), host=world.HOST, clock=clock))
        main = world.write(place, imap_port=servers.imap_port, smtp_port=servers.smtp_port)
        loaded = config.load(main)
        zone, calendar = loaded.settings.zone, loaded.policy.calendar
        clock.jump_to(story.morning(clock(), calendar, zone))
        stage = Stage(servers, clock, Timeline(console, letters, zone))
        stopped = await stack.enter_async_context(_open(loaded, main, clock))
        if not await _played(story.play(stage, calendar, zone), stopped):
            return
        console.print(f"\n[bold]{len(stage.timeline.shown)} 封信 letters:[/bold] {letters / 'index.html'}")
        if not once:
            stage.timeline.settings(_settings(servers), "请用邮件客户端亲自试试 · now try it with a mail client (Ctrl-C ends)")
            await stopped.wait()


async def _played(play: Coroutine[Any, Any, None], stopped: asyncio.Event) -> bool:
    """Play the story; False when the daemon was told to stop (Ctrl-C) before its end."""
    playing, stopping = asyncio.create_task(play), asyncio.create_task(stopped.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if playing.done():
        playing.result()
        return True
    playing.cancel()
    return False


def _leaping(loaded: Config) -> Config:
    """The configuration of a desk whose clock leaps from scene to scene: no leap is an outage."""
    peace = replace(loaded.policy.peace, outage=timedelta.max)
    return replace(loaded, policy=replace(loaded.policy, peace=peace))


@asynccontextmanager
async def _open(loaded: Config, main: Path, clock: StoryClock) -> AsyncIterator[asyncio.Event]:
    """The daemon at work behind the demo's servers, ended with the context; the event tells that it was told to stop."""
    settings = loaded.settings
    store = Store.open(settings.database, settings.state, settings.node)
    store.upgrade()
    stop = asyncio.Event()
    daemon = Daemon(store, lambda: _leaping(config.load(main)), clock=clock, ticks=lambda: clock().timestamp())
    running = asyncio.create_task(daemon.run(stop))
    try:
        await daemon.ready()
        yield stop
    finally:
        stop.set()
        await running
        store.close()


def _settings(servers: Servers) -> tuple[tuple[str, str], ...]:
    """What one types into a mail client."""
    return (
        ("IMAP", f"{LOOPBACK}:{servers.imap_port}  不加密 no encryption"),
        ("SMTP", f"{LOOPBACK}:{servers.smtp_port}  不加密 no encryption, 登录 with login"),
        *((f"{actor.name} · {actor.part}", f"{actor.address} / {world.PASSWORD}") for actor in world.ACTORS),
        ("服务台 desk", f"写信到 write to {world.DESK}"),
    )
