"""Claims for benefits and the placements they are for, as they are now."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from data.tables import Child, ExpenseClaim, Family, Placement
from rules.vocabulary import Regime


def placements_of(s: Session, family: str, municipality: str, on: date) -> dict[str, str]:
    """Kind by reference: the family's, for children of the municipality, that haven't ended by that day."""
    rows = s.execute(
        select(Placement.ref, Placement.kind)
        .join(Child, col(Child.ref) == col(Placement.child))
        .where(
            Placement.family == family,
            Child.municipality == municipality,
            col(Placement.superseded_at).is_(None),
            col(Child.superseded_at).is_(None),
            or_(col(Placement.end).is_(None), col(Placement.end) >= on),
        )
        .order_by(col(Placement.ref))
    )
    return {str(ref): str(kind) for ref, kind in rows}


def granted_to(s: Session, placement: str) -> Sequence[ExpenseClaim]:
    return s.exec(
        select(ExpenseClaim).where(
            ExpenseClaim.placement == placement,
            col(ExpenseClaim.superseded_at).is_(None),
            col(ExpenseClaim.withdrawn_on).is_(None),
            col(ExpenseClaim.granted_on).is_not(None),
        )
    ).all()


def to_be_documented(s: Session, municipality: str, year: int) -> Sequence[tuple[ExpenseClaim, str]]:
    """Claims granted in that year that are covered in full, each with its family, by claim."""
    rows = s.execute(
        select(ExpenseClaim, Placement.family)
        .join(Placement, col(Placement.ref) == col(ExpenseClaim.placement))
        .join(Family, col(Family.ref) == col(Placement.family))
        .where(
            Family.municipality == municipality,
            ExpenseClaim.regime == Regime.FULL,
            col(ExpenseClaim.granted_on).between(date(year, 1, 1), date(year, 12, 31)),
            col(ExpenseClaim.withdrawn_on).is_(None),
            *(col(table.superseded_at).is_(None) for table in (ExpenseClaim, Placement, Family)),
        )
        .order_by(col(ExpenseClaim.ref))
    )
    return [(claim, str(family)) for claim, family in rows]
