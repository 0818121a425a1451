"""Facts that can't be paid as they stand."""

from collections.abc import Callable
from datetime import datetime, time

from sqlalchemy import and_, false, func, or_, select
from sqlmodel import col

from data.store.arrow import Opener, whole_frame
from data.store.facts import known
from data.tables import NightStay, Placement
from rules.months import Month
from rules.vocabulary import PlacementKind

TOLD = {
    "one_end": "not paid until both arrival and departure are reported (sheet nights)",
    "backwards": "not paid: its departure is before its arrival (sheet nights)",
    "no_respite": "not paid as a respite stay: its placement is of another kind (sheet placements)",
}


def left_out(opened: Opener, municipality: str, month: Month, known_at: datetime) -> Callable[[], list[str]]:
    """Stays that can't be counted, a line each: asked for now, read when they are called for."""
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
    )
    reasons = {
        "one_end": or_(arrival.is_(None), departure.is_(None)),
        "backwards": departure < arrival,
        "no_respite": col(Placement.kind) != PlacementKind.RESPITE.value,
    }
    labelled = (func.coalesce(holds, false()).label(reason) for reason, holds in reasons.items())
    found = opened(theirs.add_columns(*labelled).where(or_(*reasons.values())))

    def read() -> list[str]:
        stays = whole_frame(found.up_to(None))
        return [f"{stay}: {TOLD[reason]}" for reason in reasons for stay in stays.loc[stays[reason], "ref"]]

    return read
