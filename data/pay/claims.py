"""Claims for benefits, as they are now."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, func
from sqlalchemy import select as sa_select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, select

from data.store.facts import stands
from data.tables import ExpenseClaim, Placement, TravelClaim
from rules.vocabulary import Regime


def granted_to(s: Session, placement: str) -> Sequence[ExpenseClaim]:
    return s.exec(
        select(ExpenseClaim).where(
            ExpenseClaim.placement == placement,
            stands(ExpenseClaim),
            col(ExpenseClaim.granted_on).is_not(None),
        )
    ).all()


def granted_to_child(s: Session, child: str) -> Sequence[ExpenseClaim]:
    """In whichever placement."""
    placements = s.exec(select(Placement.ref).where(Placement.child == child, stands(Placement)))
    return [claim for placement in placements.all() for claim in granted_to(s, placement)]


class UtcDay(FunctionElement[date]):
    """Of an instant, whatever time zone the server is set to."""

    type = Date()
    inherit_cache = True


@compiles(UtcDay, "sqlite")
def _in_sqlite(day: UtcDay, compiler: SQLCompiler, **how: Any) -> str:
    return f"date({compiler.process(day.clauses, **how)})"


@compiles(UtcDay, "postgresql")
def _in_postgresql(day: UtcDay, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(timezone('UTC', {compiler.process(day.clauses, **how)}) AS DATE)"


_FIRST = aliased(TravelClaim)
REPORTED_ON = func.coalesce(
    col(TravelClaim.reported_on),
    UtcDay(select(func.min(_FIRST.recorded_at)).where(_FIRST.ref == TravelClaim.ref).scalar_subquery()),
)
"""Where nobody said when driving was reported, it was by the day on which it was first recorded."""
SPENT_ON = func.coalesce(col(ExpenseClaim.spent_on), col(ExpenseClaim.applied_on), col(ExpenseClaim.granted_on))
"""Where nothing else is known, an expense is of the day it was applied for."""


def spent_on(claim: ExpenseClaim) -> date | None:
    return claim.spent_on or claim.applied_on or claim.granted_on


def to_be_documented(s: Session, municipality: str, year: int) -> Sequence[tuple[ExpenseClaim, str]]:
    """Granted claims of that year that are covered in full, each with its family, by claim; not what was let
    through without its documentation in time."""
    rows = s.execute(
        _with_family(ExpenseClaim, municipality)
        .where(
            col(ExpenseClaim.regime) == Regime.FULL,
            col(ExpenseClaim.granted_on).is_not(None),
            SPENT_ON.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(col(ExpenseClaim.ref))
    )
    return [(claim, str(family)) for claim, family in rows]


def documented_since(s: Session, municipality: str, day: date, before: date) -> Sequence[tuple[ExpenseClaim, str]]:
    """Granted claims that are covered in full and older than `before`, whose documentation came on the day or later."""
    rows = s.execute(
        _with_family(ExpenseClaim, municipality)
        .where(
            col(ExpenseClaim.regime) == Regime.FULL,
            col(ExpenseClaim.granted_on).is_not(None),
            before > SPENT_ON,
            col(ExpenseClaim.documentation_on) >= day,
        )
        .order_by(col(ExpenseClaim.ref))
    )
    return [(claim, str(family)) for claim, family in rows]


def reported_since(s: Session, municipality: str, day: date, before: date) -> Sequence[tuple[TravelClaim, str, date]]:
    """Driving from before `before` that was reported on the day or later, each with its family and day, by claim."""
    rows = s.execute(
        _with_family(TravelClaim, municipality)
        .add_columns(REPORTED_ON)
        .where(col(TravelClaim.driven_on) < before, day <= REPORTED_ON)
        .order_by(col(TravelClaim.ref))
    )
    return [(claim, str(family), reported) for claim, family, reported in rows]


def _with_family(table: Any, municipality: str) -> Select[Any]:
    """Of claims, of either kind."""
    wanted: Select[Any] = (
        sa_select(table, col(Placement.family))
        .join(Placement, col(Placement.ref) == col(table.placement))
        .where(
            col(Placement.municipality) == municipality,
            col(table.let_through_on).is_(None),
            *(stands(each) for each in (table, Placement)),
        )
    )
    return wanted
