"""By which policy the nodes of a desk work, as the store remembers it."""

from datetime import datetime
from pathlib import Path

import pytest

from maildesk.store import Adopted, Store
from tests.store.samples import MINUTE, NOW

A, B, C, OLD, NEW = "abcon"
Steps = tuple[tuple[str, str, int | None, bool], ...]


@pytest.mark.parametrize(
    "steps",
    [
        ((A, OLD, None, False), (A, OLD, None, False)),
        ((A, OLD, None, False), (A, NEW, 1, True), (A, NEW, 1, False), (A, OLD, 3, True)),
        (
            (A, OLD, None, False),
            (B, OLD, None, False),
            (B, NEW, 2, True),
            (A, NEW, 2, True),
            (A, NEW, 2, False),
        ),
        ((A, OLD, None, False), (B, NEW, 1, True), (A, OLD, 2, True), (B, NEW, 3, True)),
        ((A, OLD, None, False), (B, NEW, 1, True), (C, NEW, 1, False)),
        ((C, OLD, None, False), (A, NEW, 1, True), (A, OLD, 2, True), (C, OLD, 2, False)),
    ],
    ids=[
        "the same again",
        "another, kept, and back again",
        "the first of two nodes sets since when it holds, and the second looks at all tickets, too",
        "two nodes that disagree",
        "a node that joins",
        "a node that was away meanwhile",
    ],
)
def test_a_policy_holds_since_the_first_node_had_it(url: str, tmp_path: Path, steps: Steps) -> None:
    for minute, (node, digest, since, anew) in enumerate(steps):
        store = Store.open(url, tmp_path / "files", node)
        with store.write() as tx:
            found = tx.adopt(digest, at(minute))
        store.close()
        assert found == Adopted(since=None if since is None else at(since), anew=anew), minute


def at(minute: int) -> datetime:
    return NOW + minute * MINUTE
