"""Everybody we write to: the numbers by which tokens know them, and what they told us about themselves by mail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.absence import Absence, together
from maildesk.core.message import Address
from maildesk.core.people import StaffId
from maildesk.store.part import Part, as_key
from maildesk.store.prepared import Listed, Prepared
from maildesk.store.schema import DEAD, absences, parties, suppressions
from maildesk.store.statements import insert_once, insert_or
from maildesk.store.types import Moment
from maildesk.store.values import Party, Suppression

PARTY = tuple(parties.c[name] for name in Party.__dataclass_fields__)
FIND = Prepared(sa.select(*PARTY).where(parties.c.who == bindparam("called")))
BY_ID = Prepared(sa.select(*PARTY).where(parties.c.id == bindparam("party")))
SAID_OF_HIM = sa.select(absences.c.since, absences.c.until, absences.c.here).where(absences.c.party == bindparam("of"))
FORGET = sa.delete(absences).where(absences.c.party == bindparam("of"))
SAY = sa.insert(absences)
STILL = Prepared(
    sa.select(parties.c.who, absences.c.since, absences.c.until, absences.c.here)
    .join_from(absences, parties, absences.c.party == parties.c.id)
    .where(absences.c.until > bindparam("now", type_=Moment()))
    .order_by(absences.c.since)
)
LANGUAGES = Listed(
    "asked",
    parties.c.who,
    lambda these: sa.select(parties.c.who, parties.c.language).where(parties.c.language.is_not(None), these),
)
MEET = insert_once(parties, "who", returning=parties.c.id)
SUPPRESSION = tuple(suppressions.c[name] for name in Suppression.__dataclass_fields__)
REFUSED = insert_or(
    suppressions,
    "address",
    returning=suppressions.c.times,
    times=suppressions.c.times + 1,
    at=bindparam("again", type_=Moment()),
)
SUPPRESSED = Listed(
    "ids", suppressions.c.address, lambda these: sa.select(suppressions.c.address, suppressions.c.reason).where(DEAD, these)
)
LIFT = Prepared(sa.delete(suppressions).where(suppressions.c.address == bindparam("of")))


class Parties(Part):
    _said: Sequence[Any] | None = None
    """What everybody said of his absences, as this transaction has read it."""

    def party(self, who: str, language: str | None = None) -> Party:
        """The party of this name (`staff:E001`, `mail:ann@example.org`), made when it is asked for the first time.

        `language` is what a party that is made now is written to in; one that is known keeps its own.
        """
        key = as_key(who)
        found = self._party(FIND, called=key)
        if found is not None:
            return found
        made = self._scalar(MEET, who=key, epoch=0, language=language)
        if made is None:
            return self.party(who)
        return Party(id=made, who=key, epoch=0, language=language, opened_until=None)

    def party_by_id(self, id: int) -> Party | None:
        return self._party(BY_ID, party=id)

    def _party(self, wanted: Prepared, **values: Any) -> Party | None:
        row = self._one(wanted, **values)
        return row and Party(**dict(zip(Party.__dataclass_fields__, row, strict=True)))

    def revoke(self, who: str) -> None:
        """All tokens given to this party so far are worth nothing from now on."""
        self._change(who, epoch=parties.c.epoch + 1)

    def say_absent(self, person: StaffId, said: Iterable[Absence], now: datetime) -> None:
        """What he says of his absences, one after the other; it holds against all that he said before. What is over goes."""
        party = self.party(f"staff:{person}").id
        before = (Absence(since=since, until=until, here=here) for since, until, here in self._run(SAID_OF_HIM, of=party))
        left = [one for one in together(*before, *said) if one.until > now]
        self._said = None
        self._run(FORGET, of=party)
        for one in left:
            self._run(SAY, party=party, since=one.since, until=one.until, here=one.here)

    def open_party(self, who: str, until: datetime) -> None:
        """Believe this party's mails until then (a confirmation was answered)."""
        self._change(who, opened_until=until)

    def _change(self, who: str, **changes: Any) -> None:
        known = self.party(who)
        self._run(sa.update(parties).where(parties.c.id == known.id).values(**changes))

    def absences(self, now: datetime) -> Mapping[StaffId, tuple[Absence, ...]]:
        """What everybody said by mail of his absences, as far as it is not over, in order."""
        if self._said is None:
            self._said = self._run(STILL, now=now).all()
        found: dict[StaffId, tuple[Absence, ...]] = {}
        for who, since, until, here in (one for one in self._said if one[2] > now):
            person = StaffId(who.removeprefix("staff:"))
            found[person] = (*found.get(person, ()), Absence(since=since, until=until, here=here))
        return found

    def languages(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """The language that each of these addresses is known to want."""
        asked = {as_key(f"mail:{address}"): address for address in addresses}
        return {asked[who]: language for who, language in self._run(LANGUAGES, asked=list(asked))} if asked else {}

    # Dead addresses

    def refused_us(self, address: Address, reason: str, now: datetime) -> None:
        """This address refused a letter for good; after the second time it is suppressed until it is heard of again."""
        self._run(REFUSED, address=_dead(address), reason=reason, at=now, times=1, again=now)

    def suppressed(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Those of these addresses that are written to no more, each with its reason."""
        asked = {address: _dead(address) for address in addresses}
        if not asked:
            return {}
        why = dict(self._run(SUPPRESSED, ids=list(asked.values())).all())
        return {address: why[key] for address, key in asked.items() if key in why}

    def suppressions(self, limit: int = 100) -> tuple[Suppression, ...]:
        """All addresses that are written to no more, the latest first."""
        latest = sa.select(*SUPPRESSION).where(DEAD).order_by(suppressions.c.at.desc()).limit(limit)
        return tuple(Suppression(**row._mapping) for row in self._run(latest))

    def lift(self, address: Address) -> bool:
        """This address is alive. False when nothing spoke against it."""
        return self._run(LIFT, of=_dead(address)).rowcount == 1


def _dead(address: Address) -> str:
    return as_key(address.lower())
