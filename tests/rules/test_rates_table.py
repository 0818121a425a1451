from datetime import date

import pytest

from rules.rate_table import TableRow, kroner, merged, overlaps, twice, warnings


def row(first: str, last: str | None, amount_ore: int = 100_00, line: int | None = 2, **more: str) -> TableRow:
    said = {"country": "DK", "rate": "fee_night", "band": "", "unit": "DKK/night", "status": "published", **more}
    until = last and date.fromisoformat(last)
    return TableRow(
        valid_from=date.fromisoformat(first),
        valid_to=until or None,
        amount_ore=amount_ore,
        source="KL",
        line=line,
        **said,
    )


STORED = row("2023-01-01", "2023-12-31", line=None)


def warned(*given: TableRow, stored: TableRow = STORED) -> list[str]:
    return list(warnings(merged([stored], given), [stored]))


def test_a_row_that_follows_the_day_after_is_fine() -> None:
    table = merged([STORED], [row("2024-01-01", None)])
    assert overlaps(table) == []
    assert list(warnings(table, [STORED])) == []


@pytest.mark.parametrize(("first", "last"), [("2023-12-31", None), ("2022-06-01", "2023-01-01"), ("2023-05-01", None)])
def test_a_row_that_holds_on_a_day_of_a_stored_one_is_refused(first: str, last: str | None) -> None:
    [fault] = overlaps(merged([STORED], [row(first, last)]))
    assert fault.startswith("line 2, column valid_")
    assert "the stored row DK/fee_night//2023-01-01" in fault


def test_the_stored_row_may_be_ended_by_the_same_file() -> None:
    given = [row("2023-01-01", "2023-06-30"), row("2023-07-01", None, line=3)]
    assert overlaps(merged([STORED], given)) == []


def test_rows_of_one_file_may_not_overlap_and_each_that_does_is_named() -> None:
    given = [row("2024-01-01", None), row("2024-03-01", "2024-03-31", line=3), row("2024-06-01", None, line=4)]
    assert [fault[:6] for fault in overlaps(merged([STORED], given))] == ["line 3", "line 4"]
    assert twice([row("2024-01-01", None), row("2024-01-01", "2024-12-31", line=3)]) == [
        "line 3: country, rate, band and valid_from are those of line 2; keep one of the two"
    ]


def test_other_bands_countries_and_rates_are_no_overlap() -> None:
    others = [
        row("2023-05-01", None, band="x"),
        row("2023-05-01", None, rate="y"),
        row("2023-05-01", None, country="NO"),
    ]
    assert overlaps(merged([STORED], others)) == []


def test_what_is_stored_already_counts_as_stored() -> None:
    table = merged([STORED], [STORED._replace(line=2)])
    assert table == [STORED]


def test_days_without_a_rate_between_two_rows_are_warned_of() -> None:
    assert warned(row("2024-01-03", None)) == ["line 2: DK fee_night has no rate from 2024-01-01 to 2024-01-02"]
    assert warned(row("2022-01-01", "2022-12-30")) == ["line 2: DK fee_night has no rate from 2022-12-31 to 2022-12-31"]


def test_a_gap_that_was_there_before_isnt_the_files_concern() -> None:
    stored = [STORED, row("2025-01-01", None, line=None)]
    for given in (row("2023-01-01", None, rate="mileage_low_km"), row("2025-01-01", None, status="unconfirmed")):
        assert list(warnings(merged(stored, [given]), stored)) == []


@pytest.mark.parametrize(("amount_ore", "warns"), [(115_00, False), (115_01, True), (85_00, False), (84_99, True)])
def test_a_jump_of_more_than_fifteen_percent_up_or_down_is_warned_of(amount_ore: int, warns: bool) -> None:
    assert bool(warned(row("2024-01-01", None, amount_ore))) is warns
    if warns:
        assert f"from 100 to {kroner(amount_ore)} on 2024-01-01" in warned(row("2024-01-01", None, amount_ore))[0]


def test_a_jump_after_a_gap_is_a_jump_all_the_same() -> None:
    assert len(warned(row("2025-01-01", None, 200_00))) == 2


def test_a_changed_row_is_compared_with_the_one_after_it_too() -> None:
    following = row("2024-01-01", None, line=None)
    table = merged([STORED, following], [row("2023-01-01", "2023-12-31", 120_00)])
    assert [line.partition(":")[0] for line in warnings(table, [STORED, following])] == ["line 2"]


@pytest.mark.parametrize(("ore", "text"), [(154_31, "154.31"), (184_00, "184"), (2_05, "2.05"), (90, "0.90")])
def test_an_amount_is_stored_as_whole_currency_units(ore: int, text: str) -> None:
    assert kroner(ore) == text
