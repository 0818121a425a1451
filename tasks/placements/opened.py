"""Placements opened and ended by a process."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from data.matches import agreed_nights
from data.store.audit import audit, job
from data.store.facts import current, record, revise
from data.tables import Placement, Terms
from rules.agreed_nights import NightPlan
from rules.vocabulary import EndReason, PlacementKind
from tasks.cases.opened import wake_where_ended


@dataclass(frozen=True)
class Opening:
    case: str
    family: str
    child: str
    municipality: str
    """Which decides and pays."""
    kind: PlacementKind
    start: date
    fees_tenths: int = 0
    board_lodging_ore: int | None = None
    """Agreed amount a night; None is the statutory rate."""
    nights_per_month: int | None = None
    nights: NightPlan | None = None
    """Those agreed, for respite."""
    emergency: str | None = None

    @property
    def ref(self) -> str:
        return placement_of(self.case)


def placement_of(case: str) -> str:
    """The placement that this case opens."""
    return f"{case}-P"


def open_placement(s: Session, new: Opening, now: datetime) -> str:
    """The new placement with its terms and agreed nights; its reference."""
    placement = Placement(
        ref=new.ref,
        recorded_at=now,
        child=new.child,
        family=new.family,
        municipality=new.municipality,
        kind=new.kind,
        start=new.start,
        case=new.case,
        emergency_reason=new.emergency,
    )
    terms = Terms(
        ref=f"{new.ref}/{new.start}",
        recorded_at=now,
        placement=new.ref,
        valid_from=new.start,
        fees_tenths=new.fees_tenths,
        board_lodging_ore=new.board_lodging_ore,
        nights_per_month=new.nights_per_month,
    )
    record(s, placement, now)
    record(s, terms, now)
    if new.nights is not None:
        record(s, agreed_nights(new.ref, new.nights, recorded_at=now), now)
    detail = {"start": new.start.isoformat(), "emergency": new.emergency is not None}
    audit(s, job("case engine"), "placement opened", new.ref, now, case=new.case, **detail)
    return new.ref


def end_placement(s: Session, ref: str, *, on: date, reason: EndReason, now: datetime) -> str:
    revise(s, current(s, Placement, ref), now, end=on, end_reason=reason)
    s.flush()
    wake_where_ended(s, now)
    audit(s, job("case engine"), "placement ended", ref, now, end=on.isoformat(), reason=reason)
    return ref
