from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.in_household import Whom, whom

ON = date(2023, 3, 1)
BORN = {"F-1": date(1980, 5, 1), "F-2": date(1982, 5, 1), "F-3": date(2007, 9, 1), "F-4": date(2007, 8, 1)}


def said(ref: str, **instead: date | None) -> Whom | None:
    born = {**BORN, **{key.replace("_", "-"): value for key, value in instead.items()}}
    return whom(ref, sorted(born.items()), ON)


def test_a_family_knows_which_adult_and_which_child_is_meant() -> None:
    assert said("F-1") == Whom(None, 1, alone=False)
    assert said("F-2") == Whom(None, 2, alone=False)
    assert said("F-3") == Whom(15, 1, alone=False)
    assert said("F-4") == Whom(15, 2, alone=False)
    assert said("F-3", F_4=date(2010, 1, 1)) == Whom(15, 1, alone=True)
    assert said("F-3", F_3=date(2005, 3, 1)) == Whom(None, 3, alone=False), "eighteen today"
    assert said("F-3", F_3=date(2005, 3, 2)) == Whom(17, 1, alone=True), "eighteen tomorrow"
    assert said("F-3", F_3=date(2023, 2, 1)) == Whom(0, 1, alone=True)
    assert said("F-3", F_3=None) is None
    assert said("F-9") is None


@given(st.lists(st.dates(date(1930, 1, 1), ON - timedelta(days=1)), min_size=1, max_size=9))
def test_no_two_of_a_household_are_called_the_same(births: list[date]) -> None:
    household = [(f"F-{number}", born) for number, born in enumerate(births)]
    called = [whom(ref, household, ON) for ref, _ in household]
    assert len(set(called)) == len(household)
