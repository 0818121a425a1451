"""Months of Randers as its payroll goes through them: prepared by the clerk, approved and released by two leaders."""

from collections import defaultdict
from datetime import UTC, datetime

from sqlmodel import select

from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import LedgerLine
from data.tables.base import Fact
from tasks.payout import PaySummary, approve_payout, prepare_payout, release_payout
from tests.tasks.payroll import APPROVER, CLERK, JUNE, LEADER, acting
from web.shown.pay import LineRow, run_as_json

JULY = datetime(2023, 7, 3, 8, tzinfo=UTC)
AUGUST = datetime(2023, 8, 2, 8, tzinfo=UTC)
SEPTEMBER = datetime(2023, 9, 4, 8, tzinfo=UTC)
OCTOBER = datetime(2023, 10, 3, 8, tzinfo=UTC)


def change(table: type[Fact], ref: str, at: object = JULY, **changes: object) -> None:
    with writing() as s:
        revise(s, current(s, table, ref), at, **changes)  # type: ignore[arg-type]


def prepare(period: str = "2023-05", now: datetime = JUNE) -> PaySummary:
    return prepare_payout("randers", period, actor=acting(CLERK), now=now)


def pay(period: str = "2023-05", now: datetime = JUNE) -> None:
    """Prepared, approved and released."""
    prepare(period, now)
    approve_payout("randers", period, actor=acting(APPROVER), now=now)
    release_payout("randers", period, actor=acting(LEADER), now=now)


def lines(period: str = "2023-05", municipality: str = "randers") -> list[LineRow]:
    with reading() as s:
        return list(run_as_json(s, municipality, period)["lines"])


def said(period: str) -> list[str]:
    """Each line in a few words."""
    return [
        f"{line['period']} {line['placement']} {line['component']} {line['amount_ore'] / 100:.2f} {line['status']}"
        + (f": {line['held_because']}" if line["held_because"] else "")
        + (f" corrects {line['corrects']}" if line["corrects"] else "")
        for line in lines(period)
    ]


def paid() -> dict[tuple[str, str, str, bool], int]:
    """Released øre by placement, month, component and tax mark."""
    sums: dict[tuple[str, str, str, bool], int] = defaultdict(int)
    with reading() as s:
        for line in s.exec(select(LedgerLine).where(LedgerLine.status == "released")):
            sums[line.subject, line.period, line.component, line.taxable] += line.amount_ore
    return {key: ore for key, ore in sums.items() if ore}
