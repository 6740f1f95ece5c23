"""The page that tells what the proof came to."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.proof.document import document
from tests.proof.outcome import Outcome
from tests.proof.playing import Played
from tests.proof.programs import State, keep, kept, program, state
from tests.proof.runs import RUNS, Extent

OUTCOME = Outcome(seed=1, tried=1200, effective=1100, counts={"mails": 7, "tickets": 5}, worst={"milliseconds": 90})


def page(*units: Played, states: Mapping[str, State] | None = None) -> str:
    return document(units, Extent.USUAL, states or {})


def played(run: str = "mutants", tried: str = "", **what: Any) -> Played:
    return Played(run=run, seconds=90.0, program=tried or program(), outcome=replace(OUTCOME, **what))


def test_every_run_is_in_the_table_and_tells_when_it_passes() -> None:
    said = page(played())
    assert [line for line in said.splitlines() if line.startswith("## ")] == [f"## {run.title}" for run in RUNS.values()]
    assert all(f"| {run.title} | " in said for run in RUNS.values())
    assert [said.count(words) for words in ("Played by ", "Passes when: ", "Judged by ")] == [len(RUNS)] * 3
    assert said.count("Not played yet.") == len(RUNS) - 1


def test_the_figures_of_all_units_are_added_up_and_the_worst_is_told() -> None:
    said = page(played(), played(seed=2, counts={"mails": 3}, worst={"milliseconds": 60}))
    assert "| broken mails end to end | 2 of 10 | 2,400 | 2,200 | 0 | 3 min |" in said
    assert "Seeds 1 to 2.\n\nCounted: mails 10; tickets 5.\n\nAt most: milliseconds 90." in said


def test_what_many_things_share_is_told_of_them_at_once() -> None:
    said = page(played(counts={"mails": 7} | dict.fromkeys(("kept", "read", "moved", "woken", "taken-in"), 6)))
    assert "Counted: mails 7.\n\n6 each: kept; read; moved; woken; taken-in." in said


def test_a_failure_is_told_with_the_seed_that_repeats_it() -> None:
    said = page(played(seed=3, broken=("a mail was lost",)))
    assert "| 1,200 | 1,100 | 1 |" in said
    assert "- **seed 3**: a mail was lost" in said


def test_the_page_says_how_many_units_tried_the_program_as_it_is() -> None:
    assert f"All units tried the program as it is now (`{program()}`)." in page(played()).replace("\n", " ")
    once = page(played(), played(seed=2, tried="older")).replace("\n", " ")
    assert f"1 of 2 units tried the program as it is now (`{program()}`), the others an earlier state of it;" in once
    assert "what has changed since is not known." in once
    twice = page(played(tried="old"), played(seed=2, tried="older")).replace("\n", " ")
    assert "0 of 2 units" in twice
    assert "the others one of 2 earlier states of it;" in twice


def test_the_page_names_the_files_that_are_others_than_those_that_were_tried() -> None:
    other, gone, new = ("maildesk/core/when.py", "maildesk/gone.py", "maildesk/core/days.py")
    older = {file: digest for file, digest in state().items() if file != new} | {other: "0", gone: "0"}
    said = page(played(tried="older"), states={"older": older}).replace("\n", " ")
    assert f"since then 3 files of it were changed: `{new}`, `{other}`, `{gone}`." in said
    assert "files of it were changed." in page(played(tried="older"), states={"older": {}}).replace("\n", " ")


def test_what_was_tried_is_kept_by_its_files(tmp_path: Path) -> None:
    path = tmp_path / "states.json"
    path.write_text('{"older": {"maildesk/gone.py": "0"}, "oldest": {}}', "utf-8")
    keep(path)
    assert kept(path, ("older", program(), "unknown")) == {"older": {"maildesk/gone.py": "0"}, program(): state()}


def test_no_line_outside_the_table_is_longer_than_a_page_is_wide() -> None:
    said = page(*(played(run, counts={f"a thing of the kind {n}": n for n in range(30)}) for run in RUNS))
    assert max(len(line) for line in said.splitlines() if not line.startswith("|")) <= 130
