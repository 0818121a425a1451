"""Rates that are missing, or end before long: administration is told in time (X3)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session

from data import frames
from data.arrow import snapshot
from data.batches import batches
from data.frames import Asked
from data.policies import policy
from data.rates import list_rates
from data.session import reading
from data.tables import RateRow
from rules.entitlements import entitled
from rules.months import Month, month
from rules.policy import Policy
from rules.rates import Gap, RateMissing
from rules.rates_watch import Lacking, lacking
from rules.vocabulary import Role
from tasks.mail import queue_to_role
from tasks.one_by_one import NotAll, written
from tasks.pay_notices import rates_missing
from tasks.postman import wake_postman


def watch_table(municipality: str, today: date, now: datetime) -> list[Lacking]:
    """Every rate of the country that is missing or ends within the policy's days."""
    rules = policy(municipality)
    until = today + timedelta(days=rules.value("rates.watch_days", today))
    with reading() as s:
        found = lacking(list_rates(s), rules.country, today, until)
    _tell(rules, found, now)
    return found


def watch_needed(municipality: str, today: date, now: datetime) -> list[Lacking]:
    """The rates without which this month, or the one before, can't be paid."""
    rules = policy(municipality)
    this_month = month(f"{today:%Y-%m}")
    before = month(f"{this_month.first - timedelta(days=1):%Y-%m}")
    with reading() as s:
        table = list_rates(s)
        gaps = [gap for each in (before, this_month) for gap in _gaps(s, rules, each, today, now)]
    return _told(rules, table, gaps, now)


def tell_of_gaps(municipality: str, gaps: Sequence[Gap], now: datetime) -> list[Lacking]:
    """What a payout was refused for, told as the watch would."""
    with reading() as s:
        table = list_rates(s)
    return _told(policy(municipality), table, gaps, now)


def _told(rules: Policy, table: list[RateRow], gaps: Sequence[Gap], now: datetime) -> list[Lacking]:
    found = sorted({lack for gap in gaps for lack in _at(table, gap)}, key=str)
    _tell(rules, found, now)
    return found


def _gaps(s: Session, rules: Policy, in_month: Month, today: date, now: datetime) -> set[Gap]:
    gaps: set[Gap] = set()
    with snapshot(s) as opened:
        rates = frames.rates(s, rules.country, now)
        for batch in batches(opened, Asked(rules.key, in_month, now), rates, {}):
            try:
                entitled(batch.facts, in_month, rules, today)
            except RateMissing as missing:
                gaps |= set(missing.gaps)
    return gaps


def _at(table: list[RateRow], gap: Gap) -> list[Lacking]:
    """All bands of the rate that lack on the gap's first day: one table is loaded, and one mail is enough."""
    of_the_rate = [row for row in table if row.rate == gap.rate]
    return [lack for lack in lacking(of_the_rate, gap.country, gap.first, gap.first) if lack.rate == gap.rate]


def _tell(rules: Policy, found: list[Lacking], now: datetime) -> None:
    """One mail about each rate and day, however often it is found."""

    def told(s: Session, lack: Lacking) -> None:
        about = _about(lack)
        queue_to_role(
            s,
            Role.ADMINISTRATION,
            partial(rates_missing, lack),
            about=about,
            municipality=rules.key,
            dedup=f"{rules.key}:rates_missing:{about}",
            now=now,
        )

    try:
        written(found, told, called=_about)
    except NotAll as others:
        others.done = found
        raise
    finally:
        wake_postman()


def _about(lack: Lacking) -> str:
    return f"{lack.country}/{lack.rate}/{lack.since or ''}"
