"""A quantity in the neutral file times its rate comes to its amount, or there is neither."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import rounded
from rules.payroll_file import Product, product

NOTHING = Product(None, None, None)


@pytest.mark.parametrize(
    ("quantity", "fees", "rate", "amount", "said"),
    [
        pytest.param(2_000, 20, "154.31", 617_24, ("2", "4"), id="two nights at two fees are four"),
        pytest.param(3_000, 15, "154.31", 694_40, ("1.5", "4.5"), id="rounded to the øre"),
        pytest.param(12_500, None, "2.19", 27_38, (None, "12.5"), id="driving has no fees"),
        pytest.param(-1_000, 20, "154.31", -308_62, ("2", "-2"), id="less than was paid"),
        pytest.param(20_000, None, "32.00", 91_43, None, id="a seventh of a week's rate a day"),
        pytest.param(1_000, None, "", 1_500_00, None, id="a grant has no rate"),
        pytest.param(0, 20, "154.31", -154_31, None, id="an instalment is no number of nights"),
        pytest.param(0, 20, "160.00", 22_76, None, id="another rate for the same nights"),
    ],
)
def test_a_quantity_times_its_rate_is_the_amount_or_there_is_neither(
    quantity: int, fees: int | None, rate: str, amount: int, said: tuple[str | None, str] | None
) -> None:
    wanted = NOTHING
    if said is not None:
        wanted = Product(said[0] and Decimal(said[0]), Decimal(said[1]), Decimal(rate))
    assert product(quantity, fees, rate, amount) == wanted


@given(
    sign=st.sampled_from([-1, 1]),
    quantity=st.integers(0, 60_000),
    fees=st.none() | st.integers(0, 60),
    rate_ore=st.integers(1, 2_000_00),
    off=st.integers(-9, 9),
)
def test_whatever_a_file_says_can_be_multiplied(
    sign: int, quantity: int, fees: int | None, rate_ore: int, off: int
) -> None:
    amount = sign * rounded(quantity * rate_ore * (10 if fees is None else fees), 10_000, 1) + off
    made = product(sign * quantity, fees, f"{rate_ore / 100:.2f}", amount)
    if made.quantity is None or made.rate is None:
        assert made == NOTHING
        assert off or not amount or not quantity
    else:
        assert abs(made.quantity * made.rate * 100 - amount) <= Decimal("0.5")
        assert (made.fees is None) == (fees is None)
