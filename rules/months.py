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


def month(period: str) -> Month:
    """`period` is YYYY-MM. Raises Refusal."""
    if not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", period):
        raise Refusal(f"{period!r} isn't a month; write it as YYYY-MM, such as 2023-05")
    first = date.fromisoformat(f"{period}-01")
    return Month(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
