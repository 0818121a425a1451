"""What a payout is computed from, as frames: only what was known at the instant (X8), nothing personal.

Every query's first column is the family, by which batches are cut; an Asked says which of them.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.pay.claims import REPORTED_ON
from data.store.arrow import Columns
from data.store.facts import known
from data.tables import (
    Approval,
    Child,
    ExpenseClaim,
    Gathering,
    LedgerLine,
    LineStatus,
    Network,
    NetworkHome,
    NightStay,
    PayRun,
    Placement,
    RateRow,
    RunStatus,
    Terms,
    TravelClaim,
)
from data.tables.base import Fact
from rules.matters import DECIDED
from rules.months import Month
from rules.vocabulary import Benefit, Component, PlacementKind

Families = Select[Any] | list[str]
"""References of those whose month is computed, or a query for them."""


class Asked(NamedTuple):
    municipality: str
    month: Month
    known_at: datetime
    families: Families | None = None
    """None is all."""


def placements(asked: Asked) -> Columns:
    theirs = _theirs(
        asked,
        col(Placement.ref).label("placement"),
        col(Placement.child),
        col(Placement.kind),
        col(Placement.start),
        col(Placement.end),
        col(Child.birth_date),
        col(Placement.aftercare_until),
        case((col(Placement.emergency_reason).is_not(None), col(Placement.start))).label("emergency_from"),
    )
    return _with_children(theirs, asked)


def approvals(asked: Asked) -> Columns:
    """Of every family that the municipality has placed a child with or that leads a network of it."""
    wanted: Columns = select(
        col(Approval.family),
        col(Approval.valid_from).label("approved_from"),
        col(Approval.valid_to).label("approved_to"),
    ).where(known(Approval, asked.known_at), col(Approval.valid_from).is_not(None))
    if asked.families is not None:
        return wanted.where(col(Approval.family).in_(asked.families))
    placed = select(col(Placement.family)).where(col(Placement.municipality) == asked.municipality)
    led = select(col(Network.resource_family)).where(col(Network.municipality) == asked.municipality)
    return wanted.where(or_(col(Approval.family).in_(placed), col(Approval.family).in_(led)))


def terms(asked: Asked) -> Columns:
    return _of_placements(
        asked,
        Terms,
        col(Terms.ref).label("terms_ref"),
        col(Terms.placement),
        col(Terms.valid_from).label("terms_from"),
        col(Terms.fees_tenths),
        col(Terms.board_lodging_ore),
        col(Terms.nights_per_month),
    )


def stays(asked: Asked) -> Columns:
    arrival, departure = col(NightStay.arrival), col(NightStay.departure)
    return _of_placements(
        asked, NightStay, col(NightStay.ref).label("stay"), col(NightStay.placement), arrival, departure
    )


def elsewhere(asked: Asked) -> Columns:
    """Respite stays of the same children with other families or by other municipalities; `other` is that placement."""
    other = aliased(Placement)
    return (
        _theirs(
            asked,
            col(Placement.child),
            col(NightStay.arrival),
            col(NightStay.departure),
            col(other.ref).label("other"),
        )
        .join(
            other,
            and_(
                _elsewhere(other),
                col(other.kind) == PlacementKind.RESPITE.value,
                known(other, asked.known_at),
            ),
        )
        .join(NightStay, and_(col(NightStay.placement) == col(other.ref), known(NightStay, asked.known_at)))
        .where(touches(NightStay, asked.month))
    )


def travel(asked: Asked) -> Columns:
    return _of_placements(
        asked,
        TravelClaim,
        col(TravelClaim.ref).label("claim"),
        col(TravelClaim.placement),
        col(TravelClaim.driven_on),
        col(TravelClaim.metres),
        col(TravelClaim.purpose),
        col(TravelClaim.agreed),
        REPORTED_ON.label("reported_on"),
        col(TravelClaim.let_through_on),
    )


def expenses(asked: Asked) -> Columns:
    return _of_placements(
        asked,
        ExpenseClaim,
        col(ExpenseClaim.ref).label("claim"),
        col(ExpenseClaim.placement),
        *_EXPENSE,
    )


_EXPENSE = (
    col(ExpenseClaim.benefit),
    col(ExpenseClaim.regime),
    col(ExpenseClaim.applied_on),
    col(ExpenseClaim.granted_on),
    col(ExpenseClaim.spent_on),
    col(ExpenseClaim.documentation_on),
    col(ExpenseClaim.let_through_on),
    col(ExpenseClaim.amount_ore),
    col(ExpenseClaim.granted_amount_ore),
)


def _elsewhere(other: Any) -> ColumnElement[bool]:
    """Another placement of the same child, that isn't among those of this municipality in this family."""
    apart = or_(col(other.family) != col(Placement.family), col(other.municipality) != col(Placement.municipality))
    return and_(col(other.child) == col(Placement.child), apart)


def costs_elsewhere(asked: Asked) -> Columns:
    """Free costs of the same children with other families or by other municipalities."""
    other = aliased(Placement)
    same_child = and_(_elsewhere(other), known(other, asked.known_at))
    theirs = _theirs(
        asked,
        col(ExpenseClaim.ref).label("claim"),
        col(ExpenseClaim.placement),
        col(Placement.child),
        *(col(day) for day in (other.start, other.end, Child.birth_date)),
        *_EXPENSE,
    )
    return (
        _with_children(theirs, asked)
        .join(other, same_child)
        .join(ExpenseClaim, and_(col(ExpenseClaim.placement) == col(other.ref), known(ExpenseClaim, asked.known_at)))
        .where(
            col(ExpenseClaim.benefit) == Benefit.FREE_COSTS.value,
            touches(ExpenseClaim, asked.month),
        )
    )


def paid_costs(asked: Asked) -> Columns:
    """What closed runs, whoever's, paid as free costs of the same children in this year and the one before."""
    sibling, line = aliased(Placement), LedgerLine
    claimed = select(col(ExpenseClaim.placement)).where(col(ExpenseClaim.benefit) == Benefit.FREE_COSTS.value)
    return _paid(
        _theirs(asked, *_PAID)
        .join(sibling, and_(col(sibling.child) == col(Placement.child), known(sibling, asked.known_at)))
        .join(line, col(line.subject) == col(sibling.ref))
        .where(col(sibling.ref).in_(claimed), col(line.component) == Component.FREE_COSTS.value),
        asked,
        since=asked.month.first.year - 1,
    )


def paid_gatherings(asked: Asked) -> Columns:
    line = LedgerLine
    theirs = and_(col(line.municipality) == asked.municipality, col(line.subject) == col(Network.ref))
    wanted = _of_networks(asked, *_PAID).join(line, theirs)
    return _paid(wanted.where(col(line.component) == Component.GATHERING.value), asked, since=asked.month.first.year)


_PAID: tuple[Any, ...] = (
    col(LedgerLine.id),
    col(LedgerLine.subject).label("about"),
    col(LedgerLine.period),
    col(LedgerLine.source_key),
    col(LedgerLine.amount_ore).label("paid_ore"),
)


def _paid(lines: Columns, asked: Asked, *, since: int) -> Columns:
    """By runs that were closed at the instant; what somebody decided to pay uses up nothing."""
    return lines.join(PayRun, col(PayRun.ref) == col(LedgerLine.run)).where(
        col(LedgerLine.period).between(f"{since}-01", f"{asked.month.first.year}-12"),
        col(LedgerLine.status) != LineStatus.HELD.value,
        col(LedgerLine.source_key).not_like(f"%{DECIDED.removesuffix(':')}%"),
        col(PayRun.status) != RunStatus.DRAFT.value,
        col(PayRun.approved_at) <= asked.known_at,
    )


def networks(asked: Asked) -> Columns:
    return _of_networks(
        asked,
        col(Network.ref).label("network"),
        col(Network.started_on),
        col(Network.ended_on),
    )


def network_homes(asked: Asked) -> Columns:
    home = NetworkHome
    wanted = _of_networks(
        asked, col(home.network), col(home.family).label("home"), col(home.joined_on), col(home.left_on)
    )
    return wanted.join(home, and_(col(home.network) == col(Network.ref), known(home, asked.known_at))).where(
        touches(home, asked.month)
    )


def gatherings(asked: Asked) -> Columns:
    held = Gathering
    wanted = _of_networks(
        asked,
        col(held.ref).label("gathering"),
        col(held.network),
        col(held.held_on),
        col(held.kind),
        col(held.amount_ore),
    )
    return wanted.join(held, and_(col(held.network) == col(Network.ref), known(held, asked.known_at))).where(
        touches(held, asked.month)
    )


def touches(table: type[Fact], month: Month) -> ColumnElement[bool]:
    """Whether a row may matter to what the month is paid."""
    return WINDOWS[table](month)


def _stay(month: Month) -> ColumnElement[bool]:
    first, last = datetime.combine(month.first, time.min), datetime.combine(month.last, time.max)
    arrival, departure = col(NightStay.arrival), col(NightStay.departure)
    # nobody knows which months a stay without both is about
    return or_(arrival.is_(None), departure.is_(None), and_(arrival <= last, departure >= first))


def _placement(month: Month) -> ColumnElement[bool]:
    start, end = col(Placement.start), col(Placement.end)
    return and_(or_(start.is_(None), start <= month.last), or_(end.is_(None), end >= month.first))


def _expense(month: Month) -> ColumnElement[bool]:
    first, last = date(month.first.year - 1, 1, 1), date(month.first.year, 12, 31)
    days = (ExpenseClaim.applied_on, ExpenseClaim.granted_on, ExpenseClaim.documentation_on)
    # a seat is ruled out by an enrolment fee however long ago it was granted
    fee = and_(col(ExpenseClaim.benefit) == Benefit.ENROLMENT_FEE.value, col(ExpenseClaim.granted_on) <= last)
    undated = and_(*(col(day).is_(None) for day in days))
    return or_(*(col(day).between(first, last) for day in days), fee, undated)


WINDOWS: dict[type[Fact], Callable[[Month], ColumnElement[bool]]] = {
    NightStay: _stay,
    Placement: _placement,
    ExpenseClaim: _expense,
    Terms: lambda month: col(Terms.valid_from) <= month.last,
    TravelClaim: lambda month: or_(
        col(TravelClaim.driven_on).is_(None), col(TravelClaim.driven_on).between(month.first, month.last)
    ),
    NetworkHome: lambda month: col(NetworkHome.joined_on) <= month.last,
    Gathering: lambda month: or_(
        col(Gathering.held_on).is_(None),
        col(Gathering.held_on).between(date(month.first.year, 1, 1), date(month.first.year, 12, 31)),
    ),
}


def _theirs(asked: Asked, *columns: Any) -> Columns:
    """Of the placements that the municipality decided on."""
    wanted: Columns = (
        select(col(Placement.family), *columns)
        .select_from(Placement)
        .where(col(Placement.municipality) == asked.municipality, known(Placement, asked.known_at))
    )
    return wanted if asked.families is None else wanted.where(col(Placement.family).in_(asked.families))


def _with_children(wanted: Columns, asked: Asked) -> Columns:
    return wanted.join(Child, and_(col(Child.ref) == col(Placement.child), known(Child, asked.known_at)))


def _of_placements(asked: Asked, table: Any, *columns: Any) -> Columns:
    wanted = _theirs(asked, *columns).join(
        table, and_(col(table.placement) == col(Placement.ref), known(table, asked.known_at))
    )
    return wanted.where(touches(table, asked.month))


def _of_networks(asked: Asked, *columns: Any) -> Columns:
    wanted: Columns = (
        select(col(Network.resource_family).label("family"), *columns)
        .select_from(Network)
        .where(col(Network.municipality) == asked.municipality, known(Network, asked.known_at))
    )
    return wanted if asked.families is None else wanted.where(col(Network.resource_family).in_(asked.families))


def rates(s: Session, country: str, known_at: datetime) -> pd.DataFrame:
    rows = s.execute(
        select(
            col(RateRow.ref),
            col(RateRow.rate),
            col(RateRow.band),
            col(RateRow.valid_from),
            col(RateRow.valid_to),
            col(RateRow.amount),
            col(RateRow.status),
        ).where(col(RateRow.country) == country, known(RateRow, known_at))
    ).all()
    names = ["rate_ref", "rate", "band", "rate_from", "rate_to", "amount", "rate_status"]
    found = pd.DataFrame(dict(zip(names, zip(*rows, strict=True), strict=False)), columns=names, dtype=object)
    days = dict.fromkeys(["rate_from", "rate_to"], "datetime64[s]")
    found = found.astype({name: days.get(name, "str") for name in names})
    ore = [int(Decimal(amount) * 100) for amount in found["amount"]]
    return found.drop(columns="amount").assign(rate_ore=np.array(ore, dtype="int64"))
