"""The ledger's lines, as people and tasks ask for them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from data.tables import LedgerLine, LineStatus, PayDecision, PayRejection, PayRun
from rules.refusal import Refusal


def clear(s: Session, run: PayRun) -> int:
    """Of a draft that this transaction holds; how many lines it had."""
    cleared = s.execute(delete(LedgerLine).where(col(LedgerLine.run) == run.ref))
    return cleared.rowcount  # type: ignore[attr-defined, no-any-return]


def held_periods(s: Session, run: PayRun) -> list[str]:
    held = select(col(LedgerLine.period)).where(LedgerLine.run == run.ref, LedgerLine.status == LineStatus.HELD)
    return sorted(set(s.exec(held.distinct())))


def release_lines(s: Session, run: PayRun) -> None:
    payable = (col(LedgerLine.run) == run.ref, col(LedgerLine.status) == LineStatus.PAYABLE.value)
    s.execute(update(LedgerLine).where(*payable).values(status=LineStatus.RELEASED.value))


def totals(s: Session, run: PayRun) -> list[dict[str, Any]]:
    """By component, tax mark and status: component, taxable, status, lines, amount_ore."""
    by = (col(LedgerLine.component), col(LedgerLine.taxable), col(LedgerLine.status))
    sums = (func.count().label("lines"), func.sum(col(LedgerLine.amount_ore)).label("amount_ore"))
    rows = s.execute(columns(*by, *sums).where(col(LedgerLine.run) == run.ref).group_by(*by).order_by(*by))
    return [{**row, "amount_ore": int(row["amount_ore"])} for row in rows.mappings()]


def find_line(s: Session, line_id: str) -> LedgerLine:
    line = s.get(LedgerLine, line_id)
    if line is None:
        raise Refusal(
            f"there is no ledger line {line_id!r}; plejeflow payout show lists a month's lines with their ids"
        )
    return line


def decision_since(s: Session, line: LedgerLine) -> PayDecision | None:
    """The decision about the line's matter that came after its run was computed."""
    known = s.get_one(PayRun, line.run).read_to.get("pay_decision", 0)
    same = ("municipality", "period", "subject", "family", "component", "source_key", "taxable")
    about = (getattr(PayDecision, name) == getattr(line, name) for name in same)
    return s.exec(select(PayDecision).where(col(PayDecision.id) > known, *about)).first()


def decisions_after(s: Session, run: PayRun, number: int) -> Sequence[PayDecision]:
    """About the months up to the run's own, made after the one of that id."""
    about = (PayDecision.municipality == run.municipality, PayDecision.period <= run.payroll_month)
    return s.exec(select(PayDecision).where(*about, col(PayDecision.id) > number).order_by(col(PayDecision.id))).all()


def held_lines(s: Session, run: PayRun) -> list[LedgerLine]:
    held = select(LedgerLine).where(LedgerLine.run == run.ref, LedgerLine.status == LineStatus.HELD)
    return list(s.exec(held.order_by(col(LedgerLine.id))))


def lines_of(s: Session, run: PayRun) -> list[LedgerLine]:
    return list(s.exec(select(LedgerLine).where(LedgerLine.run == run.ref).order_by(col(LedgerLine.id))))


def rejections(s: Session, run: PayRun) -> Sequence[PayRejection]:
    """Of all its drafts, the first one first."""
    return s.exec(select(PayRejection).where(PayRejection.run == run.ref).order_by(col(PayRejection.id))).all()
