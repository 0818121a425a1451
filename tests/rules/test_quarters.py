from datetime import date

import pytest

from rules.months import month, months_through, quarter_before


@pytest.mark.parametrize(
    ("day", "quarter", "last"),
    [
        (date(2023, 1, 1), "2022-Q4", "2022-12"),
        (date(2023, 3, 31), "2022-Q4", "2022-12"),
        (date(2023, 4, 1), "2023-Q1", "2023-03"),
        (date(2023, 12, 31), "2023-Q3", "2023-09"),
    ],
)
def test_the_quarter_before_a_day_is_the_last_one_that_is_over(day: date, quarter: str, last: str) -> None:
    assert str(quarter_before(day)) == quarter
    assert str(quarter_before(day).last) == last


def test_months_run_through_the_end_of_the_year() -> None:
    assert [str(each) for each in months_through(month("2023-11"), month("2024-02"))] == [
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    assert months_through(month("2023-02"), month("2023-01")) == []
