"""When the schedules of prefect.yaml come due, as doctor and the sweep reckon it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import yaml

from tasks.clock import begin_at
from tasks.schedules import PREFECT_YAML, SWEEP, Calendar, Missed

END_OF_SUMMER_TIME = datetime(2026, 10, 25, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)


def calendar(deployment: str) -> Calendar:
    deployments = {each["name"]: each for each in yaml.safe_load(PREFECT_YAML.read_text())["deployments"]}
    schedule: dict[str, Any] = dict(deployments[deployment]["schedules"][0])
    given = schedule.pop("parameters", {})
    schedule.pop("slug", None)
    return Calendar("id", deployment, given, schedule)


def test_the_sweep_comes_every_five_minutes_also_where_summer_time_ends() -> None:
    due = calendar(SWEEP).due(END_OF_SUMMER_TIME, END_OF_SUMMER_TIME + timedelta(hours=4))
    assert len(due) == 48
    assert {later - earlier for earlier, later in pairwise(due)} == {FIVE_MINUTES}


def test_a_daily_job_comes_once_on_the_day_on_which_summer_time_ends() -> None:
    due = calendar("daily-duties").due(
        END_OF_SUMMER_TIME - timedelta(hours=2), END_OF_SUMMER_TIME + timedelta(hours=22)
    )
    assert len(due) == 1


def test_after_an_outage_of_days_the_newest_is_the_one_that_counts() -> None:
    reminders = calendar("reminders")
    monday = datetime(2026, 6, 1, 12, tzinfo=UTC)
    due = reminders.due(monday, monday + timedelta(days=3))
    assert len(due) == 3
    assert Missed(reminders, due[-1]).name == "reminders 2026-06-04"


def test_what_is_due_at_the_very_instant_counts_once() -> None:
    reminders = calendar("reminders")
    [first, second] = reminders.due(datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 3, 12, tzinfo=UTC))
    assert reminders.due(first, second) == [second]


def test_a_job_does_not_begin_before_the_instant_it_is_planned_for() -> None:
    planned = datetime.now(UTC) + timedelta(seconds=0.3)
    assert begin_at(planned) >= planned
