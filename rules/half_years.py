"""N3, J6: half-years, and when what was seen in them is collected."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from rules.ages import turns

EXPERIENCES, REPORT = "experiences", "report"
"""Duty keys."""


class HalfYear(NamedTuple):
    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first:%Y}-H{1 if self.first.month == 1 else 2}"


class Collection(NamedTuple):
    of: HalfYear
    opened_on: date


def half_year(day: date) -> HalfYear:
    if day.month <= 6:
        return HalfYear(date(day.year, 1, 1), date(day.year, 6, 30))
    return HalfYear(date(day.year, 7, 1), date(day.year, 12, 31))


def open_collection(today: date, opens: Iterable[str]) -> Collection | None:
    """Of the half-year that `today` lies in, from its first opening day MM-DD on; None before."""
    half = half_year(today)
    days = (date.fromisoformat(f"{half.first:%Y}-{day}") for day in opens)
    came = [day for day in days if half.first <= day <= today]
    return Collection(half, min(came)) if came else None


def asked_from(start: date, collection: Collection, after_days: int) -> date:
    """Whoever came after the opening isn't asked; who came shortly before it, when there is something to tell of.

    Within the half-year all the same.
    """
    if start > collection.opened_on:
        return date.max
    settled = min(start + timedelta(days=after_days), collection.of.last)
    return max(collection.opened_on, settled)


def within(due: date, last: date, today: date) -> date:
    """No later than `last`, unless that is today: nobody is asked on the day it is due."""
    return min(due, last) if last > today else due


def within_placement_year(due: date, start: date, today: date) -> date:
    """Pulled forward where the year of the placement ends before: the report is to count in it."""
    years = today.year - start.year
    ends = next(end for end in (turns(start, years + more) - timedelta(days=1) for more in (0, 1, 2)) if end >= today)
    return within(due, ends, today)
