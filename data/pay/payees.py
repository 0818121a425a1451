"""Whom the money of a released run goes to, as it was known at an instant."""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import Session, col

from data.store.facts import known, version_at
from data.tables import Family, HouseholdMember, LedgerLine, PayRun


class Payee(NamedTuple):
    family: str
    name: str | None
    """The contract holder's, else the family's."""
    payroll_number: str | None
    account: str | None
    """As it was written."""
    id_number: str | None
    """Of the carer who is the contract holder by name; of the only carer where nobody is."""


Carers = list[tuple[str | None, str | None]]
"""Name and identity number."""


def payees_of(s: Session, run: PayRun, at: datetime) -> dict[str, Payee]:
    """By family, of every line, held ones too; also of a family that was taken back since."""
    paid = columns(col(LedgerLine.family)).where(col(LedgerLine.run) == run.ref)
    carers = _carers(s, paid, at)
    families = columns(
        col(Family.ref), col(Family.contract_holder), col(Family.name), col(Family.payroll_number), col(Family.account)
    ).where(version_at(Family, at), col(Family.ref).in_(paid))
    return {
        ref: Payee(ref, holder or name, number, account, _holders(holder, carers[ref]))
        for ref, holder, name, number, account in s.execute(families)
    }


def _carers(s: Session, families: Select[Any], at: datetime) -> dict[str, Carers]:
    member = HouseholdMember
    wanted = columns(col(member.family), col(member.name), col(member.id_number)).where(
        known(member, at), col(member.family).in_(families), col(member.carer).is_(True)
    )
    carers: dict[str, Carers] = defaultdict(list)
    for family, name, id_number in s.execute(wanted):
        carers[family].append((name, id_number))
    return carers


def _holders(holder: str | None, carers: Carers) -> str | None:
    same = [number for name, number in carers if holder and name and _folded(name) == _folded(holder)]
    found = same or [number for _, number in carers]
    return found[0] if len(found) == 1 else None


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
