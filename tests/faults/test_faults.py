"""Eight seeds at every run of the tests; `make faults` plays more."""

import os
from pathlib import Path

import pytest

from tests.faults.plan import planned, read, write
from tests.faults.story import told

os.environ.setdefault("PREFECT_WORKER_HEARTBEAT_SECONDS", "1")


@pytest.mark.timeout(600)
def test_whatever_ends_or_goes_away_every_case_goes_on_and_nothing_is_done_twice(tmp_path: Path) -> None:
    plan = planned("sqlite", range(1, 9), cases=1, faults=1)
    found, trace = told(plan)
    path = tmp_path / "failed.trace"
    write(plan, trace, path)
    assert not found, "\n".join([*map(str, trace), *found, f"again: python -m tests.faults --trace {path}"])


def test_a_trace_replays_the_same_steps(tmp_path: Path) -> None:
    plan, path = planned("sqlite", range(1, 9), cases=3), tmp_path / "story.trace"
    write(plan, plan.steps, path)
    assert read(path) == plan


def test_workers_end_by_both_signals_and_everything_else_goes_away_somewhere_in_thirty_seeds() -> None:
    plan = planned("sqlite", range(1, 31), cases=1)
    assert {"SIGTERM", "SIGKILL", "server", "database", "mailbox"} <= {step.do for step in plan.steps}
    assert planned("sqlite", range(1, 31), cases=1) == plan
