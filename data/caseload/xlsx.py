"""Writes the caseload's sheets as an Excel workbook: names, notes, formats, and text that stays text."""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from data.caseload.sheet import Column, Kind, Sheet
from data.caseload.sheets import SHEETS
from rules.refusal import Refusal

FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm", Kind.NUMBER: "General"}
READ_AS_FORMULA = ("=", "+", "-", "@")
WIDTHS = {Kind.TEXT: 26, Kind.CODE: 26, Kind.EMAIL: 30, Kind.ROLES: 30, Kind.MOMENT: 18, Kind.CHOICE: 18}

Rows = Iterable[Sequence[Any]]


def write_workbook(path: Path, rows_of: Callable[[Sheet], Rows]) -> None:
    """Values in the order of each sheet's columns, in the workbook's units. Readable by its owner alone.

    Raises Refusal where the file stands already or can't be written; nothing half-written stays.
    """
    if path.suffix != ".xlsx":
        raise Refusal(f"{path}: the name of an Excel workbook ends in .xlsx")
    if path.exists():
        raise Refusal(f"{path}: stands there already; choose another name, or remove it first")
    try:
        handle, beside = tempfile.mkstemp(suffix=".part", prefix=f".{path.stem}-", dir=path.parent)
    except OSError as error:
        raise Refusal(f"{path}: can't be written ({error.strerror}); choose a folder that can") from None
    os.close(handle)
    try:
        _filled(rows_of).save(beside)
        Path(beside).replace(path)
    except OSError as error:
        raise Refusal(f"{path}: can't be written ({error.strerror}); nothing was") from None
    finally:
        with suppress(FileNotFoundError):
            Path(beside).unlink()


def _filled(rows_of: Callable[[Sheet], Rows]) -> Workbook:
    workbook = Workbook(write_only=True)
    for sheet in SHEETS:
        page: Any = workbook.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for at, column in enumerate(sheet.columns, start=1):
            page.column_dimensions[get_column_letter(at)].width = max(WIDTHS.get(column.kind, 14), len(column.name) + 2)
            page.column_dimensions[get_column_letter(at)].number_format = FORMATS.get(column.kind, "@")
        page.append([_heading(page, column) for column in sheet.columns])
        formats = [FORMATS.get(column.kind) for column in sheet.columns]
        for row in rows_of(sheet):
            page.append([_cell(page, value, shown) for value, shown in zip(row, formats, strict=True)])
    return workbook


def _heading(page: Any, column: Column) -> Any:
    cell: Any = WriteOnlyCell(page, column.name)
    cell.font = Font(bold=True)
    note = f"{column.note}{' Required.' if column.required else ''}"
    cell.comment = Comment(note, "plejeflow", width=280, height=110)
    return cell


def _cell(page: Any, value: Any, shown: str | None) -> Any:
    if isinstance(value, str):
        return text_cell(page, value)
    if isinstance(value, datetime | date) and shown:
        cell: Any = WriteOnlyCell(page)
        cell.value = value
        cell.number_format = shown
        return cell
    return value


def text_cell(page: Any, value: str) -> Any:
    """Never a formula."""
    printable = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not printable.startswith(READ_AS_FORMULA):
        return printable
    cell: Any = WriteOnlyCell(page, printable)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
