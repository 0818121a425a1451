"""N5: each quarter the municipality whose turn it is is asked to plan the joint meeting of the resource families."""

from datetime import date, datetime

from tasks.job_flow import job
from tasks.joint_meetings import open_joint_meeting


@job(name="quarterly-network-meeting", step="open the joint meeting")
def quarterly_network_meeting(municipality: str, today: date, now: datetime) -> str | None:
    """Opens the quarter's joint meeting where it is the municipality's turn (N5), daily, also after a cancelled one."""
    return open_joint_meeting(municipality, today, now)
