"""Pauses and lawful exceptions, as they are read."""

from datetime import date

from sqlmodel import Session, col, or_, select

from data.store.facts import stands
from data.tables import DutyChange

EXCUSES = ("pause", "exempt")


def excused(s: Session, duty: str, on: date) -> set[str]:
    """Placements, children, families and networks whose duty is paused that day, or who are exempt from it."""
    query = select(DutyChange.subject).where(
        col(DutyChange.kind).in_(EXCUSES),
        or_(col(DutyChange.duty).is_(None), DutyChange.duty == duty),
        DutyChange.starts_on <= on,
        or_(col(DutyChange.ends_on).is_(None), col(DutyChange.ends_on) >= on),
        stands(DutyChange),
    )
    return set(s.exec(query))
