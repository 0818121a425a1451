"""Placements of children who are nearly grown up."""

from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from data.store.facts import stands
from data.tables import Child, Placement
from rules.aftercare import Placed


class NearlyGrownUp(NamedTuple):
    child: str
    adviser: str | None
    placed: Placed


def nearly_grown_up(s: Session, municipality: str, *, born_by: date, on: date) -> list[NearlyGrownUp]:
    """Placements by the municipality that haven't ended, of children born by that day; by child and placement."""
    query = (
        select(Child.ref, Child.adviser, Placement.ref, Child.birth_date, Placement.end, Placement.aftercare_until)  # type: ignore[call-overload]
        .join(Placement, col(Placement.child) == col(Child.ref))
        .where(
            Placement.municipality == municipality,
            stands(Placement),
            stands(Child),
            or_(col(Placement.end).is_(None), col(Placement.end) > on),
            col(Child.birth_date) <= born_by,
        )
        .order_by(col(Child.ref), col(Placement.ref))
    )
    return [NearlyGrownUp(child, adviser, Placed(*placed)) for child, adviser, *placed in s.execute(query)]
