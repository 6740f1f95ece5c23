"""A person with a mail program: logs in, sends through the company's server, reads his own mailbox."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from maildesk.daemon import utc_now
from tests.daemon.running import until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix


@dataclass(slots=True, kw_only=True)
class Client:
    """`address` has a mailbox on `dovecot` and a login on `postfix`."""

    name: str
    address: str
    postfix: Postfix
    dovecot: Dovecot
    seen: set[str] = field(default_factory=set)

    def write(self, to: str, subject: str, text: str) -> None:
        self._send(to, subject, text, {})

    def answer(self, letter: EmailMessage, text: str) -> None:
        """Reply as mail programs do: to the reply address, in the thread, with the letter quoted."""
        body = letter.get_body(("plain",))
        assert body is not None
        quoted = "".join(f"> {line}\n" for line in str(body.get_content()).splitlines())
        attribution = f"在 2026年11月23日，{letter['from'].addresses[0].display_name} 写道："
        headers = {
            "In-Reply-To": str(letter["message-id"]),
            "References": f"{letter['references'] or ''} {letter['message-id']}".strip(),
        }
        to = letter["reply-to"].addresses[0].addr_spec
        self._send(to, f"回复：{letter['subject']}", f"{text}\n\n{attribution}\n{quoted}", headers)

    def _send(self, to: str, subject: str, text: str, headers: dict[str, str]) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{self.name} <{self.address}>", to, subject
        mail["Date"], mail["Message-ID"] = format_datetime(utc_now()), make_msgid(domain="example.org")
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        with smtplib.SMTP("localhost", self.postfix.port, timeout=20) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=self.dovecot.authority.ca_file))
            smtp.login(self.address, PASSWORD)
            smtp.send_message(mail, from_addr=self.address, to_addrs=[to])

    def letter(self, *words: str, within: float = 20.0) -> EmailMessage:
        """The next letter that has all these words in subject or text; AssertionError when it does not come."""
        found: list[EmailMessage] = []

        def came() -> bool:
            found[:] = [mail for mail in self._fresh() if all(word in _everything(mail) for word in words)]
            return bool(found)

        until(came, within=within, told=lambda: f"{self.name} waits for {words}, has {[m['subject'] for m in self._fresh()]}")
        self.seen.add(str(found[0]["message-id"]))
        return found[0]

    def _fresh(self) -> list[EmailMessage]:
        mails = (message_from_bytes(raw, policy=policy.default) for raw in self.dovecot.mails(self.address))
        return [mail for mail in mails if isinstance(mail, EmailMessage) and str(mail["message-id"]) not in self.seen]


def _everything(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return f"{mail['subject']}\n{body.get_content() if body else ''}"
