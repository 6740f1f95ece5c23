"""`simulate`: what a policy would do, shown by mails that came or might come."""

import re
from collections.abc import Collection
from datetime import datetime, time, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import ConfigPath, found
from maildesk.config import load

Mails = Annotated[Path, typer.Option("--mails", metavar="DIR", help="The folder of .eml files, one for each mail.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder for the letters, the timeline and the summary.")]
Since = Annotated[str | None, typer.Option("--from", metavar="TIME", help="Begin here, like 2026-11-23 or 2026-11-23T09:00.")]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="End here; a day is played to its end. Default: a week later.")
]
Other = Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="Another policy, to be shown beside the first.")]

DAY = re.compile(r"\d{4}-?\d\d-?\d\d")


def simulate(
    mails: Mails, out: Out, config: ConfigPath = None, since: Since = None, until: Until = None, policy: Other = None
) -> None:
    """Play mails through the desk in virtual time, without any network, and keep every letter that it would have written."""
    from maildesk import simulate as rehearsal

    main = found(config)
    first = load(main, secrets=False, doors=False)
    policies = {first.settings.policy_file.stem: first}
    if policy is not None:
        policies[_unlike(policy.stem, policies)] = load(main, secrets=False, doors=False, policy=policy)
    zone = first.settings.zone
    begin, end = _moment("--from", since, zone), _moment("--until", until, zone, last=True)
    if begin and end and end < begin:
        raise Failure("--until lies before --from", "Name a span that has a beginning and an end.", Code.USAGE)
    try:
        arriving = rehearsal.arrivals(mails, zone)
    except rehearsal.Unplayable as trouble:
        raise Failure("not every mail can be played", str(trouble)) from None
    _new(out)
    results = {}
    for name, rehearsed in policies.items():
        folder = out / name if len(policies) > 1 else out
        with console.progress(f"Playing {name}", len(arriving)) as tell:
            results[name] = rehearsal.rehearse(rehearsed, arriving, folder, since=begin, until=end, tell=tell)
    (out / "summary.html").write_text(rehearsal.page(results, first.settings), "utf-8")
    for name, result in results.items():
        broken = sum(kept.broken for kept in result.kept.values())
        console.say(f"{name}: {result.mails} mails, {result.tickets} tickets, {result.letters} letters, {broken} duties broken")
    if waiting := next((result.waiting for result in results.values() if result.waiting), ()):
        console.say(f"Not played, because the letter that they answer never came: {', '.join(waiting)}")
    console.say(f"Open {out / 'summary.html'}")


def _unlike(name: str, others: Collection[str]) -> str:
    return f"{name}-2" if name in others else name


def _moment(option: str, said: str | None, zone: tzinfo, *, last: bool = False) -> datetime | None:
    """A moment on the desk's clock, unless it has an offset of its own; a day is its first moment, or its last."""
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Failure(f"{option} {said!r} is no moment", "Write it like 2026-11-23 or 2026-11-23T09:00.", Code.USAGE) from None
    if last and DAY.fullmatch(said):
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _new(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Failure(f"{out} is not empty", "Name a folder that does not exist yet.", Code.USAGE)
    out.mkdir(parents=True, exist_ok=True)
