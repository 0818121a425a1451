from datetime import date

import pytest

from rules.ages import age, turns

BORN = date(2013, 6, 15)
LEAP_DAY = date(2012, 2, 29)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        pytest.param(BORN, date(2023, 6, 14), 9, id="the day before the birthday"),
        pytest.param(BORN, date(2023, 6, 15), 10, id="on the birthday"),
        pytest.param(LEAP_DAY, date(2023, 2, 28), 10, id="a leap-day child is still ten on 28 February"),
        pytest.param(LEAP_DAY, date(2023, 3, 1), 11, id="a leap-day child turns eleven on 1 March"),
        pytest.param(LEAP_DAY, date(2024, 2, 29), 12, id="and on the leap day where there is one"),
    ],
)
def test_age_goes_up_on_the_birthday(born: date, on: date, years: int) -> None:
    assert age(born, on) == years


@pytest.mark.parametrize("years", [1, 4, 15, 18])
@pytest.mark.parametrize("born", [BORN, LEAP_DAY])
def test_the_day_an_age_is_reached_is_the_first_day_of_that_age(born: date, years: int) -> None:
    day = turns(born, years)
    assert age(born, day) == years
    assert age(born, date.fromordinal(day.toordinal() - 1)) == years - 1
