"""The people of the demo and the configuration of their desk, written to a folder as an operator would write it."""

from dataclasses import dataclass
from pathlib import Path

from maildesk.config import keys
from maildesk.config.examples import Tables, filled
from maildesk.config.writing import write as write_file
from maildesk.demo.servers import LOOPBACK, User

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


def users() -> tuple[User, ...]:
    """Everyone with a mailbox on the demo's servers; staff and the desk are known by their login alone."""
    desk = User(address=DESK, password=PASSWORD, protected=True)
    return (desk, *(User(address=a.address, password=PASSWORD, protected=a.staff) for a in ACTORS))


def write(place: Path, *, imap_port: int, smtp_port: int) -> Path:
    """Write the whole configuration into a folder; the main file's path."""
    keys.add(place / "state" / "keys")
    (place / "policy.toml").write_text(filled("policy.example.toml", {"": {"internal_domains": [DOMAIN]}}), "utf-8")
    (place / "people.csv").write_text(PEOPLE, "utf-8")
    main = place / "maildesk.toml"
    write_file(main, filled("maildesk.example.toml", _main(imap_port, smtp_port)), 0o600)
    return main


def _main(imap_port: int, smtp_port: int) -> Tables:
    server = {"host": LOOPBACK, "security": "plain", "user": DESK, "password": PASSWORD}
    voice = {"name": "IT 服务台", "zone": "Asia/Shanghai", "language": "zh"}
    return {
        "desk": voice | {"address": DESK, "operator": OPERATOR.address, "hosts": [HOST]},
        "state": {"folder": "state"},
        "account": server | {"port": imap_port},
        "relay": server | {"port": smtp_port},
        "retry": {"heartbeat": "200ms"},
    }
