from datetime import date

import pytest

from data.policies import policy_of
from rules.months import month
from rules.payment_dates import paid_on, payment_date
from rules.policy import Policy, PolicyMissing, PolicyValue
from rules.policy_keys import KEYS


def pays(day: int | str, country: str = "DK") -> Policy:
    agreed = (PolicyValue(day, date(2019, 1, 1), "R9"),)
    return Policy("proeveby", "Prøveby", country, "da", "Europe/Copenhagen", "PB", {"payout.payment_day": agreed})


@pytest.mark.parametrize(
    ("period", "paid"),
    [
        pytest.param("2023-05", date(2023, 6, 30), id="the month after, on its last bank day"),
        pytest.param("2023-06", date(2023, 7, 31), id="a Monday"),
        pytest.param("2023-08", date(2023, 9, 29), id="the 30th is a Saturday"),
        pytest.param("2023-11", date(2023, 12, 29), id="31 December is a Sunday, 30 a Saturday"),
        pytest.param("2025-11", date(2025, 12, 30), id="31 December is a closing day of the banks"),
        pytest.param("2026-04", date(2026, 5, 29), id="Whitsun is over by then"),
    ],
)
def test_the_last_bank_day_of_the_month_after(period: str, paid: date) -> None:
    assert payment_date(month(period), pays("last_bank_day")) == paid


@pytest.mark.parametrize(
    ("period", "day", "paid"),
    [
        pytest.param("2023-04", 19, date(2023, 5, 17), id="the Friday after Ascension and Ascension itself"),
        pytest.param("2025-11", 24, date(2025, 12, 23), id="Christmas Eve"),
        pytest.param("2025-11", 28, date(2025, 12, 23), id="from Christmas Eve to the Sunday after"),
        pytest.param("2025-05", 5, date(2025, 6, 4), id="5 June"),
        pytest.param("2023-04", 5, date(2023, 5, 4), id="Store Bededag in 2023"),
        pytest.param("2024-03", 26, date(2024, 4, 26), id="Store Bededag is a bank day from 2024"),
        pytest.param("2025-12", 1, date(2026, 1, 2), id="1 January moves on, the month before isn't over"),
        pytest.param("2026-03", 3, date(2026, 4, 1), id="Good Friday and Maundy Thursday"),
    ],
)
def test_a_day_of_the_month_moves_to_the_bank_day_before(period: str, day: int, paid: date) -> None:
    assert payment_date(month(period), pays(day)) == paid


def test_norwegian_banks_are_open_where_danish_ones_are_closed() -> None:
    assert payment_date(month("2023-04"), pays(19, "NO")) == date(2023, 5, 19)
    assert payment_date(month("2025-11"), pays("last_bank_day", "NO")) == date(2025, 12, 31)


def test_what_is_released_too_late_for_its_day_is_paid_on_the_first_bank_day_from_then() -> None:
    agreed = pays("last_bank_day")
    assert paid_on(month("2023-05"), date(2023, 6, 2), agreed) == date(2023, 6, 30)
    assert paid_on(month("2023-05"), date(2023, 7, 1), agreed) == date(2023, 7, 3)
    assert paid_on(month("2025-11"), date(2025, 12, 31), agreed) == date(2026, 1, 2)


def test_every_shipped_country_has_a_payment_day_and_a_gap_is_named() -> None:
    assert payment_date(month("2023-05"), policy_of("randers")) == date(2023, 6, 30)
    assert payment_date(month("2024-05"), policy_of("lillehammer")) == date(2024, 6, 12)
    with pytest.raises(PolicyMissing, match=r"payout\.payment_day"):
        payment_date(month("2018-01"), policy_of("randers"))


@pytest.mark.parametrize("day", [0, 29, True, "last", 12.0])
def test_a_payment_day_that_no_month_has_or_not_every_month_is_no_policy(day: object) -> None:
    assert not KEYS["payout.payment_day"].fits(day)
