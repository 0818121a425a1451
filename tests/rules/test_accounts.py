import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.accounts import Account, account


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        pytest.param("1234 1234567", "DK", "12340001234567", id="seven digits are filled up to ten"),
        pytest.param("1234-1234567890", "DK", "12341234567890", id="ten digits stay"),
        pytest.param("8601.11.17947", "NO", "86011117947", id="Norwegian with full stops"),
        pytest.param("8601 1117947", "NO", "86011117947", id="Norwegian with a space"),
    ],
)
def test_an_account_is_read_however_it_is_written(written: str, country: str, number: str) -> None:
    assert account(written, country) == Account(number, is_iban=False)


def test_an_iban_is_an_account_in_both_countries() -> None:
    for country in ("DK", "NO"):
        assert account("no93 8601 1117 947", country) == Account("NO9386011117947", is_iban=True)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        pytest.param("", "DK", id="nothing"),
        pytest.param("0000-1234567", "DK", id="no such registration number"),
        pytest.param("1234-123", "DK", id="too short"),
        pytest.param("1234-12345678901", "DK", id="too long"),
        pytest.param("8601.11.17948", "NO", id="a wrong control digit"),
        pytest.param("1234-1234567890", "NO", id="a Danish one in Norway"),
        pytest.param("0000.4090403", "NO", id="eleven digits of a post giro"),
        pytest.param("NO93 8601 1117 948", "NO", id="an IBAN with wrong control digits"),
        pytest.param("١٢٣٤١٢٣٤٥٦٧", "DK", id="digits of another script"),
    ],
)
def test_what_is_no_account_is_none(written: str, country: str) -> None:
    assert account(written, country) is None


@given(st.text())
def test_whatever_is_written_it_is_an_account_of_plain_digits_or_none(written: str) -> None:
    for country in ("DK", "NO"):
        found = account(written, country)
        assert found is None or found.number.isascii()
