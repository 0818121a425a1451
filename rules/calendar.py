"""Working days and bank days of a country, by its own holidays."""

from datetime import date, timedelta
from functools import cache

from holidays import HolidayBase, country_holidays

DANISH_BANKS_ALSO_CLOSE = {(6, 5), (12, 24), (12, 31)}


@cache
def _holidays(country: str) -> HolidayBase:
    return country_holidays(country)


def is_working_day(day: date, country: str) -> bool:
    return day.weekday() < 5 and day not in _holidays(country)


def add_working_days(day: date, n: int, country: str) -> date:
    """The n-th working day after `day`; for n = 0 `day` itself or the next working day; negative n counts back."""
    step = timedelta(days=-1 if n < 0 else 1)
    while n == 0 and not is_working_day(day, country):
        day += step
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day, country):
            day += step
    return day


def is_bank_day(day: date, country: str) -> bool:
    """A day on which the country's banks settle. Norwegian banks close on the public holidays only."""
    if not is_working_day(day, country):
        return False
    return country != "DK" or not ((day.month, day.day) in DANISH_BANKS_ALSO_CLOSE or _is_friday_after_ascension(day))


def _is_friday_after_ascension(day: date) -> bool:
    # Ascension is the only Danish holiday on a Thursday in these months
    return day.weekday() == 4 and day.month in (5, 6) and day - timedelta(days=1) in _holidays("DK")
