"""The periodic jobs: each a function of one municipality, run for every one that has people here, each for itself."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from traceback import format_tb
from typing import Any, NamedTuple, TypeVar

from data.job_runs import as_given, note_run, runs_of
from data.people import peopled
from data.policies import municipalities, policy_of
from data.store.session import DatabaseUnreachable, reading, writing
from rules.policy import Policy
from rules.refusal import Refusal
from tasks.failures.one_by_one import NotAll, fault_of
from tasks.failures.patience import patiently

log = logging.getLogger("plejeflow.jobs")
R = TypeVar("R")
Work = Callable[..., R]
"""Of a municipality's key, its day, the instant, and what the schedule gives."""
Concerns = Callable[..., bool]
"""Whether a policy is concerned, by what the schedule gives."""
Shows = Callable[[str, Any], object]
"""Makes a municipality's artifacts of what its work gave."""


@dataclass(frozen=True)
class Job:
    name: str
    """Its deployment's."""
    work: Work[Any]
    concerns: Concerns | None = None

    def is_for(self, policy: Policy, given: Mapping[str, Any]) -> bool:
        return self.concerns is None or self.concerns(policy, **given)


JOBS: dict[str, Job] = {}
"""By name, as the modules in flows/ register them."""


class Ran(NamedTuple):
    """One municipality's part of a job."""

    done: str = ""
    fault: str = ""


Part = Callable[[Job, str, date, datetime, Mapping[str, Any]], Ran]
"""Of a job, a municipality, its day, the instant, and what the schedule gives."""


class DayAhead(Refusal):
    def __init__(self, today: date, real: date) -> None:
        super().__init__(f"today: {today} lies ahead; give a day that has come ({real} at the latest), or leave it out")


@dataclass
class Report:
    """What came of a job, by municipality."""

    judged: date | None = None
    """A past day, in place of today."""
    done: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    nobody: list[str] = field(default_factory=list)
    """Municipalities without people here."""

    def __str__(self) -> str:
        parts = [f"{key}: {fault}" for key, fault in self.faults.items()]
        parts += [", ".join(f"{key} {done}" for key, done in self.done.items())] if self.done else []
        parts += [f"nobody here: {', '.join(self.nobody)}"] if self.nobody else []
        parts += [f"judged {self.judged}; what was written is dated when it was"] if self.judged else []
        return "; ".join(parts) or "no municipality is concerned"


def day_of(municipality: str, today: date | None, now: datetime) -> date:
    """The municipality's own day, or the one that is judged in its place. Raises DayAhead."""
    real = policy_of(municipality).today(now)
    if today is not None and today > real:
        raise DayAhead(today, real)
    return today or real


def for_one(
    job: Job, municipality: str, today: date, now: datetime, given: Mapping[str, Any], shows: Shows | None = None
) -> Ran:
    """What one municipality's work came to. Raises DatabaseUnreachable."""
    try:
        result, fault = job.work(municipality, today, now, **given), ""
    except NotAll as others:
        result, fault = others.done, str(others)
    except DatabaseUnreachable:
        raise
    except Refusal as refusal:
        return Ran(fault=str(refusal))
    except Exception as error:
        # what it says may tell of a person: Prefect and the log get where and what kind it is
        fault = fault_of(error)
        log.error("%s of %s: %s\n%s", job.name, municipality, fault, "".join(format_tb(error.__traceback__)))
        return Ran(fault=fault)
    if shows is not None and result is not None:
        shows(municipality, result)
    done = counted(result)
    return Ran(fault=f"{fault}; {done} done") if fault else Ran(done)


def everywhere(
    job: Job, *, today: date | None, now: datetime, given: Mapping[str, Any], part: Part = for_one
) -> Report:
    """Runs it for each municipality that has people here and notes that it did.

    Raises DayAhead.
    """
    here = _peopled()
    report = Report(today)
    concerned = [key for key in municipalities() if job.is_for(policy_of(key), given)]
    report.nobody = [key for key in concerned if key not in here]
    days = {key: day_of(key, today, now) for key in concerned if key in here}
    for key, day in days.items():
        ran = part(job, key, day, now, given)
        if ran.done:
            report.done[key] = ran.done
        if ran.fault:
            report.faults[key] = ran.fault
        if today is None:
            _note(job, given, key, now, ran.fault)
    if today is None and not days:
        _note(job, given, "", now)
    return report


@patiently
def _peopled() -> set[str]:
    with reading() as s:
        return peopled(s)


@patiently
def _note(job: Job, given: Mapping[str, Any], municipality: str, now: datetime, fault: str = "") -> None:
    with writing() as s:
        note_run(s, job.name, as_given(given), municipality, now, fault)


@patiently
def done_since(job: str, given: Mapping[str, Any], planned: datetime) -> bool:
    """Whether it did all its work at or after that instant: several runs that were missed become one."""
    with reading() as s:
        here, runs = peopled(s), runs_of(s, job, as_given(given))
    last = [run for key, run in runs.items() if key in here]
    return bool(last) and all(run.ran_at >= planned and not run.fault for run in last)


def counted(result: object) -> str:
    """In a word for the operator."""
    if isinstance(result, list):
        return str(len(result))
    return "nothing" if result is None else str(result)
