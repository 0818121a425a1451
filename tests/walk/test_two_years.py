"""Two years with the simulated clock: everything that a municipality's policy asks for comes on its day, once.

The golden files beside this one say what that is, written from the policy; each complete.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from data.store.session import reading
from data.tables import GeneratedTask, OutboxMail
from tasks.runs.job_runner import JOBS
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import MONTHLY, SWEEP
from tests.walk import hjoerring, lillehammer, randers
from tests.walk.log import Log, golden
from tests.walk.schedule import scheduled_deployments
from tests.walk.walk import Walk

pytestmark = pytest.mark.timeout(600)


def test_every_scheduled_deployment_is_part_of_the_walk() -> None:
    load_flows()
    assert scheduled_deployments() == {*JOBS, MONTHLY, SWEEP}


def test_a_network_familys_two_years_in_hjoerring(payroll_folder: Path) -> None:
    hjoerring.move_in()
    walk = Walk("hjoerring", hjoerring.DIARY, hjoerring.OTHERWISE)
    walk.go(hjoerring.FIRST, hjoerring.LAST)
    comes_as_written("hjoerring")


def test_a_childs_weekends_for_two_years_in_randers(payroll_folder: Path) -> None:
    randers.move_in()
    walk = Walk("randers", randers.DIARY, randers.OTHERWISE)
    walk.go(randers.FIRST, randers.LAST)
    comes_as_written("randers")


def test_a_networks_two_years_in_lillehammer(payroll_folder: Path) -> None:
    lillehammer.move_in()
    walk = Walk("lillehammer", lillehammer.DIARY, lillehammer.OTHERWISE, neighbours=("asker",))
    with lillehammer.pays_from_an_account(payroll_folder.parent):
        walk.go(lillehammer.FIRST, lillehammer.LAST)
    comes_as_written("lillehammer")


def comes_as_written(municipality: str) -> None:
    came, written = (Counter(entries(log)) for log in (Log(municipality).everything(), golden(municipality)))
    assert {"not written": dict(came - written), "missing": dict(written - came)} == {"not written": {}, "missing": {}}
    everybody_is_told_once(municipality)
    nobody_is_hurried(municipality)


def entries(log: Any, *where: str) -> Iterator[str]:
    """Each by itself, such as `answered joint_visit 2023-08-02`."""
    if isinstance(log, dict):
        for key, part in log.items():
            yield from entries(part, *where, key)
    elif isinstance(log, list) and where[0] != "cases":
        yield from (f"{' '.join(where)} {entry}" for entry in log)
    else:
        yield f"{' '.join(where)} {log}"


def everybody_is_told_once(municipality: str) -> None:
    """Of a task when it comes, before it is due and on the day; the leader has an overview each Monday."""
    with reading() as s:
        mails = s.exec(select(OutboxMail).where(OutboxMail.municipality == municipality)).all()
        tasks = s.exec(select(GeneratedTask).where(GeneratedTask.municipality == municipality)).all()
    asked = {task.ref for task in tasks if not task.standing and task.form != "HeldLineDecision"}
    told = Counter((mail.template, mail.about) for mail in mails if mail.about in asked)
    assert {ref for kind, ref in told if kind == "task_issued"} == asked
    assert {pair for pair, times in told.items() if times > 1} == set()
    mondays = sorted(mail.queued_at.date() for mail in mails if mail.template == "leader_overview")
    assert {day.weekday() for day in mondays} == {0}
    assert {later - day for day, later in pairwise(mondays)} == {timedelta(days=7)}


def nobody_is_hurried(municipality: str) -> None:
    """What recurs is asked for a fortnight ahead; what comes every fortnight, a week."""
    with reading() as s:
        tasks = s.exec(select(GeneratedTask).where(GeneratedTask.municipality == municipality)).all()
    ahead = {(task.due_on - task.issued_at.date()).days for task in tasks if task.form == "DutyHeld" and task.due_on}
    assert ahead <= set(range(7, 15))
