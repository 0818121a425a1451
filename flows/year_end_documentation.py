"""R11: daily in December and January, reminders before the year-end day and the list of what came late after it.

The leader's decision on each late claim is opened by the claim's own case the day after the year-end day.
"""

from datetime import date

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from data.policies import municipalities, policy
from tasks.clock import named_by_its_day, scheduled
from tasks.patience import PATIENT
from tasks.year_end import late_documentation, send_year_end_reminders

remind = task(
    name="remind of the year-end day",
    task_run_name="remind {municipality}",
    **PATIENT,
)(send_year_end_reminders)


@flow(name="year-end-documentation", flow_run_name=named_by_its_day)
def year_end_documentation(today: date | None = None) -> dict[str, dict[str, int]]:
    """By municipality how many were reminded, and how many claims are late."""
    done = {}
    for key in municipalities():
        now = scheduled(today, policy(key).timezone)
        done[key] = {"reminded": remind(key, now.date(), now), "late": _list_late(key, now.date())}
    return done


def _list_late(municipality: str, today: date) -> int:
    late = late_documentation(municipality, today)
    if late:
        create_table_artifact(
            key=f"late-documentation-{municipality}",
            table=[claim._asdict() for claim in late],
            description="Documentation for the year before that came late or is missing (R11)",
        )
    return len(late)
