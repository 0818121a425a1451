"""Whose run a case's run is, and what becomes of it when its worker is told to stop."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.settings import Settings
from tasks.runs.services import Services
from tests.on_prefect.installation import eventually, prefect
from tests.on_prefect.test_one_case import OnPrefect

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def case(home: Services) -> OnPrefect:
    begun = OnPrefect(home.settings)
    eventually(lambda: begun.run_is("Suspended"))
    return begun


def started(settings: Settings, deployment: str, case: str) -> dict[str, Any]:
    """The state in which a run ends that somebody starts by hand."""
    at = settings.prefect_api_url
    found = httpx.get(f"{at}/deployments/name/{deployment}/{deployment}").raise_for_status().json()
    wanted = {"parameters": {"case": case}, "state": {"type": "SCHEDULED"}}
    run = prefect(settings, f"deployments/{found['id']}/create_flow_run", wanted)["id"]

    def over() -> dict[str, Any] | None:
        state: dict[str, Any] = httpx.get(f"{at}/flow_runs/{run}").raise_for_status().json()["state"]
        return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "PAUSED") else None

    ended: dict[str, Any] = eventually(over)
    return ended


@contextmanager
def locked(path: Path) -> Iterator[None]:
    holds = sqlite3.connect(path, timeout=10, isolation_level=None)
    holds.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holds.rollback()
        holds.close()


def test_a_run_of_another_process_is_refused_and_changes_nothing(case: OnPrefect) -> None:
    before = case.case, case.tasks
    state = started(case.settings, "respite-approval", case.ref)
    assert state["type"] == "FAILED"
    assert f"{case.ref} is a case of network-family-approval" in state["message"]
    assert (case.case, case.tasks) == before
    assert {run["state"]["name"] for run in case.runs()} == {"Failed", "Suspended"}


def test_a_second_run_of_a_case_ends_as_handed_on(case: OnPrefect) -> None:
    before = case.case, case.tasks
    assert started(case.settings, "network-family-approval", case.ref)["name"] == "Handed on"
    assert (case.case, case.tasks) == before
    assert {run["state"]["name"] for run in case.runs()} == {"Handed on", "Suspended"}


def test_a_worker_that_is_told_to_stop_gives_back_what_cant_end_and_another_carries_it_on(
    home: Services, case: OnPrefect
) -> None:
    worker = home.processes["worker"].running
    [task] = case.waiting()
    with locked(home.settings.var / "plejeflow.db"):
        [run] = case.runs()
        prefect(case.settings, f"flow_runs/{run['id']}/set_state", {"state": {"type": "SCHEDULED"}})
        eventually(lambda: case.run_is("Running"))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
        assert case.run_is("AwaitingRetry")
        assert "was told to stop" in case.runs()[0]["state"]["message"]
    home.start("worker", "plejeflow", "worker")
    eventually(lambda: case.run_is("Suspended"), seconds=60)
    assert not {"Failed", "Crashed"} & set(case.states(run))
    assert case.waiting() == [task]


def test_a_worker_that_is_told_to_stop_lets_an_attempt_end(home: Services, case: OnPrefect) -> None:
    worker = home.processes["worker"].running
    case.answer_all()
    eventually(lambda: case.run_is("Running", "Suspended"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    [run] = case.runs()
    assert case.run_is("Suspended", "AwaitingRetry", "Resuming")
    assert not {"Failed", "Crashed"} & set(case.states(run))
    home.start("worker", "plejeflow", "worker")
    eventually(lambda: case.at_rest() and case.run_is("Suspended"), seconds=60)
    assert case.told_once()
