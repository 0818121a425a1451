"""A municipality's own rate table as a spreadsheet writes it: commas, semicolons or tabs, decimal points or commas.

Columns, in any order: country, rate, band, valid_from, valid_to, amount, unit, status, source. Band is empty for a rate
without bands, valid_to for a rate that holds until further notice.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import StringIO
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from rules import cells
from rules.cells import Unreadable
from rules.rate_table import TableRow
from rules.rates import BANDS, unit_of

Reader = Callable[[str], Any]

COLUMNS = ("country", "rate", "band", "valid_from", "valid_to", "amount", "unit", "status", "source")
STATUSES = ("published", "unconfirmed")
MOST = 100_000
"""Whole currency units; more is a slip of the keyboard."""
LONGEST_SOURCE = 300
TELLS_EXCEL = re.compile(r'"?sep=([;,|\t])"?[;,\t]*', re.IGNORECASE)
"""The first line that names the separator, which no spreadsheet shows."""
COUNTRIES = tuple(dict.fromkeys(country for country, _ in BANDS))


def _one_of(words: Sequence[str]) -> Reader:
    def read(cell: str) -> str:
        if cell not in words:
            raise Unreadable("must be empty" if words == ("",) else f"must be {' or '.join(words)}")
        return cell

    return read


def _source(cell: str) -> str:
    if not cell:
        raise Unreadable("is empty; say where the amount was published or decided")
    return cells.text(cell, LONGEST_SOURCE, personal=False)


def _last_day(cell: str) -> date | None:
    return cells.day(cell) if cell else None


def _ore(cell: str) -> int:
    ore = cells.number(cell, scale=100, step=1, least=0, most=MOST)
    if not ore:
        raise Unreadable("is 0; leave the row out where there is no rate")
    return ore


SAME_FOR_ALL: dict[str, Reader] = {
    "valid_from": cells.day,
    "valid_to": _last_day,
    "amount": _ore,
    "status": _one_of(STATUSES),
    "source": _source,
}
FIELD_OF = {"amount": "amount_ore"}


class RateFile(NamedTuple):
    rows: list[TableRow]
    faults: list[str]
    """Everything that can't be read, by line and column; never what stood there."""


def read_rate_file(text: str) -> RateFile:
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        return RateFile([], [f"it can't be read as CSV: {error}; save it from the spreadsheet as CSV UTF-8"])
    if not lines:
        return RateFile([], [f"it is empty; its first line names the columns {', '.join(COLUMNS)}"])
    (_, head), *rest = lines
    names = [cell.strip().casefold() for cell in head]
    if faults := _head_faults(names):
        return RateFile([], faults)
    if not rest:
        return RateFile([], ["there are no rows below the column names"])
    read = [_Line(number, names, found) for number, found in rest]
    rows = [row for line in read if (row := line.row()) is not None]
    return RateFile(rows, [fault for line in read for fault in line.faults])


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """With the number of each line; those without anything in them are left out."""
    text = text.removeprefix("\ufeff")
    first = next((line.strip(" ") for line in text.splitlines() if line.strip()), "")
    told = TELLS_EXCEL.fullmatch(first)
    delimiter = told[1] if told else next((sign for sign in ";\t" if sign in first), ",")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    filled = ((reader.line_num, found) for found in reader if any(cell.strip() for cell in found))
    yield from islice(filled, 1 if told else 0, None)


def _head_faults(names: Sequence[str]) -> list[str]:
    faults = [f"line 1: column {name} is missing" for name in COLUMNS if name not in names]
    faults += [f"line 1: column {name} stands there twice" for name in COLUMNS if names.count(name) > 1]
    if any(name and name not in COLUMNS for name in names):
        faults.append(f"line 1: has a column that nobody reads; the columns are {', '.join(COLUMNS)}")
    return faults


class _Line:
    def __init__(self, number: int, names: Sequence[str], found: Sequence[str]) -> None:
        self.number, self.faults = number, list[str]()
        self.cells = {name: cell.strip() for name, cell in zip_longest(names, found[: len(names)], fillvalue="")}
        if any(cell.strip() for cell in found[len(names) :]):
            self.faults.append(
                f"line {number}: has more cells than there are columns; "
                "a text or a number with the separator in it stands in quotation marks"
            )

    def row(self) -> TableRow | None:
        """None with a fault."""
        country, rate = self.cells["country"], self.cells["rate"]
        readers: dict[str, Reader] = {"country": _one_of(COUNTRIES), **SAME_FOR_ALL}
        if country in COUNTRIES:
            readers["rate"] = _one_of([name for of, name in BANDS if of == country])
        if (country, rate) in BANDS:
            readers["band"] = _one_of(BANDS[country, rate])
            readers["unit"] = _one_of([unit_of(country, rate)])
        values = {column: self._read(column, read) for column, read in readers.items()}
        if values["valid_from"] and values["valid_to"] and values["valid_to"] < values["valid_from"]:
            self._fault("valid_to", "is before valid_from")
        if self.faults:
            return None
        return TableRow(**{FIELD_OF.get(column, column): value for column, value in values.items()}, line=self.number)

    def _read(self, column: str, read: Reader) -> Any:
        try:
            return read(self.cells[column])
        except Unreadable as wrong:
            self._fault(column, str(wrong))
            return None

    def _fault(self, column: str, what: str) -> None:
        self.faults.append(f"line {self.number}, column {column}: {what}")
