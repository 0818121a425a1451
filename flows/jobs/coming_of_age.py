"""J9: daily, what comes after the 18th birthday of a child in a placement is asked in time."""

from datetime import date, datetime

from tasks.placements.coming_of_age import ask_before_18
from tasks.runs.job_flow import job


@job(name="coming-of-age", step="ask before the 18th birthday in")
def coming_of_age(municipality: str, today: date, now: datetime) -> int:
    """Asks the child's adviser months ahead whether a placement goes on as aftercare or ends (J9); counts tasks."""
    return ask_before_18(municipality, today, now)
