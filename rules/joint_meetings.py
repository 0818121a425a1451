"""Quarters (V2, N5), and which of the municipalities hosts the quarter's joint meeting."""

from calendar import monthrange
from datetime import date


def quarter_begins(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def days_left(day: date) -> int:
    """In the quarter, after `day`."""
    last_month = quarter_begins(day).month + 2
    return (date(day.year, last_month, monthrange(day.year, last_month)[1]) - day).days


def host(municipalities: list[str], day: date) -> str:
    """By turns, a quarter each."""
    quarters = 4 * day.year + (day.month - 1) // 3
    return sorted(municipalities)[quarters % len(municipalities)]
