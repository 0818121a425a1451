"""A periodic job as a Prefect flow: one run for all municipalities, a task run for each."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from inspect import Parameter, Signature, signature
from typing import Any, cast

from prefect import Flow, flow, task
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed
from prefect.tasks import Task

from rules.refusal import Refusal
from tasks.failures.patience import PATIENT
from tasks.runs.clock import begin_at, named_by_its_day
from tasks.runs.job_runner import JOBS, Concerns, Job, R, Ran, Shows, Work, done_since, everywhere, for_one

JobFlow = Flow[..., State[Any]]
FIXED = 3
"""A job's work takes the municipality, its day and the instant; what comes after is given by its schedule."""


def job(
    *, name: str, step: str, shows: Shows | None = None, concerns: Concerns | None = None
) -> Callable[[Work[R]], JobFlow]:
    """Makes the flow of a job from what it does for one municipality. `step` names its task runs on the dashboard."""

    def wrap(work: Work[R]) -> JobFlow:
        registered = JOBS[name] = Job(name, work, concerns)
        part = task(name=step, task_run_name=f"{step} {{municipality}}", **PATIENT)(partial(_part, registered, shows))

        def run(today: date | None = None, **given: Any) -> State[Any]:
            return carry(registered, part, today, given)

        run.__doc__ = work.__doc__
        run.__module__ = work.__module__
        run.__qualname__ = run.__name__ = work.__name__
        run.__signature__ = _as_flow(work)  # type: ignore[attr-defined]
        return flow(name=name, flow_run_name=named_by_its_day, persist_result=False)(run)

    return wrap


def _as_flow(work: Work[Any]) -> Signature:
    given = list(signature(work).parameters.values())[FIXED:]
    today = Parameter("today", Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=date | None)
    return Signature([*given, today])


def _part(job: Job, shows: Shows | None, municipality: str, today: date, now: datetime, **given: Any) -> State[Any]:
    """A refusal is a state, not a traceback in the log."""
    ran = for_one(job, municipality, today, now, given, shows)
    return Failed(message=ran.fault) if ran.fault else Completed(message=ran.done)


def carry(job: Job, part: Task[..., Any], today: date | None, given: dict[str, Any]) -> State[Any]:
    own = cast(FlowRun, cast(FlowRunContext, FlowRunContext.get()).flow_run)
    now = begin_at(own.expected_start_time if own.auto_scheduled else None)
    if own.auto_scheduled and own.expected_start_time and done_since(job.name, given, own.expected_start_time):
        return Completed(name="Passed over", message="it was done after this run was due: several missed runs are one")

    def run(_: Job, municipality: str, day: date, now: datetime, given: Mapping[str, Any]) -> Ran:
        state = part(municipality, day, now, **given, return_state=True)
        if state.is_completed():
            return Ran(done=state.message or "")
        error = state.result(raise_on_failure=False)
        if isinstance(error, BaseException):
            raise error
        return Ran(fault=state.message or "failed")

    try:
        report = everywhere(job, today=today, now=now, given=given, part=run)
    except Refusal as refusal:
        return Failed(message=str(refusal))
    return Failed(message=str(report)) if report.faults else Completed(message=str(report))
