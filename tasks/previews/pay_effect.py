"""What a change would do to a month's pay before it is switched on: by component and by family (X10)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pandas as pd
from sqlmodel import Session

from data.pay.batches import batches
from data.pay.frames import Asked
from data.store.arrow import snapshot
from rules.entitlements import Facts, entitled
from rules.months import Month
from rules.policy import Policy
from rules.rate_table import JUMP_PERCENT
from rules.rates import Gap, RateMissing
from tasks.payout.prepare import merged

BY = ["family", "component"]
GIVEN = ["rate", "band", "rate_from", "rate_to", "rate_ref", "rate_status", "rate_ore"]
Given = tuple[str, str, date, date | None, str, str, int]
STAND_IN = "no rate/"
"""Begins the reference of a row that stands where there is no rate, so that all else of the month can be computed."""


class ComponentEffect(NamedTuple):
    """Payable øre of the month; None where a rate is missing for a part of it."""

    component: str
    now_ore: int | None
    then_ore: int | None

    @property
    def difference_ore(self) -> int | None:
        return None if self.now_ore is None or self.then_ore is None else self.then_ore - self.now_ore


class FamilyEffect(NamedTuple):
    family: str
    now_ore: int
    then_ore: int


@dataclass
class PayEffect:
    families: int = 0
    """Paid anything that month, by either side."""
    affected: int = 0
    components: list[ComponentEffect] = field(default_factory=list)
    missing_now: list[Gap] = field(default_factory=list)
    missing_then: list[Gap] = field(default_factory=list)
    much: list[FamilyEffect] = field(default_factory=list)
    """Those whose amount changes by more than JUMP_PERCENT, where both amounts can be computed."""


def pay_effect(s: Session, today: "Side", then: "Side", now: datetime) -> PayEffect:
    """The month as if it were over, with what is known now; held lines are left out. Raises PolicyMissing."""
    effect = PayEffect()
    asked = Asked(today.policy.key, today.in_month, now)
    with snapshot(s) as opened:
        for batch in batches(opened, asked, today.rates, {}):
            _compare(today.payable(batch.facts), then.payable(batch.facts), effect)
    effect.missing_now, effect.missing_then = merged(sorted(today.gaps)), merged(sorted(then.gaps))
    effect.components = [
        ComponentEffect(component, today.total(component), then.total(component))
        for component in sorted(today.sums.keys() | then.sums.keys())
    ]
    return effect


class Side:
    """The month by one of the two: its rules and its rates."""

    def __init__(self, policy: Policy, in_month: Month, rates: pd.DataFrame, now: datetime) -> None:
        self.policy, self.in_month, self.rates = policy, in_month, rates
        self.today = max(policy.today(now), in_month.last + timedelta(days=1))
        self.gaps: set[Gap] = set()
        self.sums: dict[str, int] = defaultdict(int)
        self.open: set[str] = set()
        """Components with a part that has no rate."""

    def payable(self, facts: Facts) -> pd.DataFrame:
        """By family and component: amount_ore, and whether that is only a part (`open`)."""
        lines = self._lines(facts)
        lines = lines[lines["held"] == ""]
        lines = lines.assign(open=lines["rate_ref"].astype("str").str.startswith(STAND_IN))
        by = lines.groupby(BY, observed=True).agg({"amount_ore": "sum", "open": "any"}).reset_index()
        for component, ore, part in zip(by["component"], by["amount_ore"].tolist(), by["open"], strict=True):
            self.sums[component] += ore
            self.open |= {component} if part else set()
        return by

    def total(self, component: str) -> int | None:
        return None if component in self.open else self.sums[component]

    def _lines(self, facts: Facts) -> pd.DataFrame:
        try:
            return entitled(facts._replace(rates=self.rates), self.in_month, self.policy, self.today)
        except RateMissing as missing:
            self.gaps |= set(missing.gaps)
            self.rates = _with_stand_ins(self.rates, missing.gaps)
        return self._lines(facts)


def _compare(today: pd.DataFrame, then: pd.DataFrame, effect: PayEffect) -> None:
    both = today.merge(then, on=BY, how="outer", suffixes=("_now", "_then"))
    amounts, opens = both[["amount_ore_now", "amount_ore_then"]], both[["open_now", "open_then"]]
    both[amounts.columns], both[opens.columns] = amounts.fillna(0).astype("int64"), opens.eq(True)
    changes = (both["amount_ore_now"] != both["amount_ore_then"]) | (both["open_now"] != both["open_then"])
    both = both.assign(affected=changes, open=both["open_now"] | both["open_then"])
    sums = dict.fromkeys(amounts.columns, "sum") | dict.fromkeys(["affected", "open"], "any")
    by_family = both.groupby("family").agg(sums)
    effect.families += len(by_family)
    effect.affected += int(by_family["affected"].sum())
    was, will = by_family["amount_ore_now"], by_family["amount_ore_then"]
    much = by_family[~by_family["open"] & ((will - was).abs() * 100 > was * JUMP_PERCENT)]
    effect.much += [FamilyEffect(*row) for row in much[amounts.columns].itertuples(name=None)]


def _with_stand_ins(rates: pd.DataFrame, gaps: list[Gap]) -> pd.DataFrame:
    """A row of nothing for each day in the gaps that has none."""
    rows: list[Given] = []
    for gap in gaps:
        same = rates[(rates["rate"] == gap.rate) & (rates["band"] == gap.band)]
        for day in pd.date_range(gap.first, gap.last).as_unit("s"):
            if not ((same["rate_from"] <= day) & (same["rate_to"].isna() | (same["rate_to"] >= day))).any():
                ref = f"{STAND_IN}{gap.rate}/{gap.band}/{day:%Y-%m-%d}"
                rows.append((gap.rate, gap.band, day.date(), day.date(), ref, "missing", 0))
    return with_rows(rates, rows)


def with_rows(rates: pd.DataFrame, rows: list[Given]) -> pd.DataFrame:
    more = pd.DataFrame(rows, columns=GIVEN, dtype="object").astype(rates.dtypes[GIVEN].to_dict())
    return pd.concat([rates, more[rates.columns]], ignore_index=True)
