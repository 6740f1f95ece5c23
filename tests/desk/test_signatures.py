"""A desk that checks signatures itself: they are evidence like the word of a named host, and never more."""

from dataclasses import replace
from pathlib import Path

import pytest

from maildesk.core.ticket import Status
from maildesk.demo.world import FANG, MING
from maildesk.dns import Silent, Texts
from maildesk.store import Store
from tests.desk.house import House, Letter
from tests.signing import FIELDS, key, signed

NAME = "mail._domainkey.demo.test"
SIGNED = (*FIELDS, "in-reply-to", "content-type", "content-transfer-encoding")


class Signing:
    """A house that knows no host and checks signatures; `texts` is what the DNS says, `asked` what it was asked."""

    def __init__(self, place: Path, store: Store) -> None:
        self.house = House(place, store, hosts=False)
        settings = replace(self.house.config.settings, local_dkim=True)
        self.house.desk.reload(replace(self.house.config, settings=settings))
        self.texts, self.asked = {NAME: key(2048)[1]}, list[str]()
        self.house.desk.texts = Texts(ask=self.ask)

    def ask(self, name: str) -> str:
        self.asked.append(name)
        if name not in self.texts:
            raise Silent(name)
        return self.texts[name]

    def assignment(self) -> Letter:
        self.house.mail(FANG, "打印机坏了", proof="none")
        return self.house.letters(MING)[0]

    def orders(self, text: str, assignment: Letter, *, bits: int = 2048) -> None:
        raw = self.house.raw(MING, text, answering=assignment, proof="none").replace(b"\n", b"\r\n")
        mail = signed(raw, key(bits)[0], domain="demo.test", fields=SIGNED)
        self.house.keep(mail)
        self.house.take_in()


@pytest.fixture
def desk(tmp_path: Path, store: Store) -> Signing:
    return Signing(tmp_path, store)


def test_a_signed_order_is_obeyed_without_a_confirmation(desk: Signing) -> None:
    desk.orders("/接单", desk.assignment())
    assert desk.house.ticket().status is Status.IN_PROGRESS
    assert desk.asked == [NAME]


def test_an_order_with_a_signature_of_another_key_must_be_confirmed(desk: Signing) -> None:
    desk.orders("/接单", desk.assignment(), bits=1024)
    assert desk.house.ticket().status is Status.ASSIGNED
    assert any("确认" in letter.subject for letter in desk.house.letters(MING))


def test_while_the_dns_is_silent_orders_must_be_confirmed_and_nothing_is_lost(desk: Signing) -> None:
    desk.texts = {}
    desk.orders("/接单", desk.assignment())
    assert desk.house.ticket().status is Status.ASSIGNED
    assert [row.state for row in desk.house.inbox()].count("awaiting") == 1


def test_a_signed_mail_keeps_its_files(desk: Signing) -> None:
    mail = desk.house.raw(FANG, "x", proof="none")
    head, _, _ = mail.partition(b"\n\n")
    kept = b"\n".join(line for line in head.split(b"\n") if not line.lower().startswith((b"content-", b"mime-")))
    parts = (
        b"--x\nContent-Type: text/plain\n\nsee the file\n--x\nContent-Type: text/plain; name=a.txt\n"
        b"Content-Disposition: attachment; filename=a.txt\n\nwords in a file\n--x--\n"
    )
    whole = kept + b'\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n' + parts
    desk.house.keep(signed(whole.replace(b"\n", b"\r\n"), key(2048)[0], domain="demo.test"))
    desk.house.take_in()
    (row,) = desk.house.inbox()
    assert row.outcome.startswith("opened")
    with desk.house.store.read() as tx:
        (line,) = (line for line in tx.history(desk.house.ticket().id) if line.attachments)
    assert b"words in a file" in desk.house.store.files.get(line.attachments[0].digest)
    assert not list(desk.house.store.files._incoming.iterdir())


def test_nothing_is_asked_unless_it_is_switched_on(desk: Signing) -> None:
    desk.house.desk.reload(desk.house.config)
    desk.orders("/接单", desk.assignment())
    assert desk.asked == []
    assert desk.house.ticket().status is Status.ASSIGNED
