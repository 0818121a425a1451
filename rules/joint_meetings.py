"""N5: which of the municipalities hosts the quarter's joint meeting."""

from datetime import date


def quarter_begins(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def host(municipalities: list[str], day: date) -> str:
    """By turns, a quarter each."""
    quarters = 4 * day.year + (day.month - 1) // 3
    return sorted(municipalities)[quarters % len(municipalities)]
