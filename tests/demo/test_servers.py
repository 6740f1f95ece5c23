"""The demo's mail host, seen through the eyes of ordinary mail programs."""

import asyncio
import gc
import smtplib
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from maildesk.demo.servers import Delivered, Servers, UnknownRecipient, User

HOST = "mail.demo.test"
ANN = User(address="ann@demo.test", password="ann's")
BOB = User(address="bob@demo.test", password="bob's", protected=True)
DESK = User(address="support@demo.test", password="desk's", protected=True)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    async with Servers([ANN, BOB, DESK], host=HOST, clock=lambda: NOON) as servers:
        yield servers


def mail(sender: str, to: str = DESK.address, **more: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "打印机 printer"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content("不能打印。\n")
    return message


def submit(servers: Servers, message: EmailMessage, *, login: User | None = None, sender: str | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, local_hostname="laptop.test", timeout=10) as smtp:
        if login is not None:
            smtp.login(login.address, login.password)
        smtp.send_message(message, from_addr=sender)


def results(delivered: Delivered) -> list[str]:
    head = delivered.raw.partition(b"\r\n\r\n")[0].decode()
    return [line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("Authentication-Results")]


def mailbox(servers: Servers, user: User) -> IMAPClient:
    client = IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=10)
    try:
        client.login(user.address, user.password)
    except LoginError:
        client.shutdown()
        raise
    return client


async def test_a_mail_sent_by_smtp_lies_in_the_mailbox_with_its_words_unharmed(servers: Servers) -> None:
    await asyncio.to_thread(submit, servers, mail(ANN.address), login=ANN)

    def read() -> dict[bytes, object]:
        with mailbox(servers, DESK) as client:
            client.select_folder("INBOX")
            (uid,) = client.search()
            return dict(client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])[uid])

    found = await asyncio.to_thread(read)
    raw = found[b"BODY[]"]
    assert isinstance(raw, bytes)
    assert raw.endswith(mail(ANN.address).as_bytes().replace(b"\n", b"\r\n").partition(b"\r\n\r\n")[2])
    assert b"Received: from laptop.test by mail.demo.test with ESMTPA for <support@demo.test>;" in raw
    assert found[b"FLAGS"] == ()


async def test_the_detail_of_an_address_is_no_part_of_the_mailbox_and_stays_in_the_mail(servers: Servers) -> None:
    await asyncio.to_thread(submit, servers, mail(ANN.address, to="Support+Token42@demo.test"))
    (found,) = servers.mails(DESK.address)
    assert b"\r\nX-Original-To: Support+Token42@demo.test\r\n" in found.raw
    assert b"\r\nDelivered-To: support@demo.test\r\n" in found.raw


async def test_the_host_vouches_for_a_user_who_logged_in_as_the_one_he_writes_as(servers: Servers) -> None:
    await asyncio.to_thread(submit, servers, mail(BOB.address), login=BOB)
    assert results(servers.mails(DESK.address)[0]) == [
        f"{HOST}; auth=pass smtp.auth={BOB.address}; dmarc=pass header.from=demo.test"
    ]


async def test_the_host_says_nothing_for_a_stranger(servers: Servers) -> None:
    await asyncio.to_thread(submit, servers, mail("eve@elsewhere.test"))
    assert results(servers.mails(DESK.address)[0]) == [f"{HOST}; auth=none; dmarc=none"]


async def test_the_host_speaks_against_a_stranger_who_writes_as_an_engineer(servers: Servers) -> None:
    await asyncio.to_thread(submit, servers, mail(BOB.address), sender="eve@elsewhere.test")
    assert results(servers.mails(DESK.address)[0]) == [f"{HOST}; auth=none; dmarc=fail header.from=demo.test"]


async def test_two_authors_are_no_author(servers: Servers) -> None:
    raw = f"From: {BOB.address}\r\nFrom: eve@elsewhere.test\r\n\r\nhello\r\n".encode()
    await servers.deliver("", [DESK.address], raw, login=BOB.address)
    assert results(servers.mails(DESK.address)[0]) == [f"{HOST}; auth=pass smtp.auth={BOB.address}; dmarc=none"]


async def test_what_a_mail_claims_in_the_name_of_the_host_is_removed(servers: Servers) -> None:
    forged = mail("eve@elsewhere.test", Authentication_Results=f"{HOST.upper()}; dmarc=pass header.from=demo.test")
    forged["Authentication-Results"] = "mx.elsewhere.test; spf=pass"
    forged["Delivered-To"] = BOB.address
    await asyncio.to_thread(submit, servers, forged)
    (found,) = servers.mails(DESK.address)
    assert results(found) == [f"{HOST}; auth=none; dmarc=none", "mx.elsewhere.test; spf=pass"]
    assert BOB.address.encode() not in found.raw


@pytest.mark.parametrize(("login", "code"), [(None, 530), (ANN, 553)], ids=["without a login", "with somebody else's login"])
async def test_nobody_sends_from_a_protected_address_but_its_owner(servers: Servers, login: User | None, code: int) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        await asyncio.to_thread(submit, servers, mail("Bob <bob@demo.test>"), login=login, sender="bob+x@demo.test")
    assert refused.value.smtp_code == code
    assert servers.mails(DESK.address) == ()


async def test_a_wrong_password_is_refused_at_both_doors(servers: Servers) -> None:
    wrong = User(address=BOB.address, password="wrong")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await asyncio.to_thread(submit, servers, mail(BOB.address), login=wrong)
    with pytest.raises(LoginError):
        await asyncio.to_thread(mailbox, servers, wrong)
    assert servers.mails(DESK.address) == ()


async def test_mail_for_somebody_unknown_is_refused_and_never_relayed(servers: Servers) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await asyncio.to_thread(submit, servers, mail(ANN.address, to="someone@elsewhere.test"), login=ANN)
    with pytest.raises(UnknownRecipient):
        await servers.deliver(ANN.address, ["nobody@demo.test"], b"Subject: x\r\n\r\n")


async def test_a_bounce_with_its_empty_sender_is_taken(servers: Servers) -> None:
    await asyncio.to_thread(submit, servers, mail("mailer-daemon@demo.test"), sender="<>")
    (found,) = servers.mails(DESK.address)
    assert found.raw.startswith(b"Return-Path: <>\r\n")


async def test_each_recipient_of_the_envelope_gets_the_mail_and_watchers_see_it(servers: Servers) -> None:
    seen: list[str] = []
    servers.watch(lambda delivered: seen.append(delivered.mailbox))
    await servers.deliver("list@elsewhere.test", [ANN.address, BOB.address], b"To: undisclosed:;\r\n\r\nhello\r\n")
    await asyncio.sleep(0)
    assert seen == [ANN.address, BOB.address]
    assert await servers.folder(ANN.address) == (servers.mails(ANN.address)[0].raw,)


@pytest.mark.parametrize("raw", [b"", b"\r\nno header at all", b"\x00\xff\xfe", b"From: (c):\r\n\tfolded"])
async def test_a_broken_mail_is_delivered_like_any_other(servers: Servers, raw: bytes) -> None:
    await servers.deliver("", [DESK.address], raw)
    (lying,) = await servers.folder(DESK.address)
    assert lying.endswith(raw)


async def test_a_waiting_client_is_told_of_new_mail_and_survives_the_garbage_collector(servers: Servers) -> None:
    client = await asyncio.to_thread(mailbox, servers, DESK)
    await asyncio.to_thread(client.select_folder, "INBOX")
    await asyncio.to_thread(client.idle)
    told = asyncio.create_task(asyncio.to_thread(heard, client.socket(), b"* 1 EXISTS\r\n"))
    gc.collect()
    await servers.deliver(ANN.address, [DESK.address], mail(ANN.address).as_bytes())
    gc.collect()
    assert await told
    await asyncio.to_thread(client.shutdown)


async def test_a_mail_that_came_before_the_client_began_to_wait_is_told_at_once(servers: Servers) -> None:
    client = await asyncio.to_thread(mailbox, servers, DESK)
    await asyncio.to_thread(client.select_folder, "INBOX")
    await servers.deliver(ANN.address, [DESK.address], mail(ANN.address).as_bytes())
    client.socket().sendall(b"A1 IDLE\r\n")
    assert await asyncio.to_thread(heard, client.socket(), b"* 1 EXISTS\r\n")
    await asyncio.to_thread(client.shutdown)


def heard(connection: socket.socket, words: bytes) -> bool:
    """Listen until the server says these words; False when it goes away before."""
    said = b""
    while words not in said:
        if not (more := connection.recv(4096)):
            return False
        said += more
    return True


async def test_folders_are_made_and_mails_moved(servers: Servers) -> None:
    await servers.deliver(ANN.address, [DESK.address], mail(ANN.address).as_bytes())

    def move() -> bool:
        with mailbox(servers, DESK) as client:
            client.create_folder("Processed")
            client.select_folder("INBOX")
            client.move(client.search(), "Processed")
            return client.folder_exists("Processed") and client.has_capability("MOVE")

    assert await asyncio.to_thread(move)
    assert await servers.folder(DESK.address) == ()
    assert len(await servers.folder(DESK.address, "Processed")) == 1


async def test_leaving_ends_at_once_though_clients_are_connected() -> None:
    async with Servers([DESK], host=HOST) as servers:
        client = await asyncio.to_thread(mailbox, servers, DESK)
        await asyncio.to_thread(client.select_folder, "INBOX")
        await asyncio.to_thread(client.idle)
        smtp = await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", servers.smtp_port, timeout=10)
        left = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - left < 2
    smtp.close()
    client.shutdown()


async def test_given_ports_are_used() -> None:
    async with Servers([DESK], host=HOST) as first:
        ports = first.imap_port, first.smtp_port
    async with Servers([DESK], host=HOST, imap_port=ports[0], smtp_port=ports[1]) as second:
        assert (second.imap_port, second.smtp_port) == ports
