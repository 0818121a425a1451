from collections.abc import Callable
from typing import NotRequired, TypedDict

from sqlmodel import Session

from data.pay.ledger import lines_of, rejections
from data.pay.pay_runs import run_of
from data.tables import LedgerLine, PayRejection
from rules.holds import Hold
from tasks.words.pay_words import HOLDS


class LineRow(TypedDict):
    id: str
    placement: str
    """Or the network's reference."""
    family: str
    component: str
    period: str
    """The month it pays for."""
    run: str
    quantity: float
    unit: str
    rate: str
    rate_from: str | None
    amount_ore: int
    taxable: bool
    status: str
    held_because: str | None
    corrects: str | None
    """The line it corrects."""
    sources: list[str]


class RejectionRow(TypedDict):
    by: str
    at: str
    reason: str
    task: str
    prepared_at: str


class RunShown(TypedDict):
    payroll_month: str
    municipality: str
    status: str
    rejected: NotRequired[list[RejectionRow]]
    """There where somebody didn't approve one of its drafts."""
    lines: list[LineRow]


def run_as_json(s: Session, municipality: str, period: str) -> RunShown:
    run = run_of(s, municipality, period)
    shown: RunShown = {
        "payroll_month": run.payroll_month,
        "municipality": run.municipality,
        "status": run.status,
        "rejected": [rejection_row(each) for each in rejections(s, run)],
        "lines": [line_row(line) for line in lines_of(s, run)],
    }
    if not shown["rejected"]:
        del shown["rejected"]
    return shown


def rejection_row(rejection: PayRejection) -> RejectionRow:
    return {
        "by": rejection.rejected_by,
        "at": rejection.rejected_at.isoformat(),
        "reason": rejection.reason,
        "task": rejection.task,
        "prepared_at": rejection.prepared_at.isoformat(),
    }


def line_row(line: LedgerLine) -> LineRow:
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


def line_cells(line: LineRow, say: Callable[[str], str]) -> dict[str, object]:
    """What a table has room for, with why it is held in words; `say` translates them."""
    held = line["held_because"]
    return {
        "id": line["id"],
        "placement": line["placement"],
        "family": line["family"],
        "component": line["component"],
        "period": line["period"],
        "quantity": line["quantity"],
        "rate": line["rate"],
        "amount_ore": line["amount_ore"],
        "taxable": line["taxable"],
        "status": line["status"],
        "held_because": None if held is None else say(HOLDS[Hold(held)]),
    }


def rejection_line(no: RejectionRow) -> str:
    return f"not approved by {no['by']} at {no['at'][:16].replace('T', ' ')}: {no['reason']} ({no['task']})"
