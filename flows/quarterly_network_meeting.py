"""N5: each quarter the municipality whose turn it is is asked to plan the joint meeting of the resource families."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.joint_meetings import open_joint_meeting
from tasks.patience import PATIENT

open_meeting = task(
    name="open the joint meeting",
    task_run_name="open the joint meeting {municipality}",
    **PATIENT,
)(open_joint_meeting)


@flow(name="quarterly-network-meeting", flow_run_name=named_by_its_day)
def quarterly_network_meeting(today: date | None = None) -> dict[str, str]:
    """The case that was opened, by municipality; daily, as a cancelled one is planned anew."""
    opened = {key: open_meeting(key, *scheduled_for(key, today)) for key in municipalities()}
    return {key: case for key, case in opened.items() if case}
