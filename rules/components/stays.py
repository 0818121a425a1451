"""R9: which days of a month respite stays are, by the municipality's rule."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from rules.components.days import EVER, NEVER, between, numbers, united
from rules.months import Month
from rules.policy import Policy

NOON = np.timedelta64(12, "h")


class Counting(NamedTuple):
    noon_to_noon: bool = False
    placement_from: int = -1
    """So many days of a month make it a placement; -1 where no number does."""


def counting(policy: Policy, period: Month) -> Counting:
    """Nights, where the municipality says nothing else. Raises PolicyMissing."""
    rule = "payout.nights_rule"
    if not policy.has(rule, period.last) or policy.value(rule, period.last) == "overnights":
        return Counting()
    return Counting(True, policy.value("payout.placement_from_nights", period.last))


def days_stayed(stays: pd.DataFrame, period: Month, by: Counting) -> np.ndarray:
    """`stays` has arrival and departure, local time; none where one isn't known or the departure comes first."""
    first, after = numbers(stays["arrival"], period, NEVER), numbers(stays["departure"], period, EVER)
    if by.noon_to_noon:
        arrival, departure = (stays[name].to_numpy("datetime64[s]") for name in ("arrival", "departure"))
        # a day begins at noon: the day of departure is one when the child was there after it
        after = after + ((departure - departure.astype("datetime64[D]") > NOON) & (departure > arrival))
    return between(first, after, period)


def while_another_lasts(stays: pd.DataFrame) -> np.ndarray:
    """Of the days of each stay, those that an earlier row of the same owner has while both last: days of two stays one
    after the other are no mistake. `stays` has owner, arrival, departure and days."""
    rows = stays.assign(row=np.arange(len(stays)))
    both = _at_once(rows).query("row_other < row")
    return united(both["days"].to_numpy(np.uint32), both["row"].to_numpy(), len(rows))


def while_elsewhere(stays: pd.DataFrame, places: int) -> np.ndarray:
    """Days of each place on which the owner of one of its stays is in another as well. `stays` has owner, place (-1 is
    none of ours), arrival, departure and days."""
    both = _at_once(stays).query("place >= 0 and place != place_other")
    return united(both["days"].to_numpy(np.uint32), both["place"].to_numpy(), places)


def _at_once(stays: pd.DataFrame) -> pd.DataFrame:
    pairs = stays.merge(stays, on="owner", suffixes=("", "_other"))
    pairs = pairs.assign(days=pairs["days"] & pairs["days_other"])
    return pairs.query("days > 0 and arrival < departure_other and arrival_other < departure")
