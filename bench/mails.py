"""The mails of the benchmark: ordinary ones, made from a seed, in the mixture and the sizes that a support address sees.

Of twenty mails seven are plain text (2 to 4 KB), nine come from Outlook with a text and an HTML form (20 to 35 KB), four
carry a screenshot besides (60 to 120 KB).
"""

import base64
import random
from email.header import Header

SUBJECTS = (
    "邮箱登录异常",
    "打印机无法打印",
    "VPN 连不上",
    "报销流程卡住",
    "Cannot open the ERP",
    "Outlook asks for my password",
    "Wifi is slow",
)
LINES = (
    "您好，我的电脑从今天早上开始无法登录系统，提示用户名或密码错误。",
    "重启过两次，问题依旧，麻烦尽快处理，谢谢！",
    "我们部门其他同事也有同样的问题，影响了正常工作。",
    "Hello, since this morning I cannot log in, it says the password is wrong.",
    "I have restarted twice and it did not help. Could you please look at it soon?",
)
FIELDS = "姓名：{name}\n部门：研发部\n电话：6{n:04d}\n报错提示：0x{n:08x}\n"
NAMES = ("王芳", "李伟", "张敏", "Anna Smith", "刘洋", "Tom Baker")
STYLE = "".join(
    f"p.Mso{n}, li.Mso{n}, div.Mso{n} {{margin:0cm;font-size:10.5pt;font-family:DengXian;mso-style-priority:{n};}}\n"
    for n in range(80)
)


def _word(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def _text(rng: random.Random, n: int, name: str) -> str:
    lines = [rng.choice(LINES) for _ in range(rng.randint(3, 12))]
    fields = FIELDS.format(name=name, n=n) if n % 3 == 0 else ""
    return "\n".join([*lines, "", fields, "--", name, f"mail number {n}"]) + "\n"


def _encoded(raw: bytes) -> str:
    return base64.encodebytes(raw).decode().replace("\n", "\r\n")


def _part(kind: str, body: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{_encoded(body.encode())}"


def _outlook(text: str) -> str:
    """The text as Word writes it into a mail."""
    paragraphs = "".join(
        f'<p class=MsoNormal><span lang=ZH-CN style="font-family:DengXian">{line}<o:p></o:p></span></p>'
        for line in text.splitlines() * 2
    )
    return f"<html xmlns:o='urn:o'><head><style><!--{STYLE}--></style></head><body lang=ZH-CN>{paragraphs}</body></html>"


def mail(n: int, rng: random.Random, to: str) -> bytes:
    """One mail; all are different."""
    name = rng.choice(NAMES)
    text = _text(rng, n, name)
    head = (
        f"Return-Path: <user{n}@example.com>\r\n"
        f"Received: from mx.example.com by mail.desk.test with ESMTPS id {n:08x}; Fri, 20 Nov 2026 10:00:00 +0800\r\n"
        f"From: {_word(name)} <user{n}@example.com>\r\nTo: {to}\r\nSubject: {_word(rng.choice(SUBJECTS))}\r\n"
        f"Date: Fri, 20 Nov 2026 10:00:00 +0800\r\nMessage-ID: <bench{n}@example.com>\r\nMIME-Version: 1.0\r\n"
    )
    kind = n % 20
    if kind < 7:
        return (head + _part("plain", text)).encode()
    parts = [_part("plain", text), _part("html", _outlook(text))]
    body = "\r\n".join(f"--alt{n}\r\n{part}" for part in parts) + f"\r\n--alt{n}--\r\n"
    if kind < 16:
        return f"{head}Content-Type: multipart/alternative; boundary=alt{n}\r\n\r\n{body}".encode()
    screenshot = _encoded(rng.randbytes(rng.randint(40_000, 80_000)))
    return (
        f"{head}Content-Type: multipart/mixed; boundary=mix{n}\r\n\r\n"
        f"--mix{n}\r\nContent-Type: multipart/alternative; boundary=alt{n}\r\n\r\n{body}\r\n"
        f'--mix{n}\r\nContent-Type: image/png; name="screenshot{n}.png"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="screenshot{n}.png"\r\n\r\n{screenshot}\r\n--mix{n}--\r\n'
    ).encode()


def mails(count: int, to: str, seed: int = 20261120) -> list[bytes]:
    """`count` mails to one address, the same for the same seed."""
    rng = random.Random(seed)
    return [mail(n, rng, to) for n in range(1, count + 1)]
