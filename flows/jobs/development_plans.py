"""V3: daily, families that have no development plan yet get one."""

from datetime import date, datetime

from tasks.families.development_plan import open_missing
from tasks.runs.job_flow import job


@job(name="development-plans", step="open development plans")
def development_plans(municipality: str, today: date, now: datetime) -> list[str]:
    """Opens a development plan for each family that owes one and never had one (V3); the sweep starts their runs."""
    return open_missing(municipality, today, now)
