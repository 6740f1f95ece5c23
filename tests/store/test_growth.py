"""No lookup walks the archive: what the databases themselves say about every statement of the daily work."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from maildesk.core.absence import Absence
from maildesk.core.duration import SOLUTION
from maildesk.core.letter import Audience
from maildesk.core.message import MessageId
from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority, Status
from maildesk.store import NOBODY, Place, Position, Store, Tx
from maildesk.store.prepared import Driver, Found
from maildesk.store.schema import metadata
from tests.store.samples import ANN, DAY, LEASE, NOW, PACE, Bytes, alarm_letter, digest, done, letter, line, opened, urgent_letter
from tests.store.test_calls import CALL

WE = StaffId("E001")
HERE = Place(mailbox="m", folder="INBOX", uidvalidity=1, uid=1)
QUEUES = frozenset(
    {
        "inbox_kept",
        "inbox_undone",
        "inbox_ignored",
        "places_unfiled",
        "tickets_wake_at",
        "tickets_open",
        "tickets_in_hand",
        "tickets_due",
        "tickets_due_of",
        "tickets_watched",
        "tickets_owing",
        "outbox_unwritten",
        "outbox_bundled",
        "outbox_queued",
        "outbox_held",
        "outbox_unsent",
        "suppressions_dead",
    }
)
"""Indexes that hold only what still waits, so that even a walk through all of one is short. `loads` has a row per engineer."""


def take_in(tx: Tx) -> None:
    tx.keep(digest(1), 1, NOW, NOW, HERE)
    mail = tx.keep(digest(1), 1, NOW, NOW, HERE)
    (claimed,) = tx.claim_mail(NOW, 50, LEASE)
    tx.unclaim({mail: claimed.epoch})
    tx.alone_with(["m@x"])
    tx.twins(MessageId("m@x"), "abc")
    tx.used_id(MessageId("m@x"), "abc")
    tx.said_before("this", MessageId("m@x"), "abc")
    tx.settle(mail, "awaiting", epoch=claimed.epoch, person=WE, waits_until=NOW, folder="processed")
    tx.supersede(mail)
    tx.answered(mail, WE, yes=True)
    tx.lapse(NOW)
    tx.admit(mail)
    tx.refuse(mail, "not his")
    tx.replay(mail)
    tx.recover(NOW)


def file(tx: Tx) -> None:
    tx.position("m", "INBOX")
    tx.move_position(Position(mailbox="m", folder="INBOX", uidvalidity=1, next_uid=1, floor=1, since=NOW))
    tx.known_uids("m", "INBOX", 1, range(1, 500))
    tx.first_uid("m", "INBOX", 1)
    mail = tx.keep(digest(2), 1, NOW, NOW, HERE)
    tx.settle(mail, "done", folder="processed")
    tx.places(mail)
    (waiting,) = tx.unfiled("m", NOW, 10)
    tx.claim_places([waiting.id], 1, NOW, LEASE)
    tx.unclaim_places([waiting.id])
    tx.filed([waiting.id], "moved")
    tx.copied("m", "INBOX", 1, range(1, 500))
    tx.still_there("m", "INBOX", 1, range(1, 500))


def decide(tx: Tx) -> None:
    ticket = opened(tx, engineer=WE, assigned_at=NOW, wake_at=NOW)
    tx.ticket(ticket.id)
    tx.by_number(ticket.number)
    tx.mint(DAY)
    tx.load()
    tx.surveyed_at(ANN)
    tx.append(ticket.id, line(key="alarm"))
    tx.history(ticket.id)
    tx.history(ticket.id, clock=False)
    tx.beginning(ticket.id, 5)
    tx.answers(WE, 20)
    tx.due(NOW, 50)
    tx.next_wake()
    tx.postpone(ticket.id, NOW)
    tx.tickets(engineer=WE, open=True)
    tx.tickets(engineer=WE)
    tx.tickets(requester=ANN)
    tx.tickets(open=True)
    tx.tickets(status=(Status.SPAM, Status.NEW))
    tx.ignored(NOW, NOW)
    tx.due_before(WE, NOW)
    tx.due_before(NOBODY, NOW)
    tx.first_due(WE, 50)
    tx.first_due(None, 50)
    tx.watched(NOW, 20)
    tx.figures(NOW, NOW)
    tx.measure(ticket.id, (done(),))
    tx.took(SOLUTION, Priority.P3, "", NOW, NOW)
    tx.took(SOLUTION, Priority.P3, None, NOW, NOW)
    tx.tallies(NOW, NOW)
    tx.breaches(NOW, NOW)


def write(tx: Tx) -> None:
    ticket = opened(tx)
    first, second, third = (tx.promise(letter(key=str(n), bundle_for=WE), ticket.id, NOW) for n in range(3))
    assert first and second and third  # noqa: PT018
    tx.promised(["1", "2"])
    tx.unwritten(NOW, 50)
    tx.companions(WE, 100)
    tx.companions(WE, 100, until=NOW)
    tx.window(WE)
    tx.open_window(WE, NOW)
    tx.written(first, Bytes(MessageId("md.1@desk")), NOW)
    tx.merged([second], first)
    tx.outdated(third, "moved on")
    tx.refer(MessageId("md.1@desk"), ticket.id, Audience.REQUESTER, first, False, NOW)
    tx.refs([MessageId("md.1@desk")])
    tx.thread(ticket.id)
    tx.thread(ticket.id, Audience.REQUESTER)
    tx.letters_inside(ticket.id, 5)


def post(tx: Tx) -> None:
    for n in range(3):
        tx.promise(alarm_letter(), None, NOW, Bytes(MessageId(f"{n}@desk")))
    first, second, third, *_ = tx.claim_letters(NOW, 50, LEASE, PACE)
    tx.hold_letters([first], NOW + LEASE)
    tx.in_data(first)
    tx.uncertain(first, "lost", NOW, NOW)
    tx.deferred(second, NOW, "later")
    tx.refused(third, "never", NOW)
    tx.sent(third.id, "taken", NOW)
    tx.letter(first.id)
    tx.next_letter()
    tx.promise(urgent_letter(paced=True), None, NOW, Bytes(MessageId("md.paced@desk")))
    tx.claim_letters(NOW, 50, LEASE, PACE)
    tx.alive(NOW, LEASE)
    tx.alive(NOW, LEASE)
    tx.happened(("letters", "letters to @x.test"), NOW)
    tx.nth_latest("letters", 1000)
    tx.times("letters", NOW)
    tx.happened_to("flood", NOW)


def ring(tx: Tx) -> None:
    ticket = opened(tx)
    tx.promise_call(CALL, ticket.id, NOW)
    (ringing,) = tx.claim_calls(NOW, 5, LEASE)
    tx.ring_again(ringing, NOW, "no answer")
    (ringing,) = tx.claim_calls(NOW, 5, LEASE)
    tx.settle_call(ringing, "heard", "", NOW)
    tx.calls()


def meet(tx: Tx) -> None:
    party = tx.party("staff:E001")
    tx.party_by_id(party.id)
    tx.say_absent(WE, (Absence(since=NOW, until=NOW + LEASE),), NOW)
    tx.absences(NOW)
    tx.languages([ANN])
    tx.refused_us(ANN, "gone", NOW)
    tx.suppressed([ANN])
    tx.suppressions()
    tx.lift(ANN)


def look(tx: Tx) -> None:
    tx.held()
    tx.longest_held(10)
    tx.owing(WE, NOW, 20)
    tx.owed(NOW)
    for state in ("kept", "failed", "duplicate", "awaiting", "held"):
        tx.inbox(state)  # type: ignore[arg-type]
    for state in ("unwritten", "queued", "claimed", "in_data", "refused", "uncertain", "outdated", "merged"):
        tx.outbox(state)  # type: ignore[arg-type]
    tx.inbox()
    tx.outbox()


Statements = list[tuple[str, Any]]


@contextmanager
def heard(store: Store) -> Iterator[Statements]:
    """Every statement that is executed meanwhile, with its parameters."""
    with heard_prepared() as found:

        def hear(_c: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
            _note(found, statement, parameters)

        sa.event.listen(store._writing, "before_cursor_execute", hear)
        yield found
        sa.event.remove(store._writing, "before_cursor_execute", hear)


@contextmanager
def heard_prepared() -> Iterator[Statements]:
    """Those of them that are prepared."""
    found: Statements = []

    run = Driver.run

    def tapped(driver: Driver, text: str, parameters: Any = (), *rows: Any) -> Found:
        _note(found, text, parameters)
        return run(driver, text, parameters, *rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Driver, "run", tapped)
        yield found


def _note(found: Statements, statement: str, parameters: Any) -> None:
    if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
        found.append((statement, parameters))


PARAMETER = re.compile(r"%(?:\((\w+)\))?s")
GENERIC = ("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_mergejoin = off", "enable_hashjoin = off")
"""The plan that PostgreSQL keeps for a statement that comes again and again: it must suit whatever the parameters are."""

WORK = (take_in, file, decide, write, post, ring, meet, look)


@pytest.mark.parametrize("work", WORK)
def test_no_statement_walks_a_table(store: Store, work: Callable[[Tx], None]) -> None:
    with heard(store) as statements, store.write() as tx:
        work(tx)
    assert statements
    _archive(store)
    walks = [(statement, walk) for statement, parameters in statements for walk in _walks(store, statement, parameters)]
    assert walks == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("work", WORK)
def test_no_statement_is_prepared_anew_for_other_values(store: Store, work: Callable[[Tx], None]) -> None:
    """A parameter that SQLite compares with the condition of a partial index makes it do so at each run."""
    with heard_prepared() as statements, store.write() as tx:
        work(tx)
    asked: list[object] = []
    with store.write() as tx:
        driver: Any = tx._connection.connection.dbapi_connection
        driver.set_authorizer(lambda *what: asked.append(what) or 0)
        for statement, parameters in statements:
            driver.execute(statement, parameters).fetchall()
            asked.clear()
            driver.execute(statement, parameters).fetchall()
            assert asked == [], statement
        driver.set_authorizer(None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_index_is_there_for_a_statement(store: Store) -> None:
    """SQLite chooses without looking at the rows, so its choice is the same when the tables are full."""
    with heard(store) as statements:
        for work in WORK:
            with store.write() as tx:
                work(tx)
    steps = [step for statement, parameters in statements for step in _plan(store, statement, parameters)]
    used = {found[1] for step in steps if (found := re.search(r"INDEX (\w+)", step))}
    assert {str(index.name) for table in metadata.tables.values() for index in table.indexes} - used == set()


def _archive(store: Store) -> None:
    """A thousand closed tickets that PostgreSQL knows of: in an empty table all indexes cost the same, and it may take any."""
    if store._writing.dialect.name == "sqlite":
        return
    with store.write() as tx:
        opened(tx)
    column = metadata.tables["tickets"].c
    changed = {
        "id": "id + step",
        "number": "number || '.' || step",
        "status": "'closed'",
        "requester": "step || requester",
        "opened_at": "opened_at - step * interval '1 hour'",
    }
    names = ", ".join(f'"{one.name}"' for one in column)
    values = ", ".join(changed.get(one.name, f'"{one.name}"') for one in column)
    last = "(SELECT * FROM tickets ORDER BY id DESC LIMIT 1) AS one"
    with store._writing.connect() as connection:
        connection.exec_driver_sql(f"INSERT INTO tickets ({names}) SELECT {values} FROM {last}, generate_series(1, 1000) AS step")
        connection.commit()
        connection.exec_driver_sql("ANALYZE tickets")
        connection.commit()


def _walks(store: Store, statement: str, parameters: Any) -> list[str]:
    """The steps of the plan that look at every row of a table, or at every entry of an index that grows with the archive."""
    latest = statement.startswith("SELECT") and "WHERE" not in statement and "LIMIT" in statement
    if latest:  # rows from the end, by the table's own key
        return []
    plan = _plan(store, statement, parameters)
    if store._writing.dialect.name == "sqlite":
        walks = (re.match(r"SCAN (?!loads|anon)\w+(?: USING (?:COVERING )?INDEX (\w+))?", step) for step in plan)
        return [walk[0] for walk in walks if walk and walk[1] not in QUEUES]
    around = zip(["", *plan], plan, [*plan[1:], ""], strict=False)
    return [step for before, step, after in around if _postgres_walk(before, step, after)]


def _postgres_walk(before: str, step: str, after: str) -> bool:
    by_index = re.search(r"Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)", step)
    first_entry = "Limit" in before and "Filter" not in after
    whole_index = by_index is not None and by_index[1] not in QUEUES and "Index Cond" not in after
    return ("Seq Scan" in step and "on loads" not in step) or (whole_index and not first_entry)


def _plan(store: Store, statement: str, parameters: Any) -> list[str]:
    with store._writing.connect() as connection:
        if connection.dialect.name == "sqlite":
            return [step.detail for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        for setting in GENERIC:
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        names = dict.fromkeys(found[1] or found.start() for found in PARAMETER.finditer(statement))
        places = {name: f"${place}" for place, name in enumerate(names, 1)}
        text = PARAMETER.sub(lambda found: places[found[1] or found.start()], statement)
        connection.exec_driver_sql(f"PREPARE probe AS {text}")
        asked = "EXPLAIN EXECUTE probe" + (f"({', '.join(['NULL'] * len(places))})" if places else "")
        plan = list(connection.exec_driver_sql(asked).scalars())
        connection.exec_driver_sql("DEALLOCATE probe")
        return plan
