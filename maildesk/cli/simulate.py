"""`simulate`: what a policy would do, shown by mails that came or might come."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, time, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maildesk.cli import console
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import ConfigPath, found
from maildesk.config import Config, load

if TYPE_CHECKING:  # the rehearsal itself is loaded when it is played
    from maildesk.simulate import Figures

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

    policies = _policies(found(config), policy)
    settings = next(iter(policies.values())).settings
    zone, years = settings.zone, rehearsal.YEARS
    begin, end = _moment("--from", since, zone, years), _moment("--until", until, zone, years, last=True)
    if begin and end and end < begin:
        raise Failure("--until lies before --from", "Name a span that has a beginning and an end.", Code.USAGE)
    if not mails.is_dir():
        raise Failure(f"there is no folder {mails}", "Name the folder that holds the .eml files.", Code.USAGE)
    try:
        arriving = rehearsal.arrivals(mails, zone)
    except rehearsal.Unplayable as trouble:
        raise Failure("not every mail can be played", str(trouble)) from None
    results = {}
    try:
        _new(out, mails)
        for name, rehearsed in policies.items():
            folder = out / name if len(policies) > 1 else out
            with console.progress(f"Playing {name}", len(arriving)) as tell:
                results[name] = rehearsal.rehearse(rehearsed, arriving, folder, since=begin, until=end, tell=tell)
        (out / "summary.html").write_text(rehearsal.page(results, settings), "utf-8")
    except OSError as trouble:
        remedy = "Name a folder on a disk with room, in which you may write."
        raise Failure(f"{out} cannot be written ({trouble.strerror})", remedy) from None
    if not any(result.mails for result in results.values()):
        console.say(f"No mail arrives in that span: they come from {arriving[0].at:%Y-%m-%d} to {arriving[-1].at:%Y-%m-%d}")
    _tell(results)
    console.say(f"Open {out / 'summary.html'}")


def _policies(main: Path, other: Path | None) -> dict[str, Config]:
    """The desk's configuration by the name of its policy, and the same with the `other` policy beside it."""
    first = load(main, secrets=False, doors=False)
    policies = {first.settings.policy_file.stem: first}
    if other is not None:
        policies[_unlike(other.stem, policies)] = load(main, secrets=False, doors=False, policy=other)
    return policies


def _tell(results: "Mapping[str, Figures]") -> None:
    for name, result in results.items():
        broken = sum(kept.broken for kept in result.kept.values())
        console.say(f"{name}: {result.mails} mails, {result.tickets} tickets, {result.letters} letters, {broken} duties broken")
    for name, result in results.items():
        if result.waiting:
            under = f" under {name}" if len(results) > 1 else ""
            console.say(f"Not played{under}, because the letter that they answer never came: {', '.join(result.waiting)}")


def _unlike(name: str, others: Collection[str]) -> str:
    return f"{name}-2" if name in others else name


def _moment(option: str, said: str | None, zone: tzinfo, years: range, *, last: bool = False) -> datetime | None:
    """A moment on the desk's clock, unless it has an offset of its own; a day is its first moment, or its last."""
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Failure(f"{option} {said!r} is no moment", "Write it like 2026-11-23 or 2026-11-23T09:00.", Code.USAGE) from None
    if moment.year not in years:
        raise Failure(
            f"{option} {said!r} is in no year that can be rehearsed", f"They are {years[0]} to {years[-1]}.", Code.USAGE
        )
    if last and DAY.fullmatch(said):
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _new(out: Path, mails: Path) -> None:
    if out.resolve().is_relative_to(mails.resolve()):
        problem = f"{out} lies in the folder of the mails"
        raise Failure(problem, "Name one beside it: the letters would be mails of the next rehearsal.", Code.USAGE)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Failure(f"{out} is not empty", "Name a folder that does not exist yet.", Code.USAGE)
    out.mkdir(parents=True, exist_ok=True)
