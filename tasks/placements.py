"""Placements opened and ended by a process."""

from datetime import date, datetime

from sqlmodel import Session

from data.audit import audit, job
from data.facts import current, record, revise
from data.tables import Placement, Terms
from rules.vocabulary import EndReason, PlacementKind


def open_network_placement(
    s: Session, *, case: str, family: str, child: str, start: date, now: datetime, emergency: str | None = None
) -> str:
    """The new placement's reference; a network family has no fee (J1)."""
    ref = f"{case}-P"
    record(
        s,
        Placement(
            ref=ref,
            recorded_at=now,
            child=child,
            family=family,
            kind=PlacementKind.NETWORK,
            start=start,
            case=case,
            emergency_reason=emergency,
        ),
        now,
    )
    record(s, Terms(ref=f"{ref}/{start}", recorded_at=now, placement=ref, valid_from=start, fees_tenths=0), now)
    detail = {"start": start.isoformat(), "emergency": emergency is not None}
    audit(s, job("case engine"), "placement opened", ref, now, case=case, **detail)
    return ref


def end_placement(s: Session, ref: str, *, on: date, reason: EndReason, now: datetime) -> str:
    revise(s, current(s, Placement, ref), now, end=on, end_reason=reason)
    audit(s, job("case engine"), "placement ended", ref, now, end=on.isoformat(), reason=reason)
    return ref
