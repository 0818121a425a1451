"""Sums of pay runs, for those who look at the whole and at no family."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from data.tables import LedgerLine, LineStatus, PayRun, RunStatus


class Held(NamedTuple):
    because: str
    lines: int
    amount_ore: int


class MonthSum(NamedTuple):
    payroll_month: str
    component: str
    amount_ore: int


def held_by_reason(s: Session, run: PayRun) -> list[Held]:
    """The most first."""
    because, lines = col(LedgerLine.held_because), func.count()
    held = (col(LedgerLine.run) == run.ref, col(LedgerLine.status) == LineStatus.HELD.value)
    rows = s.execute(select(because, lines, _ore()).where(*held).group_by(because).order_by(lines.desc(), because))
    return [Held(reason, count, int(ore)) for reason, count, ore in rows]


def paid_by_month(s: Session, run: PayRun, since: str) -> list[MonthSum]:
    """By payroll month and component, what the run pays and what closed ones of months from `since` on did."""
    by = (col(PayRun.payroll_month), col(LedgerLine.component))
    months = col(PayRun.payroll_month).between(since, run.payroll_month)
    counted = (col(PayRun.status) != RunStatus.DRAFT.value) | (col(PayRun.ref) == run.ref)
    paid = (col(PayRun.municipality) == run.municipality, col(LedgerLine.status) != LineStatus.HELD.value)
    wanted = select(*by, _ore()).join(LedgerLine, col(LedgerLine.run) == col(PayRun.ref))
    rows = s.execute(wanted.where(*paid, months, counted).group_by(*by).order_by(*by))
    return [MonthSum(month, component, int(ore)) for month, component, ore in rows]


def _ore() -> ColumnElement[int]:
    return func.sum(col(LedgerLine.amount_ore))
