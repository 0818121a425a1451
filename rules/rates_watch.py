"""Which rates are missing, or end before long (X3)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from rules.rates import BANDS, Dated

A_DAY = timedelta(days=1)
NEVER = "never"
"""In place of the first day without the rate, where there always was none."""


class Lacking(NamedTuple):
    country: str
    rate: str
    since: date | None
    """The first day without a rate; None where there never was one."""
    bands: tuple[str, ...]


def lacking(rows: Iterable[Dated], country: str, first: date, last: date) -> list[Lacking]:
    """Rates of the country without a row on some day from `first` to `last`, by rate and day."""
    table = list(rows)
    found = [
        (rate, since, band)
        for (of, rate), bands in BANDS.items()
        for band in bands
        if of == country
        for since in _first_without(
            [row for row in table if (row.country, row.rate, row.band) == (of, rate, band)], first, last
        )
    ]
    by_day = sorted(found, key=lambda lack: (lack[0], lack[1] or date.min))
    return [
        Lacking(country, rate, since, tuple(band for _, _, band in lacks))
        for (rate, since), lacks in groupby(by_day, key=lambda lack: lack[:2])
    ]


def by_rate(found: Iterable[Lacking]) -> list[Lacking]:
    """One for each rate, with all its bands and the first of its days: it is one table that is loaded."""
    ordered = sorted(found, key=lambda lack: (lack.country, lack.rate, lack.since or date.min))
    return [
        Lacking(country, rate, same[0].since, tuple(sorted({band for lack in same for band in lack.bands})))
        for (country, rate), group in groupby(ordered, key=lambda lack: lack[:2])
        if (same := list(group))
    ]


def _first_without(rows: Sequence[Dated], first: date, last: date) -> list[date | None]:
    """At most one; where `first` itself has no row, the day on which the gap began."""
    day = first
    while (row := next((row for row in rows if row.valid_from <= day <= (row.valid_to or date.max)), None)) is not None:
        if row.valid_to is None or row.valid_to >= last:
            return []
        day = row.valid_to + A_DAY
    if day > first:
        return [day]
    ended = [row.valid_to for row in rows if row.valid_to is not None and row.valid_to < day]
    return [max(ended) + A_DAY if ended else None]
