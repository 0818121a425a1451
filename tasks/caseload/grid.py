"""The cells of a workbook by sheet and column, and everything that is wrong with sheets and headers."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from data.caseload.sheet import Column, Sheet
from data.caseload.sheets import SHEETS
from rules.cells import is_empty
from rules.refusal import Refusal, Refusals
from tasks.caseload.file import MEND, MOST_NAMED, WorkbookFile, untrusted_faults


@dataclass(frozen=True)
class Grid:
    sheet: Sheet
    rows: list[int]
    """Excel's row number of each row that isn't blank."""
    cells: dict[str, list[Any]]
    """By the name of each column that is there."""
    letters: dict[str, str]
    title: str
    """As the file writes it."""
    refused: frozenset[tuple[str, int]] = frozenset()
    """Column and index of cells that can't be trusted; they are empty in `cells`."""


class Read(NamedTuple):
    grids: list[Grid]
    """In the order of SHEETS."""
    faults: list[str]
    """Every sheet and column that isn't one of ours, and every cell that can't be trusted."""
    doubtful: frozenset[str]
    """Sheets of which rows or references are missing by such a fault."""


def read_grids(file: WorkbookFile) -> Read:
    """Raises Refusal where nothing can be read at all."""
    faults: list[str] = untrusted_faults(file)
    doubtful: set[str] = set()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(file.checked))
        found = _our_sheets(workbook, faults, doubtful)
        grids = [grid for sheet in SHEETS if sheet.name in found if (grid := _grid(sheet, found, faults, doubtful))]
    except CalamineError:
        if file.untrusted:
            raise Refusals([f"{file.path}: {fault}" for fault in untrusted_faults(file)]) from None
        raise Refusal(f"{file.path}: Excel's own parts in it are damaged; open it and {MEND} again") from None
    filled = [_trusted(grid, file, doubtful) for grid in grids if grid.rows]
    if not filled and not faults:
        raise Refusal(
            f"{file.path}: nothing to import: none of the sheets {', '.join(sheet.name for sheet in SHEETS)} has a row "
            "below its column names; `plejeflow export FILE.xlsx --blank` makes a workbook to fill in"
        )
    return Read(filled, faults, frozenset(doubtful))


def _trusted(grid: Grid, file: WorkbookFile, doubtful: set[str]) -> Grid:
    """Without the cells that were refused already."""
    places = {place for (title, _), cells in file.untrusted.items() if title == grid.title for place in cells}
    if not places:
        return grid
    refused = {
        (name, index)
        for name, letter in grid.letters.items()
        for index, row in enumerate(grid.rows)
        if f"{letter}{row}" in places
    }
    if any(name == "ref" for name, _ in refused):
        doubtful.add(grid.sheet.name)
    cells = {
        name: ["" if (name, index) in refused else cell for index, cell in enumerate(column)]
        for name, column in grid.cells.items()
    }
    return replace(grid, cells=cells, refused=frozenset(refused))


def _our_sheets(workbook: CalamineWorkbook, faults: list[str], doubtful: set[str]) -> dict[str, CalamineSheet]:
    ours = [sheet.name for sheet in SHEETS]
    found: dict[str, CalamineSheet] = {}
    strange = False
    for title in (meta.name for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet):
        sheet = workbook.get_sheet_by_name(title)
        name = _folded(title)
        if name in found:
            doubtful.add(name)
            faults.append(f"sheet {title!r}: there are two sheets of this name; put their rows into one")
        elif name in ours:
            found[name] = sheet
        elif sheet.end is not None:
            strange = True
            faults.append(f"sheet {title!r}: not a sheet of the caseload{_nearest(name, ours)}; rename or remove it")
    if strange:  # it may be any of those that are missing
        doubtful |= set(ours) - found.keys()
    return found


def _grid(sheet: Sheet, found: Mapping[str, CalamineSheet], faults: list[str], doubtful: set[str]) -> Grid | None:
    where, source = f"sheet {sheet.name}", found[sheet.name]
    if source.merged_cell_ranges:
        ranges = source.merged_cell_ranges[:MOST_NAMED]
        faults += [f"{where}, {_range(*merged)}: merged cells; unmerge them" for merged in ranges]
        doubtful.add(sheet.name)
        return None
    table = source.to_python(skip_empty_area=False)
    if not table:
        return None
    header, width = table[0], len(table[0])
    positions, wrong = _positions(sheet, header, table)
    if wrong:
        faults += [f"{where}, {fault}" for fault in wrong]
        doubtful.add(sheet.name)
        return None
    filled = [row for row in range(1, len(table)) if any(not is_empty(cell) for cell in table[row])]
    unnamed = [
        at for at in range(width) if at not in positions.values() and any(table[row][at] != "" for row in filled)
    ]
    faults += [f"{where}, column {get_column_letter(at + 1)}: has values but no column name in row 1" for at in unnamed]
    return Grid(
        sheet,
        [row + 1 for row in filled],
        {name: [table[row][at] for row in filled] for name, at in positions.items()},
        {name: get_column_letter(at + 1) for name, at in positions.items()},
        source.name,
    )


def _positions(sheet: Sheet, header: list[Any], table: list[list[Any]]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and what is wrong with the row of names."""
    names = [column.name for column in sheet.columns]
    if not any(_folded(cell) in names for cell in header):
        return {}, [_no_header(names, table)]
    positions: dict[str, int] = {}
    faults = []
    for at, cell in enumerate(header):
        name, where = _folded(cell), f"row 1, column {get_column_letter(at + 1)}"
        if is_empty(cell):
            continue
        if name in positions:
            faults.append(f"{where}: a second column {name}; keep one")
        elif name in names:
            positions[name] = at
        else:
            faults.append(
                f"{where}: no column of this sheet{_nearest(name, names)}; the columns are {', '.join(names)}"
            )
    missing = [column.name for column in sheet.columns if _must_be_there(column) and column.name not in positions]
    return positions, faults + [f"row 1: the column {name} is missing; add it" for name in missing]


def _must_be_there(column: Column) -> bool:
    """References and the links without which a row says nothing; every other column may be left out."""
    return column.required and (column.name == "ref" or bool(column.links) or column.kind == "date")


def _no_header(names: list[str], table: list[list[Any]]) -> str:
    fits: Callable[[list[Any]], int] = lambda row: sum(_folded(cell) in names for cell in row)  # noqa: E731
    elsewhere = next((at + 1 for at, row in enumerate(table[:50]) if fits(row) > 1), None)
    found = f"; they seem to stand in row {elsewhere}: delete the rows above it" if elsewhere else ""
    return f"row 1: the column names are expected here ({', '.join(names)}){found}"


def _folded(cell: Any) -> str:
    return cell.strip().casefold() if isinstance(cell, str) else str(cell)


def _nearest(name: str, names: list[str]) -> str:
    near = get_close_matches(name[:80], names, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _range(first: tuple[int, int], last: tuple[int, int]) -> str:
    return ":".join(f"{get_column_letter(column + 1)}{row + 1}" for row, column in (first, last))
