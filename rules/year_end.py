"""R11: what belongs to a year is documented, or reported, by a day early in the next.

An expense belongs to the year in which the money was spent, else that of the application; driving to that of the day.
"""

from datetime import date


def last_day(spent_on: date, cutoff: str) -> date:
    """`cutoff` as MM-DD."""
    return _in(spent_on.year + 1, cutoff)


def is_late(spent_on: date, documentation_on: date | None, cutoff: str, today: date) -> bool:
    """Came after its last day, or hasn't come and that has passed."""
    return (documentation_on or today) > last_day(spent_on, cutoff)


def coming_cutoff(today: date, cutoff: str) -> date:
    """The next last day, today's included."""
    this_year = _in(today.year, cutoff)
    return this_year if today <= this_year else _in(today.year + 1, cutoff)


def reminder_day(today: date, days: list[str], cutoff: str) -> date | None:
    """The latest of the days MM-DD on which families are reminded of the coming cutoff that has come; None before."""
    until = coming_cutoff(today, cutoff)
    came = [day for year in (until.year - 1, until.year) for day in (_in(year, given) for given in days)]
    season = [day for day in came if until.replace(year=until.year - 1) < day <= min(today, until)]
    return max(season, default=None)


def _in(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")
