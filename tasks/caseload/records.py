"""From cells to the values that the tables hold, column by column."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from data.caseload.sheet import Column, Kind, Sheet
from data.policies import municipalities, policy_of
from rules import cells
from rules.cells import Cell
from rules.forms.base import YEAR
from rules.identity import doubts
from tasks.caseload.faults import Faults
from tasks.caseload.grid import Grid


@dataclass(frozen=True)
class Records:
    """What a sheet says, read. Lists run along `grid.rows`; None is unknown."""

    grid: Grid
    refs: list[str | None]
    values: dict[str, list[Any]]
    """By the table's attribute, for the columns that the file has."""
    unreadable: set[tuple[str, int]]
    """(attribute, index) of cells that were refused already."""

    @property
    def sheet(self) -> Sheet:
        return self.grid.sheet


def read_records(grid: Grid, faults: Faults, warnings: Faults, now: datetime) -> Records:
    values: dict[str, list[Any]] = {}
    unreadable: set[tuple[str, int]] = set()
    for column in grid.sheet.columns:
        if column.name not in grid.cells:
            continue
        values[column.fills], wrong = cells.read_column(grid.cells[column.name], _reader(column))
        for index, expected in wrong:
            faults.add(grid, column.name, [grid.rows[index]], expected)
            unreadable.add((column.fills, index))
        unreadable |= {(column.fills, index) for name, index in grid.refused if name == column.name}
    if "recorded_at" in values:
        values["recorded_at"] = [_known_since(day, now) for day in values["recorded_at"]]
        late = [row for row, at in zip(grid.rows, values["recorded_at"], strict=True) if at is not None and at > now]
        faults.add(grid, "recorded_on", late, "lies in the future; empty means today")
    if "withdrawn_on" in values:
        coming = [row for row, on in zip(grid.rows, values["withdrawn_on"], strict=True) if on and on > now.date()]
        faults.add(grid, "withdrawn_on", coming, "lies in the future; a row is taken back from the import on")
    if "duties_begin" in values:
        far = [row for row, on in zip(grid.rows, values["duties_begin"], strict=True) if on and on > now.date() + YEAR]
        faults.add(grid, "duties_begin", far, "is more than a year away; nothing would be asked for until then")
    records = Records(grid, _refs(grid.sheet, values), values, unreadable)
    _refuse_repeated(records, faults)
    _doubt_people(records, faults, warnings, max(policy_of(of).today(now) for of in municipalities()))
    return records


def _reader(column: Column) -> Callable[[Cell], Any]:
    readers: dict[Kind, Callable[[], Callable[[Cell], Any]]] = {
        Kind.REF: lambda: cells.reference,
        Kind.LINK: lambda: cells.reference,
        Kind.MUNICIPALITY: lambda: partial(cells.choice, choices=tuple(municipalities())),
        Kind.TEXT: lambda: partial(cells.text, longest=column.longest, personal=column.personal),
        Kind.CODE: lambda: partial(cells.code, longest=column.longest),
        Kind.EMAIL: lambda: cells.email,
        Kind.ID_NUMBER: lambda: cells.id_number,
        Kind.DATE: lambda: cells.day,
        Kind.MOMENT: lambda: cells.moment,
        Kind.NUMBER: lambda: partial(
            cells.number, scale=column.scale, step=column.step, least=column.least, most=column.most
        ),
        Kind.YES_NO: lambda: cells.yes_no,
        Kind.CHOICE: lambda: partial(cells.choice, choices=column.choices),
        Kind.ROLES: lambda: partial(cells.several, choices=column.choices),
    }
    return readers[column.kind]()


def _known_since(day: date | None, now: datetime) -> datetime | None:
    """Noon of that day; what was recorded today is known now."""
    if day is None:
        return None
    return now if day == now.date() else datetime.combine(day, time(12), UTC)


def _refs(sheet: Sheet, values: dict[str, list[Any]]) -> list[str | None]:
    """The sheet's own, or the natural key's parts joined by a slash."""
    if not sheet.table.natural_key:
        return values["ref"]
    parts = zip(*(values[attribute] for attribute in sheet.table.natural_key), strict=True)
    return [None if None in part else "/".join(str(value) for value in part) for part in parts]


def _refuse_repeated(records: Records, faults: Faults) -> None:
    first: dict[str, int] = {}
    column = records.sheet.columns[0].name
    for ref, row in zip(records.refs, records.grid.rows, strict=True):
        if ref is None:
            continue
        if ref in first:
            faults.add(
                records.grid,
                column,
                [row],
                f"the same as row {first[ref]}; each row needs a {_key(records)} of its own",
            )
        else:
            first[ref] = row


def _key(records: Records) -> str:
    return " and ".join(records.sheet.table.natural_key) or "reference"


def _doubt_people(records: Records, faults: Faults, warnings: Faults, today: date) -> None:
    born = records.values.get("birth_date", [None] * len(records.refs))
    future = [row for row, day in zip(records.grid.rows, born, strict=True) if day is not None and day > today]
    faults.add(records.grid, "birth_date", future, "lies in the future; leave it empty until the child is born")
    for row, number, day in zip(records.grid.rows, records.values.get("id_number", []), born, strict=False):
        for doubt in doubts(number, day) if number else ():
            warnings.add(records.grid, "id_number", [row], doubt)
