"""Left alone, Prefect's server plans what prefect.yaml says, and a job fires by itself and does its work."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule
from sqlmodel import select

import plejeflow
from data.cases import find_task
from data.job_runs import runs_of
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import OutboxMail, TaskState
from rules.calendar import is_working_day
from tasks.runs.clock import NORDIC
from tasks.runs.schedules import (
    MONTHLY,
    PLANNED_AHEAD,
    SWEEP,
    Calendar,
    Missed,
    calendars,
    deployments,
    make_up,
    missed,
    name_planned,
    wrong,
)
from tasks.runs.services import Services, deploy
from tasks.server.prefect_api import PrefectServer
from tests.letters import task
from tests.on_prefect.installation import eventually
from tests.people import NETWORK_ADVISER

pytestmark = pytest.mark.timeout(300)
FEWEST = 3
"""Runs ahead that Prefect's scheduler makes of every schedule."""


def schedules() -> list[tuple[str, dict[str, Any]]]:
    said = deployments(datetime.now(UTC))["deployments"]
    return [(each["name"], schedule) for each in said for schedule in each.get("schedules", [])]


@pytest.fixture(scope="module")
def server(home: Services, settings: Settings) -> Iterator[PrefectServer]:
    """With its calendar going."""
    with PrefectServer(settings) as server:
        rest(settings, server, paused=False)
        eventually(lambda: not unplanned(server), seconds=90, every=1)
        yield server
        server.pause_schedules()


def plan_of(server: PrefectServer) -> list[Calendar]:
    return calendars(server.deployments())


def rest(settings: Settings, server: PrefectServer, *, paused: bool) -> None:
    for deployment in server.deployments():
        if deployment["schedules"]:
            address = f"{settings.prefect_api_url}/deployments/{deployment['id']}"
            httpx.patch(address, json={"paused": paused}, timeout=15).raise_for_status()


def unplanned(server: PrefectServer) -> set[str]:
    now, planned = datetime.now(UTC), server.planned()
    return {
        each.job
        for each in plan_of(server)
        if len(instants(planned, each.deployment, each.parameters)) < len(each.due(now, now + PLANNED_AHEAD)[:FEWEST])
    }


def instants(planned: list[dict[str, Any]], deployment: str, parameters: dict[str, Any]) -> list[datetime]:
    runs = [run for run in planned if run["deployment_id"] == deployment and run["parameters"] == parameters]
    return sorted(datetime.fromisoformat(run["expected_start_time"]) for run in runs)


def test_every_schedule_has_its_runs_planned_at_the_right_instants(server: PrefectServer) -> None:
    ids = {each["name"]: each["id"] for each in server.deployments()}
    assert len(schedules()) > len({name for name, _ in schedules()}) > 10
    planned, now = server.planned(), datetime.now(UTC)
    for name, schedule in schedules():
        found = [at for at in instants(planned, ids[name], schedule.get("parameters", {})) if at > now]
        kind = CronSchedule if "cron" in schedule else IntervalSchedule
        when = kind.model_validate({key: value for key, value in schedule.items() if key not in ("parameters", "slug")})
        if not found:
            continue
        should = asyncio.run(when.get_dates(n=len(found), start=found[0] - timedelta(seconds=1)))
        assert found == [datetime.fromtimestamp(at.timestamp(), UTC) for at in should], name


def test_planned_runs_are_named_by_their_job_and_day(server: PrefectServer) -> None:
    name_planned(server, plan_of(server))
    names = {run["name"] for run in server.planned()}
    assert any(name.startswith("daily-duties 20") and name.endswith(" DK") for name in names)
    # the server may plan one more between the two
    assert eventually(lambda: name_planned(server, plan_of(server)) == 0, every=1)


def test_a_planned_run_that_was_taken_away_meanwhile_is_passed_over(server: PrefectServer, settings: Settings) -> None:
    run = server.planned()[-1]["id"]
    assert server.rename(run, "there")
    httpx.delete(f"{settings.prefect_api_url}/flow_runs/{run}", timeout=15).raise_for_status()
    assert not server.rename(run, "gone")


def test_a_job_fires_by_itself_some_seconds_later_and_does_its_work(server: PrefectServer, settings: Settings) -> None:
    today = datetime.now(NORDIC).date()
    with writing() as s:
        s.add(task(ref="HJ-2026-T09999", due_on=today - timedelta(days=1), case=None))
    [deployment] = [each["id"] for each in server.deployments() if each["name"] == "reminders"]
    soon = datetime.now(UTC) + timedelta(seconds=8)
    server.fires_at(deployment, soon)
    if is_working_day(today, "DK"):  # on other days it runs and reminds nobody
        eventually(lambda: NETWORK_ADVISER in told_of("HJ-2026-T09999"), seconds=60, every=0.2)
    [fired] = eventually(lambda: server.fired(deployment), seconds=60, every=0.2)
    assert (fired["name"], fired["state"]["type"]) == (f"reminders {today}", "COMPLETED")
    with reading() as s:
        assert runs_of(s, "reminders", "{}")["hjoerring"].ran_at >= soon
    with writing() as s:
        find_task(s, "HJ-2026-T09999").state = TaskState.WITHDRAWN


def told_of(ref: str) -> list[str]:
    with reading() as s:
        return list(s.exec(select(OutboxMail.recipient).where(OutboxMail.about == ref)))


def test_a_job_that_was_missed_is_found_and_made_up_for_once(server: PrefectServer, settings: Settings) -> None:
    missed(plan_of(server), datetime.now(UTC) - timedelta(days=3))
    with writing() as s:
        for run in runs_of(s, "reminders", "{}").values():
            run.ran_at = datetime.now(UTC) - timedelta(days=4)
            s.add(run)
    now = datetime.now(UTC)
    assert {one.calendar.job for one in of(missed(plan_of(server), now))} == {"reminders"}
    assert any("reminders was due at" in line for line in wrong(server, now))
    [name] = [name for name in make_up(server, plan_of(server), now) if name.startswith("reminders")]
    eventually(lambda: not of(missed(plan_of(server), datetime.now(UTC))), seconds=60, every=0.2)
    assert not [each for each in make_up(server, plan_of(server), datetime.now(UTC)) if each.startswith("reminders")], (
        name
    )


def of(found: list[Missed]) -> list[Missed]:
    return [one for one in found if one.calendar.job == "reminders"]


NEW = """
name = "Nørreby Kommune"
country = "DK"
language = "da"
timezone = "Europe/Copenhagen"
prefix = "NB"
"""


def test_a_municipality_whose_file_was_added_gets_its_payout_planned_by_the_next_deploy(
    server: PrefectServer, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "noerreby.toml").write_text(NEW, encoding="utf-8")
    deploy(settings.model_copy(update={"policies": tmp_path}))
    assert not [line for line in wrong(server, datetime.now(UTC)) if "isn't planned as" in line]
    [payout] = [each for each in server.deployments() if each["name"] == MONTHLY]
    its = {"municipality": "noerreby"}
    assert eventually(lambda: instants(server.planned(), payout["id"], its), seconds=60, every=0.5)
    [schedule] = [each["id"] for each in payout["schedules"] if each["parameters"] == its]
    httpx.delete(
        f"{settings.prefect_api_url}/deployments/{payout['id']}/schedules/{schedule}", timeout=15
    ).raise_for_status()
    deploy(settings)


def test_doctor_says_so_when_the_server_plans_nothing(
    server: PrefectServer, home: Services, settings: Settings
) -> None:
    [sweep] = [each["id"] for each in server.deployments() if each["name"] == SWEEP]

    def emptied() -> bool:
        """Also of what the scheduler was planning just then."""
        server.pause_schedules()
        return not server.planned()

    def found() -> list[str]:
        """Before its scheduler comes by."""
        eventually(emptied, every=0.1)
        httpx.patch(f"{settings.prefect_api_url}/deployments/{sweep}", json={"paused": False}, timeout=15)
        return [line for line in wrong(server, datetime.now(UTC)) if "plans no run" in line]

    [line] = eventually(found)
    assert line.startswith("Prefect's server plans no run of case-sweep: ")
    server.pause_schedules()
    said = CliRunner().invoke(plejeflow.main, ["doctor"], env=dict(home.environment))
    assert "Traceback" not in said.output
