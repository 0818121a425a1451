"""When the schedules of prefect.yaml come due, as doctor and the sweep reckon it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

import data.policies
from data.job_runs import note_run
from data.policies import policy_of, use_policies
from data.settings import Settings
from data.store.session import engine, writing
from tasks.runs.clock import begin_at
from tasks.runs.job_runner import JOBS, Job, Ran, everywhere
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import MONTHLY, SWEEP, Calendar, Missed, deployments, missed, otherwise_paid
from tests import lillehammer, people

END_OF_SUMMER_TIME = datetime(2026, 10, 25, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)


def calendar(deployment: str) -> Calendar:
    [schedule, *_] = [dict(each) for name, each in said() if name == deployment]
    given = schedule.pop("parameters", {})
    schedule.pop("slug", None)
    return Calendar("id", deployment, given, schedule)


def said() -> list[tuple[str, dict[str, Any]]]:
    """Every schedule that is registered with Prefect, by its deployment."""
    there = deployments(END_OF_SUMMER_TIME)["deployments"]
    return [(each["name"], schedule) for each in there for schedule in each.get("schedules", [])]


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


@pytest.fixture
def seen(sqlite_database: Settings) -> datetime:
    """When the schedules were seen for the first time, by an installation of Lillehammer alone."""
    people.move_in(*(each for each in lillehammer.cast() if each.ref.startswith("LI")))
    first = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert missed([NOBODYS_MONTH, DANISH_DUTIES], first) == []
    return first


NOBODYS_MONTH = Calendar("id", "monthly-payout", {"municipality": "vejle"}, {"cron": "0 6 2 * *", "timezone": "UTC"})
DANISH_DUTIES = Calendar("id", "daily-duties", {"country": "DK"}, {"cron": "0 5 * * *", "timezone": "UTC"})


def test_a_job_that_has_run_and_concerned_nobody_here_is_not_missed(seen: datetime) -> None:
    ran = seen + timedelta(days=2)
    assert len(missed([NOBODYS_MONTH, DANISH_DUTIES], ran)) == 2
    with writing() as s:
        note_run(s, "monthly-payout", NOBODYS_MONTH.given, "vejle", ran)
    job = Job("daily-duties", lambda *_: None, lambda policy, country=None: policy.country == country)
    everywhere(job, today=None, now=ran, given={"country": "DK"}, part=lambda *_: Ran())
    assert missed([NOBODYS_MONTH, DANISH_DUTIES], ran + timedelta(hours=1)) == []
    assert [one.calendar for one in missed([NOBODYS_MONTH, DANISH_DUTIES], ran + timedelta(days=1))] == [DANISH_DUTIES]


def test_a_schedule_that_is_seen_for_the_first_time_counts_from_then_on(seen: datetime) -> None:
    daily = calendar("reminders")
    assert missed([daily], seen) == []
    [one] = missed([daily], seen + timedelta(days=1))
    assert seen < one.due <= seen + timedelta(days=1)


def test_what_one_municipality_has_not_had_is_missed_although_the_others_had_it(seen: datetime) -> None:
    daily = calendar("reminders")
    people.move_in(*(each for each in lillehammer.cast() if each.ref.startswith("AS")))
    with writing() as s:
        note_run(s, "reminders", daily.given, "lillehammer", seen + timedelta(days=1))
        note_run(s, "reminders", daily.given, "asker", seen)
    assert len(missed([daily], seen + timedelta(days=1))) == 1


def test_checking_what_was_missed_writes_nothing_once_every_schedule_is_known(seen: datetime) -> None:
    written: list[bool] = []
    event.listen(engine(), "begin", lambda c: written.append(c.get_execution_options().get("writes", True)))
    missed([NOBODYS_MONTH, DANISH_DUTIES], seen + timedelta(days=2))
    assert written == [False]


FIVE_LINES = """
name = "Nuuk Kommune"
country = "DK"
language = "da"
timezone = "America/Nuuk"
prefix = "NU"
"""
FROM_NEXT_YEAR = """
[payout]
prepared_on = [
  { value = 5, valid_from = 2019-01-01, source = "R9" },
  { value = 7, valid_from = 2027-01-01, source = "R9" },
]
"""


@pytest.fixture
def policies(tmp_path: Path) -> Iterator[Path]:
    use_policies(tmp_path)
    yield tmp_path
    use_policies(None)


def add(policies: Path, text: str) -> None:
    (policies / "nuuk.toml").write_text(text, encoding="utf-8")
    data.policies._in_force.cache_clear()


def test_a_policy_file_alone_gives_a_municipality_every_scheduled_job(policies: Path) -> None:
    load_flows()
    add(policies, FIVE_LINES)
    policy = policy_of("nuuk")
    given = [(name, schedule.get("parameters", {})) for name, schedule in said()]
    reached = {name for name, parameters in given if name in JOBS and JOBS[name].is_for(policy, parameters)}
    assert reached == JOBS.keys()
    [payout] = [each for name, each in said() if name == MONTHLY and each["parameters"] == {"municipality": "nuuk"}]
    assert (payout["slug"], payout["cron"], payout["timezone"]) == ("nuuk", "0 5 10 * *", "America/Nuuk")


def test_the_payout_is_planned_on_the_day_that_is_in_force(policies: Path) -> None:
    add(policies, FIVE_LINES + FROM_NEXT_YEAR)
    days = [
        each["cron"].split()[2]
        for now in (END_OF_SUMMER_TIME, datetime(2027, 1, 2, tzinfo=UTC))
        for deployment in deployments(now)["deployments"]
        if deployment["name"] == MONTHLY
        for each in deployment["schedules"]
        if each["slug"] == "nuuk"
    ]
    assert days == ["5", "7"]


def test_doctor_names_a_municipality_whose_payout_is_planned_otherwise_than_its_policy_says(policies: Path) -> None:
    add(policies, FIVE_LINES + FROM_NEXT_YEAR)
    there = [{"name": MONTHLY, "schedules": [as_served(each) for name, each in said() if name == MONTHLY]}]
    assert otherwise_paid(there, END_OF_SUMMER_TIME) == []
    assert otherwise_paid(there, datetime(2027, 1, 2, tzinfo=UTC)) == ["nuuk"]
    without = [{"name": MONTHLY, "schedules": [each for each in there[0]["schedules"] if each["slug"] != "nuuk"]}]
    assert otherwise_paid(without, END_OF_SUMMER_TIME) == ["nuuk"]


def as_served(schedule: dict[str, Any]) -> dict[str, Any]:
    """As Prefect's server gives it."""
    when = {part: schedule[part] for part in ("cron", "timezone")}
    return {"slug": schedule["slug"], "parameters": schedule["parameters"], "schedule": when}
