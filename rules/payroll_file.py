"""The neutral payroll file: its columns, and a payroll system's own choice of them from policy (R9)."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from text_unidecode import unidecode

from rules.bank_text import NORDIC
from rules.refusal import Refusal

Value = str | int | Decimal | date | None
Row = Mapping[str, Value]
"""By column; an amount or quantity is a Decimal, what isn't known is None."""

COLUMNS = {
    "run": "Reference of the pay run",
    "payroll_month": "Month the run belongs to",
    "payment_date": "Bank day on which the money is in the account",
    "family": "Reference of the family",
    "payee": "The contract holder's name",
    "payroll_number": "The contract holder's number in the payroll system",
    "nemkonto_key": "The contract holder's CPR number, where policy pays by NemKonto; else empty",
    "line": "Number of the ledger line; `plejeflow payout explain` says why it is what it is",
    "placement": "Reference of the placement or network",
    "component": "What is paid, such as `fee`",
    "period": "Month it pays for; an earlier one than the payroll month in arrears and corrections",
    "fees": "Number of fees (or KS) agreed; empty where `quantity` is, or where the component has none",
    "quantity": "Units, times the fees if there are any: times `rate` it comes to `amount`; else both are empty",
    "unit": "`night`, `day`, `month`, `km` …",
    "rate": "Kroner a unit; empty where `quantity` is",
    "rate_from": "Day the rate took force",
    "amount": "Kroner with two decimals; below zero where money is recovered",
    "amount_ore": "The same in whole øre",
    "currency": "`DKK` or `NOK`",
    "taxable": "`yes` or `no`",
    "paid_by": "`payroll`: the payroll system pays it; `account`: the payments file does, nobody else may",
    "corrects": "The line whose amount it corrects",
    "sources": "References of nights and claims, with `; ` between them",
}
WAGE_TYPE = "wage_type"
MAPPABLE = {*COLUMNS, WAGE_TYPE}
AMOUNTS = {"amount", "amount_ore"}
DATES = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "DD-MM-YYYY": "%d-%m-%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "YYYYMMDD": "%Y%m%d",
    "DDMMYYYY": "%d%m%Y",
}
ENCODINGS = {"utf-8": "utf-8", "utf-8-bom": "utf-8-sig", "windows-1252": "cp1252", "iso-8859-1": "latin-1"}
"""As policy names them, and Python; Excel takes UTF-8 for what it is by the byte order mark alone."""
READ_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class WageTypeMissing(Refusal):
    def __init__(self, component: str, tax: str) -> None:
        super().__init__(
            f"payroll.wage_types has no code for {component} under {tax}; add the payroll system's own in the policy"
        )


class Product(NamedTuple):
    """A quantity that times the rate comes to the amount, to the øre; nothing where there is none."""

    fees: Decimal | None
    quantity: Decimal | None
    rate: Decimal | None


def product(quantity: int, fees_tenths: int | None, rate: str, amount_ore: int) -> Product:
    """`quantity` in thousandths of the unit, `rate` in kroner as text, empty where there is none."""
    if rate:
        fees = None if fees_tenths is None else _shortest(Decimal(fees_tenths) / 10)
        units = _shortest(Decimal(quantity) / 1000 * (1 if fees is None else fees))
        ore = (units * Decimal(rate) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        if units and ore == amount_ore:
            return Product(fees, units, Decimal(rate))
    return Product(None, None, None)


def _shortest(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


class SystemFile(NamedTuple):
    """How one payroll system wants its file."""

    columns: list[list[str]]
    """Column and the system's own heading, in the order of the file."""
    wage_types: dict[str, dict[str, str]]
    """Codes by "taxable" and "tax_free", and component; empty where no column asks for them."""
    decimal_sign: str
    dates: str

    def cells(self, row: Row) -> list[str]:
        """Raises WageTypeMissing."""
        return [self._cell(column, row) for column, _ in self.columns]

    def _cell(self, column: str, row: Row) -> str:
        if column == WAGE_TYPE:
            return self._wage_type(str(row["component"]), "taxable" if row["taxable"] == "yes" else "tax_free")
        value = row[column]
        if isinstance(value, Decimal):
            return plain(value).replace(".", self.decimal_sign)
        return value.strftime(DATES[self.dates]) if isinstance(value, date) else plain(value)

    def _wage_type(self, component: str, tax: str) -> str:
        if component not in self.wage_types.get(tax, {}):
            raise WageTypeMissing(component, tax)
        return self.wage_types[tax][component]


class Written(NamedTuple):
    """How a CSV file is written."""

    delimiter: str
    decimal_sign: str
    encoding: str
    """As policy names it."""

    def number(self, cell: str) -> Decimal:
        """Back from `cell`."""
        return Decimal(cell.replace(self.decimal_sign, "."))

    def cell(self, value: Value) -> str:
        """As `plain`, with this decimal sign."""
        said = plain(value)
        return said.replace(".", self.decimal_sign) if isinstance(value, Decimal) else said

    def bytes_of(self, text: str) -> bytes:
        """Letters that the encoding hasn't got stand in plain ones: payroll knows people by their number."""
        codec = ENCODINGS[self.encoding]
        try:
            return text.encode(codec)
        except UnicodeEncodeError:
            return "".join(
                sign if _has(codec, sign) else unidecode(sign.translate(NORDIC)).strip() or "?" for sign in text
            ).encode(codec)


def _has(codec: str, sign: str) -> bool:
    try:
        return bool(sign.encode(codec))
    except UnicodeEncodeError:
        return False


def plain(value: Value) -> str:
    """As the neutral CSV writes it. Text that a spreadsheet would compute gets an apostrophe in front."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(READ_AS_FORMULA) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def is_column_list(value: Any) -> bool:
    """Pairs of column and heading, none twice, with an amount among them."""
    if not isinstance(value, list) or not all(_is_pair(pair) for pair in value):
        return False
    columns, headings = [pair[0] for pair in value], [pair[1] for pair in value]
    return set(columns) <= MAPPABLE and len(set(headings)) == len(headings) and bool(AMOUNTS & set(columns))


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) and text for text in pair)
