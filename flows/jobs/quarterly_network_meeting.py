"""N5: each quarter the municipality whose turn it is is asked to plan the joint meeting of the resource families."""

from datetime import date, datetime

from tasks.networks.joint_meetings import open_joint_meeting
from tasks.runs.job_flow import job


@job(name="quarterly-network-meeting", step="open the joint meeting")
def quarterly_network_meeting(municipality: str, today: date, now: datetime) -> str | None:
    """Opens the quarter's joint meeting where it is the municipality's turn (N5), daily, also after a cancelled one."""
    return open_joint_meeting(municipality, today, now)
