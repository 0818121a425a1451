import re
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rules import cells
from rules.cells import Unreadable
from rules.forms.base import Reference

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


SAME = ["Tur 1", "Tur\u00a01", "Tur\u20071", "Tur\u202f1", "Tur\u30001", " Tur  1\u00a0", "Tur \u2009 1"]


def test_every_kind_of_space_in_a_reference_is_a_plain_one() -> None:
    assert {cells.reference(said) for said in SAME} == {"Tur 1"}


@pytest.mark.parametrize(
    ("one", "other"), [("Å1", "A\u030a1"), ("é", "e\u0301"), ("Å", "\u212b"), ("ñ/ø", "n\u0303/ø")]
)
def test_a_letter_in_a_reference_is_the_same_composed_and_in_pieces(one: str, other: str) -> None:
    assert cells.reference(one) == cells.reference(other)


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\u200b", "ZERO WIDTH SPACE (U+200B)"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE (U+FEFF)"),
        ("\u00ad", "SOFT HYPHEN (U+00AD)"),
        ("\u200e", "LEFT-TO-RIGHT MARK (U+200E)"),
        ("\u2060", "WORD JOINER (U+2060)"),
        ("\u202c", "POP DIRECTIONAL FORMATTING (U+202C)"),
        ("\u3164", "HANGUL FILLER (U+3164)"),
        ("\ufe0f", "VARIATION SELECTOR-16 (U+FE0F)"),
        ("\u0085", "a control character (U+0085)"),
        ("\u2028", "LINE SEPARATOR (U+2028)"),
    ],
)
@pytest.mark.parametrize("read", [cells.reference, lambda cell: cells.code(cell, 40)])
def test_what_nobody_sees_in_a_reference_is_refused_by_name(read: Any, sign: str, name: str) -> None:
    for said in (f"T{sign}1", f"T{sign}{sign}/1"):
        with pytest.raises(Unreadable, match=re.escape(name)):
            read(said)


def test_a_reference_in_an_answer_is_compared_as_the_workbooks_are() -> None:
    answered = TypeAdapter(Reference)
    assert {answered.validate_python(said) for said in SAME} == {"Tur 1"}
    with pytest.raises(ValidationError, match="ZERO WIDTH SPACE"):
        answered.validate_python("T\u200b1")


@pytest.mark.parametrize("between", ["\u00a0", "\u2011", "\u2013", "\u202f", "\u2212"])
def test_an_identity_number_is_known_whatever_stands_between_its_parts(between: str) -> None:
    assert cells.id_number(f"811080{between}1234") == "8110801234"
    with pytest.raises(Unreadable, match="looks like a CPR number"):
        cells.reference(f"811080{between}1234")


@pytest.mark.parametrize("cell", [123, 123.0, 4711.0, 0.5, 12345678901234.0])
def test_a_number_cell_is_no_account_no_telephone_and_no_identity_number(cell: float) -> None:
    for read in (cells.id_number, lambda cell: cells.code(cell, 40)):
        with pytest.raises(Unreadable, match="format the column as text"):
            read(cell)


@pytest.mark.parametrize("cell", ["1.23457E+15", "1,2E+10", "1E+09", "5e+12"])
def test_a_number_that_excel_has_shortened_is_none(cell: str) -> None:
    with pytest.raises(Unreadable, match="shortened"):
        cells.code(cell, 40)


@pytest.mark.parametrize("cell", ["00123", "+45 20 12 34 56", "0400 0440116243", "1e5", "4711-A"])
def test_a_code_in_a_text_cell_stays_what_it_is(cell: str) -> None:
    assert cells.code(cell, 40) == cell
