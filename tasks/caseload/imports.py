"""A caseload workbook into the database, all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from data.store.audit import Actor, audit
from data.store.session import reading, writing
from rules.refusal import Refusal, Refusals
from tasks.caseload.faults import Faults
from tasks.caseload.file import open_file
from tasks.caseload.grid import Grid, read_grids
from tasks.caseload.identities import refuse_foreign
from tasks.caseload.known import Known
from tasks.caseload.latest import latest_approvals, replace_derived
from tasks.caseload.marks import Hidden
from tasks.caseload.merge import Merged, merge, refuse_confused_staff, refuse_dangling, write
from tasks.caseload.records import Records, read_records
from tasks.caseload.taken_back import refuse_still_needed
from tasks.caseload.unpayable import refuse_unpayable
from tasks.cases.opened import wake_where_ended


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
    read = read_grids(file)
    for grid in read.grids:
        _note_hidden(grid, file.hidden[grid.title], warnings)
    all_records = [read_records(grid, faults, warnings, now) for grid in read.grids]
    try:
        with reading() if check else writing() as s:
            refuse_dangling(s, all_records, read.doubtful, faults)
            merged = _merged(s, all_records, faults, warnings, now)
            if found := [*read.faults, *faults.lines()]:
                raise Refusals([f"{path}: {line}" for line in found])
            counts = _counts(merged)
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


def _note_hidden(grid: Grid, hidden: Hidden, warnings: Faults) -> None:
    for column, letter in grid.letters.items():
        if letter in hidden.columns:
            warnings.add(grid, column, grid.rows, "a column hidden in Excel; it counts all the same")
    if hidden.sheet:
        warnings.add_rows(grid, grid.rows, "on a sheet hidden in Excel; they count all the same")
    rows = [row for row in grid.rows if row in hidden.rows]
    warnings.add_rows(grid, rows, "hidden or filtered out in Excel; they count all the same")


def _merged(s: Session, all_records: list[Records], faults: Faults, warnings: Faults, now: datetime) -> list[Merged]:
    """As the file has the sheets; what the sheet families says of approvals comes last, a second one of that sheet."""
    merged: dict[str, Merged] = {}
    for records in all_records:
        merged[records.sheet.name] = merge(s, records, faults, merged.get("children"))
    if staff := merged.get("staff"):
        refuse_confused_staff(s, staff, faults)
    if periods := merged.get("approvals"):
        replace_derived(s, periods, faults, now)
    known = Known(s, merged)
    refuse_foreign(known, faults)
    refuse_unpayable(known, faults)
    refuse_still_needed(s, merged, faults)
    found = list(merged.values())
    if families := merged.get("families"):
        said = latest_approvals(s, families, merged.get("approvals"), faults, warnings)
        found += [said] if said else []
    return found


def _counts(merged: list[Merged]) -> dict[str, SheetCount]:
    """A family of which only the latest approval changed counts as changed."""
    read = {one.records.sheet.name: one for one in merged if one.records.values}
    counts = {name: SheetCount(len(one.added), len(one.changed), one.unchanged) for name, one in read.items()}
    for said in (one for one in merged if not one.records.values):
        families, was = read["families"], counts["families"]
        counted = {families.records.refs[index] for index in (*families.added, *families.changed)}
        more = len(set(said.values["family"]) - counted)
        counts["families"] = SheetCount(was.added, was.changed + more, was.unchanged - more)
    return counts


def _listed(counts: dict[str, SheetCount]) -> dict[str, list[int]]:
    """Added, changed, unchanged."""
    return {name: [count.added, count.changed, count.unchanged] for name, count in counts.items()}
