"""Every case process and every job once on Prefect, and nothing personal there afterwards."""

import json
import subprocess
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import col, select

import plejeflow
from data.settings import Settings
from data.store.session import reading
from data.tables import Child, Family, GeneratedTask, HouseholdMember, Staff
from rules.register import PROCESSES
from tasks.runs.job_runner import JOBS
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import SWEEP
from tasks.runs.services import Services
from tasks.server.prefect_database import NAME, USER
from tests.letters import whole
from tests.on_prefect.caseload import Caseload
from tests.on_prefect.installation import eventually, prefect

pytestmark = pytest.mark.timeout(600)
ASKS = "daily-duties"
"""Goes first, so that the others have something to remind of and to tell."""
FIRST_OF_A_QUARTER, AFTER_A_YEARS_END = date(2025, 7, 1), date(2026, 1, 6)
DAYS = {"year-end-documentation": AFTER_A_YEARS_END}
PERSONAL = {"name", "email", "phone", "address", "birth_date"}
ARTIFACTS = {"rates-watch-hjoerring", "rates-watch-lillehammer", "duties-hjoerring", "duties-lillehammer"}


@pytest.fixture(scope="module")
def caseload(home: Services, settings: Settings) -> Caseload:
    played = Caseload(settings)
    played.play()
    return played


@pytest.fixture(scope="module")
def jobs(caseload: Caseload, settings: Settings) -> list[dict[str, Any]]:
    """Their runs when all have ended."""
    first = start(settings, ASKS)
    eventually(lambda: all_over(settings, [first]))
    others = [start(settings, name) for name in everything_scheduled() if name != ASKS]
    return list(eventually(lambda: all_over(settings, [first, *others]), every=0.2))


def everything_scheduled() -> list[str]:
    """Beside the payout, which is a case."""
    load_flows()
    return [*JOBS, SWEEP]


def start(settings: Settings, job: str) -> str:
    """The id of its run."""
    [deployment] = prefect(settings, "deployments/filter", {"deployments": {"name": {"any_": [job]}}})
    given = {"parameters": {"today": str(DAYS.get(job, FIRST_OF_A_QUARTER))}}
    return str(prefect(settings, f"deployments/{deployment['id']}/create_flow_run", given)["id"])


def all_over(settings: Settings, runs: list[str]) -> list[dict[str, Any]]:
    found = prefect(settings, "flow_runs/filter", {"flow_runs": {"id": {"any_": runs}}})
    over = all(run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") for run in found)
    return found if over else []


def test_a_case_of_every_process_runs_to_its_outcome_as_one_run_named_by_its_reference(caseload: Caseload) -> None:
    cases = caseload.cases()
    assert {case.process for case in cases} == {name for name, process in PROCESSES.items() if not process.monthly}
    eventually(lambda: all(run["state"]["type"] == "COMPLETED" for [run] in caseload.runs().values()))
    runs = caseload.runs()
    assert {ref: run["state"]["name"] for ref, [run] in runs.items()} == {case.ref: case.outcome for case in cases}
    assert {ref: run["parameters"] for ref, [run] in runs.items()} == {case.ref: {"case": case.ref} for case in cases}
    assert all({case.municipality, case.process} <= set(runs[case.ref][0]["tags"]) for case in cases)


def test_cases_that_a_case_leads_to_show_as_linked_in_prefect_and_on_the_command_line(
    caseload: Caseload, home: Services
) -> None:
    linked = [case for case in caseload.cases() if case.parent]
    names = {ref: name for name, ref in caseload.opened.items()}
    assert {(names[str(case.parent)], case.process) for case in linked} == {
        ("network-family-approval", "contact-decision"),
        ("network-family-approval", "intensive-start"),
        ("full-time-matching", "contact-decision"),
        ("full-time-matching", "intensive-start"),
        ("resource-network", "network-home"),
    }
    assert all(str(case.parent) in caseload.runs()[case.ref][0]["tags"] for case in linked)
    parent = caseload.opened["resource-network"]
    shown = CliRunner().invoke(plejeflow.main, ["case", "show", parent, "--json"], env=dict(home.environment))
    assert json.loads(shown.stdout)["led_to"] == sorted(case.ref for case in linked if case.parent == parent)


def test_every_job_completes_over_the_caseload_as_a_run_named_by_its_day(jobs: list[dict[str, Any]]) -> None:
    failed = {run["name"]: run["state"]["message"] for run in jobs if run["state"]["name"] != "Completed"}
    assert failed == {}
    assert {run["name"] for run in jobs} == {
        f"{name} {DAYS.get(name, FIRST_OF_A_QUARTER)}" for name in everything_scheduled()
    }


@pytest.mark.usefixtures("jobs")
def test_what_the_jobs_found_is_shown_to_the_operator(settings: Settings) -> None:
    shown = prefect(settings, "artifacts/filter", {})
    assert {artifact["key"] for artifact in shown} >= ARTIFACTS
    # the server's own calendar may have run the job for today as well
    tables = [json.loads(artifact["data"]) for artifact in shown if artifact["key"] == "duties-hjoerring"]
    assert ("child_visit", True) in {(row["duty"], row["owed by"] > 0) for table in tables for row in table}


@pytest.mark.usefixtures("jobs")
def test_prefect_keeps_references_and_nothing_personal(caseload: Caseload, home: Services) -> None:
    kept = "".join(everything_kept(home))
    assert all(ref in kept for ref in caseload.opened.values())
    assert [leak for leak in personal() if whole(leak, kept)] == []


@pytest.mark.usefixtures("jobs")
def test_no_database_was_locked(settings: Settings) -> None:
    logs = [path.read_text() for path in (settings.var / "log").glob("*.log")]
    assert logs
    assert [line for log in logs for line in log.splitlines() if "database is locked" in line] == []


def everything_kept(home: Services) -> Iterator[str]:
    """Prefect's whole database, its files, and what its processes wrote to their logs."""
    assert home.postgres
    dump = [home.postgres.binaries / "pg_dump", f"--host={home.postgres.sockets}", f"--username={USER}", NAME]
    yield subprocess.run(dump, capture_output=True, text=True, check=True).stdout
    for path in (home.settings.var / "prefect").rglob("*"):
        if path.is_file() and home.postgres.folder.resolve() not in path.resolve().parents:
            yield path.read_text(errors="replace")
    yield from (path.read_text() for path in (home.settings.var / "log").glob("*.log"))


def personal() -> set[str]:
    """Names, addresses and birth dates, and whatever people wrote in sentences."""
    with reading() as s:
        people = chain.from_iterable(s.exec(select(table)).all() for table in (Staff, Family, HouseholdMember, Child))
        known = {value for person in people for key, value in person.model_dump().items() if key in PERSONAL and value}
        answers = s.exec(select(GeneratedTask.answer).where(col(GeneratedTask.answer).is_not(None))).all()
    return {str(value) for value in known} | {text for answer in answers for text in texts(json.loads(str(answer)))}


def texts(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        if " " in answer:
            yield answer
    elif isinstance(answer, dict | list):
        for value in answer.values() if isinstance(answer, dict) else answer:
            yield from texts(value)
