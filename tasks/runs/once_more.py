"""Runs of cases that failed: which of them are scheduled again, and when."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from data.cases import find_case
from data.store.asking import ASKED_AT_ONCE, batched
from data.store.session import writing
from data.tables import CaseRow, CaseState
from tasks.cases.version import running_version
from tasks.server.prefect_api import PrefectServer, RunState

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
"""Between one time and the next; twice as long after each."""
DOUBLED_AT_MOST = 8


def schedule_again(server: PrefectServer, now: datetime) -> dict[str, str]:
    """Failed runs of cases that may succeed now; by case what was done.

    What lay in the surroundings is tried for as long as it takes. A fault of the process is tried once by each version.
    """
    failed = server.failed_runs_of_cases()
    with writing() as s:
        due = [case for case in _cases_of(s, list(failed)) if _tried_now(case, now)]
    done = {}
    for case in due:
        run = str(case.flow_run)
        if server.state(run) not in (RunState.FAILED, RunState.CRASHED):
            continue
        server.restart(run, f"scheduled again: {case.fault or failed[run]}")
        done[case.ref] = "scheduled again after a failure"
        with writing() as s:
            _note(s, case.ref, now)
    return done


def _cases_of(s: Session, runs: list[str]) -> list[CaseRow]:
    found: list[CaseRow] = []
    for some in batched(runs, ASKED_AT_ONCE):
        found += s.exec(select(CaseRow).where(col(CaseRow.flow_run).in_(some)).order_by(col(CaseRow.ref)))
    return found


def _tried_now(case: CaseRow, now: datetime) -> bool:
    if case.fault is not None and case.fault_version == running_version():
        return False
    return case.again_at is None or case.again_at <= now


def _note(s: Session, ref: str, now: datetime) -> None:
    case = find_case(s, ref)
    case.again_at = now + min(FIRST_PAUSE * 2 ** min(case.tries, DOUBLED_AT_MOST), LONGEST_PAUSE)
    case.tries += 1
    s.add(case)


def stopped(s: Session) -> list[str]:
    """Open cases that a fault of the process keeps from going on, a sentence each."""
    wanted = (CaseRow.state == CaseState.OPEN, col(CaseRow.fault).is_not(None))
    return [
        f"{case.ref} is stopped by a fault of the process ({case.fault}, version {case.fault_version}): it goes on "
        "by itself with a version in which that is mended"
        for case in s.exec(select(CaseRow).where(*wanted).order_by(col(CaseRow.ref)))
    ]
