"""V2: each quarter every team's consultant is asked to plan the group supervision."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.group_supervision import open_for_teams
from tasks.patience import PATIENT

open_teams = task(name="open group supervision", task_run_name="open group supervision {municipality}", **PATIENT)(
    open_for_teams
)


@flow(name="quarterly-group-supervision", flow_run_name=named_by_its_day)
def quarterly_group_supervision(today: date | None = None) -> dict[str, list[str]]:
    """The cases that were opened, by municipality; daily, for new teams and as a cancelled meeting is planned anew."""
    return {key: open_teams(key, *scheduled_for(key, today)) for key in municipalities()}
