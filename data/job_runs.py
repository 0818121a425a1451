"""What the periodic jobs did last, as it is read and noted."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from data.tables import JobRun


def as_given(parameters: Mapping[str, Any]) -> str:
    """What a schedule gives its job; a day that is judged in place of the real one isn't its."""
    given = {key: value for key, value in parameters.items() if value is not None and key != "today"}
    return json.dumps(given, sort_keys=True)


def note_run(s: Session, job: str, given: str, municipality: str, at: datetime, fault: str = "") -> None:
    s.merge(JobRun(job=job, given=given, municipality=municipality, ran_at=at, fault=fault))


def all_runs(s: Session) -> dict[tuple[str, str], dict[str, JobRun]]:
    """By job and what it was given, then by municipality; "" is a run that concerned nobody, or the first look."""
    found: dict[tuple[str, str], dict[str, JobRun]] = {}
    for row in s.exec(select(JobRun)):
        found.setdefault((row.job, row.given), {})[row.municipality] = row
    return found


def runs_of(s: Session, job: str, given: str) -> dict[str, JobRun]:
    """By municipality."""
    rows = s.exec(select(JobRun).where(JobRun.job == job, JobRun.given == given))
    return {row.municipality: row for row in rows}


def faults(s: Session) -> list[JobRun]:
    """Of the last runs."""
    rows = select(JobRun).where(JobRun.fault != "").order_by(col(JobRun.job), col(JobRun.municipality))
    return list(s.exec(rows))
