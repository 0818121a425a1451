"""A file that may or may not be a workbook: everything that is wrong with it as a file, said before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.from_outside import Damaged, Locked, TooMuch, unpacked
from rules.refusal import Refusal
from tasks.caseload.marks import Hidden, hidden, untrusted_cells
from tasks.caseload.parts import BookParts, Broken, NoWorkbook, Vast, book_parts

MOST_BYTES = 200 * 2**20
MOST_BYTES_UNPACKED = 600 * 2**20
MOST_PARTS = 10_000
MOST_NAMED = 20

OLE, ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
MEND = "save it in Excel as an Excel workbook (.xlsx)"


@dataclass(frozen=True)
class WorkbookFile:
    path: Path
    content: bytes
    checked: bytes
    """What of it is read."""
    hidden: dict[str, Hidden]
    """By title of a sheet."""
    untrusted: dict[tuple[str, str], list[str]]
    """By title of a sheet and "f" (formula) or "e" (error): the cells."""
    warnings: list[str]


def open_file(path: Path) -> WorkbookFile:
    """Raises Refusal for a file that can't be read as a workbook."""
    content = _bytes_of(path)
    _refuse_other_formats(path, content)
    book = _book(path, content)
    untrusted = _untrusted(path, book.sheets)
    being_edited = path.with_name(f"~${path.name}").exists()
    hides = {title: hidden(xml, shown=title not in book.hidden) for title, xml in book.sheets.items()}
    return WorkbookFile(
        path,
        content,
        book.repacked,
        hides,
        untrusted,
        [f"{path}: somebody has it open; what isn't saved isn't read"] * being_edited,
    )


def _bytes_of(path: Path) -> bytes:
    try:
        if path.name.startswith("~$"):
            raise Refusal(f"{path}: this is the mark Excel leaves while a workbook is open; name the workbook itself")
        if not path.is_file():
            raise Refusal(f"{path}: there is no such file; check the name and the folder")
        if path.stat().st_size > MOST_BYTES:
            raise Refusal(f"{path}: larger than {MOST_BYTES // 2**20} MB; divide it into several workbooks")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
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


def _book(path: Path, content: bytes) -> BookParts:
    damaged = Refusal(
        f"{path}: the file is damaged or only half of it is there; wait until it is written, or {MEND} again"
    )
    try:
        parts = unpacked(content, most_bytes=MOST_BYTES_UNPACKED, most_parts=MOST_PARTS)
        return book_parts(parts)
    except NoWorkbook:
        raise Refusal(f"{path}: a packed file but no Excel workbook (.ods, .docx and .zip are not); {MEND}") from None
    except Locked:
        raise Refusal(f"{path}: protected by a password; save a copy without one") from None
    except TooMuch:
        raise Refusal(
            f"{path}: unpacks to more than {MOST_BYTES_UNPACKED // 2**20} MB or {MOST_PARTS} parts; "
            "divide it into several workbooks"
        ) from None
    except Vast as far:
        raise Refusal(f"{path}: {far}") from None
    except (Damaged, Broken):
        raise damaged from None


def _untrusted(path: Path, sheets: Mapping[str, bytes]) -> dict[tuple[str, str], list[str]]:
    """A formula's value may be old or missing, an error's is none."""
    found: dict[tuple[str, str], list[str]] = {}
    for title, xml in sheets.items():
        try:
            for cell, kind in untrusted_cells(xml):
                found.setdefault((title, kind), []).append(cell)
        except Broken:
            raise Refusal(f"{path}: sheet {title!r}: Excel's own part of it is damaged; {MEND} again") from None
    return found


def untrusted_faults(file: WorkbookFile) -> list[str]:
    """Each cell is named."""
    return [
        f"sheet {title if title.isalnum() else repr(title)}, {_named(cells)}: "
        + (
            "a formula; paste its value in its place"
            if kind == "f"
            else "an Excel error such as #REF!; mend or clear it"
        )
        for (title, kind), cells in file.untrusted.items()
    ]


def _named(cells: list[str]) -> str:
    more = f" and {len(cells) - MOST_NAMED} more" if len(cells) > MOST_NAMED else ""
    return f"cell{'s' * (len(cells) > 1)} {', '.join(cells[:MOST_NAMED])}{more}"
