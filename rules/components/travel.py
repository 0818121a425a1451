"""R10: agreed driving at the low rate of the day; a journey without a rate waits, and holds up nobody else."""

from datetime import date

import numpy as np
import pandas as pd

from rules.components.claims import after_end, before_start, bit, first_reason, late
from rules.components.days import NEVER, numbers
from rules.components.lines import Coded, of
from rules.components.month_rates import MonthRates
from rules.holds import Hold
from rules.money import STEP, rounded
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Component

METRES_A_KM = 1000


def travel(claims: pd.DataFrame, rates: MonthRates, period: Month, policy: Policy, today: date) -> Coded:
    """`claims` as rules.components.claims.of_placements makes them, with their number `nth`."""
    day = numbers(claims["driven_on"], period, NEVER)
    ours = np.flatnonzero((day >= 0) & (day < period.last.day))
    driven, day = claims.iloc[ours], day[ours]
    metres = driven["metres"].fillna(0).to_numpy("int64")
    at = rates.price("mileage_low_km", {"": bit(day)}, needed=False)
    rate = np.full(len(driven), -1)
    rate[at.row] = at.rate
    held = first_reason(
        {
            Hold.NO_RATE: rate < 0,
            Hold.NO_DISTANCE: metres <= 0,
            Hold.OUTSIDE_PLACEMENT: before_start(day, driven, period) | after_end(day, driven, period),
            Hold.IN_FUTURE: day > (today - period.first).days,
            Hold.NOT_AGREED: ~driven["agreed"].fillna(False).to_numpy(bool),
            Hold.LATE_DOCUMENTATION: _late(driven, period, policy),
        }
    )
    far = np.maximum(metres, 0)
    return of(
        Component.TRAVEL,
        "R10",
        "km",
        False,
        subject=driven["subject"].to_numpy(),
        claim=driven["nth"].to_numpy(),
        rate=rate,
        held=held,
        days=bit(day),
        quantity=far,
        shown_ore=rates.shown(rate),
        amount_ore=rounded(
            far * np.maximum(rates.shown(rate), 0), METRES_A_KM, STEP[policy.value("payout.fee_rounding", period.last)]
        ),
    )


def _late(driven: pd.DataFrame, period: Month, policy: Policy) -> np.ndarray:
    """R11: driving is reported by the year-end day of the year after."""
    reported = driven["reported_on"]
    if reported.isna().all():
        return np.zeros(len(driven), dtype=bool)
    cutoff = policy.value("benefits.year_end_cutoff", period.last)
    return late(driven["driven_on"], reported, driven["let_through_on"], cutoff)
