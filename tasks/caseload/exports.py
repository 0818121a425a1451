"""The whole caseload as a workbook, or an empty one to fill in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from data.approvals import latest_by_family
from data.caseload.sheet import Column, Kind, Sheet
from data.caseload.sheets import FAMILIES, LATEST_APPROVAL
from data.caseload.xlsx import write_workbook
from data.store.audit import Actor, audit
from data.store.session import reading, writing
from data.store.versions import all_current


@dataclass(frozen=True)
class ExportReport:
    sha256: str
    sheets: dict[str, int]
    """Rows below the column names."""


def export_workbook(path: Path, *, actor: Actor, now: datetime, blank: bool = False) -> ExportReport:
    """Current versions of everything as one moment saw it; importing them again changes nothing."""
    written: dict[str, int] = {}
    if blank:
        write_workbook(path, lambda _sheet: ())
        return ExportReport(sha256(path.read_bytes()).hexdigest(), written)
    with reading() as s:
        # on PostgreSQL each statement would otherwise see a later moment
        s.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        write_workbook(path, lambda sheet: _counted(s, sheet, written))
    digest = sha256(path.read_bytes()).hexdigest()
    with writing() as s:
        audit(s, actor, "export", "caseload", now, sha256=digest, sheets=written)
    return ExportReport(digest, written)


def _counted(s: Session, sheet: Sheet, written: dict[str, int]) -> Iterator[list[Any]]:
    written[sheet.name] = 0
    latest = latest_by_family(s) if sheet is FAMILIES else {}
    for row in all_current(s, sheet.table):
        written[sheet.name] += 1
        approval = latest.get(row["ref"])
        said = {name: getattr(approval, of, None) for name, of in LATEST_APPROVAL.items()} if sheet is FAMILIES else {}
        yield [_shown(column, {**row, **said}) for column in sheet.columns]


def _shown(column: Column, row: Mapping[str, Any]) -> Any:
    """In the workbook's units; None is an empty cell."""
    value = row[column.fills]
    if value is None:
        return None
    if column.kind is Kind.NUMBER:
        return value if column.scale == 1 else value / column.scale
    if column.kind is Kind.YES_NO:
        return "yes" if value else "no"
    return value.date() if column.fills == "recorded_at" else value
