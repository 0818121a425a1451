"""Deadlines of cases that were broken, as the cases' journals tell."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from data.tables import CaseRow, JournalEntry

BROKEN, KEPT = "breach ", "kept after all "
"""Begin the names of what a case notes of a deadline."""


@dataclass(frozen=True)
class Breach:
    case: str
    process: str
    family: str | None
    child: str | None
    deadline: str
    by: str
    """Its last day, ISO."""


def breaches(s: Session, municipality: str | None = None) -> Sequence[Breach]:
    """Deadlines that were broken and are not known to have been kept after all, by case."""
    rows = select(JournalEntry, CaseRow).join(CaseRow, col(CaseRow.ref) == col(JournalEntry.case))
    noted = rows.where(col(JournalEntry.key).startswith(f"done {BROKEN}"))
    if municipality is not None:
        noted = noted.where(CaseRow.municipality == municipality)
    kept = aliased(JournalEntry)
    after_all = select(kept.key).where(
        kept.case == JournalEntry.case,
        kept.key == func.replace(JournalEntry.key, f"done {BROKEN}", f"done {KEPT}"),
    )
    found = s.exec(noted.where(~after_all.exists()).order_by(col(JournalEntry.case), col(JournalEntry.key))).all()
    return [
        Breach(case.ref, case.process, case.family, case.child, name, json.loads(entry.value or "null"))
        for entry, case in found
        for name in [entry.key.removeprefix(f"done {BROKEN}")]
    ]
