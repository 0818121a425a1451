"""Which published rate holds on a day, and where there is none."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol

from rules.refusal import Refusals

BANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("DK", "fee_night"): ("",),
    ("DK", "board_lodging_night"): ("age 0-9", "age 10+", "third child+"),
    ("DK", "pocket_money_week"): ("age 3-10", "age 11-13", "age 14-15", "age 16+"),
    ("DK", "clothing_week"): ("age 0-10", "age 11-13", "age 14-15", "age 16+"),
    ("DK", "mileage_low_km"): ("",),
    ("DK", "mileage_high_km"): ("",),
    ("NO", "foster_support_month"): ("",),
    ("NO", "expense_cover_month"): ("age 0-5", "age 6-10", "age 11-14", "age 15+"),
    ("NO", "respite_expense_night"): ("age 0-9", "age 10+"),
    ("NO", "respite_pay_night"): ("",),
}
"""Every rate that pay is computed from, with its bands."""
CURRENCY = {"DK": "DKK", "NO": "NOK"}


def unit_of(country: str, rate: str) -> str:
    """Such as DKK/night."""
    return f"{CURRENCY[country]}/{rate.rpartition('_')[2]}"


class Gap(NamedTuple):
    """No row for this rate and band on the days from `first` to `last`."""

    country: str
    rate: str
    band: str
    first: date
    last: date

    def __str__(self) -> str:
        band = f" ({self.band})" if self.band else ""
        days = f"on {self.first}" if self.first == self.last else f"from {self.first} to {self.last}"
        return (
            f"{self.country} {self.rate}{band}: no rate {days}; "
            "load the municipality's own table with plejeflow rates import FILE.csv"
        )


class RateMissing(Refusals):
    def __init__(self, gaps: list[Gap]) -> None:
        self.gaps = gaps
        super().__init__([str(gap) for gap in gaps])


class Dated(Protocol):
    country: str
    rate: str
    band: str
    valid_from: date
    valid_to: date | None


def gaps_on(rows: Iterable[Dated], on: date) -> list[Gap]:
    """Rates and bands without a row on that day."""
    covered = {
        (row.country, row.rate, row.band)
        for row in rows
        if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
    }
    return [
        Gap(country, rate, band, on, on)
        for (country, rate), bands in BANDS.items()
        for band in bands
        if (country, rate, band) not in covered
    ]
