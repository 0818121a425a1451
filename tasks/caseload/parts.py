"""What a packed workbook is made of, as far as it is read: bounded before anything unfolds it."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from data.caseload.sheets import SHEETS

MOST_CELLS = 10_000_000
"""Of the smallest rectangle that holds a sheet's cells: one stray cell in the last corner would fill the memory."""
MOST_ROW_MARKS = 4_000_000
MOST_SHEETS = 200
MOST_TEXT = 600 * 2**20
"""Of all cells together: one long text may be named by any number of cells."""
MOST_BOOK = 10 * 2**20

BOOK, TIES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ROOT_TIES = "_rels/.rels"
STANDS = {"sharedstrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
"""Where what reads the workbook looks for them, whatever their relationships say."""
SHEET = "xl/worksheets/sheet{}.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TIE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TIED = "http://schemas.openxmlformats.org/package/2006/relationships"
PREFIX = rb"<(?:[^\s<>/:]+:)?"
ROW, CELL, TEXT = (re.compile(PREFIX + name + rb"[\s/>]") for name in (b"row", b"c", b"si"))
PLACE = re.compile(rb"""\sr\s*=\s*["'](?:([A-Za-z]{2,})(\d+)|[A-Za-z]?(\d{4,})|(\d+))["']""")
UTF_8 = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<[^?]|<\?xml\s(?:[^>](?!encoding))*>|<\?xml[^>]*encoding\s*=\s*["'](?:utf-?8|us-ascii)["'])""",
    re.IGNORECASE,
)


class Broken(Exception):
    """A part isn't what its place in the workbook says."""


class Vast(Exception):
    """What reaches too far, and how to mend it."""


class NoWorkbook(Exception):
    """What is packed here is something else."""


@dataclass(frozen=True)
class BookParts:
    sheets: dict[str, bytes]
    """By title, in the workbook's order."""
    hidden: frozenset[str]
    """Titles of sheets that Excel doesn't show."""
    repacked: bytes
    """Only what was looked at, each where its reader looks for it: it can't come upon anything else."""


def book_parts(parts: Mapping[str, bytes]) -> BookParts:
    """Raises NoWorkbook, Broken and Vast."""
    named = {name.casefold(): name for name in parts}
    book = _book_name(parts, named)
    targets = _targets(parts, named, book)
    tree = _tree(parts[book])
    sheets = _sheets(tree, targets)
    if len(set(sheets.values())) < len(sheets):
        raise Broken
    found = {title: parts[name] for title, (name, _) in sheets.items()}
    beside = {STANDS[kind]: parts[name] for kind, name in targets.values() if kind in STANDS and name}
    for part in (*found.values(), *beside.values()):
        _refuse_encoded(part)
    _refuse_vast_text(found, _lengths(beside.get(STANDS["sharedstrings"])), sum(_cells(xml) for xml in found.values()))
    hidden = frozenset(title for title, (_, shown) in sheets.items() if not shown)
    return BookParts(found, hidden, _packed(_canonical(found, beside, _counts_from_1904(tree))))


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


def _book_name(parts: Mapping[str, bytes], named: Mapping[str, str]) -> str:
    """Which part is the workbook, as the file's own relationships say."""
    for kind, path in _ties(parts, named, ROOT_TIES, "").values():
        if kind == "officedocument" and path and etree.QName(_tree(parts[path])).localname == "workbook":
            return path
    raise NoWorkbook


def _targets(parts: Mapping[str, bytes], named: Mapping[str, str], book: str) -> dict[str, tuple[str, str | None]]:
    folder, name = posixpath.split(book)
    return _ties(parts, named, posixpath.join(folder, "_rels", f"{name}.rels"), folder)


def _ties(
    parts: Mapping[str, bytes], named: Mapping[str, str], name: str, folder: str
) -> dict[str, tuple[str, str | None]]:
    """By the relationship's id: what it is, and its part; None where there is no such part."""
    if name.casefold() not in named:
        return {}
    return {
        tie.get("Id", ""): (
            tie.get("Type", "").rpartition("/")[2].casefold(),
            named.get(
                posixpath.normpath(posixpath.join("/", folder, unquote(tie.get("Target", "")))).lstrip("/").casefold()
            ),
        )
        for tie in _tree(parts[named[name.casefold()]]).iter("{*}Relationship")
    }


def _sheets(tree: Any, targets: Mapping[str, tuple[str, str | None]]) -> dict[str, tuple[str, bool]]:
    """By title: the part of each worksheet, and whether it is shown."""
    found = list(tree.iter("{*}sheet"))
    if len(found) > MOST_SHEETS:
        raise Vast(f"has more than {MOST_SHEETS} sheets; take out those that aren't the caseload's")
    if len({sheet.get("name", "") for sheet in found}) < len(found):
        raise Broken
    sheets = {}
    for sheet in found:
        id_ = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        kind, name = targets.get(id_, ("worksheet", None))
        if kind == "worksheet":
            if name is None:
                raise Broken
            sheets[sheet.get("name", "")] = name, sheet.get("state", "visible") == "visible"
    return sheets


def _counts_from_1904(tree: Any) -> bool:
    return any(book.get("date1904") in ("1", "true") for book in tree.iter("{*}workbookPr"))


def _canonical(sheets: Mapping[str, bytes], beside: Mapping[str, bytes], from_1904: bool) -> dict[str, bytes]:
    places = {f"rId{at}": SHEET.format(at) for at in range(1, len(sheets) + 1)}
    book = etree.Element(f"{{{MAIN}}}workbook", nsmap={None: MAIN, "r": TIE})
    etree.SubElement(book, f"{{{MAIN}}}workbookPr", date1904=str(int(from_1904)))
    listed = etree.SubElement(book, f"{{{MAIN}}}sheets")
    for at, (id_, title) in enumerate(zip(places, sheets, strict=True), 1):
        said = {"name": title, "sheetId": str(at), f"{{{TIE}}}id": id_}
        etree.SubElement(listed, f"{{{MAIN}}}sheet", said, nsmap={"r": TIE})
    return {
        ROOT_TIES: _tied({"rId1": BOOK}, "officeDocument"),
        BOOK: etree.tostring(book),
        TIES: _tied(places, "worksheet"),
        **beside,
        **dict(zip(places.values(), sheets.values(), strict=True)),
    }


def _tied(targets: Mapping[str, str], kind: str) -> bytes:
    ties = etree.Element(f"{{{TIED}}}Relationships", nsmap={None: TIED})
    for id_, target in targets.items():
        said = {"Id": id_, "Type": f"{TIE}/{kind}", "Target": f"/{target}"}
        etree.SubElement(ties, f"{{{TIED}}}Relationship", said)
    tied: bytes = etree.tostring(ties)
    return tied


def _refuse_encoded(part: bytes) -> None:
    """Everything below looks at bytes, and Excel writes UTF-8 alone."""
    if UTF_8.match(part) is None or b"\0" in part:
        raise Broken


def _lengths(texts: bytes | None) -> list[int]:
    if texts is None:
        return []
    if sum(1 for _ in TEXT.finditer(texts)) > MOST_CELLS:
        raise Vast(f"has more than {MOST_CELLS} texts; divide it into several workbooks")
    return [len(text) for text in TEXT.split(texts)[1:]]


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
        for cell in each(xml, "c"):
            text = (cell.findtext("{*}v") or "").strip() if cell.get("t") == "s" else ""
            total += lengths[int(text)] if text.isdecimal() and int(text) < len(lengths) else 0
            if total > MOST_TEXT:
                raise Vast(
                    f"its cells hold more than {MOST_TEXT // 2**20} MB of text; divide it into several workbooks"
                )


def each(xml: bytes, *names: str) -> Iterator[Any]:
    """Rows, columns or cells, one after the other. Raises Broken."""
    tags = [f"{{*}}{name}" for name in {"row", *names}]
    try:
        for _, element in etree.iterparse(
            io.BytesIO(xml), tag=tags, resolve_entities=False, no_network=True, huge_tree=False
        ):
            if etree.QName(element).localname in names:
                yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.LxmlError, ValueError):
        raise Broken from None


def _packed(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in parts.items():
            packed.writestr(zipfile.ZipInfo(name), part)
    return file.getvalue()
