"""N3: from the policy's day on, each resource family is asked how the half-year was in its network."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.half_year import collect_experiences
from tasks.patience import PATIENT

ask = task(
    name="ask for experiences",
    task_run_name="ask for experiences {municipality}",
    **PATIENT,
)(collect_experiences)


@flow(name="half-yearly-experiences", flow_run_name=named_by_its_day)
def half_yearly_experiences(today: date | None = None) -> dict[str, int]:
    """By municipality how many were asked; daily, so that a day that was missed is made up for."""
    return {key: ask(key, *scheduled_for(key, today)) for key in municipalities()}
