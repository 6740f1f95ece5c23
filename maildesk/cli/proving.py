"""What `maildesk check` says about trust: which senders the desk can prove with its present setting, judged by recent mail."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from maildesk.cli.checks import Ruled, Said, ok, warning
from maildesk.cli.proven import head, proven
from maildesk.config import Settings
from maildesk.core.message import Proof
from maildesk.mail.addresses import identity
from maildesk.mail.authentication import Signed, signed
from maildesk.mail.trace import among
from maildesk.store import Inbox, Store, StoreError

AREA = "authentication"
RECENT_MAILS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """One recent mail: its strict sender, whether he is proven, and who signed it."""

    address: str
    proof: Proof
    signed: Signed


def senders(desk: Ruled) -> Iterator[Said]:
    """Whether a From is worth anything here, and what to write when it is not."""
    if desk.store is None:
        return
    settings = desk.config.settings
    mails = tuple(_recent(desk, desk.store))
    if not settings.hosts and not settings.local_dkim:
        yield _nobody_named(mails)
    elif not settings.hosts and (not mails or desk.texts is None):
        yield ok(AREA, "no host is named; DKIM signatures are checked here")
    elif not settings.hosts:
        yield _counted(mails)
        yield from _engineers_unproven(desk, mails)
    elif not mails:
        believed = ", ".join(settings.hosts)
        yield ok(AREA, f"no mail yet; a sender will be proven by what {believed} says of him")
    elif any(mail.proof is not Proof.NONE for mail in mails):
        yield _counted(mails)
        yield from _engineers_unproven(desk, mails)
    else:
        yield _nothing_proven(mails, settings)


def _recent(desk: Ruled, store: Store) -> Iterator[_Mail]:
    settings = desk.config.settings
    with store.read() as tx:
        recent = tx.inbox(limit=RECENT_MAILS)
    for mail in (one for one in recent if isinstance(one, Inbox)):
        try:
            with store.files.open_map(mail.digest) as raw:
                found, fields = proven(raw, mail.received_at, settings, desk.texts), head(raw)
        except StoreError:
            continue
        yield _Mail(address=identity(fields, None).address or "", proof=found.proof, signed=signed(fields))


def _names(mails: tuple[_Mail, ...]) -> str:
    return ", ".join(sorted({mail.signed.name for mail in mails} - {""})) or "none at all"


def _nobody_named(mails: tuple[_Mail, ...]) -> Said:
    what = "no receiving host is named: no From is proven, engineers confirm by mail every few hours"
    remedy = f"Write into hosts = [ … ] of [desk] the name of YOUR server among those seen on recent mail: {_names(mails)}."
    return warning(AREA, what, remedy)


def _counted(mails: tuple[_Mail, ...]) -> Said:
    count = Counter(mail.proof for mail in mails)
    what = f"of the last {len(mails)} mails {count[Proof.PASS]} had a proven sender, {count[Proof.FAIL]} a forged one"
    return ok(AREA, f"{what}, of {count[Proof.NONE]} nothing is known")


def _engineers_unproven(desk: Ruled, mails: tuple[_Mail, ...]) -> Iterator[Said]:
    """Engineers who wrote and were never proven, one line for all of them."""
    people = desk.config.people
    wrote = {person.name: False for mail in mails if (person := people.at(mail.address)) and person.works}
    wrote |= {person.name: True for mail in mails if mail.proof is Proof.PASS and (person := people.at(mail.address))}
    lacking = ", ".join(name for name, proven in wrote.items() if not proven)
    if lacking:
        what = f"never proven on recent mail, and so asked to confirm by mail: {lacking}"
        remedy = "Let your server note the login of who submits mail, or sign its own mail by DKIM; see the operator's handbook."
        yield warning(AREA, what, remedy)


def _nothing_proven(mails: tuple[_Mail, ...], settings: Settings) -> Said:
    believed = ", ".join(settings.hosts)
    named = [mail.signed for mail in mails if among(mail.signed.name, settings.hosts)]
    below = dict.fromkeys(host for one in named for host in one.hosts)
    if not named:
        remedy = f"Correct hosts = [ … ] of [desk]; on recent mail were seen: {_names(mails)}."
        return warning(AREA, f"{believed} signed none of the last {len(mails)} mails: no From is proven", remedy)
    if all(among(host, settings.border_hosts) for host in below):
        remedy = "Let it check DMARC or DKIM, and note logins; until then engineers confirm by mail."
        return warning(AREA, f"{believed} says nothing that proves a sender", remedy)
    what = f"the words of {believed} stand below the Received lines of {', '.join(below)}: none is believed"
    peers = dict.fromkeys(peer for one in named for peer in one.peers)
    remedy = f"Name those that are YOUR servers in border_hosts = [ … ] of [desk]. Addresses in these lines: {', '.join(peers)}."
    return warning(AREA, what, remedy)
