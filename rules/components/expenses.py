"""R10, R11, J10: what was granted on application, in the month in which it became payable.

A grant is payable when granted, full cover when its documentation has arrived as well; an invoice goes to the centre.
"""

from datetime import date

import numpy as np
import pandas as pd

from rules.benefits import CAPS, NEEDS
from rules.components.bands import birthday
from rules.components.claims import after_end, bit, first_reason, late, paid_before
from rules.components.days import EVER, NEVER, numbers
from rules.components.lines import COMPONENTS, ROWS, WHOLE, Coded, of
from rules.holds import CODE, Hold
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Benefit, Component, Regime

CUTOFF = "benefits.year_end_cutoff"
SEATS = [Benefit.CAR_SEAT, Benefit.BOOSTER]
PAID_AS = {Benefit.LOST_EARNINGS: Component.LOST_EARNINGS, Benefit.FREE_COSTS: Component.FREE_COSTS}
ROW = {Component.SUPPLEMENT: "R10", Component.OUTLAY: "N1", Component.LOST_EARNINGS: "J10", Component.FREE_COSTS: "J10"}


def expenses(
    claims: pd.DataFrame,
    elsewhere: pd.DataFrame,
    paid: pd.DataFrame,
    period: Month,
    policy: Policy,
    today: date,
) -> Coded:
    """`claims` as rules.components.claims.of_placements makes them, with their number `nth`: all of these placements,
    since one claim may use up or rule out another. `elsewhere` are the same children's free costs in other families."""
    both = pd.concat([claims, elsewhere[~elsewhere["claim"].isin(claims["claim"])].assign(subject=-1, nth=-1)])
    granted = both[both["granted_on"].notna() & both["regime"].ne(Regime.INVOICE)].reset_index(drop=True)
    payable_on = _payable_on(granted)
    day = numbers(payable_on, period, NEVER)
    due = (day >= 0) & (day < period.last.day) & granted["subject"].ge(0).to_numpy()
    asked = granted["granted_amount_ore"].fillna(granted["amount_ore"]).fillna(-1).to_numpy("int64")
    cap = _caps(granted, due, period, policy)
    amount = np.minimum(np.maximum(asked, 0), np.where(cap < 0, np.iinfo("int64").max, cap))
    held = _held(granted, day, due, asked, period, policy, today)
    amount[held == CODE[Hold.NOT_IN_POLICY]] = 0
    known = granted.assign(payable_on=payable_on, day=day, due=due, asked_ore=asked, cap_ore=cap, held=held)
    return _lines(_portions(known.assign(amount_ore=amount), paid, period, policy), policy)


def _payable_on(granted: pd.DataFrame) -> pd.Series:
    documented = granted["documentation_on"].where(granted["documentation_on"] > granted["granted_on"])
    latest = documented.fillna(granted["granted_on"]).where(granted["documentation_on"].notna())
    return granted["granted_on"].where(granted["regime"] != Regime.FULL, latest)


def _caps(granted: pd.DataFrame, due: np.ndarray, period: Month, policy: Policy) -> np.ndarray:
    """-1 where there is none; the policy is asked for those that a claim needs."""
    cap = np.full(len(granted), -1)
    for benefit, key in CAPS.items():
        rows = granted["benefit"].eq(benefit).to_numpy() & due
        if rows.any() and policy.has(key, period.last):
            cap[rows] = policy.value(key, period.last)
    return cap


def _held(
    granted: pd.DataFrame,
    day: np.ndarray,
    due: np.ndarray,
    asked: np.ndarray,
    period: Month,
    policy: Policy,
    today: date,
) -> np.ndarray:
    incontinence = granted["benefit"].eq(Benefit.INCONTINENCE).to_numpy()
    return first_reason(
        {
            Hold.NOT_IN_POLICY: due & ~_in_policy(granted, period, policy),
            Hold.NO_REGIME: granted["regime"].eq("").to_numpy(),
            Hold.NO_AMOUNT: asked < 0,
            Hold.OUTSIDE_PLACEMENT: after_end(numbers(_asked_on(granted), period, EVER), granted, period),
            Hold.IN_FUTURE: day > (today - period.first).days,
            Hold.NO_BIRTH_DATE: incontinence & granted["birth_date"].isna().to_numpy(),
            Hold.TOO_YOUNG: _too_young(granted, incontinence & due, period, policy),
            Hold.ENROLMENT_FEE_GRANTED: _enrolled(granted),
            Hold.LATE_DOCUMENTATION: _late(granted, due, period, policy),
        }
    )


def _in_policy(granted: pd.DataFrame, period: Month, policy: Policy) -> np.ndarray:
    lacking = [benefit for benefit, key in NEEDS.items() if not policy.has(key, period.last)]
    known = ~granted["benefit"].isin(lacking)
    if not policy.has(CUTOFF, period.last):
        known &= granted["regime"].ne(Regime.FULL)
    return known.to_numpy(bool)


def _asked_on(granted: pd.DataFrame) -> pd.Series:
    return granted["applied_on"].fillna(granted["granted_on"])


def _too_young(granted: pd.DataFrame, rows: np.ndarray, period: Month, policy: Policy) -> np.ndarray:
    if not (rows.any() and policy.has(NEEDS[Benefit.INCONTINENCE], period.last)):
        return rows
    old_enough = birthday(granted["birth_date"], policy.value("benefits.incontinence_from_age", period.last), period)
    return np.asarray(rows & (numbers(granted["granted_on"], period, EVER) < old_enough))


def _enrolled(granted: pd.DataFrame) -> np.ndarray:
    """R10: no seat nor cushion for a placement that an enrolment fee was granted for before."""
    fees = granted[granted["benefit"].eq(Benefit.ENROLMENT_FEE)].groupby("subject")["granted_on"].min()
    since = fees.reindex(granted["subject"]).reset_index(drop=True)
    return np.asarray(granted["benefit"].isin(SEATS) & (since <= granted["granted_on"]))


def _late(granted: pd.DataFrame, due: np.ndarray, period: Month, policy: Policy) -> np.ndarray:
    """R11: documentation of an expense of the year before must be there by the cutoff."""
    rows: np.ndarray = granted["regime"].eq(Regime.FULL).to_numpy() & due
    if not (rows.any() and policy.has(CUTOFF, period.last)):
        return rows
    spent_on = granted["spent_on"].fillna(_asked_on(granted))
    cutoff = policy.value(CUTOFF, period.last)
    return np.asarray(rows & late(spent_on, granted["documentation_on"], granted["let_through_on"], cutoff))


def _portions(known: pd.DataFrame, paid: pd.DataFrame, period: Month, policy: Policy) -> pd.DataFrame:
    """What of the month is paid, and what of the free costs is more than the calendar year's sum for the child and
    held. What closed runs have paid has used up the sum before anything else does."""
    free = known["benefit"].eq(Benefit.FREE_COSTS) & known["held"].eq(0)
    if not (free & known["due"]).any():
        return known[known["due"]]
    a_year = policy.value("benefits.free_costs_a_year_ore", period.last)
    left = _left(known[free], paid, a_year).reindex(known.index, fill_value=np.iinfo("int64").max)
    within = known.assign(amount_ore=known["amount_ore"].clip(upper=left), cap_ore=known["cap_ore"].mask(free, a_year))
    above = within.assign(amount_ore=known["amount_ore"] - within["amount_ore"], held=CODE[Hold.ABOVE_FREE_COSTS])
    some = within["amount_ore"].gt(0) | above["amount_ore"].eq(0)
    both = pd.concat([within[some], above[above["amount_ore"] > 0]])
    return both[both["due"]]


def _left(free: pd.DataFrame, paid: pd.DataFrame, a_year: int) -> "pd.Series[int]":
    """Of the year's sum, for each claim."""
    claims = free[["claim", "placement", "payable_on", "amount_ore"]]
    before = paid_before(claims.set_axis(["ref", "about", "payable_on", "amount_ore"], axis=1), paid)
    in_order = free.assign(before_ore=before).sort_values(["payable_on", "claim"])
    year = [in_order["child"], in_order["granted_on"].dt.year]
    # a claim that is there again may have been paid beside another one that took its place
    used = in_order.groupby(year)["before_ore"].cumsum() - in_order["before_ore"]
    kept = in_order["before_ore"].clip(upper=(a_year - used).clip(lower=0))
    rest = in_order["amount_ore"] - kept
    used = kept.groupby(year).transform("sum") + rest.groupby(year).cumsum() - rest
    return kept + (a_year - used).clip(lower=0)


def _lines(due: pd.DataFrame, policy: Policy) -> Coded:
    other = Component.OUTLAY if policy.country == "NO" else Component.SUPPLEMENT
    paid_as = {benefit: PAID_AS.get(benefit, Component.SUPPLEMENT) for benefit in Benefit} | {Benefit.OTHER: other}
    component = due["benefit"].map(paid_as)
    lines = of(
        Component.SUPPLEMENT,
        "R10",
        "grant",
        False,
        subject=due["subject"].to_numpy(),
        claim=due["nth"].to_numpy(),
        held=due["held"].to_numpy(),
        days=bit(due["day"].to_numpy()),
        asked_ore=due["asked_ore"].to_numpy(),
        cap_ore=due["cap_ore"].to_numpy(),
        amount_ore=due["amount_ore"].to_numpy(),
        quantity=np.full(len(due), WHOLE),
    )
    return lines | {
        "component": component.map(COMPONENTS.index).to_numpy("int64"),
        "row": component.map(ROW).map(ROWS.index).to_numpy("int64"),
        "taxable": component.eq(Component.LOST_EARNINGS).to_numpy(),
    }
