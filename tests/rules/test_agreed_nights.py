from datetime import date, timedelta

from rules.agreed_nights import NightPlan, Weekday, every_night

FRIDAY = date(2023, 4, 7)
WEEKEND = frozenset({Weekday.FRIDAY, Weekday.SATURDAY})


def days(*numbers: int) -> frozenset[date]:
    return frozenset(date(2023, 4, number) for number in numbers)


def test_every_other_weekend_counts_from_the_week_of_the_first_night() -> None:
    plan = NightPlan(FRIDAY, None, WEEKEND, 2)
    assert plan.nights(FRIDAY, date(2023, 5, 1)) == days(7, 8, 21, 22)


def test_an_agreement_from_a_wednesday_has_its_first_weekend_in_the_same_week() -> None:
    plan = NightPlan(date(2023, 4, 5), None, WEEKEND, 2)
    assert plan.nights(date(2023, 4, 1), date(2023, 4, 23)) == days(7, 8, 21, 22)


def test_a_stay_has_no_night_on_the_day_of_departure() -> None:
    plan = NightPlan(FRIDAY, stays=((FRIDAY, date(2023, 4, 9)),))
    assert plan.nights(FRIDAY, date(2023, 5, 1)) == days(7, 8)


def test_stays_and_weekdays_add_up_and_no_night_counts_twice() -> None:
    plan = NightPlan(FRIDAY, None, WEEKEND, 2, ((date(2023, 4, 8), date(2023, 4, 11)),))
    assert plan.nights(FRIDAY, date(2023, 4, 20)) == days(7, 8, 9, 10)


def test_no_night_begins_before_the_first_day_or_on_the_last() -> None:
    plan = every_night(FRIDAY, date(2023, 4, 10))
    assert plan.nights(date(2023, 1, 1), date(2024, 1, 1)) == days(7, 8, 9)
    assert plan.nights(date(2023, 5, 1), date(2023, 4, 1)) == frozenset()


def test_full_time_is_every_night_over_the_leap_day() -> None:
    nights = every_night(date(2024, 2, 28)).nights(date(2024, 2, 28), date(2024, 3, 2))
    assert sorted(nights) == [date(2024, 2, 28) + timedelta(days=n) for n in range(3)]
