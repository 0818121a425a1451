"""V3: each month families that have no development plan yet get one."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.development_plan import open_missing
from tasks.patience import PATIENT

open_plans = task(name="open development plans", task_run_name="open development plans {municipality}", **PATIENT)(
    open_missing
)


@flow(name="development-plans", flow_run_name=named_by_its_day)
def development_plans(today: date | None = None) -> dict[str, list[str]]:
    """The cases that were opened, by municipality; the sweep starts their runs."""
    return {key: open_plans(key, *scheduled_for(key, today)) for key in municipalities()}
