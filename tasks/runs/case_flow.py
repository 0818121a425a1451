"""A case's process as a Prefect flow: one run per case, suspended whenever it waits for a person."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast
from uuid import uuid4

from prefect import Flow, flow, get_client, task
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.exceptions import Abort, Pause
from prefect.states import Completed, Failed, Scheduled, Suspended
from prefect.utilities.engine import propose_state

from data.cases import find_case
from data.installation import settings
from data.store.session import reading
from rules.refusal import Refusal
from rules.register import process_named
from tasks.cases.case import Case, Outcome, Rested, replay
from tasks.failures.passing import passes
from tasks.failures.patience import PATIENT, patiently
from tasks.runs.carrying_on import carry_on
from tasks.server.prefect_api import PrefectServer

T = TypeVar("T")
Procedure = Callable[[Case], Outcome]
CaseFlow = Flow[[str], Coroutine[Any, Any, State[Any]]]

PROCEDURES: dict[str, Procedure] = {}
"""By process name: what the engine replays, for whoever runs a case without Prefect."""


def case_flow(*, name: str) -> Callable[[Procedure], CaseFlow]:
    """Makes the flow of a process from the function that reads like its handbook."""

    def wrap(procedure: Procedure) -> CaseFlow:
        PROCEDURES[process_named(name).name] = procedure

        async def run(case: str) -> State[Any]:
            return await carry(procedure, case)

        run.__doc__ = procedure.__doc__
        run.__module__ = procedure.__module__
        run.__qualname__ = run.__name__ = procedure.__name__
        return flow(name=name, flow_run_name="{case}", persist_result=False, validate_parameters=False)(run)

    return wrap


async def carry(procedure: Procedure, ref: str) -> State[Any]:
    """As far as the case gets: its outcome, or suspended."""
    try:
        own = await asyncio.to_thread(_is_carried_here, procedure, ref, str(_flow_run().id))
    except Refusal as refusal:
        if passes(refusal):
            raise
        return Failed(message=str(refusal))
    if not own:
        return handed_on(ref)
    rested = await asyncio.to_thread(_replay, procedure, ref)
    if rested.outcome is not None:
        return Completed(name=rested.outcome.name, message=ref)
    return await _suspend(ref, rested.waits_for)


def handed_on(ref: str) -> State[Any]:
    return Completed(name="Handed on", message=f"{ref} has its run already, which looks again")


class OfAnotherProcess(Refusal):
    def __init__(self, ref: str, process: str) -> None:
        super().__init__(f"{ref} is a case of {process}: start it with that deployment, or let the case-sweep do it")


@patiently
def _replay(procedure: Procedure, ref: str) -> Rested:
    return replay(procedure, ref, as_task_run)


@task(persist_result=False, **PATIENT)
def step(effect: Callable[[], Any]) -> Any:
    return effect()


def as_task_run(name: str, effect: Callable[[], T]) -> T:
    """One effect of a case: a task run on the dashboard."""
    return cast(T, step.with_options(name=name, task_run_name=name)(effect))


@patiently
def _is_carried_here(procedure: Procedure, ref: str, run: str) -> bool:
    """False where another run has the case; that one looks again. Raises OfAnotherProcess."""
    with reading() as s:
        case = find_case(s, ref)
    if PROCEDURES.get(case.process) is not procedure:
        raise OfAnotherProcess(ref, case.process)
    if case.flow_run in (None, run):
        return True
    with PrefectServer(settings()) as server:
        # without its run, as after the loss of Prefect's database, the case gets a new one
        carry_on(ref, server)
    with reading() as s:
        return find_case(s, ref).flow_run == run


def _flow_run() -> FlowRun:
    return cast(FlowRun, cast(FlowRunContext, FlowRunContext.get()).flow_run)


async def _suspend(ref: str, waits_for: str) -> State[Any]:
    """Ends this attempt of the run. Without a deployment there is nothing to resume: it just says that it waits."""
    run = _flow_run()
    async with get_client() as client:
        # a pause key that was used before would be rejected and the flow would go on
        wanted: State[Any] = Suspended(timeout_seconds=None, pause_key=uuid4().hex, message=waits_for)
        try:
            state = await propose_state(client, wanted, flow_run_id=run.id)
        except Abort:
            return Completed(name="Waiting", message=waits_for)
        if _woken_meanwhile(ref):
            await client.set_flow_run_state(run.id, Scheduled(name="Resuming"))
    raise Pause(state=state)


def _woken_meanwhile(ref: str) -> bool:
    """An answer that came after the replay and before the suspension found nothing to resume."""
    with reading() as s:
        row = find_case(s, ref)
        return row.woken > row.seen
