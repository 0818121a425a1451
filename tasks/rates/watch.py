"""Rates that are missing, or end before long: somebody is asked to load them, until they are there (X3)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from data.pay import frames
from data.pay.batches import batches
from data.pay.frames import Asked
from data.policies import policy_of
from data.rates import list_rates
from data.store.arrow import snapshot
from data.store.session import reading
from data.tables import RateRow
from rules.entitlements import entitled
from rules.months import Month, month
from rules.policy import Policy
from rules.rates import Gap, RateMissing
from rules.rates_watch import Lacking, lacking
from tasks.failures.one_by_one import NotAll
from tasks.rates.missing import ask_for


def watch_table(municipality: str, today: date, now: datetime) -> list[Lacking]:
    """Every rate of the country that is missing or ends within the policy's days."""
    policy = policy_of(municipality)
    until = today + timedelta(days=policy.value("rates.watch_days", today))
    with reading() as s:
        found = lacking(list_rates(s), policy.country, today, until)
    return _asked_for(policy, found, {lack.rate: today for lack in found}, now)


def watch_needed(municipality: str, today: date, now: datetime) -> list[Lacking]:
    """The rates without which this month, or the one before, can't be paid."""
    policy = policy_of(municipality)
    this_month = month(f"{today:%Y-%m}")
    before = month(f"{this_month.first - timedelta(days=1):%Y-%m}")
    with reading() as s:
        table = list_rates(s)
        gaps = [gap for each in (before, this_month) for gap in _gaps(s, policy, each, today, now)]
    return _asked_for(policy, _lacks(table, gaps), _needed_on(gaps), now, needed=True)


def ask_for_gaps(municipality: str, gaps: Sequence[Gap], now: datetime) -> list[Lacking]:
    """What a payout was refused for, asked for as the watch would."""
    with reading() as s:
        table = list_rates(s)
    return _asked_for(policy_of(municipality), _lacks(table, gaps), _needed_on(gaps), now, needed=True)


def _lacks(table: list[RateRow], gaps: Sequence[Gap]) -> list[Lacking]:
    return sorted({lack for gap in gaps for lack in _at(table, gap)}, key=str)


def _needed_on(gaps: Sequence[Gap]) -> dict[str, date]:
    """By rate, the first day that can't be paid."""
    latest_first = sorted(gaps, key=lambda gap: gap.first, reverse=True)
    return {gap.rate: gap.first for gap in latest_first}


def _gaps(s: Session, policy: Policy, in_month: Month, today: date, now: datetime) -> set[Gap]:
    gaps: set[Gap] = set()
    with snapshot(s) as opened:
        rates = frames.rates(s, policy.country, now)
        for batch in batches(opened, Asked(policy.key, in_month, now), rates, {}):
            try:
                entitled(batch.facts, in_month, policy, today)
            except RateMissing as missing:
                gaps |= set(missing.gaps)
    return gaps


def _at(table: list[RateRow], gap: Gap) -> list[Lacking]:
    """All bands of the rate that lack on the gap's first day: one table is loaded, and one task is enough."""
    of_the_rate = [row for row in table if row.rate == gap.rate]
    return [lack for lack in lacking(of_the_rate, gap.country, gap.first, gap.first) if lack.rate == gap.rate]


def _asked_for(
    policy: Policy, found: list[Lacking], on: Mapping[str, date], now: datetime, *, needed: bool = False
) -> list[Lacking]:
    try:
        ask_for(policy, found, on, now, needed=needed)
    except NotAll as others:
        others.done = found
        raise
    return found
