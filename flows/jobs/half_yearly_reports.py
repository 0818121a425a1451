"""J6: from the policy's day on, each family is asked for its report on the child."""

from datetime import date, datetime

from tasks.placements.half_year import collect_reports
from tasks.runs.job_flow import job


@job(name="half-yearly-reports", step="ask for reports")
def half_yearly_reports(municipality: str, today: date, now: datetime) -> int:
    """Asks families for the half-year's report (J6), daily, so that a missed day is made up for; counts tasks."""
    return collect_reports(municipality, today, now)
