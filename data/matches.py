"""What a match is held against: the family's approval, and the children who are there already."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from data.approvals import periods_of
from data.store.facts import current, find, stands
from data.tables import AgreedNights, Child, Family, Placement
from rules.agreed_nights import NightPlan, every_night
from rules.capacity import Approval, Guest
from rules.vocabulary import PlacementKind


def approvals_of(s: Session, family: str) -> list[Approval]:
    current(s, Family, family)
    return [
        Approval(row.valid_from, row.valid_to, row.children, row.age_from, row.age_to)
        for row in periods_of(s, family)
        if row.valid_from is not None
    ]


def newcomer(s: Session, child: str, plan: NightPlan, until: date) -> Guest:
    return Guest(child, current(s, Child, child).birth_date, plan.nights(plan.first, until))


def guests(s: Session, family: str, since: date, until: date) -> list[Guest]:
    """Everyone placed there, with their nights from `since` to before `until`."""
    return [_guest(s, placement, since, until) for placement in not_ended(s, family=family, on=since)]


def not_ended(s: Session, *, on: date, **of: str) -> list[Placement]:
    """Placements by reference that haven't ended by that day, those to begin included; `of`: family, child."""
    rows = select(Placement).where(
        *(col(getattr(Placement, column)) == ref for column, ref in of.items()),
        stands(Placement),
        or_(col(Placement.end).is_(None), col(Placement.end) > on),
    )
    return list(s.exec(rows.order_by(col(Placement.ref))))


def _guest(s: Session, placement: Placement, since: date, until: date) -> Guest:
    child = find(s, Child, placement.child)
    plans = agreed_plans(s, placement)
    nights = frozenset[date]().union(*(plan.nights(since, until) for plan in plans))
    agreed = bool(plans) or placement.kind != PlacementKind.RESPITE
    if not plans:
        nights = every_night(placement.start or since, placement.end).nights(since, until)
    return Guest(placement.child, child.birth_date if child else None, nights, agreed)


def agreed_plans(s: Session, placement: Placement) -> list[NightPlan]:
    """One after another, each until the next begins; none where nothing is recorded."""
    rows = s.exec(
        select(AgreedNights)
        .where(AgreedNights.placement == placement.ref, stands(AgreedNights))
        .order_by(col(AgreedNights.valid_from))
    ).all()
    begins = [row.valid_from for row in rows[1:]]
    ends = [*begins, None] if rows else []
    return [
        NightPlan(
            row.valid_from,
            min((day for day in (row.until, until, placement.end) if day is not None), default=None),
            frozenset(row.weekdays),
            row.every_weeks,
            tuple((date.fromisoformat(arrival), date.fromisoformat(departure)) for arrival, departure in row.stays),
        )
        for row, until in zip(rows, ends, strict=True)
    ]


def agreed_nights(placement: str, plan: NightPlan, **more: Any) -> AgreedNights:
    return AgreedNights(
        ref=f"{placement}/{plan.first}",
        placement=placement,
        valid_from=plan.first,
        until=plan.until,
        weekdays=sorted(plan.weekdays),
        every_weeks=plan.every_weeks,
        stays=[[day.isoformat() for day in stay] for stay in plan.stays],
        **more,
    )
