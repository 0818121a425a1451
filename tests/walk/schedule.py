"""When every deployment fires, as Prefect's own scheduler says."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from prefect.server.schemas.schedules import CronSchedule

from tasks.runs.schedules import deployments

BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
"""Before the first walk."""
DAILY = "0 0 * * *"
MOST_AT_ONCE = 1000
"""Prefect gives no more of a schedule in one go."""


class Fire(NamedTuple):
    at: datetime
    deployment: str
    parameters: dict[str, Any]


def scheduled_deployments() -> set[str]:
    return {each["name"] for each in _deployments() if each.get("schedules")}


def fires(first: date, last: date) -> list[Fire]:
    """In their order. Of the sweep, which comes by an interval, only the first of each day.

    The others find nothing that lapses or comes due.
    """
    found = [
        Fire(at, each["name"], schedule.get("parameters", {}))
        for each in _deployments()
        for schedule in each.get("schedules", [])
        for at in _days(schedule, first, last, cron=schedule.get("cron", DAILY))
    ]
    return sorted(found, key=lambda fire: (fire.at, fire.deployment, str(fire.parameters)))


def _days(schedule: dict[str, Any], first: date, last: date, cron: str) -> list[datetime]:
    zone = ZoneInfo(schedule["timezone"])
    start, end = datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    when = CronSchedule(cron=cron, timezone=schedule["timezone"])
    found: list[datetime] = []
    while more := asyncio.run(when.get_dates(n=MOST_AT_ONCE, start=start, end=end)):
        found += more
        start = more[-1] + timedelta(seconds=1)
    return [datetime.fromtimestamp(at.timestamp(), UTC) for at in found if at < end]


def _deployments() -> list[dict[str, Any]]:
    return list(deployments(BEGAN)["deployments"])
