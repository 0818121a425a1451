"""Keeps each case's flow run going: started, resumed after an answer, found again after a crash."""

from datetime import date, datetime

from data.cases import at_prefect, find_case
from data.store.session import reading, writing
from data.tables import CaseRow, CaseState
from rules.refusal import Refusal
from tasks.cases.opened import wake_due
from tasks.runs.once_more import schedule_again
from tasks.server.prefect_api import PrefectServer, PrefectUnreachable, RunState


def carry_on(ref: str, server: PrefectServer) -> str:
    """Sees to it that the case's run looks at what is new; what was done, in a word."""
    with reading() as s:
        case = find_case(s, ref)
    if case.state == CaseState.ENDED:
        return "ended"
    state = server.state(case.flow_run)
    if state is RunState.MISSING:
        _start(case, server)
        return "started"
    if case.woken == case.seen and state is RunState.WAITING:
        return "waiting"
    if state is RunState.WAITING:
        server.resume(str(case.flow_run))
        return "resumed"
    if state in (RunState.OVER, RunState.FAILED, RunState.CRASHED):
        server.restart(str(case.flow_run), "the case is still open")
        return "restarted"
    return "going"


def _start(case: CaseRow, server: PrefectServer) -> None:
    run = server.start(case)
    with writing() as s:
        row = find_case(s, case.ref)
        row.flow_run = run
        s.add(row)


def sweep(today: date, now: datetime, server: PrefectServer) -> dict[str, str]:
    """Wakes what lapses or comes due, and resumes what was missed; by case what was done."""
    with writing() as s:
        wake_due(s, today, now)
    again = schedule_again(server, now)
    with reading() as s:
        behind = at_prefect(s, only_behind=True)
    states = server.states(case.flow_run for case in behind)
    # what failed has its own pauses
    failed = (RunState.FAILED, RunState.CRASHED)
    rest = [case.ref for case in behind if states.get(case.flow_run) not in failed]
    return {**_each(rest, server), **again}


def reconcile(server: PrefectServer) -> dict[str, str]:
    """Makes Prefect's runs again from our cases; by case what was done. What waits as it should is left alone."""
    with reading() as s:
        cases = at_prefect(s)
    states = server.states(case.flow_run for case in cases)
    rest = {case.ref for case in cases if not case.behind and states.get(case.flow_run) is RunState.WAITING}
    done = _each([case.ref for case in cases if case.ref not in rest], server)
    return {case.ref: done.get(case.ref, "waiting") for case in cases}


def _each(refs: list[str], server: PrefectServer) -> dict[str, str]:
    """One case that can't be carried on doesn't hold up the others."""
    done = {}
    for ref in refs:
        try:
            done[ref] = carry_on(ref, server)
        except PrefectUnreachable:
            raise
        except Refusal as refusal:
            done[ref] = str(refusal)
    return done
