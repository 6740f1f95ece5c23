"""A whole ticket life through real servers: Postfix and Dovecot carry the mails, the real daemon does the work."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.running import Installed, install
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.story.client import Client


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> Iterator[Installed]:
    if request.param == "sqlite":
        yield install(tmp_path, dovecot, postfix.port)
        return
    server: Postgres = request.getfixturevalue("server")
    name = server.database()
    yield install(tmp_path, dovecot, postfix.port, database=server.url(name))
    server.drop(name)


def test_a_ticket_lives_from_the_first_mail_to_the_rating(installed: Installed, dovecot: Dovecot, postfix: Postfix) -> None:
    def client(name: str, address: str) -> Client:
        with dovecot.look(address):
            return Client(name=name, address=address, postfix=postfix, dovecot=dovecot, seen=seen_already(dovecot, address))

    fang = client("王芳", dovecot.user())
    ming = client("李明", "li.ming@example.org")
    with installed.running() as daemon:
        daemon.wait_for("mailbox open")
        fang.write(installed.desk, "OA 登录不了", "早上开始一直提示密码错误，同事也一样。\n\n报错提示：代码 1326\n")
        acknowledgement = fang.letter("OA 登录不了")
        number = str(acknowledgement["subject"]).partition("[")[2].partition("]")[0]
        assignment = ming.letter(number, "早上开始一直提示密码错误")
        ming.answer(assignment, "/接单\n/优先级 P2 只有一个部门")
        ming.letter(number, "接单")
        ming.answer(assignment, "王芳您好，账号被锁定了，已经解锁，请再试一次。")
        answer = fang.letter("已经解锁")
        assert "/接单" not in answer.as_string()
        fang.answer(answer, "登录可以了，但是审批页面打不开。")
        ming.letter("审批页面打不开")
        ming.answer(assignment, "/解决 恢复了审批角色，请刷新页面。")
        fang.answer(fang.letter("恢复了审批角色"), "已解决")
        fang.answer(fang.letter(number, "关闭"), "评分 5")
        ming.letter(number, "评了 5 分")
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    shown = json.loads(installed.tell("show", number, "--json").stdout)
    assert (shown["status"], shown["confirmed"], shown["rating"], shown["feedback"]) == ("closed", "P2", 5, "solved")
    assert shown["engineer"] == "E001"


def seen_already(dovecot: Dovecot, address: str) -> set[str]:
    """The letters that earlier tests left in a shared mailbox."""
    from email import message_from_bytes

    return {str(message_from_bytes(raw)["message-id"]) for raw in dovecot.mails(address)}
