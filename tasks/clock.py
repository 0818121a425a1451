"""A job judges the real day on which it runs, never the instant for which it was planned."""

from datetime import date
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from data.settings import read_settings

NORDIC = ZoneInfo("Europe/Copenhagen")


def named_by_its_day() -> str:
    """Of a job's flow run, such as: daily-duties 2023-03-01 DK."""
    given = dict(flow_run.parameters)
    day = given.pop("today", None) or read_settings().now().astimezone(NORDIC).date()
    return day_name(str(flow_run.flow_name), day, given)


def day_name(job: str, day: date, given: dict[str, object]) -> str:
    return " ".join(str(part) for part in (job, day, *given.values()) if part)
