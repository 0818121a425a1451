"""V1: on the first of each month, how often the emergency line was used in the month before, also when it wasn't."""

from datetime import date, datetime

from prefect.artifacts import create_table_artifact

from tasks.families.emergency_line import Usage, report_usage
from tasks.runs.artifacts import artifact_key
from tasks.runs.job_flow import job


def shown(municipality: str, usage: Usage) -> None:
    create_table_artifact(
        key=artifact_key("emergency-line", municipality),
        table=[{"topic": topic, "calls": number} for topic, number in usage.topics.items()],
        description=f"{usage.about}: {usage.calls} calls to the emergency line (V1)",
    )


@job(name="emergency-line-usage", step="count calls to", shows=shown)
def emergency_line_usage(municipality: str, today: date, now: datetime) -> Usage | None:
    """Tells the leader how often the emergency line was used in the month before (V1)."""
    return report_usage(municipality, today, now)
