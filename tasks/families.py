"""What a process changes about a family."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from data.audit import audit, job
from data.facts import current, revise
from data.tables import Family, HouseholdMember
from rules.attests import BirthDateUnknown


def household(s: Session, family: str) -> list[tuple[str, str]]:
    """Reference and ISO birth date of everyone in the household, by reference. Raises BirthDateUnknown."""
    members = s.exec(
        select(HouseholdMember)
        .where(HouseholdMember.family == family, col(HouseholdMember.superseded_at).is_(None))
        .order_by(col(HouseholdMember.ref))
    ).all()
    if unknown := [member.ref for member in members if member.birth_date is None]:
        raise BirthDateUnknown(unknown)
    return [(member.ref, member.birth_date.isoformat()) for member in members if member.birth_date is not None]


def lives_there(s: Session, *, member: str, family: str) -> bool:
    row = current(s, HouseholdMember, member)
    return row.family == family


def approve(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """Approved for one child more, from that day unless it was approved before."""
    row = current(s, Family, family)
    still = row.approved_from is not None and (row.approved_to is None or row.approved_to >= on)
    since = row.approved_from if still else on
    children = (row.approved_children or 0) + 1 if still else 1
    revise(s, row, now, approved_from=since, approved_to=None, approved_children=children)
    audit(s, job("case engine"), "family approved", family, now, case=case, approved_on=on.isoformat())
    return family


def end_approval(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """Takes back what one approval gave; the last one ends that day."""
    row = current(s, Family, family)
    others = (row.approved_children or 1) - 1
    changes = {"approved_children": others} if others else {"approved_to": on}
    revise(s, row, now, **changes)
    audit(s, job("case engine"), "approval ended", family, now, case=case, on=on.isoformat())
    return family
