"""Placements as they are read."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from data.store.facts import stands
from data.tables import Placement
from rules.refusal import Refusal


class NoPlacement(Refusal):
    def __init__(self, child: str, family: str) -> None:
        super().__init__(
            f"{child} isn't placed with {family}, or the first day isn't known; mend it in the sheet placements"
        )


def current_placement(s: Session, *, child: str, family: str, on: date) -> Placement | None:
    """The one that goes on that day, else the next to begin; None without any, or without its first day."""
    rows = select(Placement).where(
        Placement.child == child,
        Placement.family == family,
        stands(Placement),
        col(Placement.start).is_not(None),
        or_(col(Placement.end).is_(None), col(Placement.end) > on),
    )
    return s.exec(rows.order_by(col(Placement.start), col(Placement.ref))).first()


def placements_of(s: Session, family: str, on: date) -> list[Placement]:
    """A family's that go on that day, by reference."""
    rows = select(Placement).where(
        Placement.family == family,
        stands(Placement),
        col(Placement.start) <= on,
        or_(col(Placement.end).is_(None), col(Placement.end) > on),
    )
    return list(s.exec(rows.order_by(col(Placement.ref))))


def placements_since(s: Session, family: str, municipality: str, since: date) -> Sequence[Placement]:
    """The family's, decided by the municipality, that hadn't ended before that day."""
    return s.exec(
        select(Placement)
        .where(
            Placement.family == family,
            Placement.municipality == municipality,
            stands(Placement),
            or_(col(Placement.end).is_(None), col(Placement.end) >= since),
        )
        .order_by(col(Placement.ref))
    ).all()
