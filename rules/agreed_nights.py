"""Which nights a child is to be in a family: stays that are planned, or weekdays of every so many weeks."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

DAY = timedelta(days=1)


class Weekday(StrEnum):
    """The day on which a night begins."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)


class NightPlan(NamedTuple):
    first: date
    """Its week is the first of every `every_weeks`."""
    until: date | None = None
    """No night begins on it or later; None while it lasts."""
    weekdays: frozenset[str] = frozenset()
    every_weeks: int = 1
    stays: tuple[tuple[date, date], ...] = ()
    """Arrival and departure."""

    def nights(self, since: date, until: date) -> frozenset[date]:
        """Those that begin from `since` to before `until`."""
        since, until = max(since, self.first), min(until, self.until or until)
        return frozenset(night for night in _days(since, until) if self._weekly(night) or self._planned(night))

    def _weekly(self, night: date) -> bool:
        weeks = (_monday(night) - _monday(self.first)).days // 7
        return WEEK[night.weekday()] in self.weekdays and weeks % self.every_weeks == 0

    def _planned(self, night: date) -> bool:
        return any(arrival <= night < departure for arrival, departure in self.stays)


def every_night(first: date, until: date | None = None) -> NightPlan:
    return NightPlan(first, until, frozenset(Weekday))


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _days(since: date, until: date) -> Iterator[date]:
    return (since + n * DAY for n in range((until - since).days))
