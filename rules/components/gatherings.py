"""N2: one Christmas and one summer gathering a year are reimbursed, up to a sum for each home of the network."""

from datetime import date

import numpy as np
import pandas as pd

from rules.components.claims import bit, first_reason, paid_before
from rules.components.days import NEVER, numbers
from rules.components.lines import WHOLE, Coded, of
from rules.holds import Hold
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Component, GatheringKind

CAP = "resource_network.gathering_cap_a_home_ore"


def gatherings(
    held: pd.DataFrame,
    networks: pd.DataFrame,
    homes: pd.DataFrame,
    paid: pd.DataFrame,
    first_subject: int,
    period: Month,
    policy: Policy,
    today: date,
) -> Coded:
    """`held` by reference, with their number `nth` and the network's `network_no`: all of the calendar year.

    What has no receipts yet is nothing to pay; ordinary gatherings are the families' own. One that a closed run has
    paid is the year's, whichever was held first.
    """
    reimbursed = held[held["kind"].isin([GatheringKind.CHRISTMAS, GatheringKind.SUMMER]) & held["amount_ore"].gt(0)]
    in_order = reimbursed.dropna(subset=["held_on"]).sort_values(["held_on", "gathering"], ignore_index=True)
    second = _second(in_order, paid)
    day = numbers(in_order["held_on"], period, NEVER)
    due = (day >= 0) & (day < period.last.day)
    receipts, in_network = in_order.loc[due, "amount_ore"].to_numpy("int64"), _homes(in_order[due], homes)
    known = policy.has(CAP, period.last)
    a_home = policy.value(CAP, period.last) if known else 0
    ended = numbers(networks["ended_on"], period, NEVER)[in_order.loc[due, "network_no"].to_numpy("int64")]
    waits = {
        Hold.NOT_IN_POLICY: np.full(due.sum(), not known),
        Hold.AFTER_NETWORK: day[due] > ended,
        Hold.SECOND_GATHERING: second[due],
        Hold.IN_FUTURE: day[due] > (today - period.first).days,
    }
    return of(
        Component.GATHERING,
        "N2",
        "gathering",
        False,
        subject=in_order.loc[due, "network_no"].to_numpy() + first_subject,
        claim=in_order.loc[due, "nth"].to_numpy(),
        held=first_reason(waits),
        days=bit(day[due]),
        asked_ore=receipts,
        cap_ore=in_network * a_home,
        homes=in_network,
        amount_ore=np.minimum(receipts, in_network * a_home),
        quantity=np.full(due.sum(), WHOLE),
    )


def _second(in_order: pd.DataFrame, paid: pd.DataFrame) -> np.ndarray:
    claims = in_order[["gathering", "network", "held_on", "amount_ore"]]
    before = paid_before(claims.set_axis(["ref", "about", "payable_on", "amount_ore"], axis=1), paid)
    told = in_order.assign(year=in_order["held_on"].dt.year, unpaid=before == 0)
    again = told.sort_values("unpaid", kind="stable").duplicated(["network", "kind", "year"])
    return again.sort_index().to_numpy()


def _homes(held: pd.DataFrame, homes: pd.DataFrame) -> np.ndarray:
    """In the network on the day, the last day of one that left included; a home counts once, whatever rows it has."""
    pairs = held[["nth", "network", "held_on"]].merge(homes, on="network")
    there = (pairs["joined_on"] <= pairs["held_on"]) & ~(pairs["left_on"] < pairs["held_on"])
    return held["nth"].map(pairs[there].groupby("nth")["home"].nunique()).fillna(0).to_numpy("int64")
