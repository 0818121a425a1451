"""What claims of any sort have in common: whose they are, whether the day fits, which reason holds them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rules.components.days import EVER, NEVER, numbers
from rules.holds import CODE, Hold
from rules.months import Month


def of_placements(claims: pd.DataFrame, placements: pd.DataFrame) -> pd.DataFrame:
    """Claims of these placements by reference, with the placement's number, child, start, end and birth date."""
    subject = pd.Index(placements["placement"]).get_indexer(pd.Index(claims["placement"]))
    found: pd.DataFrame = claims.assign(subject=subject)[subject >= 0].sort_values("claim", ignore_index=True)
    about = placements[["child", "start", "end", "birth_date"]].iloc[found["subject"]].reset_index(drop=True)
    return pd.concat([found, about], axis="columns")


def paid_before(claims: pd.DataFrame, paid: pd.DataFrame) -> np.ndarray:
    """Of each claim the øre that closed runs have paid: what they paid for its month goes to the claims they named
    first. `claims` has ref, about (placement or network), payable_on and amount_ore; `paid` is as rules.entitlements
    says."""
    in_month = [claims["about"], claims["payable_on"].dt.strftime("%Y-%m")]
    sums = paid.groupby(["about", "period"])["paid_ore"].sum()
    paid_ore = sums.reindex(pd.MultiIndex.from_arrays(in_month), fill_value=0).to_numpy()
    named = claims["ref"].isin(paid.loc[paid["paid_ore"] > 0, "source_key"])
    by = claims.assign(named=~named, paid_ore=paid_ore, at=np.arange(len(claims)), month=in_month[1])
    by = by.sort_values(["named", "payable_on", "ref"])
    before = by.groupby(["about", "month"])["amount_ore"].cumsum() - by["amount_ore"]
    theirs = by["amount_ore"].clip(upper=(by["paid_ore"] - before).clip(lower=0))
    found = np.zeros(len(claims), dtype="int64")
    found[by["at"]] = theirs
    return found


def bit(day: np.ndarray) -> np.ndarray:
    """A day of the month as a column of days has it."""
    return np.left_shift(np.uint32(1), day.astype(np.uint32))


def after_end(day: np.ndarray, claims: pd.DataFrame, period: Month) -> np.ndarray:
    """The day of departure still belongs to the placement."""
    return np.asarray(day > numbers(claims["end"], period, NEVER))


def before_start(day: np.ndarray, claims: pd.DataFrame, period: Month) -> np.ndarray:
    return np.asarray(day < numbers(claims["start"], period, EVER))


def first_reason(reasons: Mapping[Hold, np.ndarray]) -> np.ndarray:
    """Of each claim the first that holds it, 0 for none."""
    codes = [np.full(len(rows), CODE[hold]) for hold, rows in reasons.items()]
    return np.select(list(reasons.values()), codes, 0)


def late(spent_on: pd.Series, arrived_on: pd.Series, let_through_on: pd.Series, cutoff: str) -> np.ndarray:
    """R11: arrived after the cutoff MM-DD of the year after, and not let through; as in rules.year_end."""
    month, day = cutoff.split("-")
    new_year = (spent_on.dt.year - 1970 + 1).to_numpy().astype("datetime64[Y]").astype("datetime64[M]")
    last_day = (new_year + (int(month) - 1)).astype("datetime64[D]") + (int(day) - 1)
    return np.asarray((arrived_on.to_numpy() > last_day) & let_through_on.isna().to_numpy())


def said(claims: pd.DataFrame, words: list[str]) -> pd.Series:
    """Words of a closed list, as JSON members."""
    text = pd.Series("", index=claims.index, dtype="str")
    for word in words:
        member = f',"{word}":"' + claims[word].astype("str") + '"'
        text = text + member.where(claims[word] != "", "")
    return text
