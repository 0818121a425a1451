"""A municipality begins here in the middle of everything: from a day on its duties are judged."""

from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import find, record, stands
from data.tables import Municipality, Placement
from rules.forms.base import YEAR
from rules.refusal import Refusal


def begin_duties(s: Session, municipality: str, on: date, *, by: Actor, now: datetime) -> int:
    """As the sheet municipalities says; another day replaces it. How many placements that go on were there before.

    Raises Refusal.
    """
    if on > policy_of(municipality).today(now) + YEAR:
        raise Refusal(f"{on} is more than a year away; nothing would be asked for until then: check the year")
    before = find(s, Municipality, municipality)
    kept = before.model_dump(exclude={"id"}) if before else {"ref": municipality, "municipality": municipality}
    record(s, Municipality(**{**kept, "recorded_at": now, "duties_begin": on, "withdrawn_on": None}), now)
    audit(s, by, "duties begin", municipality, now, on=on.isoformat())
    going_on = (
        select(func.count())
        .select_from(Placement)
        .where(
            Placement.municipality == municipality,
            stands(Placement),
            col(Placement.start) < on,
            or_(col(Placement.end).is_(None), col(Placement.end) > on),
        )
    )
    return s.scalar(going_on) or 0
