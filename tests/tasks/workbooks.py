"""Workbooks for the tests: a small caseload that is in order, and ways to spoil it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from data.caseload.sheets import SHEETS
from data.demo.book import Book
from data.store.audit import Actor
from tasks.caseload import ImportReport, import_workbook

NOW = datetime(2023, 5, 10, 9, tzinfo=UTC)
LATER = datetime(2023, 6, 1, 9, tzinfo=UTC)
CLERK = Actor("RA-S01", "clerk")


def small_book() -> Book:
    book = Book()
    book.add(
        "staff",
        ref="RA-S01",
        municipality="randers",
        name="Åse Ødegård",
        email="aase@randers.example",
        roles="leader, payroll",
    )
    book.add(
        "families",
        ref="RA-F1",
        municipality="randers",
        kind="respite",
        name="Familien Kjær",
        approved_from=date(2021, 1, 1),
        approved_children=2,
        consultant="RA-S01",
    )
    book.add(
        "household",
        ref="RA-F1-1",
        family="RA-F1",
        name="Bo Kjær",
        birth_date=date(1980, 10, 21),
        id_number="811080-1234",
        carer="yes",
    )
    book.add(
        "children", ref="RA-B1", municipality="randers", name="Ida Holm", birth_date=date(2014, 5, 1), adviser="RA-S01"
    )
    book.add("placements", ref="RA-P1", child="RA-B1", family="RA-F1", kind="respite", start=date(2022, 1, 1))
    book.add(
        "terms",
        placement="RA-P1",
        valid_from=date(2022, 1, 1),
        fees=2.5,
        board_lodging=250.5,
        nights_per_month=8,
        recorded_on=date(2022, 1, 2),
    )
    book.add(
        "nights",
        ref="RA-N1",
        placement="RA-P1",
        arrival=datetime.fromisoformat("2023-05-05T14:00"),
        departure=datetime.fromisoformat("2023-05-07T20:00"),
    )
    book.add("travel", ref="RA-K1", placement="RA-P1", date=date(2023, 5, 5), km=12.345, purpose="home", agreed="yes")
    return book


def saved(book: Book, folder: Path, name: str = "caseload.xlsx") -> Path:
    return _saved(book, {}, folder / name)


def spoilt(folder: Path, cells: dict[str, Any], name: str = "spoilt.xlsx") -> Path:
    """The small caseload with other values in these cells, such as {"nights!C2": "31.02.2023"}."""
    return _saved(small_book(), cells, folder / name)


def _saved(book: Book, cells: dict[str, Any], path: Path) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in SHEETS:
        if rows := book.rows[sheet.name]:
            page = workbook.create_sheet(sheet.name)
            page.append([column.name for column in sheet.columns])
            for row in rows:
                page.append([row.get(column.name) for column in sheet.columns])
            for cell in (cell for line in page for cell in line if cell.data_type == "f"):
                cell.data_type = "s"
    for place, value in cells.items():
        title, cell = place.split("!")
        workbook[title][cell] = value
    workbook.save(path)
    return path


def plain(folder: Path, sheets: dict[str, list[list[Any]]], name: str = "plain.xlsx") -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / name
    workbook.save(path)
    return path


def imported(path: Path, now: datetime = NOW, *, check: bool = False) -> ImportReport:
    return import_workbook(path, actor=CLERK, now=now, check=check)


def changes(report: ImportReport) -> dict[str, tuple[int, int]]:
    """(added, changed) of the sheets where anything was."""
    return {name: (count.added, count.changed) for name, count in report.sheets.items() if count.added or count.changed}
