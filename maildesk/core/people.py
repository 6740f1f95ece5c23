"""The people the desk works with: the directory of engineers, leads, managers, contacts and known requesters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

from maildesk.core.absence import Absence
from maildesk.core.message import Address, folded

StaffId = NewType("StaffId", str)
"""工号, the key of a person in the directory, as the people file gives it."""


class Role(StrEnum):
    """What somebody is to the desk; one person may be several things."""

    REQUESTER = "requester"
    ENGINEER = "engineer"
    LEAD = "lead"
    MANAGER = "manager"
    CONTACT = "contact"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of the people file. The first address is the one we write to; the others are also his.

    `calendar` names a calendar of the policy (None: the desk's), `shift` the weekly hours in which he works, in that
    calendar's form (`mon-fri 09:00-18:00`; empty: the calendar's hours). `absences` are those that the file tells, in order;
    what he said by mail lives in the store and is merged in by the desk before anything is decided. `delegate` is who gets what
    is his while he is away; `acting_for` names the absent one where somebody is chosen in his stead.
    """

    staff_id: StaffId
    name: str
    addresses: tuple[Address, ...]
    roles: frozenset[Role]
    department: str = ""
    phone: str = ""
    line: int | None = None
    skills: frozenset[str] = frozenset()
    language: str | None = None
    timezone: str | None = None
    calendar: str | None = None
    shift: str = ""
    absences: tuple[Absence, ...] = ()
    delegate: StaffId | None = None
    acting_for: str = field(default="", compare=False)

    @property
    def address(self) -> Address:
        """The address we write to."""
        return self.addresses[0]

    @property
    def works(self) -> bool:
        """Whether he may act on tickets: engineers, leads and managers may."""
        return Role.ENGINEER in self.roles or self.leads

    @property
    def leads(self) -> bool:
        """Whether he answers for the work of others: leads and managers do."""
        return not self.roles.isdisjoint({Role.LEAD, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class People:
    """The whole directory, found by staff id or by any address."""

    everyone: tuple[Person, ...]
    _by_id: Mapping[StaffId, Person] = field(init=False, repr=False, compare=False)
    _by_address: Mapping[str, Person] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {person.staff_id: person for person in self.everyone})
        by_address = {folded(address): person for person in self.everyone for address in person.addresses}
        object.__setattr__(self, "_by_address", by_address)

    def get(self, staff_id: StaffId | None) -> Person | None:
        return None if staff_id is None else self._by_id.get(staff_id)

    def at(self, address: str | None) -> Person | None:
        """The person to whom this address belongs, in any letter case."""
        return None if address is None else self._by_address.get(folded(address))

    def named(self, text: str) -> tuple[Person, ...]:
        """Everyone whom `text` may mean: by staff id, address, the part before the @, or name."""
        wanted = text.strip().lstrip("@").casefold()
        return tuple(
            person
            for person in self.everyone
            if wanted in {person.staff_id.casefold(), person.name.casefold()}
            or any(wanted in {a.casefold(), a.split("@")[0].casefold()} for a in person.addresses)
        )

    def acting_for(self, person: Person, gone: Callable[[Person], bool]) -> Person | None:
        """He himself, or while he is gone the first of his delegate, the delegate's delegate and so on who is not.

        Who stands in names him in `acting_for`. Who may not act on tickets is passed over. None where the chain ends, or comes
        back to somebody it has been to.
        """
        asked: list[StaffId] = []
        there: Person | None = person
        while there is not None and there.staff_id not in asked:
            if not gone(there) and (there.works or there is person):
                return person if there is person else replace(there, acting_for=person.name)
            asked.append(there.staff_id)
            there = self.get(there.delegate)
        return None

    def having(self, role: Role) -> tuple[Person, ...]:
        return tuple(person for person in self.everyone if role in person.roles)
