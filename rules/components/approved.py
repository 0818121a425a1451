"""Days on which no approval of the family holds, by why: its periods are a history."""

import numpy as np
import pandas as pd

from rules.components.days import NEVER, between, every_day, numbers, united
from rules.holds import Hold
from rules.months import Month


def without_approval(
    rows: pd.DataFrame, approvals: pd.DataFrame, period: Month, since: "pd.Series[pd.Timestamp]"
) -> dict[Hold, np.ndarray]:
    """`rows` have a family; days of the month by row. A move-in in an emergency, `since` that day (NaT: none), with
    its reason recorded, comes before the approval: it is covered until the next one begins."""
    known = approvals.dropna(subset=["approved_from"])
    families = pd.Index(rows["family"].unique())
    of, owner = families.get_indexer(pd.Index(rows["family"])), families.get_indexer(pd.Index(known["family"]))
    theirs = owner >= 0
    owner = owner[theirs]
    first = numbers(known["approved_from"], period, NEVER)[theirs]
    after = numbers(known["approved_to"], period, NEVER - 1)[theirs] + 1
    approved = united(between(first, after, period), owner, len(families))
    begins = np.full(len(families), NEVER)
    np.minimum.at(begins, owner, first)
    emergency = numbers(since, period, NEVER)
    covered = approved[of] | between(emergency, _next_begins(of, owner, first, after, emergency), period)
    lacking, begins = every_day(period) & ~covered, begins[of]
    before = between(np.zeros(len(of), dtype="int64"), begins, period)
    never = begins == NEVER
    nothing = np.uint32(0)
    return {
        Hold.NO_APPROVAL: np.where(never, lacking, nothing),
        Hold.BEFORE_APPROVAL: np.where(never, nothing, lacking & before),
        Hold.AFTER_APPROVAL: np.where(never, nothing, lacking & ~before),
    }


def _next_begins(
    of: np.ndarray, owner: np.ndarray, first: np.ndarray, after: np.ndarray, emergency: np.ndarray
) -> np.ndarray:
    """First day of the first period that ends after the emergency's day; few placements have one."""
    found = np.full(len(of), NEVER)
    at = np.flatnonzero(emergency < NEVER)
    pairs = pd.DataFrame({"row": at, "family": of[at], "day": emergency[at]}).merge(
        pd.DataFrame({"family": owner, "first": first, "after": after}), on="family"
    )
    pairs = pairs[pairs["after"] > pairs["day"]]
    np.minimum.at(found, pairs["row"].to_numpy(), pairs["first"].to_numpy())
    return found
