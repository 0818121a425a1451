"""Whose months have to be computed again: families with a fact that came after the run that last computed them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.pay.frames import Families, touches
from data.tables import (
    Approval,
    Child,
    Decision,
    ExpenseClaim,
    Gathering,
    LedgerLine,
    Network,
    NetworkHome,
    NightStay,
    PayDecision,
    PayRun,
    Placement,
    RateRow,
    RunStatus,
    Terms,
    TravelClaim,
)
from data.tables.base import Fact
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Benefit

LISTED = 500
STILL_WRITING = timedelta(hours=1)
"""A transaction that was open while a run read may have written rows with lower ids; no transaction lasts longer.
What is to be computed again is asked for from so long before the run on."""
FACTS: tuple[type[Fact], ...] = (Approval, Child, ExpenseClaim, Gathering, Network, NetworkHome, NightStay, Placement)
FACTS += (RateRow, Terms, TravelClaim)
# made once: an alias costs more than the query it is for
LATER = {table: aliased(table) for table in FACTS}
SIBLING = aliased(Placement)
"""Another placement of the same child."""


class Since(NamedTuple):
    """Up to where the run before had read: the last id of each table, and its instant."""

    read_to: Mapping[str, int]
    known_at: datetime
    until: datetime | None = None
    """What is recorded after it isn't asked for."""


def read_to(s: Session) -> dict[str, int]:
    """By table, the last id. A fact's `recorded_at` says when it became known, which may be before it came in."""
    tables: tuple[Any, ...] = (*FACTS, PayDecision)
    return {table.__tablename__: s.scalar(select(func.max(table.id))) or 0 for table in tables}


def rates_changed(s: Session, country: str, month: Month, since: Since) -> bool:
    return s.execute(_changed_rates(country, month, since).limit(1)).first() is not None


def _changed_rates(country: str, month: Month, since: Since) -> Select[Any]:
    overlaps = (
        col(RateRow.country) == country,
        col(RateRow.valid_from) <= month.last,
        or_(col(RateRow.valid_to).is_(None), col(RateRow.valid_to) >= month.first),
    )
    return select(col(RateRow.ref)).where(_new(RateRow, since), *overlaps)


def changed_families(month: Month, since: Since) -> Select[Any]:
    """Of any municipality; what a fact said before counts as well as what it says now."""
    changed = [families for _, families in (*_by_placement(month, since), *_by_network(month, since))]
    families = union(*changed, _decided(month, since)).subquery()
    return select(families.c.family)


def facts_since(s: Session, policy: Policy, months: Month, since: Since) -> list[tuple[str, str]]:
    """Table and reference of what came later that the municipality's payout from first to last day is made of."""
    placed = col(Placement.municipality) == policy.key
    changed = [(table, of.where(placed)) for table, of in _by_placement(months, since)]
    joined = col(Network.municipality) == policy.key
    changed += [(table, of.where(joined)) for table, of in _by_network(months, since)]
    found = {("rate", ref) for ref in s.scalars(_changed_rates(policy.country, months, since))}
    for table, of in changed:
        later = of.with_only_columns(col(table.ref), maintain_column_froms=True).distinct()
        found |= {(table.__tablename__, ref) for ref in s.scalars(later)}
    return sorted(found)


def first_recorded(s: Session, table: str, ref: str, after: datetime) -> datetime:
    """The earliest version after that instant."""
    [of] = [each for each in FACTS if each.__tablename__ == table]
    first = select(func.min(col(of.recorded_at))).where(col(of.ref) == ref, col(of.recorded_at) > after)
    found: datetime = s.execute(first).scalar_one()
    return found


Changed = tuple[Any, Select[Any]]
"""A table of facts, and the families that newer ones are about."""


def _by_placement(month: Month, since: Since) -> list[Changed]:
    family = col(Placement.family)
    away = (
        select(family)
        .join(SIBLING, col(SIBLING.child) == col(Placement.child))
        .join(NightStay, col(NightStay.placement) == col(SIBLING.ref))
        .where(touches(NightStay, month))
    )
    costs = (
        select(family)
        .join(SIBLING, col(SIBLING.child) == col(Placement.child))
        .join(ExpenseClaim, col(ExpenseClaim.placement) == col(SIBLING.ref))
        .where(touches(ExpenseClaim, month), col(ExpenseClaim.benefit) == Benefit.FREE_COSTS.value)
    )
    claims: tuple[Any, ...] = (Terms, TravelClaim, ExpenseClaim)
    return [
        (Placement, select(family).where(_new(Placement, since), touches(Placement, month))),
        (Child, select(family).join(Child, col(Child.ref) == col(Placement.child)).where(_new(Child, since))),
        (Approval, select(family).join(Approval, col(Approval.family) == family).where(_new(Approval, since))),
        (NightStay, away.where(_new(NightStay, since))),
        (SIBLING, away.where(col(SIBLING.ref).in_(_came_later(Placement, since)))),
        (ExpenseClaim, costs.where(_new(ExpenseClaim, since))),
        (SIBLING, costs.where(col(SIBLING.ref).in_(_came_later(Placement, since)))),
        *(
            (
                table,
                select(family)
                .join(table, table.placement == Placement.ref)
                .where(_new(table, since), touches(table, month)),
            )
            for table in claims
        ),
    ]


def _by_network(month: Month, since: Since) -> list[Changed]:
    family: ColumnElement[str] = col(Network.resource_family).label("family")
    parts: tuple[Any, ...] = (NetworkHome, Gathering)
    return [
        (Network, select(family).where(_new(Network, since))),
        (Approval, select(family).join(Approval, col(Approval.family) == family).where(_new(Approval, since))),
        *(
            (
                table,
                select(family)
                .join(table, table.network == Network.ref)
                .where(_new(table, since), touches(table, month)),
            )
            for table in parts
        ),
    ]


def _decided(month: Month, since: Since) -> Select[Any]:
    """Decided since, or an overpayment whose instalments aren't all taken yet."""
    taken = (
        select(func.count())
        .select_from(LedgerLine)
        .join(PayRun, col(PayRun.ref) == col(LedgerLine.run))
        .where(col(LedgerLine.decision) == col(PayDecision.ref), col(PayRun.status) != RunStatus.DRAFT.value)
        .scalar_subquery()
    )
    recovering = (col(PayDecision.decision) != Decision.WAIVE.value) & (taken < col(PayDecision.instalments))
    later = col(PayDecision.id) > since.read_to.get("pay_decision", 0)
    return select(col(PayDecision.family)).where(col(PayDecision.period) == str(month), or_(later, recovering))


def _new(table: type[Fact], since: Since) -> ColumnElement[bool]:
    """Of a reference with a version that came later."""
    return col(table.ref).in_(_came_later(table, since))


def _came_later(table: type[Fact], since: Since) -> Select[Any]:
    later = LATER[table]
    came = select(col(later.ref)).where(
        # a run of a version that didn't have the table yet goes by the instant alone
        or_(col(later.recorded_at) > since.known_at, *_read_on(later, since.read_to.get(str(table.__tablename__))))
    )
    return came if since.until is None else came.where(col(later.recorded_at) <= since.until)


def _read_on(later: Any, mark: int | None) -> list[ColumnElement[bool]]:
    return [] if mark is None else [col(later.id) > mark]


def of_municipality(s: Session, municipality: str, families: Select[Any]) -> Families:
    """Those of the municipality: their references, or the query itself where there are very many."""
    placed = select(col(Placement.family)).where(
        col(Placement.municipality) == municipality, col(Placement.family).in_(families)
    )
    joined = select(col(Network.resource_family)).where(
        col(Network.municipality) == municipality, col(Network.resource_family).in_(families)
    )
    found = s.scalars(union(placed, joined).limit(LISTED + 1)).all()
    return families if len(found) > LISTED else list(found)
