"""A job judges the real day on which it runs, never the instant for which it was planned."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from data.installation import settings

MOST_EARLY = 15
"""Seconds."""
NORDIC = ZoneInfo("Europe/Copenhagen")


def begin_at(planned: datetime | None) -> datetime:
    """The instant, once the planned one has come: Prefect lets a run begin up to a second early."""
    ours = settings()
    ahead = (planned - ours.now()).total_seconds() if planned and ours.today is None else 0
    if 0 < ahead < MOST_EARLY:
        time.sleep(ahead)
    return ours.now()


def named_by_its_day() -> str:
    """Of a job's flow run, such as: daily-duties 2023-03-01 DK."""
    given = dict(flow_run.parameters)
    day = given.pop("today", None) or settings().now().astimezone(NORDIC).date()
    return day_name(str(flow_run.flow_name), day, given)


def day_name(job: str, day: date, given: dict[str, object]) -> str:
    return " ".join(str(part) for part in (job, day, *given.values()) if part)
