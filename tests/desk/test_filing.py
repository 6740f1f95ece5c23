"""From the desk back into a mailbox: each mail lies once where it belongs, whatever the line, the server or the node does."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.config import Account, Secret
from maildesk.demo.world import ANN, FANG
from maildesk.desk import filing
from maildesk.desk.collecting import Collecting
from maildesk.desk.filing import LEASE, Filing
from maildesk.imap import Mailbox, MailboxError, Trouble
from tests.desk.house import House
from tests.servers.databases import Open
from tests.servers.imap_odd import CAPABLE, Folder, OddImap, raws
from tests.servers.oddities import DROP, USUAL, Changed, Oddity, always, once, times

NO_MOVE = "IMAP4rev1 IDLE UIDPLUS"
MOVE_ONLY = "IMAP4rev1 IDLE MOVE"
NEITHER = "IMAP4rev1 IDLE"
NEWS = {"List-Id": "<news.partner.test>", "Precedence": "bulk"}
UNHEARD = Changed(rb"\A.*\Z", b"")
"""It is done, and nothing said."""

NOTHING_DONE = b"{tag} OK done\r\n"


class Turns:
    """A node at work on one mailbox; `restarted` it knows only what is in its store."""

    def __init__(self, house: House, server: OddImap) -> None:
        self.house, self.server = house, server
        login = {"name": "support", "host": "127.0.0.1", "port": server.port, "user": "ann", "password": Secret("secret")}
        self.account = Account(**login, security="plain", timeout=timedelta(seconds=5), import_since=house.now)

    def restarted(self) -> MailboxError | None:
        """One session from its begin to its end, which may be a trouble."""
        try:
            with self.opened() as (collecting, filing):
                collecting.collect(self.house.now)
                collecting.reconcile(self.house.now)
                self.house.take_in()
                filing.file(lambda: self.house.now)
                return filing.refused
        except MailboxError as trouble:
            return trouble

    @contextmanager
    def opened(self) -> Iterator[tuple[Collecting, Filing]]:
        box = Mailbox(self.account)
        collecting = Collecting(self.house.desk, self.account, box)
        try:
            collecting.begin(box.open(), self.house.now)
            yield collecting, Filing(self.house.desk, self.account, box)
        finally:
            box.close()

    @contextmanager
    def at_work(self) -> Iterator[Filing]:
        """A session in which what lies there has been taken in, and is to be filed."""
        with self.opened() as (collecting, filing):
            collecting.collect(self.house.now)
            self.house.take_in()
            yield filing

    def lying(self) -> tuple[Counter[bytes], Counter[bytes]]:
        """What lies in the inbox, and elsewhere."""
        return Counter(raws(self.server.inbox)), Counter(self.server.elsewhere())


def delivered(house: House, server: OddImap, count: int = 3, padding: int = 0) -> list[bytes]:
    mails = [house.raw(FANG, f"打印机 {number} 坏了\n" + "x" * padding, subject=f"mail {number}") for number in range(count)]
    for raw in mails:
        server.deliver(raw, house.now)
    return mails


def processed(server: OddImap) -> Folder:
    return server.folders.setdefault("Processed", Folder(uidvalidity=50))


CUTS = {
    "after the copies": (NO_MOVE, "UID COPY", (UNHEARD, DROP)),
    "before the copies": (NO_MOVE, "UID COPY", (DROP,)),
    "before the marks": (NO_MOVE, "UID STORE", (DROP,)),
    "after the marks": (NO_MOVE, "UID STORE", (UNHEARD, DROP)),
    "before the end": (NO_MOVE, "UID EXPUNGE", (DROP,)),
    "after the end": (NO_MOVE, "UID EXPUNGE", (UNHEARD, DROP)),
    "without UIDPLUS": (NEITHER, "EXPUNGE", (DROP,)),
    "after a MOVE": (CAPABLE, "UID MOVE", (UNHEARD, DROP)),
    "before a MOVE": (CAPABLE, "UID MOVE", (DROP,)),
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("so_often", [1, 4])
def test_a_line_cut_while_mails_are_filed_makes_no_second_copy(house: House, cut: str, so_often: int) -> None:
    capable, at, steps = CUTS[cut]
    with OddImap(times(so_often, at, *steps), capable=capable) as server:
        node, mails = Turns(house, server), delivered(house, server)
        troubles = [node.restarted() for _ in range(so_often + 1)]
        assert troubles[0] is not None
        assert troubles[-1] is None
        assert node.lying() == (Counter(), Counter(mails))


@pytest.mark.parametrize("fields", [{}, NEWS])
def test_mails_of_two_turns_do_not_keep_each_other_where_all_that_is_deleted_goes_at_once(
    house: House, fields: dict[str, str]
) -> None:
    """Whether they belong into one folder or into two."""
    with OddImap(once("EXPUNGE", DROP), capable=NEITHER) as server:
        node, mails = Turns(house, server), delivered(house, server, count=2)
        assert node.restarted() is not None
        late = house.raw(FANG, "扫描仪也坏了", subject="late", headers=fields)
        server.deliver(late, house.now)
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter([*mails, late]))


def test_a_line_that_is_cut_again_and_again_over_one_mail_holds_up_no_other(house: House) -> None:
    with OddImap(once("UID STORE", DROP), always("EXAMINE", DROP), capable=NO_MOVE) as server:
        node, mails = Turns(house, server), delivered(house, server, count=1)
        assert node.restarted() is not None
        mails += delivered(house, server, count=3)
        assert node.restarted() is not None
        assert node.lying() == (Counter(mails[:1]), Counter(mails))


def test_marks_of_mails_whose_copies_could_not_be_looked_for_go_when_they_can(house: House) -> None:
    refusal = Oddity(at="EXAMINE", steps=(b"{tag} NO [SERVERBUG] later\r\n",))
    with OddImap(once("UID STORE", UNHEARD, DROP), refusal, capable=NEITHER) as server:
        node, mails = Turns(house, server), delivered(house, server, count=2)
        assert node.restarted() is not None
        late = house.raw(FANG, "扫描仪也坏了", subject="late", headers=NEWS)
        server.deliver(late, house.now)
        assert node.restarted() is not None
        assert node.lying() == (Counter([*mails, late]), Counter([*mails, late]))
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter([*mails, late]))


@pytest.mark.parametrize("capable", [CAPABLE, NO_MOVE, MOVE_ONLY, NEITHER])
def test_a_folder_that_can_never_be_looked_into_holds_up_no_other(house: House, capable: str) -> None:
    with OddImap(once("UID (MOVE|COPY)", DROP), always("EXAMINE", b"{tag} NO [NOPERM] no\r\n"), capable=capable) as server:
        server.folders["Ignored"] = Folder(uidvalidity=51)
        node, first = Turns(house, server), house.raw(ANN, "newsletter", headers=NEWS)
        server.deliver(first, house.now)
        assert node.restarted() is not None
        mails = delivered(house, server)
        assert all(node.restarted() for _ in range(3))
        assert node.lying() == (Counter([first]), Counter(mails))


def test_a_copy_that_a_person_removed_keeps_nothing_in_the_inbox(house: House) -> None:
    with OddImap(once("EXPUNGE", DROP), capable=NEITHER) as server:
        node, mails = Turns(house, server), delivered(house, server, count=2)
        assert node.restarted() is not None
        del processed(server).mails[1]
        assert node.restarted() is None
        later = house.raw(FANG, "扫描仪也坏了", subject="later")
        server.deliver(later, house.now)
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter([mails[1], later]))


def test_what_somebody_else_deleted_stays_where_all_that_is_deleted_goes_at_once(house: House) -> None:
    with OddImap(capable=NEITHER) as server:
        node, old = Turns(house, server), house.raw(FANG, "扫描仪坏了", subject="old")
        server.deliver(old, house.now - timedelta(days=9))
        server.inbox.mails[1].flags.add("\\Deleted")
        mails = delivered(house, server, count=1)
        assert node.restarted() is None
        assert node.lying() == (Counter([old, *mails]), Counter(mails))


def test_marks_of_ours_go_in_the_turn_after_somebody_else_took_his_away(house: House) -> None:
    with OddImap(capable=NEITHER) as server:
        node, old = Turns(house, server), house.raw(FANG, "扫描仪坏了", subject="old")
        server.deliver(old, house.now - timedelta(days=9))
        server.inbox.mails[1].flags.add("\\Deleted")
        mails = delivered(house, server, count=1)
        with node.at_work() as filing:
            filing.file(lambda: house.now)
            server.inbox.mails[1].flags.clear()
            filing.file(lambda: house.now)
        assert node.lying() == (Counter([old]), Counter(mails))


def test_that_what_is_marked_can_never_be_removed_is_told_at_every_turn(house: House) -> None:
    with OddImap(always("EXPUNGE", b"{tag} NO [NOPERM] no\r\n"), capable=NEITHER) as server:
        node, mails = Turns(house, server), delivered(house, server)
        with node.at_work() as filing:
            for _ in range(3):
                filing.file(lambda: house.now)
                assert filing.refused is not None
                assert filing.refused.trouble is Trouble.COPIED
        assert node.lying() == (Counter(mails), Counter(mails))


def test_an_expunge_that_is_refused_once_is_asked_for_again(house: House) -> None:
    with OddImap(once("EXPUNGE", b"{tag} NO not now\r\n"), capable=NEITHER) as server:
        node, mails = Turns(house, server), delivered(house, server)
        with node.at_work() as filing:
            filing.file(lambda: house.now)
            filing.file(lambda: house.now)
            assert filing.refused is None
        assert node.lying() == (Counter(), Counter(mails))


def test_a_server_that_does_not_say_what_is_marked_keeps_nobody_from_waiting_for_mail(house: House) -> None:
    with OddImap(always("UID SEARCH.* DELETED", b"{tag} NO cannot\r\n"), capable=NEITHER) as server:
        node = Turns(house, server)
        with node.opened() as (_, filing):
            filing.file(lambda: house.now)
            assert filing.refused is not None
            assert not filing.refused.fatal
            assert filing.box.after(0) == ()


def test_where_uids_begin_anew_no_mark_is_taken_for_ours(house: House) -> None:
    with OddImap(capable=NEITHER) as server:
        old, older = (house.raw(FANG, text, subject=text) for text in ("private", "private, too"))
        node = Turns(house, server)
        server.deliver(old, house.now - timedelta(days=30))
        delivered(house, server)
        assert node.restarted() is None
        server.inbox.mails.clear()
        server.inbox.uidnext = 1
        server.inbox.add(older, house.now - timedelta(days=40))
        server.inbox.mails[server.inbox.add(old, house.now - timedelta(days=30))].flags.add("\\Deleted")
        assert node.restarted() is None
        assert node.lying()[0] == Counter([old, older])


def test_a_large_mail_at_which_the_line_was_cut_lies_once(house: House) -> None:
    with OddImap(once("UID STORE", DROP), capable=NO_MOVE) as server:
        node, mails = Turns(house, server), delivered(house, server, count=1, padding=2_500_000)
        assert node.restarted() is not None
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter(mails))


def test_another_mail_of_the_same_size_is_not_taken_for_the_copy(house: House) -> None:
    with OddImap(once("UID COPY", DROP), capable=NO_MOVE) as server:
        node, (mail,) = Turns(house, server), delivered(house, server, count=1)
        assert node.restarted() is not None
        other = mail.replace(b"mail 0", b"mail 9")
        processed(server).add(other, house.now)
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter([mail, other]))


def test_what_lay_there_before_is_not_taken_for_the_copy(house: House) -> None:
    """A person who made a copy of his own keeps it."""
    with OddImap(once("UID COPY", DROP), capable=NO_MOVE) as server:
        node, (mail,) = Turns(house, server), delivered(house, server, count=1)
        processed(server).add(mail, house.now)
        assert node.restarted() is not None
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter({mail: 2}))


@pytest.mark.parametrize(
    "status", [b"{tag} NO not now\r\n", b"{tag} OK done\r\n", b"* STATUS Processed (X)\r\n{tag} OK done\r\n"]
)
def test_a_server_that_does_not_say_its_next_uid_gets_no_second_copy_either(house: House, status: bytes) -> None:
    with OddImap(always("STATUS", status), once("UID STORE", DROP), capable=NO_MOVE) as server:
        node, mails = Turns(house, server), delivered(house, server)
        assert node.restarted() is not None
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter(mails))


def copied(server: OddImap) -> None:
    """Put copies there, as if that were all of a MOVE."""
    for kept in server.inbox.mails.values():
        processed(server).add(kept.raw, kept.at)


def test_a_move_that_only_copies_makes_one_copy_however_often_we_restart(house: House) -> None:
    with OddImap(always("UID MOVE", copied, NOTHING_DONE)) as server:
        node, mails = Turns(house, server), delivered(house, server)
        assert [node.restarted() for _ in range(4)] == [None] * 4
        assert node.lying() == (Counter(), Counter(mails))
    assert not [one for one in house.letters() if one.to == house.config.settings.operator]


def test_a_server_that_says_it_moves_and_does_not_is_asked_twice_and_told_to_the_operator(house: House) -> None:
    with OddImap(always("UID MOVE", NOTHING_DONE)) as server:
        node, mails = Turns(house, server), delivered(house, server)
        assert [node.restarted() for _ in range(5)] == [None] * 5
        assert node.lying() == (Counter(mails), Counter())
        assert len([line for line in server.heard if line.startswith("UID MOVE")]) == 2
    (letter,) = [one for one in house.letters() if one.to == house.config.settings.operator]
    assert "UID 1, 2, 3" in letter.text
    assert "by hand" in letter.text


def test_what_is_settled_is_moved_once_and_then_there_is_nothing_to_do(house: House) -> None:
    with OddImap() as server:
        node, mails = Turns(house, server), delivered(house, server)
        processed(server)
        assert [node.restarted(), node.restarted()] == [None, None]
        assert node.lying() == (Counter(), Counter(mails))
        assert len([line for line in server.heard if line.startswith("UID MOVE")]) == 1


def test_a_refusal_is_no_reason_to_look_for_copies(house: House) -> None:
    with OddImap(times(4, "UID MOVE|UID COPY", b"{tag} NO not now\r\n")) as server:
        node, mails = Turns(house, server), delivered(house, server)
        assert node.restarted() is not None
        assert node.restarted() is None
        assert node.lying() == (Counter(), Counter(mails))
        assert not [line for line in server.heard if line.startswith("EXAMINE")]


def test_a_mail_that_came_while_we_looked_elsewhere_is_not_slept_through(house: House) -> None:
    with OddImap(once("UID STORE", DROP), capable=NO_MOVE, tells=False) as server:
        node = Turns(house, server)
        delivered(house, server)
        assert node.restarted() is not None
        with node.opened() as (_, filing):
            filing.file(lambda: house.now)
            assert filing.box.noop()
            filing.box.after(3)
            assert not filing.box.noop()


@pytest.fixture
def neighbour(tmp_path: Path, house: House, open_store: Open) -> House:
    """A second node on the same database, if it can have two."""
    return House(tmp_path / "neighbour", open_store(node="neighbour"))


def beside(do: Callable[[], object]) -> Callable[[OddImap], None]:
    return lambda server: (do(), None)[1]


@pytest.mark.parametrize(("capable", "at"), [(CAPABLE, "UID MOVE"), (NO_MOVE, "UID COPY"), (NO_MOVE, "UID STORE")])
def test_two_nodes_that_file_at_once_leave_one_copy(house: House, neighbour: House, capable: str, at: str) -> None:
    with OddImap(capable=capable) as server:
        first, second = Turns(house, server), Turns(neighbour, server)
        mails = delivered(house, server)
        server.oddities.append(Oddity(at=at, steps=(beside(second.restarted), USUAL)))
        assert first.restarted() is None
        assert first.lying() == (Counter(), Counter(mails))


def test_marks_of_two_nodes_do_not_keep_each_other(house: House, neighbour: House) -> None:
    with OddImap(once("UID STORE", UNHEARD, DROP), capable=NEITHER) as server:
        first, second = Turns(house, server), Turns(neighbour, server)
        mails = delivered(house, server, count=2)
        assert first.restarted() is not None
        late = house.raw(FANG, "扫描仪也坏了", subject="late")
        server.deliver(late, house.now)
        assert second.restarted() is None
        assert second.lying() == (Counter([*mails, late]), Counter([*mails, late]))
        neighbour.now += LEASE
        assert second.restarted() is None
        assert second.lying() == (Counter(), Counter([*mails, late]))


def test_what_a_dead_node_had_half_filed_another_ends_when_the_lease_is_over(house: House, neighbour: House) -> None:
    with OddImap(once("UID STORE", DROP), capable=NO_MOVE) as server:
        first, second = Turns(house, server), Turns(neighbour, server)
        mails = delivered(house, server)
        assert first.restarted() is not None
        assert second.restarted() is None
        assert second.lying() == (Counter(mails), Counter(mails))
        neighbour.now += LEASE
        assert second.restarted() is None
        assert second.lying() == (Counter(), Counter(mails))


@pytest.mark.parametrize("capable", [CAPABLE, NO_MOVE, MOVE_ONLY, NEITHER])
def test_a_folder_that_takes_nothing_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch, capable: str) -> None:
    monkeypatch.setattr(filing, "AT_ONCE", 2)
    with OddImap(always(r'UID (MOVE|COPY) \S+ "?Ignored', b"{tag} NO not here\r\n"), capable=capable) as server:
        machines = [house.raw(ANN, f"newsletter {number}", headers=NEWS) for number in range(2)]
        for raw in machines:
            server.deliver(raw, house.now)
        node, mails = Turns(house, server), delivered(house, server)
        assert all(node.restarted() for _ in range(3))
        assert node.lying() == (Counter(machines), Counter(mails))
