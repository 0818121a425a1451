from dataclasses import dataclass
from datetime import date

from rules.outlook import week


@dataclass
class Errand:
    due_on: date | None


MONDAY = date(2023, 3, 13)


def test_a_week_ends_with_its_sunday() -> None:
    sunday, next_monday, friday_before = Errand(date(2023, 3, 19)), Errand(date(2023, 3, 20)), Errand(date(2023, 3, 10))
    parts = week([next_monday, Errand(None), sunday, friday_before], MONDAY)
    assert (parts.late, parts.this_week) == ([friday_before], [sunday])
    assert parts.later == [next_monday, Errand(None)]


def test_what_is_due_today_is_not_late() -> None:
    assert week([Errand(MONDAY)], MONDAY).this_week == [Errand(MONDAY)]
