"""What Excel has marked in a sheet: cells whose value can't be trusted, rows and columns that nobody sees."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree
from openpyxl.utils import get_column_letter

from tasks.caseload.parts import each

MOST_COLUMNS = 16_384
"""That Excel has."""
NAME = re.compile(r"[A-Za-z]{1,3}\d{1,7}")
FORMULA_OR_ERROR = re.compile(rb"""<(?:[^\s<>/:]+:)?f[\s/>]|\st\s*=\s*["']\s*e\s*["']""")
NOT_SHOWN = re.compile(rb"""\shidden\s*=|\s(?:ht|width)\s*=\s*["'][0.]+["']""")
WRITTEN_OTHERWISE = re.compile(rb"&#|<!")
"""Letters as numbers, and entities: then bytes alone don't say what stands there."""


def untrusted_cells(xml: bytes) -> Iterator[tuple[str, str]]:
    """(cell, "f" for a formula or "e" for an error). Raises Broken."""
    if FORMULA_OR_ERROR.search(xml) is None and WRITTEN_OTHERWISE.search(xml) is None:
        return
    for cell in each(xml, "c"):
        kind = "f" if cell.find("{*}f") is not None else cell.get("t")
        if kind in ("f", "e"):
            place = cell.get("r") or ""
            yield place.upper() if NAME.fullmatch(place) else "without a place", kind


class Hidden(NamedTuple):
    """What of a sheet Excel doesn't show, whether somebody hid it or a filter did."""

    sheet: bool
    rows: frozenset[int]
    columns: frozenset[str]
    """By letter."""


def hidden(xml: bytes, *, shown: bool) -> Hidden:
    """Raises Broken."""
    if NOT_SHOWN.search(xml) is None and WRITTEN_OTHERWISE.search(xml) is None:
        return Hidden(not shown, frozenset(), frozenset())
    rows, columns = set[int](), set[str]()
    number = 0
    for element in each(xml, "row", "col"):
        if etree.QName(element).localname == "col":
            if _is_hidden(element, "width"):
                columns |= {get_column_letter(at) for at in _numbers(element)}
            continue
        number = int(said) if (said := element.get("r", "").strip()).isdecimal() else number + 1
        if _is_hidden(element, "ht"):
            rows.add(number)
    return Hidden(not shown, frozenset(rows), frozenset(columns))


def _is_hidden(element: Any, size: str) -> bool:
    measured = (element.get(size) or "").strip()
    return element.get("hidden") in ("1", "true") or (measured != "" and not measured.strip("0."))


def _numbers(column: Any) -> range:
    first, last = ((element := column.get(name) or "").isdecimal() and int(element[:6]) for name in ("min", "max"))
    return range(max(1, first), min(last, MOST_COLUMNS) + 1)
