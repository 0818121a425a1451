"""A few real runs: Prefect's server, a worker process, a mail sink; everything else is tested without them."""

import os
import signal
from itertools import count
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from data.cases import find_case, tasks_of
from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import CaseRow, CaseState, Child, GeneratedTask, OutboxMail, TaskState
from tasks.cases.opened import open_case
from tasks.rehearsal.player import Player
from tasks.runs.carrying_on import carry_on, reconcile
from tasks.runs.services import Services
from tasks.server.prefect_api import PrefectServer
from tests import people
from tests.on_prefect.installation import eventually, everything_sent, prefect
from tests.people import at

pytestmark = pytest.mark.timeout(600)
CHILDREN = count()


class OnPrefect:
    """One case as its people and its operator see it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        child = f"HJ-B{100 + next(CHILDREN)}"
        people.move_in(Child(ref=child, recorded_at=people.NOW, municipality="hjoerring", adviser=people.CHILD_ADVISER))
        with writing() as s:
            given = {"family": people.FAMILY, "child": child, "now": people.NOW}
            self.ref = open_case(s, "network-family-approval", actor=Actor("os:tests", "tests"), **given).ref
        self.go_on()

    def go_on(self) -> None:
        with PrefectServer(self.settings) as server:
            carry_on(self.ref, server)

    @property
    def case(self) -> CaseRow:
        with reading() as s:
            return find_case(s, self.ref)

    @property
    def tasks(self) -> list[GeneratedTask]:
        with reading() as s:
            return list(tasks_of(s, self.ref))

    def waiting(self) -> list[GeneratedTask]:
        return [task for task in self.tasks if task.state == TaskState.OPEN and not task.standing]

    def at_rest(self) -> bool:
        case = self.case
        return case.state == CaseState.ENDED or (case.woken == case.seen and bool(self.waiting()))

    def answer_all(self) -> None:
        for task in self.waiting():
            Player(at(Player(people.NOW).on(task))).answer(task)
            self.go_on()

    def runs(self) -> list[dict[str, Any]]:
        return list(prefect(self.settings, "flow_runs/filter", {"flow_runs": {"name": {"any_": [self.ref]}}}))

    def states(self, run: dict[str, Any]) -> list[str]:
        """Names of all states the run was in."""
        history = httpx.get(f"{self.settings.prefect_api_url}/flow_run_states/", params={"flow_run_id": run["id"]})
        return [state["name"] for state in history.raise_for_status().json()]

    def run_is(self, *names: str) -> bool:
        runs = self.runs()
        return bool(runs) and runs[0]["state"]["name"] in names

    def told_once(self) -> bool:
        """Whether each task was told by one mail, and each mail arrived one time."""
        eventually(everything_sent)
        with reading() as s:
            mails = s.exec(select(OutboxMail).where(col(OutboxMail.about).startswith(self.ref))).all()
        arrived = [path.read_text(errors="replace") for path in (self.settings.var / "mailbox").glob("*.eml")]
        times = [sum(mail.message_id in message for message in arrived) for mail in mails]
        issued = [mail.about for mail in mails if mail.template == "task_issued"]
        return set(times) == {1} and issued == [task.ref for task in self.tasks if not task.standing]


def test_the_operator_sees_one_run_per_case_named_by_its_reference_saying_what_it_waits_for(home: Services) -> None:
    case = OnPrefect(home.settings)
    eventually(lambda: case.run_is("Suspended"))
    (run,) = case.runs()
    assert run["state"]["message"] == case.case.waits_for
    assert run["state"]["message"].startswith(f"network_adviser: first_visit ({case.ref}-03, due 2023-03-15)")
    assert set(run["tags"]) >= {"hjoerring", "network-family-approval"}


def test_resuming_in_the_dashboard_only_wakes_the_case(home: Services) -> None:
    case = OnPrefect(home.settings)
    eventually(lambda: case.run_is("Suspended"))
    (run,) = case.runs()
    prefect(case.settings, f"flow_runs/{run['id']}/resume", {})
    eventually(lambda: case.states(run).count("Suspended") == 2)
    assert [task.step for task in case.waiting()] == ["first_visit"]
    assert case.told_once()
    with PrefectServer(case.settings) as server:
        assert reconcile(server)[case.ref] == "waiting"


def test_a_case_runs_to_its_end_and_every_mail_arrives_once(home: Services) -> None:
    case = OnPrefect(home.settings)
    while case.case.state == CaseState.OPEN:
        eventually(case.at_rest)
        case.answer_all()
    assert case.case.outcome == "Approved"
    eventually(lambda: case.run_is("Approved"))
    (run,) = case.runs()
    steps = prefect(case.settings, "task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}, "limit": 200})
    names = [step["name"] for step in steps]
    assert len(names) == len(set(names))
    assert "ask network_adviser: first_visit" in names
    assert case.told_once()


def test_when_a_worker_is_killed_in_the_middle_another_takes_the_case_over(home: Services) -> None:
    case = OnPrefect(home.settings)
    eventually(case.at_rest)
    worker = home.processes["worker"].running
    case.answer_all()
    eventually(lambda: case.run_is("Pending", "Running"))
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert case.run_is("Pending", "Running")
    home.start("worker", "plejeflow", "worker")
    eventually(lambda: case.at_rest() and case.run_is("Suspended"))
    assert [task.form for task in case.waiting()] == ["Consent"] * 3
    assert case.told_once()
    assert len(case.runs()) == 1
