"""What did we know: a past month as it was computed, and as it would be computed with what is known now (X8)."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from data.pay import frames
from data.pay.batches import batches
from data.pay.frames import Asked
from data.pay.ledger_bulk import decisions, sums_of
from data.pay.pay_runs import run_of
from data.policies import policy_of
from data.store.arrow import Columns, snapshot
from data.store.session import reading
from rules.corrections import as_they_are
from rules.decided import as_decided
from rules.entitlements import entitled
from rules.months import month

SAME = ["placement", "family", "component", "taxable"]
SUMS = ["then_ore", "then_held_ore", "now_ore", "now_held_ore"]


class Difference(NamedTuple):
    placement: str
    family: str
    component: str
    taxable: bool
    then_ore: int
    then_held_ore: int
    now_ore: int
    now_held_ore: int


def as_computed(municipality: str, period: str, known_at: datetime) -> Iterator[pd.DataFrame]:
    """What the month entitles to by what was known at that instant, as rules.entitlements makes it; in batches."""
    return (lines for lines, _ in _computed(municipality, period, known_at, {}))


def _computed(
    municipality: str, period: str, known_at: datetime, before: dict[str, Columns]
) -> Iterator[tuple[pd.DataFrame, dict[str, pd.DataFrame]]]:
    policy, in_month = policy_of(municipality), month(period)
    today = known_at.astimezone(ZoneInfo(policy.timezone)).date()
    with reading() as s, snapshot(s) as opened:
        rates = frames.rates(s, policy.country, known_at)
        for batch in batches(opened, Asked(municipality, in_month, known_at), rates, before):
            yield entitled(batch.facts, in_month, policy, today), batch.before


def compare_payout(municipality: str, period: str, now: datetime) -> list[Difference]:
    """Between the lines of the month's own run and what is known and decided now.

    Raises NotPrepared, RateMissing and Refusal.
    """
    with reading() as s:
        then = sums_of(s, run_of(s, municipality, period), period)
    decided = {"decisions": decisions(municipality, period, None)}
    today = [
        _split(as_decided(as_they_are(lines), made["decisions"]), "now")
        for lines, made in _computed(municipality, period, now, decided)
    ]
    both = pd.concat([_split(then, "then"), *today]).reindex(columns=[*SAME, *SUMS]).fillna(0)
    sums = both.groupby(SAME, as_index=False)[SUMS].sum().astype(dict.fromkeys(SUMS, "int64"))
    apart = sums[(sums["then_ore"] != sums["now_ore"]) | (sums["then_held_ore"] != sums["now_held_ore"])]
    return [Difference(*row) for row in apart.itertuples(index=False, name=None)]


def _split(lines: pd.DataFrame, name: str) -> pd.DataFrame:
    held = lines["held"] != ""
    amount = lines["amount_ore"]
    return lines[SAME].assign(**{f"{name}_ore": amount.where(~held, 0), f"{name}_held_ore": amount.where(held, 0)})
