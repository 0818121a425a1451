"""The calendar of the periodic jobs on Prefect's server: what is planned, what was missed, what is wrong with it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from prefect.server.schemas import schedules as server_side

from data.job_runs import as_given, faults, note_run, runs_of
from data.people import peopled
from data.session import reading, writing
from rules.months import month_before
from tasks.clock import day_name
from tasks.once_more import stopped
from tasks.prefect_api import PrefectServer

GRACE = timedelta(minutes=10)
"""A job that is due and hasn't begun is late from then on."""
LATE = timedelta(minutes=15)
PLANNED_AHEAD = timedelta(days=95)
"""Prefect's scheduler plans a hundred days and no further."""
PREFECT_YAML = Path(__file__).parent.parent / "prefect.yaml"
SWEEP, MONTHLY = "case-sweep", "monthly-payout"
NOT_OVER = ("SCHEDULED", "PENDING", "RUNNING", "CANCELLING")


@dataclass(frozen=True)
class Calendar:
    """One schedule of one deployment."""

    deployment: str
    """Prefect's id."""
    job: str
    parameters: dict[str, Any]
    schedule: dict[str, Any]
    """As Prefect's server gives it."""

    @property
    def given(self) -> str:
        return as_given(self.parameters)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.schedule.get("timezone") or "UTC")

    def due(self, after: datetime, until: datetime) -> list[datetime]:
        """The instants in between at which it is to run, in their order."""
        kind = server_side.CronSchedule if "cron" in self.schedule else server_side.IntervalSchedule
        dates = asyncio.run(kind.model_validate(self.schedule).get_dates(n=1000, start=after, end=until))
        instants = [datetime.fromtimestamp(each.timestamp(), UTC) for each in dates]
        return [each for each in instants if after < each <= until]


@dataclass(frozen=True)
class Missed:
    calendar: Calendar
    due: datetime

    @property
    def name(self) -> str:
        return day_name(self.calendar.job, self.due.astimezone(self.calendar.zone).date(), self.calendar.parameters)


def calendars(server: PrefectServer) -> list[Calendar]:
    """Every active schedule; none of a deployment that somebody has paused."""
    return [
        Calendar(
            deployment["id"],
            deployment["name"],
            {**deployment["parameters"], **each["parameters"]},
            each["schedule"],
        )
        for deployment in server.deployments()
        if not deployment["paused"]
        for each in deployment["schedules"]
        if each["active"]
    ]


def missed(server: PrefectServer, now: datetime) -> list[Missed]:
    """What was due and hasn't run since; a schedule that is seen for the first time counts from now on."""
    found = []
    for calendar in calendars(server):
        if calendar.job == SWEEP:
            continue
        since = _last_ran(calendar, now)
        if due := calendar.due(since, now - GRACE):
            found.append(Missed(calendar, due[-1]))
    # two schedules that give a job the same are made up for by one run
    newest = {(one.calendar.job, one.calendar.given): one for one in sorted(found, key=lambda one: one.due)}
    return list(newest.values())


def _last_ran(calendar: Calendar, now: datetime) -> datetime:
    with writing() as s:
        here, runs = peopled(s), runs_of(s, calendar.job, calendar.given)
        last = [run.ran_at for key, run in runs.items() if key in here]
        if not runs:
            note_run(s, calendar.job, calendar.given, "", now)
        return min(last) if last else runs[""].ran_at if "" in runs else now


def wrong(server: PrefectServer, now: datetime) -> list[str]:
    """What keeps jobs and cases from running as they should, a sentence each; empty where nothing does."""
    found = []
    if lacking := sorted(_deployed() - {each["name"] for each in server.deployments()}):
        found.append(f"Prefect has no deployment {', '.join(lacking)}: run `plejeflow deploy`")
    if not server.workers_online():
        found.append("no worker is online: cases and jobs wait until `plejeflow worker` runs")
    planned = {(run["deployment_id"], as_given(run["parameters"])) for run in server.planned()}
    unplanned = {
        each.job
        for each in calendars(server)
        if (each.deployment, each.given) not in planned and each.due(now, now + PLANNED_AHEAD)
    }
    if unplanned:
        found.append(
            f"Prefect's server plans no run of {', '.join(sorted(unplanned))}: "
            "look for errors in its log and start it again"
        )
    if late := server.late(now - LATE):
        names = sorted(run["name"] for run in late)
        found.append(f"{len(late)} runs are late, such as {names[0]}: look whether the worker takes runs")
    found += [
        f"{one.calendar.job} was due at {one.due:%Y-%m-%d %H:%M} UTC and hasn't run: start it on the dashboard, "
        "or let the next case-sweep make up for it"
        for one in missed(server, now)
    ]
    with reading() as s:
        found += [f"{run.job} of {run.municipality}, {run.ran_at:%Y-%m-%d}: {run.fault}" for run in faults(s)]
        found += stopped(s)
    return found


def _deployed() -> set[str]:
    """Names of what prefect.yaml says there is."""
    return {each["name"] for each in yaml.safe_load(PREFECT_YAML.read_text())["deployments"]}


def make_up(server: PrefectServer, now: datetime) -> dict[str, str]:
    """Starts each job that was missed, once, unless a run of it is there to be carried on; by name what was done."""
    done = {}
    for one in missed(server, now):
        if server.runs_of(one.calendar.deployment, NOT_OVER, until=now, parameters=one.calendar.parameters):
            continue
        parameters = dict(one.calendar.parameters)
        if one.calendar.job == MONTHLY:
            parameters["period"] = str(month_before(one.due.astimezone(one.calendar.zone).date()))
        server.run_job(one.calendar.deployment, one.name, parameters)
        done[one.name] = "made up for"
    return done


def name_planned(server: PrefectServer) -> int:
    """Gives planned runs the name of their job and day; how many had another."""
    jobs = {each["id"]: each["name"] for each in server.deployments() if each["schedules"]}
    zones = {calendar.deployment: calendar.zone for calendar in calendars(server)}
    renamed = 0
    for run in server.planned():
        if run["deployment_id"] not in zones:
            continue
        at = datetime.fromisoformat(run["expected_start_time"]).astimezone(zones[run["deployment_id"]])
        name = day_name(jobs[run["deployment_id"]], at.date(), run["parameters"])
        if run["name"] != name:
            server.rename(run["id"], name)
            renamed += 1
    return renamed
