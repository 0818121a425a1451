"""Wakes cases in which something lapses or comes due, resumes what was missed, and keeps the calendar."""

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from data.installation import settings
from rules.refusal import Refusal
from tasks.runs.carrying_on import sweep
from tasks.runs.clock import NORDIC, named_by_its_day
from tasks.runs.job_runner import DayAhead
from tasks.runs.schedules import calendars, make_up, name_planned
from tasks.server.prefect_api import PrefectServer


@flow(name="case-sweep", flow_run_name=named_by_its_day)
def case_sweep(today: date | None = None) -> State[None]:
    """Wakes what lapses or comes due, resumes what was missed, and makes up for jobs that didn't run when they should.

    Planned runs get the name of their job and day.
    """
    now = settings().now()
    real = now.astimezone(NORDIC).date()
    try:
        if today is not None and today > real:
            raise DayAhead(today, real)
        with PrefectServer(settings()) as server:
            done = sweep(today or real, now, server)
            plan = calendars(server.deployments())
            made_up = make_up(server, plan, now)
            name_planned(server, plan)
    except Refusal as refusal:
        return Failed(message=str(refusal))
    said = "; ".join(f"{ref} {what}" for ref, what in {**done, **made_up}.items())
    return Completed(message=said or "nothing was waiting")
