"""Age in whole years.

No statute or ruling was found for births on 29 February: they turn a year older on 1 March where the year has no
29 February, when the whole year has passed.
"""

from datetime import date

ADULT = 18


def age(birth_date: date, on: date) -> int:
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def turns(birth_date: date, years: int) -> date:
    """The day on which that age is reached."""
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)
