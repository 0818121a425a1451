"""A payroll month."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from rules.refusal import Refusal


class Month(NamedTuple):
    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


class Quarter(NamedTuple):
    year: int
    number: int
    """1 to 4."""

    @property
    def last(self) -> Month:
        return month(f"{self.year}-{3 * self.number:02}")

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarter_before(day: date) -> Quarter:
    """The last one that is over."""
    before = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) - timedelta(days=1)
    return Quarter(before.year, before.month // 3)


def months_through(first: Month, last: Month) -> list[Month]:
    """None where the last is before the first; months are counted from the year 0, so that a year's end is no case.

    >>> [str(each) for each in months_through(month("2023-11"), month("2024-02"))]
    ['2023-11', '2023-12', '2024-01', '2024-02']
    """
    count = (last.first.year - first.first.year) * 12 + last.first.month - first.first.month + 1
    numbers = (first.first.year * 12 + first.first.month - 1 + nth for nth in range(count))
    return [month(f"{number // 12}-{number % 12 + 1:02}") for number in numbers]


def month_before(day: date) -> Month:
    return month(f"{day.replace(day=1) - timedelta(days=1):%Y-%m}")


def month_of(ref: str) -> Month:
    """That ends a reference.

    >>> str(month_of("RA-2023-05"))
    '2023-05'
    """
    return month(ref[-len("2023-05") :])


def month_named(ref: str | None) -> Month | None:
    """Of a case that is named by its month; None for others."""
    return month_of(ref) if ref and re.fullmatch(r".+-[0-9]{4}-[0-9]{2}", ref) else None


def month(period: str) -> Month:
    """`period` is YYYY-MM. Raises Refusal.

    31 days after the first lie in the next month, whatever the month: its first, less a day, is the last of this one.

    >>> month("2024-02").last
    datetime.date(2024, 2, 29)
    """
    if not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", period):
        raise Refusal(f"{period!r} isn't a month; write it as YYYY-MM, such as 2023-05")
    first = date.fromisoformat(f"{period}-01")
    return Month(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
