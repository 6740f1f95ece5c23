"""Who stood still for longer than his lease does nothing twice, even if whoever went on has his name."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.demo.world import FANG, MING
from maildesk.desk.ahead import LEASE
from maildesk.reader import Raw, Reader, Reading
from maildesk.smtp import Reply
from maildesk.store import Outgoing, Store
from tests.desk.house import READER, House
from tests.desk.post import ACCEPTED
from tests.servers.databases import Open


class Slow(Reader):
    """A process that has the mails in hand while something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def read(self, raws: Sequence[Raw]) -> Iterator[Reading]:
        readings = list(READER.read(raws))
        self.meanwhile()
        yield from readings


@pytest.fixture(params=["here", "there"])
def other(request: pytest.FixtureRequest, tmp_path: Path, house: House, open_store: Open) -> House:
    """A second daemon on the same database: one started again under the same name while the old one lives, or another node."""
    house.now += timedelta(minutes=1)
    found = House(tmp_path / "other", open_store(node=request.param))
    found.now = house.now + LEASE
    return found


def starts_again(store: Store, house: House) -> None:
    with store.write() as tx:
        tx.recover(house.now)


def test_what_was_admitted_meanwhile_is_not_held_again_by_who_read_it_before(house: House, other: House) -> None:
    def meanwhile() -> None:
        starts_again(other.store, other)
        other.take_in()
        (held,) = (row for row in other.inbox() if row.state == "held")
        with other.store.write() as tx:
            assert tx.admit(held.id)

    house.keep(
        house.raw(MING, "请处理\n\n---------- Forwarded message ---------\nFrom: 王芳\nSubject: 打印机\n\n卡纸", proof="fail")
    )
    house.desk.reader = Slow(meanwhile)
    taking = house.desk.take_in(lambda: house.now)
    next(taking)
    taking.close()
    assert [(row.state, row.vouched) for row in house.inbox()] == [("kept", True)]


def test_a_letter_that_another_has_in_hand_is_not_delivered_by_who_had_it_before(house: House, other: House) -> None:
    claimed = list[Outgoing]()

    def frozen(to: str) -> Reply:
        """While its relay thinks, the other goes on with all that this one had in hand."""
        if not claimed:
            starts_again(other.store, other)
            with other.store.write() as tx:
                tx.release_letters(other.now)
                claimed.extend(tx.claim_letters(other.now, 50, LEASE, pace=30))
        return ACCEPTED

    house.mail(FANG, "打印机坏了")
    house.office.offered = frozen
    house.post()
    assert FANG.address in [letter.to for letter in claimed]
    assert house.office.taken == []
