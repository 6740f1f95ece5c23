"""By which policy the nodes of a desk work, as the store remembers it."""

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from maildesk.store import Adopted, Store
from tests.servers.databases import Open
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
        ((A, OLD, None, False), (B, NEW, 1, True), (A, OLD, None, False), (B, NEW, 1, False)),
        ((A, OLD, None, False), (B, NEW, 1, True), (C, NEW, 1, False)),
        ((C, OLD, None, False), (A, NEW, 1, True), (A, OLD, None, True), (C, OLD, None, False)),
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


Times = tuple[tuple[int, str, str, int | None, bool], ...]


@pytest.mark.parametrize(
    "steps",
    [
        ((0, C, OLD, None, False), (90, A, NEW, 90, True), (91, A, OLD, 91, True), (92, C, OLD, 91, False)),
        ((0, A, OLD, None, False), (1, B, NEW, 1, True), (90, B, NEW, 1, False), (91, A, OLD, 91, True), (92, B, NEW, 1, False)),
        ((0, A, NEW, None, False), (1, A, OLD, 1, True), (9000, A, OLD, 1, False)),
        ((0, A, OLD, None, False), (9000, B, NEW, 9000, True), (9001, B, OLD, 9001, True)),
    ],
    ids=[
        "a dead node keeps no policy in force",
        "a node that was dead begins by its policy like by a new one, and the others go on",
        "a desk that was down goes on",
        "a node that got another name",
    ],
)
def test_a_policy_is_in_force_while_a_node_works_by_it(url: str, tmp_path: Path, steps: Times) -> None:
    for minute, node, digest, since, anew in steps:
        store = Store.open(url, tmp_path / "files", node)
        with store.write() as tx:
            found = tx.adopt(digest, at(minute))
        store.close()
        assert found == Adopted(since=None if since is None else at(since), anew=anew), minute


def test_nodes_that_disagree_are_known_by_name_while_they_live(open_store: Open) -> None:
    first, second, third = (open_store(node) for node in (A, B, C))
    for store, digest in ((first, OLD), (second, NEW), (third, OLD)):
        with store.write() as tx:
            tx.adopt(digest, NOW)
    with first.read() as tx:
        assert tx.disagreeing() == ((A, C), (B,))
    for store in (first, third):
        with store.write() as tx:
            tx.at_work(at(61))
    with first.read() as tx:
        assert tx.disagreeing() == ()


def test_names_of_dead_nodes_are_forgotten(url: str, open_store: Open) -> None:
    for day in range(5):
        with open_store(f"node{day}").write() as tx:
            tx.adopt(OLD, at(1440 * day))
        assert len(remembered(url)) <= 2
    assert remembered(url) == ["node3", "node4"]


def remembered(url: str) -> list[str]:
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = [str(node) for node in connection.execute(sa.text("SELECT node FROM policies ORDER BY node")).scalars()]
    engine.dispose()
    return found


def at(minute: int) -> datetime:
    return NOW + minute * MINUTE
