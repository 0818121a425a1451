"""Claims for benefits, as they are now."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from data.tables import ExpenseClaim, Family, Placement
from rules.vocabulary import Regime


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
