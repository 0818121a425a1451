"""R11: daily, reminders before the year-end day, and after it the list of what came late.

The leader's decision on a late claim is opened by the claim's own case the day after the year-end day, and by this job
where there is none: for what was imported, and for driving.
"""

from datetime import date, datetime
from typing import NamedTuple

from prefect.artifacts import create_table_artifact

from tasks.claims.year_end import Late, give_late_claims, late_documentation, send_year_end_reminders
from tasks.runs.artifacts import artifact_key
from tasks.runs.job_flow import job


class YearEnd(NamedTuple):
    reminded: int
    late: list[Late]
    asked: int

    def __str__(self) -> str:
        return f"{self.reminded} reminded, {len(self.late)} late, {self.asked} put before the leader"


def shown(municipality: str, year_end: YearEnd) -> None:
    if year_end.late:
        create_table_artifact(
            key=artifact_key("late-documentation", municipality),
            table=[claim._asdict() for claim in year_end.late],
            description="Documentation for the year before that came late or is missing (R11)",
        )


@job(name="year-end-documentation", step="the year-end day of", shows=shown)
def year_end_documentation(municipality: str, today: date, now: datetime) -> YearEnd:
    """Reminds families of the year-end day, lists what came late and asks the leader about it (R11)."""
    late = late_documentation(municipality, today)
    reminded = send_year_end_reminders(municipality, today, now)
    return YearEnd(reminded, late, give_late_claims(municipality, today, now))
