"""What a process changes about a family."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from data.audit import audit, job
from data.facts import current, revise
from data.tables import Family, HouseholdMember
from rules.attests import BirthDateUnknown
from rules.forms.respite_approval import AuthorityDecision


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


def record_approval(s: Session, *, family: str, decision: AuthorityDecision, case: str, now: datetime) -> str:
    """R1: what the supervision authority approved takes the place of what it approved before."""
    row, starts = current(s, Family, family), decision.approved_from or decision.decided_on
    goes_on = row.approved_from is not None and (row.approved_to is None or row.approved_to >= starts)
    since = min(row.approved_from or starts, starts) if goes_on else starts
    changes = {
        "approved_from": since,
        "approved_to": None,
        "approved_children": decision.children,
        "approved_age_from": decision.age_from,
        "approved_age_to": decision.age_to,
        "approved_needs": decision.needs,
    }
    revise(s, row, now, **changes)
    audit(s, job("case engine"), "family approved", family, now, case=case, approved_on=starts.isoformat())
    return family


def withdraw_approval(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """R3: its last day is the day of the withdrawal, or an earlier one on which it ended already."""
    row = current(s, Family, family)
    revise(s, row, now, approved_to=min(on, row.approved_to or on))
    audit(s, job("case engine"), "approval withdrawn", family, now, case=case, on=on.isoformat())
    return family


def end_approval(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """Takes back what one approval gave; the last one ends that day."""
    row = current(s, Family, family)
    others = (row.approved_children or 1) - 1
    changes = {"approved_children": others} if others else {"approved_to": on}
    revise(s, row, now, **changes)
    audit(s, job("case engine"), "approval ended", family, now, case=case, on=on.isoformat())
    return family
