from datetime import date

import pytest

from rules.half_years import half_year, open_collection, within_placement_year

OPENS = ["06-01", "12-01"]


@pytest.mark.parametrize(
    ("day", "named"), [(date(2025, 6, 30), "2025-H1"), (date(2025, 7, 1), "2025-H2"), (date(2024, 2, 29), "2024-H1")]
)
def test_a_half_year_ends_with_june_and_with_december(day: date, named: str) -> None:
    half = half_year(day)
    assert str(half) == named
    assert half.first <= day <= half.last


@pytest.mark.parametrize(
    ("today", "opened"),
    [
        (date(2025, 5, 31), None),
        (date(2025, 6, 1), date(2025, 6, 1)),
        (date(2025, 6, 30), date(2025, 6, 1)),
        (date(2025, 7, 1), None),
        (date(2025, 12, 31), date(2025, 12, 1)),
    ],
)
def test_a_collection_is_open_from_its_day_to_the_end_of_the_half_year(today: date, opened: date | None) -> None:
    found = open_collection(today, OPENS)
    assert (found.opened_on if found else None) == opened


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2024, 6, 15), date(2025, 6, 14)),
        (date(2024, 7, 15), date(2025, 6, 30)),
        (date(2024, 6, 1), date(2025, 6, 30)),
        (date(2024, 2, 29), date(2025, 6, 30)),
        (date(2025, 5, 30), date(2025, 6, 30)),
    ],
)
def test_a_report_is_due_while_it_counts_in_its_year_of_the_placement(start: date, due: date) -> None:
    assert within_placement_year(date(2025, 6, 30), start, date(2025, 6, 2)) == due
