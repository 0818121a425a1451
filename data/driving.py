"""Journeys that were reported and agreements about driving, as they are now."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from data.store.facts import stands
from data.tables import DrivingAgreement, TravelClaim


def journeys_of(s: Session, placement: str) -> Sequence[TravelClaim]:
    """Claims that were not withdrawn and say when and how far, by day."""
    return s.exec(
        select(TravelClaim)
        .where(
            TravelClaim.placement == placement,
            stands(TravelClaim),
            col(TravelClaim.driven_on).is_not(None),
            col(TravelClaim.metres).is_not(None),
        )
        .order_by(col(TravelClaim.driven_on), col(TravelClaim.ref))
    ).all()


def agreements_of(s: Session, placement: str) -> Sequence[DrivingAgreement]:
    return s.exec(
        select(DrivingAgreement).where(DrivingAgreement.placement == placement, stands(DrivingAgreement))
    ).all()
