"""Mails that one node sees again while another settles them."""

import threading

import pytest

from maildesk.demo.world import ANN, FANG
from maildesk.desk import Desk
from maildesk.desk.taking import Taking
from maildesk.store import Place
from tests.desk.house import READER, House
from tests.servers.databases import Open


def test_who_sees_mails_again_in_another_order_than_they_are_settled_in_waits_for_nobody_who_waits_for_him(
    house: House, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = house.raw(FANG, "打印机坏了"), house.raw(ANN, "Printer broken")
    house.keep(first, second)
    there = Desk(house.config, open_store(node="there"), READER)
    places = [Place(mailbox="help", folder="INBOX", uidvalidity=1, uid=uid) for uid in (1, 2)]
    mails = [(place, house.now, raw) for place, raw in zip(places, (second, first), strict=True)]
    meanwhile = threading.Thread(target=there.keep, args=(mails, None, house.now))
    settle = Taking.settle

    def slowly(self: Taking, *args: object, **more: object) -> None:
        settle(self, *args, **more)  # type: ignore[arg-type]
        if meanwhile.ident is None:
            meanwhile.start()
            meanwhile.join(0.3)

    monkeypatch.setattr(Taking, "settle", slowly)
    house.take_in()
    meanwhile.join()
    assert [mail.state for mail in house.inbox()] == ["done", "done"]
    with house.store.read() as tx:
        assert {(place.uid, place.target) for place in tx.unfiled("help", house.now, 10)} == {(1, "processed"), (2, "processed")}
