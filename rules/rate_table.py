"""A rate table as a whole: rows that hold on the same day, days between rows, and jumps."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

JUMP_PERCENT = 15
"""A larger change against the row before is looked at."""
A_DAY = timedelta(days=1)


class TableRow(NamedTuple):
    country: str
    rate: str
    band: str
    valid_from: date
    valid_to: date | None
    """None is until further notice."""
    amount_ore: int
    unit: str
    status: str
    source: str
    line: int | None = None
    """Of the file that brings it; None for what is stored already."""

    @property
    def ref(self) -> str:
        return f"{self.country}/{self.rate}/{self.band}/{self.valid_from}"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.country, self.rate, self.band

    @property
    def end(self) -> date:
        return self.valid_to or date.max

    def __str__(self) -> str:
        return f"the stored row {self.ref}" if self.line is None else f"line {self.line}"

    def says_the_same(self, other: "TableRow") -> bool:
        return self._replace(line=None) == other._replace(line=None)

    def meets(self, other: "TableRow") -> bool:
        """Whether both hold on some day."""
        return self.key == other.key and self.valid_from <= other.end and other.valid_from <= self.end

    def pays_the_same(self, other: "TableRow") -> bool:
        return (self.amount_ore, self.valid_to) == (other.amount_ore, other.valid_to)


def twice(given: Iterable[TableRow]) -> list[str]:
    """Rows of a file that say the same rate, band and first day."""
    first: dict[str, TableRow] = {}
    found = []
    for row in given:
        before = first.setdefault(row.ref, row)
        if before is not row:
            found.append(f"{row}: country, rate, band and valid_from are those of {before}; keep one of the two")
    return found


def merged(stored: Iterable[TableRow], given: Iterable[TableRow]) -> list[TableRow]:
    """The table with the file on top; a row that says what is stored counts as stored."""
    table = {row.ref: row for row in stored}
    for row in given:
        if row.ref not in table or not table[row.ref].says_the_same(row):
            table[row.ref] = row
    return sorted(table.values(), key=lambda row: (*row.key, row.valid_from))


def overlaps(table: list[TableRow]) -> list[str]:
    """Of rows that the file brings, with each other or with what is stored; `table` as `merged` makes it."""
    found = []
    for _, rows in groupby(table, key=lambda row: row.key):
        furthest: TableRow | None = None
        for row in rows:
            if furthest is not None and row.valid_from <= furthest.end and (furthest.line or row.line):
                found.append(_overlap(furthest, row))
            furthest = row if furthest is None else max(furthest, row, key=lambda row: row.end)
    return found


def _overlap(before: TableRow, after: TableRow) -> str:
    mine, other = (after, before) if after.line is not None else (before, after)
    column = "valid_from" if mine is after else "valid_to"
    return (
        f"{mine}, column {column}: two rows would hold on {after.valid_from}, this one and {other}; "
        f"let the earlier one end on {after.valid_from - A_DAY} or before (its row may stand in the same file)"
    )


def warnings(table: list[TableRow], stored: Iterable[TableRow]) -> Iterator[str]:
    """Days without a rate between two rows, and jumps, that come with the file; `table` as `merged` makes it."""
    known = {remark for before, after in pairwise(merged(stored, [])) for remark in _remarks(before, after)}
    for before, after in pairwise(table):
        row = after if after.line is not None else before
        if row.line is not None:
            yield from (f"{row}: {said}" for said in _remarks(before, after) if said not in known)


def _remarks(before: TableRow, after: TableRow) -> Iterator[str]:
    if before.key != after.key:
        return
    name = f"{after.country} {after.rate}" + (f" ({after.band})" if after.band else "")
    if before.valid_to is not None and before.valid_to + A_DAY < after.valid_from:
        yield f"{name} has no rate from {before.valid_to + A_DAY} to {after.valid_from - A_DAY}"
    if abs(after.amount_ore - before.amount_ore) * 100 > before.amount_ore * JUMP_PERCENT:
        change = f"from {kroner(before.amount_ore)} to {kroner(after.amount_ore)} on {after.valid_from}"
        yield f"{name} goes {change}, more than {JUMP_PERCENT} % against the row before"


def kroner(ore: int) -> str:
    """Decimal text in whole currency units, such as 154.31 or 184."""
    whole, rest = divmod(ore, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
