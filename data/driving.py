"""Journeys that were reported, agreements about driving, and the placements they are for, as they are now."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from data.tables import Child, DrivingAgreement, Placement, TravelClaim


def placements_since(s: Session, family: str, municipality: str, since: date) -> Sequence[Placement]:
    """The family's, for children of the municipality, that hadn't ended before that day."""
    return s.exec(
        select(Placement)
        .join(Child, col(Child.ref) == col(Placement.child))
        .where(
            Placement.family == family,
            Child.municipality == municipality,
            col(Placement.superseded_at).is_(None),
            col(Child.superseded_at).is_(None),
            or_(col(Placement.end).is_(None), col(Placement.end) >= since),
        )
        .order_by(col(Placement.ref))
    ).all()


def journeys_of(s: Session, placement: str) -> Sequence[TravelClaim]:
    """Claims that were not withdrawn and say when and how far, by day."""
    return s.exec(
        select(TravelClaim)
        .where(
            TravelClaim.placement == placement,
            col(TravelClaim.superseded_at).is_(None),
            col(TravelClaim.withdrawn_on).is_(None),
            col(TravelClaim.driven_on).is_not(None),
            col(TravelClaim.metres).is_not(None),
        )
        .order_by(col(TravelClaim.driven_on), col(TravelClaim.ref))
    ).all()


def agreements_of(s: Session, placement: str) -> Sequence[DrivingAgreement]:
    return s.exec(
        select(DrivingAgreement).where(
            DrivingAgreement.placement == placement, col(DrivingAgreement.superseded_at).is_(None)
        )
    ).all()
