"""The rate table: what the package ships, what is current, what is missing."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from data.tables.money import RateRow
from rules.rates import Gap, gaps_on

FOLDER = Path(__file__).parent / "rates"


def load_shipped(s: Session, now: datetime) -> int:
    """Adds the published rates never recorded here, and says how many; what the municipality changed stays."""
    known = set(s.exec(select(RateRow.ref)))
    new = [row for row in _shipped(now) if row.ref not in known]
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
    return list(s.exec(select(RateRow).where(col(RateRow.superseded_at).is_(None)).order_by(*in_order)))


def check(s: Session, on: date) -> list[Gap]:
    """Rates and bands that have no row on that day (X3)."""
    return gaps_on(list_rates(s), on)
