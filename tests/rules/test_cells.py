from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import cells
from rules.cells import Unreadable

DAYS = st.dates(cells.EARLIEST, cells.LATEST)


@given(DAYS)
def test_a_day_reads_the_same_however_it_is_written(day: date) -> None:
    written = [
        day,
        datetime.combine(day, time(0)),
        f"{day}",
        f"{day:%d-%m-%Y}",
        f" {day:%d.%m.%Y} ",
        f"{day.day}.{day.month}.{day.year}",
    ]
    assert {cells.day(cell) for cell in written} == {day}


@pytest.mark.parametrize(
    "cell",
    [
        "31-02-2023",
        "2023-02-31",
        "30.02.2023",
        "2023-13-01",
        "00.01.2023",
        "29.02.2023",
        "31 February",
        45000.0,
        True,
        "1899-12-31",
        "05/06/2023",
    ],
)
def test_what_no_calendar_has_is_no_day(cell: object) -> None:
    with pytest.raises(Unreadable):
        cells.day(cell)


def test_a_time_of_day_isnt_dropped_where_a_date_is_expected() -> None:
    with pytest.raises(Unreadable, match="time of day"):
        cells.day(datetime.fromisoformat("2023-05-05T14:00"))


@pytest.mark.parametrize(
    "cell",
    [
        "2023-05-05 14:30",
        "2023-05-05T14:30",
        "05.05.2023 14.30",
        "5-5-2023 14:30:00",
        datetime.fromisoformat("2023-05-05T14:29:59.999600"),
    ],
)
def test_an_arrival_reads_the_same_however_it_is_written(cell: object) -> None:
    assert cells.moment(cell) == datetime.fromisoformat("2023-05-05T14:30")


def test_a_date_alone_is_its_midnight() -> None:
    assert cells.moment("05.05.2023") == cells.moment(date(2023, 5, 5)) == datetime.fromisoformat("2023-05-05")


@pytest.mark.parametrize(
    "cell", ["2023-05-05 24:00", "2023-05-05T14:00+02:00", "14:00", time(14), 1.5, "31.02.2023 12:00"]
)
def test_what_no_clock_shows_is_no_moment(cell: object) -> None:
    with pytest.raises(Unreadable):
        cells.moment(cell)


def kroner(cell: object) -> int:
    return cells.number(cell, scale=100, step=1, least=0, most=1_000_000)


@given(st.integers(0, 100_000_000))
def test_kroner_and_ore_survive_every_way_of_writing_them(ore: int) -> None:
    whole, rest = divmod(ore, 100)
    assert kroner(ore / 100) == kroner(f"{whole},{rest:02}") == kroner(f"{whole}.{rest:02}") == ore


@pytest.mark.parametrize(
    "cell",
    [
        -1,
        "-0,01",
        1e12,
        "1.500",
        "1,500",
        "1.234,50",
        0.005,
        "12.345",
        "tolv",
        "",
        True,
        float("nan"),
        float("inf"),
        "1e3",
    ],
)
def test_an_amount_that_is_negative_absurd_too_fine_or_ambiguous_is_refused(cell: object) -> None:
    with pytest.raises(Unreadable):
        kroner(cell)


@pytest.mark.parametrize(("cell", "tenths"), [(1, 10), (2.5, 25), ("1,5", 15), ("0.5", 5)])
def test_fees_are_whole_or_half(cell: object, tenths: int) -> None:
    assert cells.number(cell, scale=10, step=5, least=0, most=50) == tenths


@pytest.mark.parametrize("cell", [1.3, "2,25", 0.1])
def test_other_fractions_of_a_fee_are_refused(cell: object) -> None:
    with pytest.raises(Unreadable, match="whole or half"):
        cells.number(cell, scale=10, step=5, least=0, most=50)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ja", True),
        ("JA ", True),
        ("yes", True),
        (True, True),
        (1.0, True),
        ("nej", False),
        ("nei", False),
        ("no", False),
        (0.0, False),
    ],
)
def test_yes_and_no_are_understood_in_three_languages(said: object, meant: bool) -> None:
    assert cells.yes_no(said) is meant


@pytest.mark.parametrize("said", ["måske", "x", 2.0, 0.5])
def test_neither_yes_nor_no_is_refused(said: object) -> None:
    with pytest.raises(Unreadable):
        cells.yes_no(said)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")), min_size=1, max_size=40
    )
)
def test_a_name_keeps_every_kind_of_letter(name: str) -> None:
    assert cells.text(f"  {name} ", 40, personal=True) == name


def test_junk_is_measured_and_not_repeated() -> None:
    with pytest.raises(Unreadable) as refused:
        cells.text("Hemmelig" * 1_310_720, 200, personal=True)
    assert str(refused.value) == "is 10485760 characters long; 200 are the most"


def test_a_number_that_excel_made_of_a_reference_is_the_reference() -> None:
    assert cells.reference(1001.0) == "1001"


@pytest.mark.parametrize(
    "cell",
    [
        "211062-5629",
        "2110625629",
        "HJ-211062 5629",
        2110625629.0,
        101701234.0,
        "15108695077",
        1010701234.0,
        "811062-5629",
    ],
)
def test_an_identity_number_is_no_reference_even_without_its_leading_zero(cell: object) -> None:
    with pytest.raises(Unreadable, match="looks like a CPR number"):
        cells.reference(cell)


@pytest.mark.parametrize("cell", ["HJ-2023-0042", "RA-F001-1", "12345678", "9912319999", "Sag 7"])
def test_a_municipalitys_own_reference_passes(cell: str) -> None:
    assert cells.reference(cell) == cell


@pytest.mark.parametrize("cell", ["anna", "anna@", "@x.dk", "a b@x.dk", "a@x", "a@x.dk, b@x.dk", "a@x.dk\nBcc: b@x.dk"])
def test_what_isnt_one_address_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        cells.email(cell)


def test_roles_are_kept_once_each_without_spaces() -> None:
    assert cells.several(" leader, payroll ,leader,", ("leader", "payroll")) == "leader,payroll"


def test_a_column_tells_the_unreadable_from_the_unknown() -> None:
    values, wrong = cells.read_column(["2023-05-01", "", "  ", "31.02.2023"], cells.day)
    assert values == [date(2023, 5, 1), None, None, None]
    assert [index for index, _ in wrong] == [3]
