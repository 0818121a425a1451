"""Notes which policy keys a process or a job can't do without, as it runs."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

import pytest

from data.cases import find_case, find_task
from data.store.session import reading
from rules.policy import Policy, PolicyValue
from tasks.cases import answers, case
from tasks.runs.job_runner import Job, Ran, for_one

RUNS: ContextVar[str] = ContextVar("what runs", default="")


class Reads(defaultdict[str, set[str]]):
    """Keys by process and job; without those that it first asks after, which it can do without."""

    def __init__(self) -> None:
        super().__init__(set)
        self.asked_after: defaultdict[str, set[str]] = defaultdict(set)


@contextmanager
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reads]:
    reads, has, dated = Reads(), Policy.has, Policy.dated

    def asks(policy: Policy, key: str, on: date) -> bool:
        reads.asked_after[RUNS.get()].add(key)
        return has(policy, key, on)

    def reads_it(policy: Policy, key: str, on: date) -> PolicyValue:
        if key not in reads.asked_after[RUNS.get()]:
            reads[RUNS.get()].add(key)
        return dated(policy, key, on)

    with monkeypatch.context() as patched:
        patched.setattr(Policy, "has", asks)
        patched.setattr(Policy, "dated", reads_it)
        patched.setattr(case, "_replayed", _runs(case._replayed, lambda _, ref: _process(ref)))
        patched.setattr(answers, "answer_task", _runs(answers.answer_task, _of_task))
        yield reads


def in_job(job: Job, municipality: str, day: date, now: datetime, given: Mapping[str, Any]) -> Ran:
    ran: Ran = _runs(for_one, lambda *_: job.name)(job, municipality, day, now, given)
    return ran


def _runs(does: Callable[..., Any], called: Callable[..., str]) -> Callable[..., Any]:
    def run(*given: Any, **more: Any) -> Any:
        name = called(*given[:2]) if given else called()
        token = RUNS.set(name)
        try:
            return does(*given, **more)
        finally:
            RUNS.reset(token)

    return run


def _process(ref: str) -> str:
    with reading() as s:
        return find_case(s, ref).process


def _of_task(s: Any, ref: str) -> str:
    task = find_task(s, ref)
    return find_case(s, task.case).process if task.case else ""
