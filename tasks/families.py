"""What a process changes about a family."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from data.audit import audit, job
from data.facts import current, revise
from data.tables import Family, HouseholdMember


def household(s: Session, family: str) -> list[tuple[str, str | None]]:
    """Reference and ISO birth date of everyone in the household, by reference."""
    members = select(HouseholdMember).where(
        HouseholdMember.family == family, col(HouseholdMember.superseded_at).is_(None)
    )
    return [
        (member.ref, member.birth_date.isoformat() if member.birth_date else None)
        for member in s.exec(members.order_by(col(HouseholdMember.ref)))
    ]


def approve(s: Session, *, family: str, children: int, on: date, case: str, now: datetime) -> str:
    """The family is approved from that day for so many children."""
    row = current(s, Family, family)
    revise(s, row, now, approved_from=on, approved_to=None, approved_children=children)
    audit(s, job("case engine"), "family approved", family, now, case=case, approved_from=on.isoformat())
    return family


def end_approval(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    revise(s, current(s, Family, family), now, approved_to=on)
    audit(s, job("case engine"), "approval ended", family, now, case=case, approved_to=on.isoformat())
    return family
