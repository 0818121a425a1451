"""The calendar of the periodic jobs on Prefect's server: what is planned, what was missed, what is wrong with it."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from prefect.server.schemas import schedules as server_side

from data.job_runs import all_runs, as_given, faults, note_run
from data.people import peopled
from data.policies import municipalities, policy_of
from data.store.session import reading, writing
from data.tables import JobRun
from rules.months import month_before
from rules.policy import Policy
from rules.processes import monthly_payout
from tasks.runs.clock import day_name
from tasks.runs.once_more import stopped
from tasks.server.prefect_api import PrefectServer

GRACE = timedelta(minutes=10)
"""A job that is due and hasn't begun is late from then on."""
LATE = timedelta(minutes=15)
PLANNED_AHEAD = timedelta(days=95)
"""Prefect's scheduler plans a hundred days and no further."""
PREFECT_YAML = Path(__file__).parent.parent.parent / "prefect.yaml"
SWEEP, MONTHLY = "case-sweep", monthly_payout.PROCESS.name
"""What has a schedule and is no job: the one looks after all cases, the other is a case itself."""
PREPARED_ON = "payout.prepared_on"
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


def entrypoints() -> dict[str, str]:
    """Where this version has the flow of each deployment."""
    said = yaml.safe_load(PREFECT_YAML.read_text(encoding="utf-8"))
    return {each["name"]: each["entrypoint"] for each in said["deployments"]}


def deployments(now: datetime) -> dict[str, Any]:
    """What prefect.yaml says, with a schedule for the payout of each municipality, by its policy."""
    said: dict[str, Any] = yaml.safe_load(PREFECT_YAML.read_text())
    [payout] = [each for each in said["deployments"] if each["name"] == MONTHLY]
    payout["schedules"] = [_payout_schedule(policy_of(key), now) for key in municipalities()]
    return said


def _payout_schedule(policy: Policy, now: datetime) -> dict[str, Any]:
    return {
        "slug": policy.key,
        "cron": f"0 5 {policy.value(PREPARED_ON, policy.today(now))} * *",
        "timezone": policy.timezone,
        "parameters": {"municipality": policy.key},
    }


def calendars(deployments: Iterable[Mapping[str, Any]]) -> list[Calendar]:
    """Every active schedule; none of a deployment that somebody has paused."""
    return [
        Calendar(
            deployment["id"],
            deployment["name"],
            {**deployment["parameters"], **each["parameters"]},
            each["schedule"],
        )
        for deployment in deployments
        if not deployment["paused"]
        for each in deployment["schedules"]
        if each["active"]
    ]


def missed(plan: Sequence[Calendar], now: datetime) -> list[Missed]:
    """What was due and hasn't run since; a schedule that is seen for the first time counts from now on."""
    jobs = [calendar for calendar in plan if calendar.job != SWEEP]
    since = _last_ran(jobs, now)
    found = [
        Missed(calendar, due[-1])
        for calendar in jobs
        if (due := calendar.due(since[calendar.job, calendar.given], now - GRACE))
    ]
    # two schedules that give a job the same are made up for by one run
    newest = {(one.calendar.job, one.calendar.given): one for one in sorted(found, key=lambda one: one.due)}
    return list(newest.values())


def _last_ran(jobs: Sequence[Calendar], now: datetime) -> dict[tuple[str, str], datetime]:
    """By job and what it is given: where it ran longest ago, of the municipalities that have people here."""
    with reading() as s:
        here, runs = peopled(s), all_runs(s)
    asked = {(calendar.job, calendar.given) for calendar in jobs}
    if new := asked - runs.keys():
        with writing() as s:
            for job, given in new:
                note_run(s, job, given, "", now)
    # a job that concerns nobody here has run when it has looked
    return {key: _oldest(runs[key], here) if key in runs else now for key in asked}


def _oldest(runs: Mapping[str, JobRun], here: Collection[str]) -> datetime:
    theirs = [run.ran_at for key, run in runs.items() if key in here]
    return min(theirs) if theirs else max(run.ran_at for run in runs.values())


def wrong(server: PrefectServer, now: datetime) -> list[str]:
    """What keeps jobs and cases from running as they should, a sentence each; empty where nothing does."""
    found, there = [], server.deployments()
    plan = calendars(there)
    if lacking := sorted(_deployed() - {each["name"] for each in there}):
        found.append(f"Prefect has no deployment {', '.join(lacking)}: run `plejeflow deploy`")
    if other := otherwise_paid(there, now):
        found.append(f"{MONTHLY} isn't planned as {PREPARED_ON} says for {', '.join(other)}: run `plejeflow deploy`")
    if not server.workers_online():
        found.append("no worker is online: cases and jobs wait until `plejeflow worker` runs")
    planned = {(run["deployment_id"], as_given(run["parameters"])) for run in server.planned()}
    unplanned = {
        each.job for each in plan if (each.deployment, each.given) not in planned and each.due(now, now + PLANNED_AHEAD)
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
        for one in missed(plan, now)
    ]
    with reading() as s:
        found += [f"{run.job} of {run.municipality}, {run.ran_at:%Y-%m-%d}: {run.fault}" for run in faults(s)]
        found += stopped(s)
    return found


def otherwise_paid(there: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """Municipalities whose payout has no schedule, or another than their policy says; one that is stopped counts."""
    planned = {
        schedule["parameters"].get("municipality"): schedule["schedule"]
        for each in there
        if each["name"] == MONTHLY
        for schedule in each["schedules"]
    }
    said = [_payout_schedule(policy_of(key), now) for key in municipalities()]
    return [
        each["slug"]
        for each in said
        if any(planned.get(each["slug"], {}).get(part) != each[part] for part in ("cron", "timezone"))
    ]


def _deployed() -> set[str]:
    """Names of what prefect.yaml says there is."""
    return {each["name"] for each in yaml.safe_load(PREFECT_YAML.read_text())["deployments"]}


def make_up(server: PrefectServer, plan: Sequence[Calendar], now: datetime) -> dict[str, str]:
    """Starts each job that was missed, once, unless a run of it is there to be carried on; by name what was done."""
    done = {}
    for one in missed(plan, now):
        if server.runs_of(one.calendar.deployment, NOT_OVER, until=now, parameters=one.calendar.parameters):
            continue
        parameters = dict(one.calendar.parameters)
        if one.calendar.job == MONTHLY:
            parameters["period"] = str(month_before(one.due.astimezone(one.calendar.zone).date()))
        server.run_job(one.calendar.deployment, one.name, parameters)
        done[one.name] = "made up for"
    return done


def name_planned(server: PrefectServer, plan: Sequence[Calendar]) -> int:
    """Gives planned runs the name of their job and day; how many had another."""
    jobs = {calendar.deployment: calendar for calendar in plan}
    renamed = 0
    for run in server.planned():
        calendar = jobs.get(run["deployment_id"])
        if calendar is None:
            continue
        at = datetime.fromisoformat(run["expected_start_time"]).astimezone(calendar.zone)
        name = day_name(calendar.job, at.date(), run["parameters"])
        if run["name"] != name:
            renamed += server.rename(run["id"], name)
    return renamed
