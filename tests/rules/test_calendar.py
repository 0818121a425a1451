from datetime import date, timedelta

import pytest

from rules.calendar import add_working_days, is_bank_day, is_working_day


def test_danish_banks_close_on_the_listed_days_of_2026() -> None:
    weekdays = [day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)) if day.weekday() < 5]
    assert [(day.month, day.day) for day in weekdays if not is_bank_day(day, "DK")] == [
        (1, 1),
        (4, 2),
        (4, 3),
        (4, 6),
        (5, 14),
        (5, 15),
        (5, 25),
        (6, 5),
        (12, 24),
        (12, 25),
        (12, 31),
    ]
    assert not is_bank_day(date(2026, 12, 26), "DK")


def test_the_friday_after_ascension_is_a_working_day_on_which_banks_are_closed() -> None:
    friday = date(2023, 5, 19)
    assert is_working_day(friday, "DK")
    assert not is_bank_day(friday, "DK")
    assert is_bank_day(friday, "NO")


def test_great_prayer_day_is_a_holiday_until_2023_and_a_working_day_from_2024() -> None:
    assert not is_working_day(date(2023, 5, 5), "DK")
    assert is_working_day(date(2024, 4, 26), "DK")
    assert is_bank_day(date(2024, 4, 26), "DK")


@pytest.mark.parametrize(
    ("asked_on", "days", "country", "due"),
    [
        pytest.param(date(2026, 4, 1), 1, "DK", date(2026, 4, 7), id="Easter is stepped over"),
        pytest.param(date(2026, 4, 30), 1, "NO", date(2026, 5, 4), id="1 May is a holiday in Norway"),
        pytest.param(date(2026, 4, 30), 1, "DK", date(2026, 5, 1), id="1 May is a working day in Denmark"),
        pytest.param(date(2026, 6, 6), 5, "DK", date(2026, 6, 12), id="asked on a Saturday, Monday counts first"),
        pytest.param(date(2026, 6, 6), 0, "DK", date(2026, 6, 8), id="at once is the next working day"),
        pytest.param(date(2026, 6, 8), 0, "DK", date(2026, 6, 8), id="at once on a working day is that day"),
        pytest.param(date(2026, 6, 8), -2, "DK", date(2026, 6, 4), id="two working days before a Monday"),
    ],
)
def test_working_days_are_counted_by_the_countrys_calendar(asked_on: date, days: int, country: str, due: date) -> None:
    assert add_working_days(asked_on, days, country) == due
