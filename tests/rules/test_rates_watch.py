from datetime import date
from typing import NamedTuple

import pytest

from rules.rates import BANDS
from rules.rates_watch import Lacking, lacking

FIRST_OF_DECEMBER, MID_JANUARY = date(2023, 12, 1), date(2024, 1, 15)


class Row(NamedTuple):
    country: str
    rate: str
    band: str
    valid_from: date
    valid_to: date | None


def table(*, but: str = "", ends: date | None = None, country: str = "NO") -> list[Row]:
    """Every rate until further notice, but this one that ends."""
    return [
        Row(of, rate, band, date(2023, 1, 1), ends if rate == but else None)
        for (of, rate), bands in BANDS.items()
        for band in bands
        if of == country
    ]


@pytest.mark.parametrize(
    ("ends", "since"),
    [
        (date(2023, 12, 31), date(2024, 1, 1)),
        (date(2024, 1, 14), MID_JANUARY),
        (FIRST_OF_DECEMBER, date(2023, 12, 2)),
        (date(2023, 11, 30), FIRST_OF_DECEMBER),
        (date(2023, 6, 30), date(2023, 7, 1)),
    ],
)
def test_a_rate_that_ends_within_the_days_or_has_ended_is_named_with_its_first_day_without(
    ends: date, since: date
) -> None:
    found = lacking(table(but="expense_cover_month", ends=ends), "NO", FIRST_OF_DECEMBER, MID_JANUARY)
    assert found == [Lacking("NO", "expense_cover_month", since, BANDS["NO", "expense_cover_month"])]


@pytest.mark.parametrize("ends", [None, MID_JANUARY, date(2024, 12, 31)])
def test_a_rate_that_holds_for_all_of_the_days_isnt_named(ends: date | None) -> None:
    assert lacking(table(but="respite_pay_night", ends=ends), "NO", FIRST_OF_DECEMBER, MID_JANUARY) == []


def test_next_years_row_mends_it_and_one_that_begins_late_doesnt() -> None:
    ends = table(but="respite_pay_night", ends=date(2023, 12, 31))
    for begins, found in ((date(2024, 1, 1), []), (date(2024, 1, 2), [date(2024, 1, 1)])):
        rows = [*ends, Row("NO", "respite_pay_night", "", begins, None)]
        assert [lack.since for lack in lacking(rows, "NO", FIRST_OF_DECEMBER, MID_JANUARY)] == found


def test_bands_that_end_on_different_days_are_told_apart_and_one_that_never_was_has_no_day() -> None:
    rows = [row for row in table() if row.rate != "respite_expense_night"]
    rows.append(Row("NO", "respite_expense_night", "age 10+", date(2023, 1, 1), date(2023, 12, 31)))
    assert lacking(rows, "NO", FIRST_OF_DECEMBER, MID_JANUARY) == [
        Lacking("NO", "respite_expense_night", None, ("age 0-9",)),
        Lacking("NO", "respite_expense_night", date(2024, 1, 1), ("age 10+",)),
    ]


def test_another_countrys_rates_are_not_ours() -> None:
    assert {lack.country for lack in lacking([], "DK", FIRST_OF_DECEMBER, MID_JANUARY)} == {"DK"}
    assert len(lacking([], "DK", FIRST_OF_DECEMBER, MID_JANUARY)) == 6
