"""The month's process as a Prefect flow: started by its schedule or from outside, one run that carries it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any, cast

from prefect import Flow, flow, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from data.settings import read_settings
from rules.processes import process_named
from rules.refusal import Refusal
from tasks.case_flow import PROCEDURES, Procedure, carry, patiently
from tasks.clock import scheduled_for
from tasks.payout.months import NobodyHere, claim_month, open_month
from tasks.prefect_api import PrefectServer

MonthFlow = Flow[[str, str | None, date | None], Coroutine[Any, Any, State[Any]]]


def month_flow(*, name: str) -> Callable[[Procedure], MonthFlow]:
    """Makes the flow of a process from the function that reads like its handbook."""

    def wrap(procedure: Procedure) -> MonthFlow:
        PROCEDURES[process_named(name).name] = procedure

        async def run(municipality: str, period: str | None = None, today: date | None = None) -> State[Any]:
            own = cast(FlowRun, cast(FlowRunContext, FlowRunContext.get()).flow_run)
            try:
                ref, carries = await asyncio.to_thread(_taken, municipality, period, today, str(own.id))
            except NobodyHere as nobody:
                return Completed(name="Nothing to pay", message=str(nobody))
            except Refusal as refusal:
                return Failed(message=str(refusal))
            async with get_client() as client:
                await client.update_flow_run(own.id, name=ref)
            if not carries:
                return Completed(name="Handed on", message=f"{ref} has its run already, which looks again")
            return await carry(procedure, ref)

        run.__doc__ = procedure.__doc__
        run.__module__ = procedure.__module__
        run.__qualname__ = run.__name__ = procedure.__name__
        return flow(name=name, persist_result=False)(run)

    return wrap


@patiently
def _taken(municipality: str, period: str | None, today: date | None, run: str) -> tuple[str, bool]:
    """The month's reference, and whether this run carries it."""
    _, now = scheduled_for(municipality, today)
    ref = open_month(municipality, period, run=run, now=now).ref
    with PrefectServer(read_settings()) as server:
        return ref, claim_month(ref, run, server, now)
