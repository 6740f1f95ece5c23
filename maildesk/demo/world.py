"""The people of the demo and the configuration of their desk, written to a folder as an operator would write it."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from maildesk.demo.servers import User
from maildesk.share import folder

DOMAIN = "demo.test"
HOST = f"mail.{DOMAIN}"
DESK = f"support@{DOMAIN}"
PASSWORD = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody in the story: `staff` actors must log in to send."""

    name: str
    address: str
    part: str
    staff: bool = False


FANG = Actor(name="王芳", address=f"wang.fang@{DOMAIN}", part="提交人 requester")
ANN = Actor(name="Ann Miller", address="ann@partner.test", part="外部提交人 external requester")
MING = Actor(name="李明", address=f"li.ming@{DOMAIN}", part="一线处理人 line 1", staff=True)
LEI = Actor(name="赵磊", address=f"zhao.lei@{DOMAIN}", part="二线专家 line 2", staff=True)
JING = Actor(name="陈静", address=f"chen.jing@{DOMAIN}", part="主管 lead", staff=True)
QIANG = Actor(name="林强", address=f"lin.qiang@{DOMAIN}", part="经理 manager", staff=True)
OPERATOR = Actor(name="运维", address=f"operator@{DOMAIN}", part="运维 operator", staff=True)
ACTORS = (FANG, ANN, MING, LEI, JING, QIANG, OPERATOR)

PEOPLE = f"""\
staff_id,name,addresses,department,phone,roles,line,skills,language
E001,{MING.name},{MING.address},信息技术部,6001,engineer,1,,zh
E101,{LEI.name},{LEI.address},信息技术部,6002,engineer,2,hardware;software;network;system;account;guidance,zh
L001,{JING.name},{JING.address},信息技术部,6003,lead,,,zh
M001,{QIANG.name},{QIANG.address},信息技术部,6004,manager,,,zh
U001,{FANG.name},{FANG.address},市场部,6120,requester,,,zh
"""

MAIN = """\
[desk]
name = "IT 服务台"
address = "{desk}"
zone = "Asia/Shanghai"
language = "zh"
operator = "{operator}"
hosts = ["{host}"]
policy = "policy.toml"
people = "people.csv"

[state]
folder = "state"
keys = "keys"

[[account]]
name = "support"
host = "127.0.0.1"
port = {imap}
security = "plain"
user = "{desk}"
password = "{password}"

[relay]
host = "127.0.0.1"
port = {smtp}
security = "plain"
user = "{desk}"
password = "{password}"

[retry]
heartbeat = "200ms"
"""


def users() -> tuple[User, ...]:
    """Everyone with a mailbox on the demo's servers; staff and the desk are known by their login alone."""
    desk = User(address=DESK, password=PASSWORD, protected=True)
    return (desk, *(User(address=a.address, password=PASSWORD, protected=a.staff) for a in ACTORS))


def write(place: Path, *, imap_port: int, smtp_port: int) -> Path:
    """Write the whole configuration into a folder; the main file's path."""
    state = place / "state"
    state.mkdir(parents=True, exist_ok=True)
    keys = state / "keys"
    keys.write_text(secrets.token_hex(32) + "\n")
    keys.chmod(0o600)
    policy = (folder("config") / "policy.example.toml").read_text("utf-8")
    (place / "policy.toml").write_text(policy.replace('internal_domains = ["example.com"]', f'internal_domains = ["{DOMAIN}"]'))
    (place / "people.csv").write_text(PEOPLE, "utf-8")
    main = place / "maildesk.toml"
    main.write_text(
        MAIN.format(desk=DESK, operator=OPERATOR.address, host=HOST, imap=imap_port, smtp=smtp_port, password=PASSWORD), "utf-8"
    )
    main.chmod(0o600)
    return main
