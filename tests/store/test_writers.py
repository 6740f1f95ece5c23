"""Whoever writes one transaction after the other lets those in who came meanwhile."""

import threading
import time
from collections.abc import Callable

import pytest

from maildesk.store import Busy, Store
from tests.servers.databases import Open
from tests.store.samples import opened

ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


@ONLY_SQLITE
def test_writers_come_in_the_order_of_asking_and_at_the_end_of_the_queue_again(store: Store) -> None:
    order: list[str] = []
    left = {"clock": 4, "mail": 2}

    def write(name: str, other: str) -> None:
        while left[name]:
            with store.write() as tx:
                order.append(name)
                left[name] -= 1
                opened(tx)
                until(lambda: bool(len(store._writers) or not left[other]))

    clock = threading.Thread(target=write, args=("clock", "mail"))
    mail = threading.Thread(target=write, args=("mail", "clock"))
    with store.write():
        clock.start()
        until(lambda: len(store._writers) == 1)
        mail.start()
        until(lambda: len(store._writers) == 2)
    clock.join()
    mail.join()
    assert order == ["clock", "mail", "clock", "mail", "clock", "clock"]


@ONLY_SQLITE
def test_who_waited_too_long_is_told_and_holds_nobody_up(open_store: Open) -> None:
    store = open_store(patience=0.05)
    with store.write(), pytest.raises(Busy), store.write():
        pass
    with store.write() as tx:
        opened(tx)
    assert len(store._writers) == 0


@ONLY_SQLITE
def test_a_transaction_that_fails_hands_the_turn_on(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write():
        raise ZeroDivisionError
    with store.write() as tx:
        opened(tx)
