"""Whom a mail reaches: the person, who stands in for them, or who sees to it that they are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.tables import Staff
from rules.mail_address import NotDeliverable, deliverable
from rules.substitutes import in_charge, present_with, sees_to, who_stands_in
from rules.vocabulary import Role


@dataclass(frozen=True)
class Recipient:
    ref: str
    address: str | None
    """None where none is known that a mail server would take."""
    stands_in_for: str | None = None


def reached(
    staff: Mapping[str, Staff], homes: Mapping[str, str | None], ref: str, *, family: bool, on: date
) -> Recipient:
    """`ref` is a family's, its address in `homes`, or a staff member's where there is one and `family` isn't said."""
    if family or ref not in staff:
        return Recipient(ref, usable(homes.get(ref)))
    there = sees_to(staff, ref, on)
    if there is None and staff[ref].has_left(on):
        return Recipient(ref, None)
    there = there or ref
    return Recipient(there, usable(staff[there].email), ref if there != ref else None)


def deputy(staff: Mapping[str, Staff], ref: str, on: date) -> str | None:
    """Who else can see to it: the named substitute, or who stands in for them; else the leader."""
    named = staff[ref].substitute if ref in staff else None
    there = who_stands_in(staff, named, on) if named else None
    return there if there not in (None, ref) else in_charge(staff, on, but=frozenset({ref}))


def office(staff: Mapping[str, Staff], on: date, *, but: frozenset[str]) -> Recipient | None:
    """Who mends what kept a mail from arriving: administration, else the leader."""
    with_address = {ref: person for ref, person in staff.items() if usable(person.email)}
    ref = present_with(staff, Role.ADMINISTRATION, on, but=but | (staff.keys() - with_address.keys()))
    ref = ref or in_charge(staff, on, but=but | (staff.keys() - with_address.keys()))
    return Recipient(ref, usable(staff[ref].email)) if ref else None


def usable(address: str | None) -> str | None:
    try:
        return deliverable(address or "")
    except NotDeliverable:
        return None
