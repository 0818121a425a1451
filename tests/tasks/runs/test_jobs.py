"""A job runs for every municipality that has people here, each for itself, and judges the day it really is."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.job_runs import faults
from data.settings import Settings
from data.store.session import DatabaseUnreachable, reading
from rules.refusal import Refusal
from tasks.failures.one_by_one import NotAll, fault_of, one_by_one
from tasks.runs import job_runner as jobs
from tasks.runs.job_flow import _part
from tasks.runs.job_runner import DayAhead, Job, Ran, Report, done_since, everywhere
from tests import lillehammer, people
from tests.people import at

TODAY = date(2025, 1, 10)
NOW = at(TODAY)
ROOT = Path(__file__).parents[3]


def nothing(municipality: str, today: date, now: datetime) -> None: ...


WATCH = Job("watch", nothing)


def carried(
    run: Callable[[str, date], Ran] = lambda *_: Ran("1"),
    *,
    today: date | None = None,
    now: datetime = NOW,
    given: Mapping[str, Any] = {},
) -> Report:
    return everywhere(WATCH, today=today, now=now, given=given, part=lambda _, key, day, *__: run(key, day))


@pytest.fixture
def two(database: Settings) -> None:
    """Municipalities, of the seven that have a policy."""
    lillehammer.move_in()
    people.move_in()


def one_breaks(key: str, day: date) -> Ran:
    return Ran(fault="nobody has the role leader") if key == "lillehammer" else Ran("3")


def test_a_municipality_with_a_policy_and_no_people_is_left_out_and_said(sqlite_database: Settings) -> None:
    lillehammer.move_in()
    report = carried()
    assert "lillehammer" in report.done
    assert "vejle" in report.nobody
    assert "vejle" in str(report)
    assert not set(report.nobody) & set(report.done)


@pytest.mark.usefixtures("two")
def test_one_municipalitys_fault_stops_no_other_and_is_named() -> None:
    report = carried(one_breaks)
    assert report.faults == {"lillehammer": "nobody has the role leader"}
    assert "hjoerring" in report.done
    assert str(report).startswith("lillehammer: nobody has the role leader")
    with reading() as s:
        assert [(run.job, run.municipality) for run in faults(s)] == [("watch", "lillehammer")]


@pytest.mark.usefixtures("two")
def test_a_fault_is_over_once_the_job_has_run_well() -> None:
    carried(one_breaks)
    carried()
    with reading() as s:
        assert faults(s) == []


def test_a_day_ahead_is_refused_before_anything_is_done(sqlite_database: Settings) -> None:
    lillehammer.move_in()
    begun: list[str] = []

    def run(key: str, day: date) -> Ran:
        begun.append(key)
        return Ran("1")

    with pytest.raises(DayAhead, match="2060-01-01 lies ahead"):
        carried(run, today=date(2060, 1, 1))
    assert begun == []


def test_a_past_day_is_judged_as_given_and_said(sqlite_database: Settings) -> None:
    lillehammer.move_in()
    days: set[date] = set()

    def run(key: str, day: date) -> Ran:
        days.add(day)
        return Ran("1")

    assert "judged 2025-01-03" in str(carried(run, today=date(2025, 1, 3)))
    assert days == {date(2025, 1, 3)}
    assert not done_since("watch", {}, NOW)


def test_the_day_is_the_municipalitys_not_the_servers(sqlite_database: Settings) -> None:
    lillehammer.move_in()
    days: list[date] = []

    def run(key: str, day: date) -> Ran:
        days.append(day)
        return Ran("1")

    carried(run, now=datetime(2025, 7, 1, 22, 30, tzinfo=UTC))
    assert set(days) == {date(2025, 7, 2)}


@pytest.mark.usefixtures("two")
def test_what_was_missed_several_times_is_done_once() -> None:
    monday = NOW
    assert not done_since("watch", {}, monday)
    carried(now=monday + timedelta(days=3))
    assert all(done_since("watch", {}, monday + timedelta(days=late)) for late in range(4))
    assert not done_since("watch", {}, monday + timedelta(days=4))


@pytest.mark.usefixtures("two")
def test_a_run_with_a_fault_is_not_taken_for_a_later_one() -> None:
    carried(one_breaks, now=NOW + timedelta(days=1))
    assert not done_since("watch", {}, NOW)


@pytest.mark.usefixtures("two")
def test_schedules_of_one_job_that_give_it_different_things_are_told_apart() -> None:
    carried(given={"country": "DK"})
    assert done_since("watch", {"country": "DK"}, NOW)
    assert not done_since("watch", {"country": "NO"}, NOW)


def odd(number: int) -> int:
    if number == 4:
        raise ValueError("Anna lives at Storgata 4")
    if number % 2 == 0:
        raise Refusal("only odd numbers")
    return number


def test_one_item_that_is_refused_does_not_suppress_the_others_and_refusals_alike_are_one_line() -> None:
    with pytest.raises(NotAll) as others:
        one_by_one(range(3, 13, 1)[3:], odd, called=str)
    assert others.value.done == [7, 9, 11]
    assert str(others.value) == "6, 8, 10, 12: only odd numbers"


def test_a_fault_of_the_program_is_told_by_its_kind_and_what_it_is_about_alone() -> None:
    with pytest.raises(ExceptionGroup) as broken:
        one_by_one([3, 4, 5], odd, called=str)
    assert fault_of(broken.value) == "a fault of the program (ValueError) about 4"


def test_what_was_done_is_shown_though_some_of_it_was_refused() -> None:
    shown: list[object] = []

    def work(municipality: str, today: date, now: datetime) -> list[int]:
        return one_by_one([1, 2, 3], odd, called=str)

    state = _part(Job("watch", work), lambda _, done: shown.append(done), "lillehammer", TODAY, NOW)
    assert (state.type, state.message) == ("FAILED", "2: only odd numbers; 2 done")
    assert shown == [[1, 3]]


def test_a_fault_of_the_program_leaves_nothing_personal_in_the_state_or_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def work(municipality: str, today: date, now: datetime) -> list[int]:
        return one_by_one([4], odd, called=str)

    state = _part(Job("watch", work), None, "lillehammer", TODAY, NOW)
    assert state.type == "FAILED"
    assert "ValueError" in caplog.text
    assert "Storgata" not in f"{state.message}{caplog.text}"


def test_nobody_but_the_runner_calls_what_a_job_does() -> None:
    code = (path for folder in ("commands", "flows", "tasks", "tests", "web") for path in (ROOT / folder).rglob("*.py"))
    callers = [path.relative_to(ROOT) for path in code if re.search(r"\w\.work\b", path.read_text(encoding="utf-8"))]
    assert callers == [Path("tasks/runs/job_runner.py")]


def test_a_municipality_whose_key_has_an_underscore_gets_its_artifacts() -> None:
    from tasks.runs.artifacts import artifact_key

    assert artifact_key("duties", "nord_Fron") == "duties-nord-fron"


def test_a_job_waits_for_a_database_that_is_away_before_between_and_after_its_municipalities(
    two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {"peopled", "note_run", "runs_of"}
    for name in list(away):
        monkeypatch.setattr(jobs, name, comes_back(name, getattr(jobs, name), away))
    assert carried().faults == {}
    assert away == {"runs_of"}
    assert done_since("watch", {}, NOW)
    assert away == set()


def comes_back(name: str, real: Callable[..., Any], away: set[str]) -> Callable[..., Any]:
    """The first time it can't be reached."""

    def asked(*given: Any, **more: Any) -> Any:
        if name in away:
            away.remove(name)
            raise DatabaseUnreachable("it is starting up")
        return real(*given, **more)

    return asked
