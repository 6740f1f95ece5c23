"""`demo`: the whole desk on this machine, with mail servers of its own and no mail account."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from maildesk.cli.failure import Failure

Once = Annotated[bool, typer.Option("--once", help="End after the story.")]
Letters = Annotated[Path, typer.Option("--letters", metavar="DIR", help="Where every letter is left as a page to look at.")]


def demo(once: Once = False, letters: Letters = Path("demo-letters")) -> None:
    """Watch the whole desk at work, then try it with any mail client until Ctrl-C."""
    try:
        from maildesk.demo.show import show
        from maildesk.demo.stage import NothingCame
    except ImportError as missing:
        raise Failure(
            f"the demo's mail servers are not installed ({missing.name})", "Run: pip install 'maildesk[demo]'"
        ) from None
    from rich.console import Console

    from maildesk.daemon import utc_now

    letters.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="maildesk-demo-") as place:
        try:
            asyncio.run(show(Path(place), letters.absolute(), Console(), utc_now, once=once))
        except KeyboardInterrupt:
            typer.echo("\nThe desk is closed.")
        except NothingCame as nothing:
            raise Failure(
                f"the story stopped: {nothing}", f"The log of the desk stands above, its letters in {letters}"
            ) from None
