"""V1: on the first of each month, how often the emergency line was used in the month before, also when it wasn't."""

from datetime import date

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from data.policies import municipalities, policy
from tasks.clock import named_by_its_day, scheduled
from tasks.emergency_line import report_usage
from tasks.patience import PATIENT

count = task(
    name="count calls",
    task_run_name="count calls to {municipality}",
    **PATIENT,
)(report_usage)


@flow(name="emergency-line-usage", flow_run_name=named_by_its_day)
def emergency_line_usage(today: date | None = None) -> dict[str, int]:
    """Calls, by municipality whose line was open."""
    calls = {}
    for key in municipalities():
        now = scheduled(today, policy(key).timezone)
        usage = count(key, now.date(), now)
        if usage is None:
            continue
        create_table_artifact(
            key=f"emergency-line-{key}",
            table=[{"topic": topic, "calls": number} for topic, number in usage.topics.items()],
            description=f"{usage.about}: {usage.calls} calls to the emergency line (V1)",
        )
        calls[key] = usage.calls
    return calls
