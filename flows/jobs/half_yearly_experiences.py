"""N3: from the policy's day on, each resource family is asked how the half-year was in its network."""

from datetime import date, datetime

from tasks.placements.half_year import collect_experiences
from tasks.runs.job_flow import job


@job(name="half-yearly-experiences", step="ask for experiences")
def half_yearly_experiences(municipality: str, today: date, now: datetime) -> int:
    """Asks resource families how the half-year was (N3), daily, so that a missed day is made up for; counts tasks."""
    return collect_experiences(municipality, today, now)
