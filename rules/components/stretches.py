"""What the lines of every component paid by the day have in common."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from rules.components.days import count
from rules.components.month_rates import MonthRates
from rules.components.presence import Presence
from rules.holds import CODE, Hold

ALL, NONE = np.uint32(0xFFFFFFFF), np.uint32(0)


class Days(NamedTuple):
    """Days of one placement under one row of terms, at one rate row (-1: the amount is open), for one reason held."""

    subject: np.ndarray
    terms: np.ndarray
    rate: np.ndarray
    held: np.ndarray
    days: np.ndarray

    @property
    def number(self) -> np.ndarray:
        return count(self.days)


def priced(
    known: Presence,
    rates: MonthRates,
    rate: str,
    kinds: np.ndarray,
    bands: Mapping[str, np.ndarray],
    unknown: Mapping[Hold, np.ndarray],
) -> Days:
    """`kinds` says which placements the component is for, `bands` which of their days are in each band, `unknown` on
    which days of each stretch the amount is open: the first reason first."""
    stretches, pieces = known.stretches, known.pieces
    left = np.where(kinds[stretches.placement], stretches.days, NONE)
    open_ = []
    for hold, days in unknown.items():
        open_.append(_open(known, hold, left & days))
        left &= ~days
    placement = stretches.placement[pieces.stretch]
    computable = pieces.days & left[pieces.stretch]
    at = rates.price(rate, {band: computable & days[placement] for band, days in bands.items()})
    terms = stretches.terms[pieces.stretch[at.row]]
    parts = [Days(placement[at.row], terms, at.rate, pieces.held[at.row], at.days), *open_]
    return Days(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _open(known: Presence, hold: Hold, days: np.ndarray) -> Days:
    rows = np.flatnonzero(days)
    placement, terms = known.stretches.placement[rows], known.stretches.terms[rows]
    return Days(placement, terms, np.full(len(rows), -1), np.full(len(rows), CODE[hold]), days[rows])


def on_days_of(rows: np.ndarray) -> np.ndarray:
    """All days of those stretches, none of the others."""
    return np.where(rows, ALL, NONE)


def agreed(known: Presence, column: str) -> np.ndarray:
    """By row of terms, -1 where it isn't said; the last is for no terms."""
    return np.append(known.terms[column].fillna(-1).to_numpy("int64"), -1)


def any_day(placements: pd.DataFrame) -> dict[str, np.ndarray]:
    """For rates without bands."""
    return {"": np.full(len(placements), ALL)}
