"""R11: daily in December and January, reminders before the year-end day and the list of what came late after it.

The leader's decision on each late claim is opened by the claim's own case the day after the year-end day.
"""

from datetime import date, datetime
from typing import NamedTuple

from prefect.artifacts import create_table_artifact

from tasks.artifacts import artifact_key
from tasks.job_flow import job
from tasks.year_end import Late, late_documentation, send_year_end_reminders


class YearEnd(NamedTuple):
    reminded: int
    late: list[Late]

    def __str__(self) -> str:
        return f"{self.reminded} reminded, {len(self.late)} late"


def shown(municipality: str, year_end: YearEnd) -> None:
    if year_end.late:
        create_table_artifact(
            key=artifact_key("late-documentation", municipality),
            table=[claim._asdict() for claim in year_end.late],
            description="Documentation for the year before that came late or is missing (R11)",
        )


@job(name="year-end-documentation", step="the year-end day of", shows=shown)
def year_end_documentation(municipality: str, today: date, now: datetime) -> YearEnd:
    """Reminds families of what must be documented by the year-end day, and lists what came late (R11)."""
    reminded = send_year_end_reminders(municipality, today, now)
    return YearEnd(reminded, late_documentation(municipality, today))
