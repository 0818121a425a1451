"""The month's process as a Prefect flow: started by its schedule or from outside, one run that carries it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from typing import Any, cast

from prefect import Flow, flow, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed
from sqlmodel import select

from data.installation import settings
from data.job_runs import as_given, note_run
from data.policies import policy_of
from data.store.session import writing
from data.tables import CaseRow
from rules.months import month_before
from rules.refusal import Refusal
from rules.register import process_named
from tasks.failures.patience import patiently
from tasks.payout.months import NobodyHere, claim_month, open_month
from tasks.runs.case_flow import PROCEDURES, Procedure, carry, handed_on
from tasks.runs.clock import begin_at
from tasks.runs.job_runner import day_of
from tasks.runs.schedules import MONTHLY
from tasks.server.prefect_api import PrefectServer

MonthFlow = Flow[[str, str | None, date | None], Coroutine[Any, Any, State[Any]]]


def month_flow(*, name: str) -> Callable[[Procedure], MonthFlow]:
    """Makes the flow of a process from the function that reads like its handbook."""

    def wrap(procedure: Procedure) -> MonthFlow:
        PROCEDURES[process_named(name).name] = procedure

        async def run(municipality: str, period: str | None = None, today: date | None = None) -> State[Any]:
            own = cast(FlowRun, cast(FlowRunContext, FlowRunContext.get()).flow_run)
            try:
                ref, carries = await asyncio.to_thread(_taken, municipality, period, today, own)
            except NobodyHere as nobody:
                return Completed(name="Nothing to pay", message=str(nobody))
            except Refusal as refusal:
                return Failed(message=str(refusal))
            async with get_client() as client:
                await client.update_flow_run(own.id, name=ref)
            if not carries:
                return handed_on(ref)
            return await carry(procedure, ref)

        run.__doc__ = procedure.__doc__
        run.__module__ = procedure.__module__
        run.__qualname__ = run.__name__ = procedure.__name__
        return flow(name=name, persist_result=False)(run)

    return wrap


@patiently
def _taken(municipality: str, period: str | None, today: date | None, own: FlowRun) -> tuple[str, bool]:
    """The month's reference, and whether this run carries it.

    Without a period: the month before the day that is given, or before the one it was planned for; a month that was
    due during an outage isn't skipped.
    """
    run = str(own.id)
    now = begin_at(own.expected_start_time if own.auto_scheduled else None)
    judged = day_of(municipality, today, now)
    if own.auto_scheduled and own.expected_start_time and today is None:
        judged = policy_of(municipality).today(own.expected_start_time)
        _note_once(municipality, run, now)
    ref = open_month(municipality, period or str(month_before(judged)), run=run, now=now).ref
    with PrefectServer(settings()) as server:
        return ref, claim_month(ref, run, server, now)


def _note_once(municipality: str, run: str, now: datetime) -> None:
    """That its schedule was followed; a run that is resumed weeks later doesn't say so again."""
    with writing() as s:
        if s.exec(select(CaseRow.ref).where(CaseRow.flow_run == run)).first() is None:
            note_run(s, MONTHLY, as_given({"municipality": municipality}), municipality, now)
