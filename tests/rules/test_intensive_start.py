from datetime import date

import pytest

from rules.intensive_start import Deadlines, deadlines, warning_day


@pytest.mark.parametrize(
    ("start", "begin_by", "finish_by"),
    [
        (date(2023, 8, 31), date(2024, 2, 29), date(2024, 8, 31)),
        (date(2022, 8, 31), date(2023, 2, 28), date(2023, 8, 31)),
        (date(2024, 2, 29), date(2024, 8, 29), date(2025, 2, 28)),
        (date(2023, 3, 1), date(2023, 9, 1), date(2024, 3, 1)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last_of_a_shorter_month(
    start: date, begin_by: date, finish_by: date
) -> None:
    assert deadlines(start, begins_within=6, finished_within=12, postponed=False) == Deadlines(begin_by, finish_by)
    assert deadlines(start, begins_within=6, finished_within=12, postponed=True) == Deadlines(None, finish_by)


@pytest.mark.parametrize(
    ("parts_left", "day"),
    [(1, date(2024, 1, 31)), (4, date(2024, 1, 31)), (5, date(2024, 1, 26)), (12, date(2023, 12, 8))],
)
def test_the_warning_comes_earlier_where_more_is_left_than_the_days_allow(parts_left: int, day: date) -> None:
    assert warning_day(date(2024, 3, 1), parts_left=parts_left, warn_days=30, days_a_part=7) == day
