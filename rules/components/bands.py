"""On which days of the month a child belongs to which age band of a rate."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from rules.components.days import EVER, NEVER, below, every_day
from rules.months import Month
from rules.rates import BANDS

AGES = re.compile(r"age (\d+)(?:-(\d+)|\+)")
Reached = Callable[[pd.Series, int, Month], np.ndarray]
"""The number of the day from which an age counts."""


def birthday(birth_date: pd.Series, years: int, period: Month) -> np.ndarray:
    """The day on which that age is reached, as in rules.ages; NEVER where the birth date isn't known."""
    born = birth_date.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
    month = born.astype("datetime64[M]")
    # a 29 February that the year doesn't have is 1 March
    reached = (month + np.timedelta64(12 * years, "M")).astype("datetime64[D]") + (born - month.astype("datetime64[D]"))
    return np.where(np.isnat(born), NEVER, (reached - np.datetime64(period.first)).astype("int64"))


def month_after_birthday(birth_date: pd.Series, years: int, period: Month) -> np.ndarray:
    reached = birthday(birth_date, years, period)
    return np.where(reached < 0, EVER, NEVER)


def bands(
    birth_date: pd.Series, country: str, rate: str, period: Month, reached: Reached = birthday
) -> dict[str, np.ndarray]:
    """Days in each age band; none where the birth date isn't known, nor below the lowest band."""
    known = np.where(birth_date.isna(), np.uint32(0), every_day(period))
    ages = {band: _limits(found) for band in BANDS[country, rate] if (found := AGES.fullmatch(band))}
    limits = {limit for pair in ages.values() for limit in pair if limit}
    younger = {limit: below(reached(birth_date, limit, period), period) for limit in limits}
    nobody, everybody = np.zeros_like(known), np.full_like(known, every_day(period))
    return {
        band: known & ~younger.get(from_, nobody) & younger.get(to, everybody) for band, (from_, to) in ages.items()
    }


def _limits(ages: re.Match[str]) -> tuple[int, int]:
    """The age from which, and that from which no more; 0 is no limit."""
    return int(ages[1]), int(ages[2]) + 1 if ages[2] else 0
