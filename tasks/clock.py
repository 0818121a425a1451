"""A job's clock is its schedule: nothing inside a flow asks what time it is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from data.policies import policy


def scheduled_for(municipality: str, today: date | None) -> tuple[date, datetime]:
    """The municipality's own day and instant of this flow run."""
    now = scheduled(today, policy(municipality).timezone)
    return now.date(), now


def scheduled(today: date | None, timezone: str = "Europe/Copenhagen") -> datetime:
    """When this flow run was to start, local; at that time on `today` where a day is given."""
    # Prefect's is a pendulum date-time, which SQLite can't bind
    start = datetime.fromtimestamp(flow_run.scheduled_start_time.timestamp(), ZoneInfo(timezone))
    return start if today is None else datetime.combine(today, start.timetz())


def named_by_its_day() -> str:
    """Of a job's flow run, such as: daily-duties 2023-03-01 DK."""
    given = dict(flow_run.parameters)
    today = given.pop("today", None) or scheduled(None).date()
    return " ".join(str(part) for part in (flow_run.flow_name, today, *given.values()) if part)
