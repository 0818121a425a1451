"""A caseload workbook into the database, all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from data.audit import Actor, audit
from data.session import reading, writing
from rules.refusal import Refusal, Refusals
from tasks.cases import wake_where_ended
from tasks.workbook.faults import Faults
from tasks.workbook.file import open_file
from tasks.workbook.grid import read_grids
from tasks.workbook.merge import Merged, merge, refuse_confused_staff, refuse_dangling, write
from tasks.workbook.records import Records, read_records
from tasks.workbook.unpayable import refuse_unpayable


@dataclass(frozen=True)
class SheetCount:
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class ImportReport:
    sha256: str
    checked_only: bool
    sheets: dict[str, SheetCount]
    warnings: list[str]


def import_workbook(path: Path, *, actor: Actor, now: datetime, check: bool = False) -> ImportReport:
    """Upserts every row by its reference; with `check` nothing is written.

    Raises Refusals with every fault of every sheet.
    """
    file = open_file(path)
    digest = sha256(file.content).hexdigest()
    faults, warnings = Faults(), Faults()
    all_records = [read_records(grid, faults, warnings, now) for grid in read_grids(file)]
    try:
        with reading() if check else writing() as s:
            merged = _merged(s, all_records, faults)
            if found := faults.lines():
                raise Refusals([f"{path}: {line}" for line in found])
            counts = {
                one.records.sheet.name: SheetCount(len(one.added), len(one.changed), one.unchanged) for one in merged
            }
            if not check:
                for one in merged:
                    write(s, one, now)
                wake_where_ended(s, now)
                audit(s, actor, "import", "caseload", now, sha256=digest, sheets=_listed(counts))
    except IntegrityError:
        raise Refusal(
            f"{path}: somebody changed the same rows meanwhile; nothing was imported, so import again"
        ) from None
    return ImportReport(digest, check, counts, [*file.warnings, *(f"{path}: {line}" for line in warnings.lines())])


def _merged(s: Session, all_records: list[Records], faults: Faults) -> list[Merged]:
    refuse_dangling(s, all_records, faults)
    merged = [merge(s, records, faults) for records in all_records]
    for one in merged:
        if one.records.sheet.name == "staff":
            refuse_confused_staff(s, one, faults)
    refuse_unpayable(s, merged, faults)
    return merged


def _listed(counts: dict[str, SheetCount]) -> dict[str, list[int]]:
    """Added, changed, unchanged."""
    return {name: [count.added, count.changed, count.unchanged] for name, count in counts.items()}
