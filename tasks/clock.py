"""A job's clock is its schedule: nothing inside a flow asks what time it is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run


def scheduled(today: date | None, timezone: str = "Europe/Copenhagen") -> datetime:
    """When this flow run was to start, local; at that time on `today` where a day is given."""
    start = flow_run.scheduled_start_time.astimezone(ZoneInfo(timezone))
    return start if today is None else datetime.combine(today, start.timetz())
