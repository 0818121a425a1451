"""What is known of a half-year before the family is asked about it."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from data.store.facts import stands
from data.tables import Gathering, Happening, Network, Placement
from rules.half_years import HalfYear


class Placed(NamedTuple):
    ref: str
    child: str
    family: str
    start: date


def placed(s: Session, municipality: str, kinds: Collection[str], *, since: date, today: date) -> list[Placed]:
    """The municipality's children who were placed by `since` and still are, by placement."""
    rows = s.execute(
        select(col(Placement.ref), col(Placement.child), col(Placement.family), col(Placement.start))
        .where(
            Placement.municipality == municipality,
            col(Placement.kind).in_(list(kinds)),
            col(Placement.start) <= since,
            or_(col(Placement.end).is_(None), col(Placement.end) > today),
            stands(Placement),
        )
        .order_by(col(Placement.ref))
    )
    return [Placed(*row) for row in rows]


def gatherings(s: Session, network: str, half: HalfYear) -> list[dict[str, Any]]:
    held = s.exec(
        select(Gathering)
        .where(
            Gathering.network == network,
            col(Gathering.held_on).between(half.first, half.last),
            stands(Gathering),
        )
        .order_by(col(Gathering.held_on), col(Gathering.ref))
    )
    return [{"held_on": f"{row.held_on}", "kind": row.kind, "homes": row.homes} for row in held]


def happened_to_placements(s: Session, municipality: str, half: HalfYear) -> dict[str, Counter[str]]:
    """How often, by duty, of each placement and each family that has one."""
    of_children = select(Placement).where(Placement.municipality == municipality, stands(Placement))
    return _happened(
        s,
        of_children.with_only_columns(col(Placement.ref)).union(of_children.with_only_columns(col(Placement.family))),
        half,
    )


def happened_to_networks(s: Session, municipality: str, half: HalfYear) -> dict[str, Counter[str]]:
    theirs = select(Network.ref).where(Network.municipality == municipality, stands(Network))
    return _happened(s, theirs, half)


def _happened(s: Session, theirs: Any, half: HalfYear) -> dict[str, Counter[str]]:
    rows = s.execute(
        select(Happening.subject, Happening.duty, func.count())
        .where(
            col(Happening.subject).in_(theirs),
            col(Happening.held_on).between(half.first, half.last),
            stands(Happening),
        )
        .group_by(col(Happening.subject), col(Happening.duty))
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for subject, duty, count in rows:
        found[subject][duty] = count
    return found
