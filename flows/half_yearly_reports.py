"""J6: from the policy's day on, each family is asked for its report on the child."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.half_year import collect_reports
from tasks.patience import PATIENT

ask = task(
    name="ask for reports",
    task_run_name="ask for reports {municipality}",
    **PATIENT,
)(collect_reports)


@flow(name="half-yearly-reports", flow_run_name=named_by_its_day)
def half_yearly_reports(today: date | None = None) -> dict[str, int]:
    """By municipality how many were asked; daily, so that a day that was missed is made up for."""
    return {key: ask(key, *scheduled_for(key, today)) for key in municipalities()}
