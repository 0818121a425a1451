"""Facts that can't be paid as they stand."""

from datetime import datetime, time

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from data.store.facts import known
from data.tables import NightStay, Placement
from rules.months import Month
from rules.vocabulary import PlacementKind


def left_out(s: Session, municipality: str, month: Month, known_at: datetime) -> list[str]:
    """Stays that can't be counted, a line each."""
    ref, arrival, departure = col(NightStay.ref), col(NightStay.arrival), col(NightStay.departure)
    theirs = (
        select(ref)
        .join(Placement, and_(col(Placement.ref) == col(NightStay.placement), known(Placement, known_at)))
        .where(
            col(Placement.municipality) == municipality,
            known(NightStay, known_at),
            or_(arrival.is_(None), arrival <= datetime.combine(month.last, time.max)),
            or_(departure.is_(None), departure >= datetime.combine(month.first, time.min)),
        )
        .order_by(ref)
    )
    reasons = {
        "not paid until both arrival and departure are reported (sheet nights)": or_(
            arrival.is_(None), departure.is_(None)
        ),
        "not paid: its departure is before its arrival (sheet nights)": departure < arrival,
        "not paid as a respite stay: its placement is of another kind (sheet placements)": (
            col(Placement.kind) != PlacementKind.RESPITE.value
        ),
    }
    found = s.execute(theirs.add_columns(*reasons.values()).where(or_(*reasons.values()))).all()
    return [f"{stay}: {why}" for nth, why in enumerate(reasons) for stay, *so in found if so[nth]]
