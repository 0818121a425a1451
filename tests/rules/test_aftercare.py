from datetime import date

import pytest

from rules.aftercare import Placed, held_from, is_asked_about

BORN = date(2006, 9, 16)
EIGHTEEN = date(2024, 9, 16)


@pytest.mark.parametrize(
    ("aftercare_until", "first"),
    [
        (None, EIGHTEEN),
        (date(2024, 9, 15), EIGHTEEN),
        (date(2024, 9, 16), date(2024, 9, 17)),
        (date(2020, 1, 1), EIGHTEEN),
    ],
)
def test_nights_are_held_from_the_18th_birthday_or_from_the_day_after_aftercare(
    aftercare_until: date | None, first: date
) -> None:
    assert held_from(BORN, aftercare_until) == first


@pytest.mark.parametrize(
    ("on", "end", "aftercare_until", "asked"),
    [
        pytest.param(date(2024, 3, 15), None, None, False, id="more than six months before"),
        pytest.param(date(2024, 3, 16), None, None, True, id="six months before"),
        pytest.param(date(2024, 12, 1), None, None, True, id="late, and still"),
        pytest.param(date(2024, 3, 16), EIGHTEEN, None, False, id="ends on the birthday, without a night on it"),
        pytest.param(date(2024, 3, 16), date(2024, 9, 17), None, True, id="ends a day after it"),
        pytest.param(date(2024, 3, 16), None, date(2025, 9, 15), False, id="aftercare is decided"),
        pytest.param(date(2025, 6, 15), None, date(2025, 9, 15), False, id="more than three months before its end"),
        pytest.param(date(2025, 6, 16), None, date(2025, 9, 15), True, id="three months before its end"),
    ],
)
def test_it_is_asked_six_months_before_the_birthday_and_three_before_aftercare_is_over(
    on: date, end: date | None, aftercare_until: date | None, asked: bool
) -> None:
    placed = Placed("P1", BORN, end, aftercare_until)
    assert is_asked_about(placed, on, months_before_18=6, months_before_end=3) is asked


def test_who_was_born_on_a_29_february_is_asked_for_the_first_of_march() -> None:
    placed = Placed("P1", date(2008, 2, 29), None, None)
    assert not is_asked_about(placed, date(2025, 8, 31), months_before_18=6, months_before_end=3)
    assert is_asked_about(placed, date(2025, 9, 1), months_before_18=6, months_before_end=3)
