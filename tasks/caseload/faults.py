"""What is wrong with cells, gathered so that the same fault in many rows is one line."""

from collections import defaultdict
from collections.abc import Iterable

from tasks.caseload.grid import Grid

MOST_RANGES = 15


class Faults:
    """By sheet, column and what is wrong: the rows. Never a cell's content."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)

    def add(self, grid: Grid, column: str, rows: Iterable[int], what: str) -> None:
        """`rows` are Excel's row numbers."""
        if found := list(rows):
            letter = f"column {grid.letters[column]} ({column})" if column in grid.letters else f"column {column}"
            self._rows[grid.sheet.name, f", {letter}", what] += found

    def add_rows(self, grid: Grid, rows: Iterable[int], what: str) -> None:
        """Of no column."""
        if found := list(rows):
            self._rows[grid.sheet.name, "", what] += found

    def lines(self) -> list[str]:
        return [
            f"sheet {sheet}, {_row_ranges(sorted(set(rows)))}{column}: {what}"
            for (sheet, column, what), rows in self._rows.items()
        ]


def _row_ranges(rows: list[int]) -> str:
    """row 7; rows 2-5, 9 and 11-2000."""
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    named = [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
    if len(named) > MOST_RANGES:
        named = [*named[:MOST_RANGES], f"{len(named) - MOST_RANGES} more"]
    if len(named) == 1:
        return f"row{'s' * (len(rows) > 1)} {named[0]}"
    return f"rows {', '.join(named[:-1])} and {named[-1]}"
