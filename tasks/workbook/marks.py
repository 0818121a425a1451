"""What Excel has marked in a sheet: cells whose value can't be trusted, rows and columns that nobody sees."""

import re
from collections.abc import Iterator

from tasks.workbook.parts import each

NAME = re.compile(r"[A-Za-z]{1,3}\d{1,7}")
FORMULA_OR_ERROR = re.compile(rb"""<(?:[^\s<>/:]+:)?f[\s/>]|\st\s*=\s*["']\s*e\s*["']""")
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
