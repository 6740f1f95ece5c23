"""Who writes: the people of a desk, strangers, those who want to be taken for somebody, and machines; a seed names them all."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from maildesk.demo.world import DOMAIN

GIVEN = ("anna", "boris", "chen", "dora", "emil", "fang", "gustav", "hanna", "igor", "jing", "karl", "lena", "min", "nora")
FAMILY = ("adler", "bach", "cao", "dietz", "engel", "feng", "gross", "huang", "iwan", "jansen", "kang", "lin", "meier", "nowak")

CYRILLIC_E = "\u0435"


class Sender(StrEnum):
    """Who a mail is from, or wants to be from."""

    REQUESTER = "the requester"
    WATCHER = "a participant"
    COLLEAGUE = "a colleague who takes no part"
    ENGINEER = "the engineer"
    SECOND = "another engineer"
    LEAD = "a lead"
    FORMER = "who was an engineer once"
    CUSTOMER = "the requester of another ticket"
    STRANGER = "a stranger"

    HOMOGRAPH = "the engineer in letters that look alike"
    DISPLAY_NAME = "the engineer's address as a name"
    SUBDOMAIN = "the engineer at a longer domain"
    DETAIL = "the engineer with a detail"
    REPLY_TO = "a stranger who wants answers to the engineer"

    UNQUOTED = "an address as an unquoted name"
    BEHIND = "an address behind the angles"
    BRACKET = "an address behind a bracket"
    TWO_FIELDS = "two From fields"
    TWO_BOXES = "two mailboxes"
    GROUP = "a group"
    ENCODED = "an encoded word for an address"
    UNSEEN = "a letter that nobody sees"
    NO_FROM = "no From field"

    NO_REPLY = "a machine by its name"
    AUTOMATIC = "an automatic answer of the requester's mailbox"
    AWAY = "an automatic answer of the engineer's mailbox"
    LIST = "a mailing list in a participant's name"
    BULK = "a stranger's bulk mail"


S = Sender
STAFF = frozenset({S.ENGINEER, S.SECOND, S.LEAD})
PARTICIPANTS = frozenset({S.REQUESTER, S.WATCHER})
DIRECTORY = STAFF | PARTICIPANTS | {S.COLLEAGUE, S.FORMER}
ALIKE = (S.HOMOGRAPH, S.DISPLAY_NAME, S.SUBDOMAIN, S.DETAIL, S.REPLY_TO)
NOBODY = (S.UNQUOTED, S.BEHIND, S.BRACKET, S.TWO_FIELDS, S.TWO_BOXES, S.GROUP, S.ENCODED, S.UNSEEN, S.NO_FROM)
MACHINES = (S.NO_REPLY, S.AUTOMATIC, S.AWAY, S.LIST, S.BULK)

LINES: Mapping[Sender, tuple[str, ...]] = {
    S.REQUESTER: ("From: {requester}",),
    S.WATCHER: ("From: W <{watcher}>",),
    S.COLLEAGUE: ("From: C <{colleague}>",),
    S.ENGINEER: ("From: E <{engineer}>",),
    S.SECOND: ("From: {second}",),
    S.LEAD: ("From: L <{lead}>",),
    S.FORMER: ("From: F <{former}>",),
    S.CUSTOMER: ("From: A <{customer}>",),
    S.STRANGER: ("From: X <{stranger}>", "Reply-To: {stranger}"),
    S.HOMOGRAPH: ("From: E <{homograph}>",),
    S.DISPLAY_NAME: ('From: "{engineer}" <{stranger}>',),
    S.SUBDOMAIN: ("From: E <{engineer}.evil.test>",),
    S.DETAIL: ("From: E <{detail}>",),
    S.REPLY_TO: ("From: E <{stranger}>", "Reply-To: {engineer}", "Sender: {engineer}"),
    S.UNQUOTED: ("From: {engineer} <{stranger}>",),
    S.BEHIND: ("From: <{engineer}>{stranger}",),
    S.BRACKET: ("From: {engineer}]<{stranger}>",),
    S.TWO_FIELDS: ("From: {engineer}", "From: {stranger}"),
    S.TWO_BOXES: ("From: {engineer}, {stranger}",),
    S.GROUP: ("From: staff: {engineer};",),
    S.ENCODED: ("From: =?utf-8?q?{engineer}?=",),
    S.UNSEEN: ("From: E <{unseen}>",),
    S.NO_FROM: ("Sender: {engineer}", "Reply-To: {engineer}"),
    S.NO_REPLY: ("From: noreply@{domain}",),
    S.AUTOMATIC: ("From: {requester}", "Auto-Submitted: auto-replied"),
    S.AWAY: ("From: {engineer}", "Auto-Submitted: auto-replied (vacation)"),
    S.LIST: ("From: {watcher}", "List-Id: <news.{domain}>"),
    S.BULK: ("From: {stranger}", "Precedence: bulk"),
}
"""The fields that say who it is, as he writes them."""

IDENTITY: Mapping[Sender, str] = {
    **{sender: f"{{{sender.name.lower()}}}" for sender in (*DIRECTORY, S.CUSTOMER, S.STRANGER, S.HOMOGRAPH, S.DETAIL)},
    **dict.fromkeys((S.DISPLAY_NAME, S.REPLY_TO, S.BULK), "{stranger}"),
    S.SUBDOMAIN: "{engineer}.evil.test",
    S.NO_REPLY: "noreply@{domain}",
    S.AUTOMATIC: "{requester}",
    S.AWAY: "{engineer}",
    S.LIST: "{watcher}",
}
"""Whose mail it is when From is read strictly (one field, one plain mailbox); for all others nobody's."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody's address by his part."""

    of: Mapping[str, str]

    def __getitem__(self, part: str) -> str:
        return self.of[part]

    def lines(self, sender: Sender) -> tuple[str, ...]:
        return tuple(line.format(**self.of) for line in LINES[sender])

    def address(self, sender: Sender) -> str | None:
        """Whose mail this is, strictly; nobody's is None."""
        if sender not in IDENTITY:
            return None
        local, _, domain = IDENTITY[sender].format(**self.of).rpartition("@")
        return f"{local}@{domain.encode('idna').decode()}"

    def claimed(self, sender: Sender) -> str:
        """The address for which a host speaks: the sender's, or that of whom he wants to be taken for."""
        return self.address(sender) or self["engineer"]

    @property
    def people(self) -> str:
        """The people file of the desk."""
        rows = (
            ("E001", "engineer", "engineer", "1", ""),
            ("E101", "second", "engineer", "2", "hardware;software;network;system;account;guidance"),
            ("L001", "lead", "lead", "", ""),
            ("U001", "requester", "requester", "", ""),
            ("U002", "watcher", "requester", "", ""),
            ("U003", "colleague", "requester", "", ""),
            ("E900", "former", "requester", "", ""),
        )
        head = "staff_id,name,addresses,department,phone,roles,line,skills,language"
        return "\n".join((head, *(f"{i},{p.title()},{self[p]},IT,,{r},{line},{s},en" for i, p, r, line, s in rows), ""))


def cast(seed: int) -> Cast:
    """Other people with every seed."""
    dice = random.Random(seed)
    given, family = dice.sample(GIVEN, 9), dice.sample(FAMILY, 9)
    names = [f"{one}.{other}" for one, other in zip(given, family, strict=True)]
    inside = dict(zip(("requester", "watcher", "colleague", "engineer", "second", "lead", "former"), names, strict=False))
    of = {part: f"{name}@{DOMAIN}" for part, name in inside.items()}
    engineer = inside["engineer"]
    return Cast(
        of
        | {
            "domain": DOMAIN,
            "customer": f"{names[7]}@partner.test",
            "stranger": f"{names[8]}@elsewhere.test",
            "homograph": f"{engineer}@{DOMAIN.replace('e', CYRILLIC_E)}",
            "detail": f"{engineer}+desk@{DOMAIN}",
            "unseen": f"{engineer[:3]}\u200b{engineer[3:]}@{DOMAIN}",
        }
    )
