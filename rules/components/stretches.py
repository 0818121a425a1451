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
    terms: np.ndarray | None = None,
) -> Days:
    """`kinds` says which placements the component is for, `bands` which of their days are in each band, `unknown` on
    which days of each stretch the amount is open: the first reason first. `terms` as `saying` makes them; without
    them the component doesn't depend on terms, and is never split by them."""
    stretches, pieces = known.stretches, known.pieces
    terms = np.full(len(stretches.days), -1) if terms is None else terms
    left = np.where(kinds[stretches.placement], stretches.days, NONE)
    open_ = []
    for hold, days in unknown.items():
        rows = np.flatnonzero(left & days)
        open_.append(_joined(known, rows, terms, np.full(len(rows), CODE[hold]), (left & days)[rows]))
        left &= ~days
    computable = _joined(known, pieces.stretch, terms, pieces.held, pieces.days & left[pieces.stretch])
    at = rates.price(rate, {band: computable.days & days[computable.subject] for band, days in bands.items()})
    found = Days(computable.subject[at.row], computable.terms[at.row], at.rate, computable.held[at.row], at.days)
    return Days(*(np.concatenate(columns) for columns in zip(found, *open_, strict=True)))


def _joined(known: Presence, stretch: np.ndarray, terms: np.ndarray, held: np.ndarray, days: np.ndarray) -> Days:
    """What is one line: stretches of a placement that differ in nothing the component depends on."""
    parts = Days(known.stretches.placement[stretch], terms[stretch], np.full(len(stretch), -1), held, days)
    several = _several(known)[stretch]
    if not several.any():
        return parts
    some = Days(*(column[several] for column in parts))
    order = np.lexsort((some.held, some.terms, some.subject))
    some = Days(*(column[order] for column in some))
    same = (np.diff(column, prepend=-2) == 0 for column in (some.subject, some.terms, some.held))
    starts = np.flatnonzero(~np.logical_and.reduce([*same]))
    together = Days(*(column[starts] for column in some))._replace(days=np.bitwise_or.reduceat(some.days, starts))
    return Days(*(np.concatenate([column[~several], more]) for column, more in zip(parts, together, strict=True)))


def _several(known: Presence) -> np.ndarray:
    """Whether a stretch's placement has another one in the month."""
    follows = np.diff(known.stretches.placement, prepend=-1) == 0
    return np.asarray(follows | np.append(follows[1:], False))


def saying(known: Presence, column: str, without: np.ndarray | None = None) -> np.ndarray:
    """By stretch, the placement's first row of terms that says the same in that column. What no terms say is apart,
    but for placements that are paid `without` them."""
    stretches = known.stretches
    several = np.flatnonzero(_several(known))
    if not len(several):
        return stretches.terms
    placement, terms = stretches.placement[several], stretches.terms[several]
    apart = np.full(len(several), -2) if without is None else np.where(without[placement], -1, -2)
    value = np.where(terms < 0, apart, agreed(known, column)[terms])
    first = pd.Series(np.where(terms < 0, len(known.terms), terms)).groupby([placement, value]).transform("min")
    same = stretches.terms.copy()
    same[several] = np.where(first == len(known.terms), -1, first)
    return same


def on_days_of(rows: np.ndarray) -> np.ndarray:
    """All days of those stretches, none of the others."""
    return np.where(rows, ALL, NONE)


def agreed(known: Presence, column: str) -> np.ndarray:
    """By row of terms, -1 where it isn't said; the last is for no terms."""
    return np.append(known.terms[column].fillna(-1).to_numpy("int64"), -1)


def any_day(placements: pd.DataFrame) -> dict[str, np.ndarray]:
    """For rates without bands."""
    return {"": np.full(len(placements), ALL)}
