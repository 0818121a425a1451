"""V2: each quarter every team's consultant is asked to plan the group supervision."""

from datetime import date, datetime

from tasks.families.group_supervision import open_for_teams
from tasks.runs.job_flow import job


@job(name="quarterly-group-supervision", step="open group supervision")
def quarterly_group_supervision(municipality: str, today: date, now: datetime) -> list[str]:
    """Opens the quarter's group supervision of each team (V2), daily, for new teams and cancelled meetings."""
    return open_for_teams(municipality, today, now)
