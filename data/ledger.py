"""Pay runs and their lines."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from data.tables import LedgerLine, PayRun, RunStatus
from rules.refusal import Refusal


class MonthClosed(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(
            f"{run.ref} is {run.status} and is not computed again; "
            "what has changed since is paid or held in the next payroll month"
        )


def open_draft(s: Session, draft: PayRun) -> PayRun:
    """The month's run, locked until the transaction ends. Raises MonthClosed for one that isn't a draft."""
    dialect = postgresql if s.get_bind().dialect.name == "postgresql" else sqlite
    # two who prepare at once meet here: the second waits and then replaces the first one's lines
    s.execute(dialect.insert(PayRun).values(draft.model_dump()).on_conflict_do_nothing())
    run = s.exec(select(PayRun).where(PayRun.ref == draft.ref).with_for_update()).one()
    if run.status != RunStatus.DRAFT:
        raise MonthClosed(run)
    run.known_at, run.prepared_at, run.prepared_by = draft.known_at, draft.prepared_at, draft.prepared_by
    s.add(run)
    return run


def replace_lines(s: Session, run: PayRun, lines: Iterable[dict[str, Any]]) -> None:
    """Of a draft that this transaction holds."""
    s.execute(delete(LedgerLine).where(col(LedgerLine.run) == run.ref))
    rows = [
        {"id": f"{run.ref}-{number:06}", "run": run.ref, "municipality": run.municipality, **line}
        for number, line in enumerate(lines, 1)
    ]
    if rows:
        s.execute(insert(LedgerLine), rows)


def find_line(s: Session, line_id: str) -> LedgerLine:
    line = s.get(LedgerLine, line_id)
    if line is None:
        raise Refusal(
            f"there is no ledger line {line_id!r}; plejeflow payout show lists a month's lines with their ids"
        )
    return line


def run_of(s: Session, municipality: str, period: str) -> PayRun:
    run = s.exec(select(PayRun).where(PayRun.municipality == municipality, PayRun.payroll_month == period)).first()
    if run is None:
        raise Refusal(
            f"no payout is prepared for {municipality} in {period}; "
            f"plejeflow payout prepare {period} --municipality {municipality} does it"
        )
    return run


def lines_of(s: Session, run: PayRun) -> list[LedgerLine]:
    return list(s.exec(select(LedgerLine).where(LedgerLine.run == run.ref).order_by(col(LedgerLine.id))))


def run_as_json(s: Session, municipality: str, period: str) -> dict[str, Any]:
    run = run_of(s, municipality, period)
    return {
        "payroll_month": run.payroll_month,
        "municipality": run.municipality,
        "status": run.status,
        "lines": [_line_as_json(line) for line in lines_of(s, run)],
    }


def _line_as_json(line: LedgerLine) -> dict[str, Any]:
    whole, thousandths = divmod(line.quantity, 1000)
    return {
        "id": line.id,
        "placement": line.subject,
        "family": line.family,
        "component": line.component,
        "period": line.period,
        "run": line.run,
        "quantity": line.quantity / 1000 if thousandths else whole,
        "unit": line.unit,
        "rate": line.rate,
        "rate_from": line.rate_from.isoformat() if line.rate_from else None,
        "amount_ore": line.amount_ore,
        "taxable": line.taxable,
        "status": line.status,
        "held_because": line.held_because,
        "corrects": line.corrects,
        "sources": line.sources,
    }
