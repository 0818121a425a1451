"""The neutral payroll file as CSV and as an Excel workbook, and a payroll system's own file."""

import csv
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from data.caseload.xlsx import text_cell
from rules.payroll_file import COLUMNS, WAGE_TYPE, Row, SystemFile, Value, Written
from tasks.payout.files.month import PayMonth

FORMATS = {"amount": "0.00", "rate": "0.00", "quantity": "General", "amount_ore": "0"}
EPOCH = (1980, 1, 1, 0, 0, 0)
STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def write_neutral_csv(path: Path, month: PayMonth) -> None:
    way = neutral_way(month)
    _write_csv(path, [list(COLUMNS)], ([way.cell(row[name]) for name in COLUMNS] for row in month.rows()), way)


def write_system_csv(path: Path, month: PayMonth) -> None:
    """What the payroll system pays, as policy's payroll.* says. Raises PolicyMissing and WageTypeMissing."""
    columns = month.setting("payroll.columns")
    wage_types = month.setting("payroll.wage_types") if WAGE_TYPE in [column for column, _ in columns] else {}
    wanted = SystemFile(columns, wage_types, month.setting("payroll.decimal_sign"), month.setting("payroll.dates"))
    headings = [heading for _, heading in columns]
    cells = (wanted.cells(row) for row in month.rows() if row["paid_by"] == "payroll")
    _write_csv(path, [headings], cells, system_way(month))


def write_totals_csv(path: Path, month: PayMonth, rows: list[list[Value]]) -> None:
    way = neutral_way(month)
    _write_csv(path, [], ([way.cell(cell) for cell in row] for row in rows), way)


def neutral_way(month: PayMonth) -> Written:
    """For people, who open it in Excel."""
    return Written(*(month.setting(f"payroll.neutral.{how}") for how in Written._fields))


def system_way(month: PayMonth) -> Written:
    """UTF-8 where policy doesn't say."""
    said = month.policy.has("payroll.encoding", month.paid_on)
    encoding = month.setting("payroll.encoding") if said else "utf-8"
    return Written(month.setting("payroll.delimiter"), month.setting("payroll.decimal_sign"), encoding)


def _write_csv(path: Path, headings: list[list[str]], rows: Iterable[list[str]], way: Written) -> None:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=way.delimiter)
    writer.writerows(headings)
    writer.writerows(rows)
    path.write_bytes(way.bytes_of(text.getvalue()))


def write_neutral_excel(path: Path, month: PayMonth) -> None:
    workbook = Workbook(write_only=True)
    page: Any = workbook.create_sheet("payroll")
    page.freeze_panes = "A2"
    for at, name in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(at)].width = max(12, len(name) + 2)
    page.append([_heading(page, name) for name in COLUMNS])
    for row in month.rows():
        page.append([_cell(page, name, row) for name in COLUMNS])
    file = BytesIO()
    workbook.save(file)
    path.write_bytes(_dated(file, month.run.released_at or month.run.prepared_at))


def _heading(page: Any, name: str) -> Any:
    cell: Any = WriteOnlyCell(page, name)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, name: str, row: Row) -> Any:
    """Text is text even where it looks like a formula or a number."""
    value = row[name]
    if isinstance(value, str):
        return text_cell(page, value)
    if isinstance(value, date | Decimal | int):
        cell: Any = WriteOnlyCell(page)
        cell.value = value
        cell.number_format = FORMATS.get(name, "yyyy-mm-dd")
        return cell
    return None


def _dated(file: BytesIO, at: datetime) -> bytes:
    """As if it had been written then: the same lines give the same bytes."""
    stamp, packed = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode(), BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = STAMP.sub(stamp, content)
            new.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
