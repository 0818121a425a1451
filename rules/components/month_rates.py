"""The rate rows of one month: on which of its days each is in force."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from rules.components.days import EVER, NEVER, between, every_day, numbers
from rules.months import Month
from rules.rates import Gap, RateMissing
from rules.refusal import Refusals


class Priced(NamedTuple):
    """Days of a row (its number in the columns priced) at one rate row."""

    row: np.ndarray
    rate: np.ndarray
    """Number of the rate row."""
    days: np.ndarray


class MonthRates:
    """Rate rows of one country; gaps are gathered until `refuse_gaps`, so that all are named at once."""

    def __init__(self, rates: pd.DataFrame, country: str, period: Month) -> None:
        self.rows = rates.sort_values(["rate", "band", "rate_from"]).reset_index(drop=True)
        self.country, self.period = country, period
        self.gaps: list[Gap] = []
        self.ore = self.rows["rate_ore"].to_numpy("int64")
        refuse_overlaps(self.rows, country)
        ends = numbers(self.rows["rate_to"], period, NEVER - 1) + 1
        self._days = between(numbers(self.rows["rate_from"], period, EVER), ends, period)
        named = zip(self.rows["rate"], self.rows["band"], strict=True)
        self._named = [(name, number) for number, name in enumerate(named) if self._days[number]]

    def price(self, rate: str, days: Mapping[str, np.ndarray], *, needed: bool = True) -> Priced:
        """By band, the days to be priced in each row. What isn't `needed` leaves no gap where there is no rate."""
        priced = [part for band, wanted in days.items() for part in self._parts(rate, band, wanted, needed)]
        columns = zip(*priced, strict=True) if priced else ([], [], [])
        row, number, part = (np.concatenate([*column, []]) for column in columns)
        return Priced(row.astype("int64"), number.astype("int64"), part.astype(np.uint32))

    def shown(self, rate: np.ndarray) -> np.ndarray:
        """Øre of those rate rows; -1 where there is none."""
        return np.append(self.ore, -1).take(rate)

    def _parts(
        self, rate: str, band: str, wanted: np.ndarray, needed: bool
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        parts, uncovered = [], every_day(self.period)
        for number in (number for name, number in self._named if name == (rate, band)):
            part = wanted & self._days[number]
            rows = np.flatnonzero(part)
            parts.append((rows, np.full(len(rows), number), part[rows]))
            uncovered &= ~self._days[number]
        if needed:
            self._miss(rate, band, int(np.bitwise_or.reduce(wanted & uncovered, initial=np.uint32(0))))
        return parts

    def _miss(self, rate: str, band: str, days: int) -> None:
        if days:
            first = self.period.first + timedelta(days=(days & -days).bit_length() - 1)
            last = self.period.first + timedelta(days=days.bit_length() - 1)
            self.gaps.append(Gap(self.country, rate, band, first, last))

    def refuse_gaps(self) -> None:
        if self.gaps:
            raise RateMissing(self.gaps)


def refuse_overlaps(rates: pd.DataFrame, country: str) -> None:
    ordered = rates.sort_values(["rate", "band", "rate_from"])
    before = ordered.groupby(["rate", "band"])["rate_to"].shift()
    follows = ordered.duplicated(["rate", "band"])
    double = ordered[follows & (before.isna() | (before >= ordered["rate_from"]))]
    if len(double):
        raise Refusals(
            [
                f"{country} {rate}{f' ({band})' if band else ''}: two rows hold on {day:%Y-%m-%d}; end the earlier one"
                for rate, band, day in zip(double["rate"], double["band"], double["rate_from"], strict=True)
            ]
        )
