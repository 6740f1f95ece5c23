"""`revoke`: make the signed addresses that somebody got worthless."""

from typing import Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import ConfigPath, configured, opened
from maildesk.config import Config
from maildesk.core.message import Address
from maildesk.desk.gather import party_name

Who = Annotated[str, typer.Argument(help="Staff id or name of a person, or anybody's address.")]


def revoke(who: Who, config: ConfigPath = None) -> None:
    """Make every signed reply address that somebody got so far worthless: for when others have read his mail.

    Letters that he gets from now on carry new ones. Mail to an old one is treated as if it bore none.
    """
    desk = configured(config)
    names = _parties(desk, who)
    with opened(desk) as store, store.write() as tx:
        for name in names:
            tx.revoke(name)
    console.say(f"No reply address that {who} got so far is worth anything from now on.")


def _parties(desk: Config, who: str) -> tuple[str, ...]:
    """Under all names by which the store may know him: as a colleague, and by each address as somebody who asks."""
    known = desk.people.named(who)
    if len(known) > 1 or not (known or "@" in who):
        problem = f"{who} may mean several people" if known else f"nobody is called {who}"
        raise Failure(problem, "Say a staff id of the people file or a whole address.", Code.USAGE)
    if not known:
        return (party_name(Address(who), None),)
    (person,) = known
    return (party_name(person.address, person.staff_id), *(party_name(address, None) for address in person.addresses))
