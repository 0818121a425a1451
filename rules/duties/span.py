"""An interval of days, weeks or months."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

UNITS = ("days", "weeks", "months")


class Span(NamedTuple):
    days: int = 0
    months: int = 0

    def after(self, day: date) -> date:
        """A month after the 31st is the last day of a shorter month."""
        number = day.year * 12 + day.month - 1 + self.months
        year, month = number // 12, number % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=self.days)


def is_span(value: Any) -> bool:
    """Whether it is written as one unit, such as {"weeks": 6}."""
    return (
        isinstance(value, Mapping)
        and len(value) == 1
        and all(unit in UNITS and type(n) is int and 1 <= n <= 1200 for unit, n in value.items())
    )


def span(value: Mapping[str, int]) -> Span:
    """From what `is_span`."""
    return Span(days=value.get("days", 0) + 7 * value.get("weeks", 0), months=value.get("months", 0))


def whole_months(first: date, until: date) -> int:
    """Months between two days, the last one not counted in."""
    months = (until.year - first.year) * 12 + until.month - first.month
    return max(0, months if Span(months=months).after(first) <= until else months - 1)
