import pytest

from rules.money import STEP, month_rate, rounded


@pytest.mark.parametrize(("night_ore", "month_ore"), [(154_31, 4_694_00), (141_59, 4_307_00), (145_42, 4_423_00)])
def test_a_months_fee_is_the_published_one(night_ore: int, month_ore: int) -> None:
    assert month_rate(night_ore, STEP["half_up_to_krone"]) == month_ore


@pytest.mark.parametrize(
    ("tenths", "ore"), [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (25, 3)], ids=lambda value: str(value)
)
def test_half_an_ore_goes_up(tenths: int, ore: int) -> None:
    assert rounded(tenths, 10, STEP["half_up_to_ore"]) == ore
