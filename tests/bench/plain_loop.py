"""The yardstick: the same month by a plain loop over rows, as one would first write it; no checks, no corrections."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import text

from data.store.session import engine
from rules.ages import age
from rules.money import month_rate, rounded

FIRST, LAST = date(2023, 5, 1), date(2023, 5, 31)
COLUMNS = (
    "id, run, municipality, period, subject, family, component, source_key, quantity, unit, rate, rate_from, "
    "amount_ore, taxable, status, sources, basis"
)
PLACED = """
SELECT p.ref, p.family, p.kind, p.start, c.birth_date, t.ref AS terms, t.fees_tenths FROM placement p
JOIN child c ON c.ref = p.child AND c.superseded_at IS NULL AND c.municipality = 'randers'
JOIN terms t ON t.placement = p.ref AND t.superseded_at IS NULL
WHERE p.superseded_at IS NULL ORDER BY p.family, p.start, p.ref
"""
STAYED = (
    "SELECT ref, placement, arrival, departure FROM night_stay WHERE superseded_at IS NULL AND withdrawn_on IS NULL"
)
DROVE = (
    "SELECT ref, placement, driven_on, metres FROM travel_claim WHERE superseded_at IS NULL AND withdrawn_on IS NULL"
)
RATES = "SELECT rate, band, amount FROM rate WHERE country = 'DK' AND valid_from = '2023-01-01'"
Line = tuple[str, str, str, str, int, str, int, int, bool, list[str], list[str]]


def run() -> None:
    with engine().begin() as connection:
        rates = {(rate, band): int(Decimal(amount) * 100) for rate, band, amount in connection.execute(text(RATES))}
        stays: dict[str, list[Any]] = defaultdict(list)
        for stay in connection.execute(text(STAYED)).mappings():
            stays[stay["placement"]].append(stay)
        drives: dict[str, list[Any]] = defaultdict(list)
        for claim in connection.execute(text(DROVE)).mappings():
            drives[claim["placement"]].append(claim)
        placed = connection.execute(text(PLACED)).mappings()
        lines = (line for placement in placed for line in _lines(placement, stays, drives, rates))
        numbered = (_row(number, line) for number, line in enumerate(lines, 1))
        while some := list(islice(numbered, 25_000)):
            _write(connection, some)


def _lines(placement: Any, stays: Any, drives: Any, rates: Any) -> Iterator[Line]:
    ref, family, fees = placement["ref"], placement["family"], placement["fees_tenths"]
    born, rate = _day(placement["birth_date"]), rates["fee_night", ""]
    if placement["kind"] == "full_time":
        nights, of = [FIRST + timedelta(days=n) for n in range(31)], []
        fee, unit, quantity, each = rounded(month_rate(rate, 100) * fees, 10, 1), "month", 1, month_rate(rate, 100)
    else:
        of = [stay["ref"] for stay in stays[ref]]
        nights = [night for stay in stays[ref] for night in _nights(stay)]
        fee, unit, quantity, each = rounded(rate * fees * len(nights), 10, 1), "night", len(nights), rate
    dates = [night.isoformat() for night in nights]
    yield ref, family, "fee", placement["terms"], quantity, unit, each, fee, True, of, dates
    bands: dict[str, list[str]] = defaultdict(list)
    for night in nights:
        bands["age 0-9" if age(born, night) < 10 else "age 10+"].append(night.isoformat())
    for band, days in bands.items():
        night_rate = rates["board_lodging_night", band]
        yield (
            ref,
            family,
            "board_lodging",
            band,
            len(days),
            "night",
            night_rate,
            night_rate * len(days),
            False,
            of,
            days,
        )
    for claim in drives[ref]:
        low = rates["mileage_low_km", ""]
        paid = rounded(low * claim["metres"], 1000, 1)
        yield ref, family, "travel", claim["ref"], claim["metres"] // 1000, "km", low, paid, False, [claim["ref"]], []


def _nights(stay: Any) -> Iterator[date]:
    first, last = _day(stay["arrival"]), _day(stay["departure"])
    return (night for n in range((last - first).days) if FIRST <= (night := first + timedelta(days=n)) <= LAST)


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _row(number: int, line: Line) -> tuple[Any, ...]:
    subject, family, component, key, quantity, unit, rate, amount, taxable, sources, days = line
    head = (f"RA-LOOP-{number:07}", "RA-LOOP", "randers", "2023-05", subject, family, component, key, quantity * 1000)
    said = json.dumps(sources), json.dumps({"row": "R9", "nights": days})
    return (*head, unit, f"{rate / 100:.2f}", FIRST, amount, taxable, "payable", *said)


def _write(connection: Any, rows: list[tuple[Any, ...]]) -> None:
    raw = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with raw, raw.copy(f"COPY ledger_line ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        raw.executemany(
            f"INSERT INTO ledger_line ({COLUMNS}) VALUES ({', '.join('?' * len(rows[0]))})",
            [(*row[:11], str(row[11]), *row[12:]) for row in rows],
        )
