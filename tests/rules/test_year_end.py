from datetime import date

import pytest

from rules.year_end import coming_cutoff, is_late, last_day, reminder_day

CUTOFF, DAYS = "01-05", ["12-01", "01-02"]


@pytest.mark.parametrize("granted_on", [date(2023, 1, 1), date(2023, 12, 31)])
def test_what_was_granted_in_a_year_is_documented_by_5_january_of_the_next(granted_on: date) -> None:
    assert last_day(granted_on, CUTOFF) == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("arrived", "today", "late"),
    [
        (date(2024, 1, 5), date(2024, 3, 1), False),
        (date(2024, 1, 6), date(2024, 3, 1), True),
        (None, date(2024, 1, 5), False),
        (None, date(2024, 1, 6), True),
    ],
)
def test_documentation_is_late_from_6_january_on(arrived: date | None, today: date, late: bool) -> None:
    assert is_late(date(2023, 11, 3), arrived, CUTOFF, today) is late


def test_5_january_itself_still_belongs_to_the_year_before() -> None:
    assert coming_cutoff(date(2024, 1, 5), CUTOFF) == date(2024, 1, 5)
    assert coming_cutoff(date(2024, 1, 6), CUTOFF) == date(2025, 1, 5)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2023, 11, 30), None),
        (date(2023, 12, 1), date(2023, 12, 1)),
        (date(2024, 1, 1), date(2023, 12, 1)),
        (date(2024, 1, 2), date(2024, 1, 2)),
        (date(2024, 1, 5), date(2024, 1, 2)),
        (date(2024, 1, 6), None),
        (date(2024, 1, 31), None),
    ],
)
def test_reminders_come_in_december_and_early_january_and_end_with_the_last_day(today: date, day: date | None) -> None:
    assert reminder_day(today, DAYS, CUTOFF) == day
