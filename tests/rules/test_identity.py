from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.demo.people import danish_test_number, norwegian_test_number
from rules.identity import compact, doubts, is_possible, looks_like_identity_number

BIRTHDAYS = st.dates(date(1930, 1, 1), date(2035, 12, 31))


@given(BIRTHDAYS, st.randoms(use_true_random=False))
def test_test_persons_of_both_countries_are_possible_and_agree_with_their_birth_date(
    born: date, random: Random
) -> None:
    for number in (danish_test_number(born, random), norwegian_test_number(born, random)):
        assert is_possible(number)
        assert looks_like_identity_number(number)
        assert doubts(number, born) == []


@pytest.mark.parametrize(
    "written",
    [
        "211062-5629",
        "211062 5629",
        "2110625629",
        "se 211062-5629.",
        "151086 95077",
        "15108695077",
        "811062-5629",
        "15908695077",
        "55108695077",
        "15758695077",
    ],
)
def test_a_number_is_recognised_however_it_is_written(written: str) -> None:
    assert looks_like_identity_number(written)


@pytest.mark.parametrize(
    "written", ["HJ-2023-0042", "321062-5629", "211362-5629", "21106256290000", "12345678", "RA-N0001"]
)
def test_other_digits_arent_taken_for_a_number(written: str) -> None:
    assert not looks_like_identity_number(written)


def test_a_danish_number_without_control_digits_is_possible_and_only_doubted() -> None:
    number = compact("010108-4001")
    assert is_possible(number)
    assert any("control digits" in doubt for doubt in doubts(number, date(2008, 1, 1)))


def test_a_date_in_the_number_that_isnt_the_birth_date_is_doubted() -> None:
    assert doubts("2110620629", date(1962, 10, 21)) == doubts("2110620629", None)
    assert any("birth date" in doubt for doubt in doubts("2110620629", date(1962, 10, 22)))


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("15108695088", True),  # today's scheme
        ("15108695096", True),  # from 2032 the first control digit may leave 1, 2 or 3
        ("15108695002", True),
        ("15108695010", False),
        ("15108695089", False),
    ],
)
def test_both_norwegian_control_schemes_are_accepted(number: str, fits: bool) -> None:
    assert (doubts(number, date(1986, 10, 15)) == []) is fits


@pytest.mark.parametrize(
    "number", ["", "123", "21106256", "3210625629", "2113625629", "32106256291", "abcdefghij", "٢١١٠٦٢٥٦٢٩"]
)
def test_what_has_no_date_or_length_is_impossible(number: str) -> None:
    assert not is_possible(number)
