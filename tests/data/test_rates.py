from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

from data.rates import check, list_rates, load_shipped, record_rate
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import RateRow
from rules.rate_table import TableRow
from rules.rates import BANDS

NOW = datetime(2023, 6, 2, 8, tzinfo=UTC)


def test_every_published_row_is_shipped_with_its_source_and_status(database: Settings) -> None:
    with writing() as s:
        assert load_shipped(s, NOW) == 64
    with reading() as s:
        rows = list_rates(s)
    assert len(rows) == 64
    assert all(row.source and row.status in {"published", "unconfirmed"} for row in rows)
    assert {row.valid_from.year for row in rows if row.status == "unconfirmed"} == {2023}
    assert {(row.country, row.rate, row.band) for row in rows} == {
        (country, rate, band) for (country, rate), bands in BANDS.items() for band in bands
    }


def test_no_two_shipped_rows_of_a_rate_hold_on_the_same_day(sqlite_database: Settings) -> None:
    with writing() as s:
        load_shipped(s, NOW)
        rows = list_rates(s)
    for before, after in pairwise(rows):
        if (before.country, before.rate, before.band) == (after.country, after.rate, after.band):
            assert before.valid_to is not None
            assert before.valid_to < after.valid_from


def test_loading_again_adds_nothing_and_keeps_what_the_municipality_changed(database: Settings) -> None:
    with writing() as s:
        load_shipped(s, NOW)
        revise(s, current(s, RateRow, "DK/fee_night//2023-01-01"), NOW, amount="155.00")
    with writing() as s:
        assert load_shipped(s, NOW) == 0
        assert Decimal(current(s, RateRow, "DK/fee_night//2023-01-01").amount) == 155


def test_a_published_row_that_comes_later_gives_way_to_the_municipalitys_own_for_the_same_days(
    sqlite_database: Settings,
) -> None:
    own = TableRow("DK", "fee_night", "", date(2022, 6, 1), None, 150_00, "DKK/night", "published", "Byrådet")
    with writing() as s:
        record_rate(s, own, NOW)
    with writing() as s:
        assert load_shipped(s, NOW) == 63
        fees = [row.valid_from.year for row in list_rates(s) if row.rate == "fee_night"]
    assert fees == [2019, 2020, 2022]


def test_the_check_names_every_rate_and_band_without_a_row_on_the_day(sqlite_database: Settings) -> None:
    with writing() as s:
        load_shipped(s, NOW)
    with reading() as s:
        danish_2023 = [(gap.rate, gap.band) for gap in check(s, date(2023, 5, 12)) if gap.country == "DK"]
        danish_2022 = [gap.rate for gap in check(s, date(2022, 12, 31)) if gap.country == "DK"]
    assert danish_2023 == [("clothing_week", band) for band in BANDS["DK", "clothing_week"]]
    assert danish_2022 == [
        "fee_night",
        *["board_lodging_night"] * 3,
        *["pocket_money_week"] * 4,
        *["clothing_week"] * 4,
    ]
