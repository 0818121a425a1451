from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rules.payroll_file import COLUMNS, SystemFile, WageTypeMissing, plain
from rules.policy_keys import KEYS

FEE = dict.fromkeys(COLUMNS) | {
    "component": "fee",
    "taxable": "yes",
    "quantity": Decimal("2.5"),
    "amount": Decimal("-617.24"),
    "payment_date": date(2023, 6, 30),
}
CODES = {"taxable": {"fee": "0710"}, "tax_free": {"travel": "0730"}}


def file(*columns: str, decimal_sign: str = ",", dates: str = "DD.MM.YYYY") -> SystemFile:
    return SystemFile([[column, column.title()] for column in columns], CODES, decimal_sign, dates)


def test_a_payroll_system_gets_its_own_columns_codes_decimals_and_dates() -> None:
    wanted = ("wage_type", "payment_date", "quantity", "amount", "rate")
    assert file(*wanted).cells(FEE) == ["0710", "30.06.2023", "2,5", "-617,24", ""]
    assert file(*wanted, decimal_sign=".", dates="YYYYMMDD").cells(FEE) == ["0710", "20230630", "2.5", "-617.24", ""]


@pytest.mark.parametrize("instead", [{"taxable": "no"}, {"component": "travel"}])
def test_a_component_without_a_code_under_its_tax_mark_is_a_named_refusal(instead: dict[str, str]) -> None:
    with pytest.raises(
        WageTypeMissing, match=r"payroll\.wage_types has no code for (fee|travel) under (tax_free|taxable)"
    ):
        file("wage_type").cells(FEE | instead)


@pytest.mark.parametrize("text", ["=1+1", "+45", "-2", "@SUM(A1)", "\tx"])
def test_text_that_a_spreadsheet_would_compute_stays_text(text: str) -> None:
    assert plain(text) == f"'{text}"


def test_an_amount_below_zero_stays_a_number() -> None:
    assert plain(Decimal("-617.24")) == "-617.24"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("payroll.columns", [["amount", "Beløb"], ["salary", "Løn"]], id="a column that isn't there"),
        pytest.param("payroll.columns", [["line", "Bilag"]], id="no amount"),
        pytest.param("payroll.columns", [["amount", "X"], ["line", "X"]], id="a heading twice"),
        pytest.param("payroll.columns", [["amount"]], id="no heading"),
        pytest.param("payroll.wage_types", {"taxable": {"salary": "1"}}, id="a component that isn't there"),
        pytest.param("payroll.wage_types", {"tax": {"fee": "1"}}, id="a tax mark that isn't there"),
        pytest.param("payroll.wage_types", {"taxable": {"fee": 710}}, id="a code that lost its zero"),
        pytest.param("payroll.system", "../opus", id="a name that leaves the folder"),
        pytest.param("payout.debtor.account", "12", id="no account"),
        pytest.param("payout.debtor.bic", "DNB", id="no BIC"),
        pytest.param("payout.pays_by", "cheque", id="a way nobody pays by"),
    ],
)
def test_a_mapping_that_cannot_work_is_no_policy(key: str, value: object) -> None:
    assert not KEYS[key].fits(value)


def test_the_guide_lists_the_columns_that_there_are() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "payroll.md").read_text(encoding="utf-8")
    _, _, table = guide.partition("| column | meaning |\n|---|---|\n")
    listed = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    assert listed == [[f"`{name}`", meaning] for name, meaning in COLUMNS.items()]
    assert all(key.removeprefix("payroll.") in guide for key in KEYS if key.startswith("payroll."))
