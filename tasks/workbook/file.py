"""A file that may or may not be a workbook: everything that is wrong with it as a file, said before it is read."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from data.sheets import SHEETS
from rules.refusal import Refusal, Refusals

MOST_BYTES = 200 * 2**20
MOST_BYTES_UNPACKED = 600 * 2**20
MOST_CELLS = 10_000_000
"""Of the smallest rectangle that holds a sheet's cells: one stray cell in the last corner would fill the memory."""
MOST_NAMED = 20

OLE, ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
FORMULA_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
ERROR_MARK = b't="e"'
WIDE_OR_ROW = re.compile(rb' r="(?:([A-Z]{2,})\d+|(\d+))"')
MEND = "save it in Excel as an Excel workbook (.xlsx)"


@dataclass(frozen=True)
class WorkbookFile:
    path: Path
    content: bytes
    warnings: list[str]


def open_file(path: Path) -> WorkbookFile:
    """Raises Refusal for a file that can't be read as a workbook and for cells whose value can't be trusted."""
    content = _bytes_of(path)
    _refuse_other_formats(path, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            worksheets = list(_checked_parts(path, archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Refusal(
            f"{path}: the file is damaged or only half of it is there; wait until it is written, or {MEND} again"
        ) from None
    if any(worksheets):
        raise Refusals(_untrusted_cells(path, content))
    being_edited = path.with_name(f"~${path.name}").exists()
    return WorkbookFile(path, content, [f"{path}: somebody has it open; what isn't saved isn't read"] * being_edited)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.name.startswith("~$"):
            raise Refusal(f"{path}: this is the mark Excel leaves while a workbook is open; name the workbook itself")
        if not path.is_file():
            raise Refusal(f"{path}: there is no such file; check the name and the folder")
        if path.stat().st_size > MOST_BYTES:
            raise Refusal(f"{path}: larger than {MOST_BYTES // 2**20} MB; divide it into several workbooks")
        return path.read_bytes()
    except PermissionError:
        raise Refusal(f"{path}: may not be read; close it in other programs, or ask for access to it") from None
    except OSError as error:
        raise Refusal(f"{path}: can't be read ({error.strerror}); copy it to this machine and try again") from None


def _refuse_other_formats(path: Path, content: bytes) -> None:
    if not content:
        raise Refusal(f"{path}: the file is empty (0 bytes); wait until it is written, or {MEND} again")
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise Refusal(f"{path}: protected by a password; save a copy without one")
        raise Refusal(f"{path}: an older Excel file (.xls); {MEND}")
    if not content.startswith(b"PK"):
        raise Refusal(f"{path}: not an Excel workbook, whatever its name says; {MEND}")


def _checked_parts(path: Path, archive: zipfile.ZipFile) -> Iterator[bool]:
    """For each worksheet whether it has formulas or errors. Reads every part, so that a lying header shows."""
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise Refusal(f"{path}: a packed file but no Excel workbook (.ods, .docx and .zip are not); {MEND}")
    if sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
        raise Refusal(
            f"{path}: unpacks to more than {MOST_BYTES_UNPACKED // 2**20} MB; divide it into several workbooks"
        )
    for part in parts:
        xml = archive.read(part)
        if WORKSHEET.fullmatch(part.filename):
            _refuse_vast(path, xml)
            yield ERROR_MARK in xml or any(mark in xml for mark in FORMULA_MARKS)


def _refuse_vast(path: Path, xml: bytes) -> None:
    rows, columns = 1, max(len(sheet.columns) for sheet in SHEETS)
    for found in WIDE_OR_ROW.finditer(xml):
        if found[2]:
            rows = max(rows, int(found[2][:9]))
        else:
            columns = max(columns, _column_number(found[1]))
    if rows * columns > MOST_CELLS:
        raise Refusal(
            f"{path}: a sheet reaches to row {rows} and column number {columns}; "
            "delete the empty rows and columns after the last filled one"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _untrusted_cells(path: Path, content: bytes) -> list[str]:
    """A formula's value may be old or missing, an error's is none: each cell is named."""
    found: dict[tuple[str, str], list[str]] = {}
    for sheet in load_workbook(io.BytesIO(content), read_only=True).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type in "fe" and cell.value is not None:
                    found.setdefault((sheet.title, cell.data_type), []).append(cell.coordinate)
    return [
        f"{path}: sheet {title}, {_named(cells)}: "
        + (
            "a formula; paste its value in its place"
            if kind == "f"
            else "an Excel error such as #REF!; mend or clear it"
        )
        for (title, kind), cells in found.items()
    ]


def _named(cells: list[str]) -> str:
    more = f" and {len(cells) - MOST_NAMED} more" if len(cells) > MOST_NAMED else ""
    return f"cell{'s' * (len(cells) > 1)} {', '.join(cells[:MOST_NAMED])}{more}"
