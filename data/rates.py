"""The rate table: what the package ships, what is current, what is missing."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.store.facts import record, stands
from data.tables.money import LedgerLine, PayRun, RateRow, RunStatus
from rules.rate_table import TableRow, kroner
from rules.rates import Gap, gaps_on

FOLDER = Path(__file__).parent / "rates"
SAID_ALIKE = ("country", "rate", "band", "valid_from", "valid_to", "unit", "status", "source")
"""By a stored row and a row of a table; the amount is text in the one and øre in the other."""


def load_shipped(s: Session, now: datetime) -> int:
    """Adds the published rates never recorded here, and says how many.

    What the municipality changed stays, and so does a row of its own that holds on days of a published one.
    """
    known, stored = set(s.exec(select(RateRow.ref))), as_table(list_rates(s))
    shipped = [row for row in _shipped(now) if row.ref not in known]
    new = [row for row, said in zip(shipped, as_table(shipped), strict=True) if not any(map(said.meets, stored))]
    s.add_all(new)
    return len(new)


def _shipped(now: datetime) -> Iterator[RateRow]:
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for given in csv.DictReader(file):
                yield RateRow(
                    ref="/".join(given[name] for name in RateRow.natural_key),
                    recorded_at=now,
                    country=given["country"],
                    rate=given["rate"],
                    band=given["band"],
                    valid_from=date.fromisoformat(given["valid_from"]),
                    valid_to=date.fromisoformat(given["valid_to"]) if given["valid_to"] else None,
                    amount=given["amount"],
                    unit=given["unit"],
                    status=given["status"],
                    source=given["source"],
                )


def list_rates(s: Session) -> list[RateRow]:
    in_order = (col(RateRow.country), col(RateRow.rate), col(RateRow.band), col(RateRow.valid_from))
    return list(s.exec(select(RateRow).where(stands(RateRow)).order_by(*in_order)))


def as_table(rows: Iterable[RateRow]) -> list[TableRow]:
    return [
        TableRow(amount_ore=int(Decimal(row.amount) * 100), **{name: getattr(row, name) for name in SAID_ALIKE})
        for row in rows
    ]


def record_rate(s: Session, row: TableRow, now: datetime) -> None:
    """As a new version where a row of the same rate, band and first day is stored."""
    said = {name: getattr(row, name) for name in SAID_ALIKE}
    record(s, RateRow(ref=row.ref, recorded_at=now, amount=kroner(row.amount_ore), **said), now)


def lines_paid_with(s: Session, row: TableRow) -> int:
    """Lines of approved and released runs that were computed with the rate row of this ref."""
    closed = select(PayRun.ref).where(PayRun.status != RunStatus.DRAFT)
    of_the_row = col(LedgerLine.basis)["rate"].as_string() == row.ref
    lines = select(func.count()).where(col(LedgerLine.rate_from) == row.valid_from, of_the_row)
    return s.scalar(lines.where(col(LedgerLine.run).in_(closed))) or 0


def check(s: Session, on: date) -> list[Gap]:
    """Rates and bands that have no row on that day (X3)."""
    return gaps_on(list_rates(s), on)
