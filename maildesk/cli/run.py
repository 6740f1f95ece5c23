"""`run`: the daemon, or with --once one whole turn of the desk."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from maildesk import log
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import ConfigPath, configured, found, opened
from maildesk.config import Config
from maildesk.store import Store, StoreError

Once = Annotated[bool, typer.Option("--once", help="Take in everything that waits, do all that is due, send, and come back.")]


def run(config: ConfigPath = None, once: Once = False) -> None:
    """Work as the desk until told to stop (SIGTERM, Ctrl-C); SIGHUP reads the configuration again."""
    from maildesk.daemon import AlreadyRunning, only_one

    loaded = configured(config, secrets=True)
    log.start()
    loaded.settings.state.mkdir(parents=True, exist_ok=True)
    try:
        with only_one(loaded.settings.state, loaded.settings.shared_node):
            _turn(loaded) if once else _serve(config, loaded)
    except AlreadyRunning as other:
        typer.echo(f"maildesk: already running here as process {other}; nothing to do.", err=True)


def _serve(config: ConfigPath, loaded: Config) -> None:
    from maildesk.daemon import Daemon

    main = found(config)
    with _sound(loaded) as store:
        daemon = Daemon(store, lambda: configured(main, secrets=True))
        asyncio.run(daemon.run())


@contextmanager
def _sound(loaded: Config) -> Iterator[Store]:
    """The store, if it is whole: nothing is written to one that is damaged, or of which only a part was restored."""
    with _told(loaded), opened(loaded) as store:
        store.quick_check()
        if store.missing_files(1):
            remedy = "Restore them from the backup; machines that share a database share this folder, too."
            raise Failure(f"the files of this database are not in {loaded.settings.state}", remedy, Code.CONFIG)
        yield store


@contextmanager
def _told(loaded: Config) -> Iterator[None]:
    """A desk that cannot begin, or must end, because of its store cannot write to the operator either."""
    from maildesk.daemon import utc_now
    from maildesk.desk.beside import Beside

    try:
        yield
    except StoreError as trouble:
        Beside().tell(loaded.settings, "database", trouble.what, trouble.remedy, utc_now())
        raise


def _turn(loaded: Config) -> None:
    from maildesk.daemon import run_once, utc_now
    from maildesk.desk import Desk

    with _sound(loaded) as store, closing(Desk(loaded, store)) as desk:
        turned = run_once(desk, utc_now)
    mails = f"{turned.kept} mails kept, {turned.taken_in} taken in"
    typer.echo(f"{mails}, {turned.woken} tickets woken, {turned.rung} calls made, {turned.posted} letters tried")
    if turned.troubles:
        raise Failure("not everything could be done", "\n".join(turned.troubles), Code.TEMPORARY)
