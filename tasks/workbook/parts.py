"""What a packed workbook is made of, as far as it is read: bounded before anything unfolds it."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from data.sheets import SHEETS

MOST_CELLS = 10_000_000
"""Of the smallest rectangle that holds a sheet's cells: one stray cell in the last corner would fill the memory."""
MOST_ROW_MARKS = 4_000_000
MOST_SHEETS = 200
MOST_TEXT = 600 * 2**20
"""Of all cells together: one long text may be named by any number of cells."""
MOST_BOOK = 10 * 2**20

BOOK, TIES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ALWAYS = ("[Content_Types].xml", "_rels/.rels", BOOK, TIES)
READ = ("worksheet", "sharedstrings", "styles")
PREFIX = rb"<(?:[\w.-]+:)?"
ROW, CELL, TEXT = (re.compile(PREFIX + name + rb"[\s/>]") for name in (b"row", b"c", b"si"))
FORMULA_OR_ERROR = re.compile(PREFIX + rb"""f[\s/>]|\bt\s*=\s*["']e["']""")
PLACE = re.compile(rb"""\sr\s*=\s*["'](?:([A-Za-z]{2,})(\d+)|[A-Za-z]?(\d{4,})|(\d+))["']""")
NAME = re.compile(r"[A-Za-z]{1,3}\d{1,7}")


class Broken(Exception):
    """A part isn't what its place in the workbook says."""


class Vast(Exception):
    """What reaches too far, and how to mend it."""


@dataclass(frozen=True)
class BookParts:
    sheets: dict[str, bytes]
    """By title, in the workbook's order."""
    repacked: bytes
    """Only what was looked at: whoever reads it can't come upon anything else under the same name."""


def book_parts(parts: Mapping[str, bytes]) -> BookParts:
    """Raises Broken and Vast."""
    named = {name.casefold(): name for name in parts}
    targets = _targets(parts)
    used = {id_: named.get(path.casefold()) for id_, (kind, path) in targets.items() if kind in READ}
    ids = _sheet_ids(parts)
    sheets = {
        title: name for title, id_ in ids if targets.get(id_, ("",))[0] == "worksheet" and (name := used.get(id_))
    }
    if len(set(sheets.values())) < len(sheets):
        raise Broken
    lengths = [
        length for id_, name in used.items() if targets[id_][0] == "sharedstrings" for length in _lengths(parts, name)
    ]
    found = {title: parts[name] for title, name in sheets.items()}
    _refuse_vast_text(found, lengths, sum(_cells(xml) for xml in found.values()))
    kept = {name for name in (*ALWAYS, *used.values()) if name in parts}
    return BookParts(found, _packed({name: parts[name] for name in parts if name in kept}))


def untrusted_cells(xml: bytes) -> Iterator[tuple[str, str]]:
    """(cell, "f" for a formula or "e" for an error). Raises Broken."""
    if FORMULA_OR_ERROR.search(xml) is None:
        return
    for cell in _each_cell(xml):
        kind = "f" if cell.find("{*}f") is not None else cell.get("t")
        if kind in ("f", "e"):
            place = cell.get("r") or ""
            yield place.upper() if NAME.fullmatch(place) else "without a place", kind


def _tree(part: bytes) -> Any:
    if len(part) > MOST_BOOK:
        raise Broken
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(part, parser)
    except (etree.LxmlError, ValueError):
        raise Broken from None
    if tree.getroottree().docinfo.doctype:
        raise Broken
    return tree


def _targets(parts: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    """By the relationship's id: what it is, and where."""
    if TIES not in parts:
        raise Broken
    return {
        tie.get("Id", ""): (
            tie.get("Type", "").rpartition("/")[2].casefold(),
            posixpath.normpath(posixpath.join("/xl", tie.get("Target", ""))).lstrip("/"),
        )
        for tie in _tree(parts[TIES]).iter("{*}Relationship")
    }


def _sheet_ids(parts: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Title and relationship of each."""
    found = [
        (sheet.get("name", ""), next((value for key, value in sheet.items() if key.endswith("}id")), ""))
        for sheet in _tree(parts[BOOK]).iter("{*}sheet")
    ]
    if len(found) > MOST_SHEETS:
        raise Vast(f"has more than {MOST_SHEETS} sheets; take out those that aren't the caseload's")
    if len({title for title, _ in found}) < len(found):
        raise Broken
    return found


def _lengths(parts: Mapping[str, bytes], name: str | None) -> list[int]:
    if name is None:
        return []
    if sum(1 for _ in TEXT.finditer(parts[name])) > MOST_CELLS:
        raise Vast(f"has more than {MOST_CELLS} texts; divide it into several workbooks")
    return [len(text) for text in TEXT.split(parts[name])[1:]]


def _cells(xml: bytes) -> int:
    """How many there are. Raises Vast where they lie too far apart."""
    if xml.count(b"row") > MOST_ROW_MARKS:
        raise _far(MOST_ROW_MARKS, 1)
    counts = [sum(1 for _ in CELL.finditer(row)) for row in ROW.split(xml)]
    rows, columns = len(counts) - 1, max(*counts, *(len(sheet.columns) for sheet in SHEETS))
    for letters, row, far, alone in PLACE.findall(xml):
        rows = max(rows, int((row or far or alone)[:9]))
        columns = max(columns, _column_number(letters.upper()))
    if rows * columns > MOST_CELLS or sum(counts) > MOST_CELLS:
        raise _far(rows, columns)
    return sum(counts)


def _far(rows: int, columns: int) -> Vast:
    return Vast(
        f"a sheet reaches to row {rows} and column number {columns}; "
        "delete the empty rows and columns after the last filled one"
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _refuse_vast_text(sheets: Mapping[str, bytes], lengths: list[int], cells: int) -> None:
    if max(lengths, default=0) * cells <= MOST_TEXT:
        return
    total = 0
    for xml in sheets.values():
        for cell in _each_cell(xml):
            text = (cell.findtext("{*}v") or "").strip() if cell.get("t") == "s" else ""
            total += lengths[int(text)] if text.isdecimal() and int(text) < len(lengths) else 0
            if total > MOST_TEXT:
                raise Vast(
                    f"its cells hold more than {MOST_TEXT // 2**20} MB of text; divide it into several workbooks"
                )


def _each_cell(xml: bytes) -> Iterator[Any]:
    try:
        for _, cell in etree.iterparse(
            io.BytesIO(xml), tag=("{*}c", "{*}row"), resolve_entities=False, no_network=True, huge_tree=False
        ):
            if etree.QName(cell).localname == "c":
                yield cell
            cell.clear()
            while cell.getprevious() is not None:
                del cell.getparent()[0]
    except (etree.LxmlError, ValueError):
        raise Broken from None


def _packed(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in parts.items():
            packed.writestr(zipfile.ZipInfo(name), part)
    return file.getvalue()
