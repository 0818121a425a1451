"""Stays become nights: one row each, with the terms in force, what holds them back and the child's number.

Frames: stays (stay, placement, arrival, departure), placements (placement, family, kind, start, end, birth_date,
approved_from, approved_to), terms (terms_ref, placement, terms_from, fees_tenths, board_lodging_ore, nights_per_month).
Days are datetime64[s]; what is unknown is NaT or NA.
"""

import numpy as np
import pandas as pd

from rules.holds import Hold
from rules.months import Month
from rules.vocabulary import PlacementKind

DAY = np.timedelta64(1, "D")


def overnights(stays: pd.DataFrame, month: Month) -> pd.DataFrame:
    """R9: a night belongs to the day it begins on; the hour doesn't count. Keeps the other columns."""
    stays = stays.reset_index(drop=True)
    begins = stays["arrival"].dt.floor("D").clip(lower=pd.Timestamp(month.first))
    ends = stays["departure"].dt.floor("D").clip(upper=pd.Timestamp(month.last) + DAY)
    count = (ends - begins).dt.days.clip(lower=0).to_numpy()
    which = np.repeat(stays.index.to_numpy(), count)
    nth = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
    nights = stays.drop(columns=["arrival", "departure"]).iloc[which].reset_index(drop=True)
    nights["night"] = begins.to_numpy()[which] + nth * DAY
    return nights


COUNTING = {"overnights": overnights}


def payable_nights(
    stays: pd.DataFrame, placements: pd.DataFrame, terms: pd.DataFrame, month: Month, counting: str
) -> pd.DataFrame:
    """The nights of a municipality's respite stays in the month."""
    count = COUNTING[counting]
    nights = count(stays, month).merge(placements, on="placement")
    nights = _with_terms(nights, terms)
    nights["held"] = _held(nights)
    together = pd.concat([nights, count(_living_in(placements, month), month)], ignore_index=True)
    together["child_number"] = _child_number(together)
    together["age"] = _age(together["birth_date"], together["night"])
    return together[together["stay"] != ""].reset_index(drop=True)


def _living_in(placements: pd.DataFrame, month: Month) -> pd.DataFrame:
    at_home = placements[placements["kind"] != PlacementKind.RESPITE].dropna(subset=["start"])
    after = pd.Timestamp(month.last) + DAY
    return at_home.assign(stay="", held="", arrival=at_home["start"], departure=at_home["end"].fillna(after))


def _with_terms(nights: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    in_force = pd.merge_asof(
        nights.sort_values(["night", "placement", "stay"]),
        terms.sort_values("terms_from"),
        left_on="night",
        right_on="terms_from",
        by="placement",
    )
    return in_force.assign(terms_ref=in_force["terms_ref"].fillna(""))


def _held(nights: pd.DataFrame) -> pd.Series:
    """Why a night waits for a person; empty where it doesn't. `nights` by night."""
    night = nights["night"]
    reasons = {
        Hold.REPORTED_TWICE: nights.duplicated(["placement", "night"]),
        Hold.OUTSIDE_PLACEMENT: (night < nights["start"]) | (night >= nights["end"]),
        Hold.BEFORE_APPROVAL: night < nights["approved_from"],
        Hold.AFTER_APPROVAL: night > nights["approved_to"],
    }
    held = pd.Series(np.select(list(reasons.values()), list(reasons), ""), index=nights.index, dtype=str)
    so_far = held.eq("").groupby(nights["placement"]).cumsum()
    too_many = (so_far > nights["nights_per_month"]).fillna(False).astype(bool)
    return held.mask(held.eq("") & too_many, Hold.MORE_THAN_AGREED)


def _child_number(nights: pd.DataFrame) -> pd.Series:
    """Among the children paid for in that family that night, by start of placement, then reference; 1 is the first."""
    order = nights.sort_values(["family", "night", "start", "placement", "stay"])
    paid = order["held"].eq("")
    number: pd.Series = paid.groupby([order["family"], order["night"]]).cumsum() + ~paid
    return number


def _age(birth_date: pd.Series, on: pd.Series) -> pd.Series:
    """Whole years as in rules.ages, NA where the birth date isn't known."""
    before_birthday = (on.dt.month * 100 + on.dt.day) < (birth_date.dt.month * 100 + birth_date.dt.day)
    age: pd.Series = (on.dt.year - birth_date.dt.year - before_birthday).astype("Int64")
    return age
