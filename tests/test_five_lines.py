"""A municipality whose policy is five lines: what has to run there runs, and what can't says what it lacks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

import plejeflow
from data.policies import policy_of, use_policies
from data.rates import load_shipped
from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import CaseRow, Child, HouseholdMember, Placement, Staff
from rules.policy_standing import Standing, standings
from rules.process import Process
from rules.refusal import Refusal
from rules.register import PROCESSES
from rules.vocabulary import FamilyKind, Role
from tasks.cases.opened import open_case
from tasks.payout.months import open_month
from tasks.rehearsal.player import Player
from tasks.runs.job_runner import JOBS, everywhere
from tasks.runs.loaded import load_flows
from tests import people
from tests.homes import home
from tests.letters import task
from tests.people import at

DANISH = """
name = "Nørreby Kommune"
country = "DK"
language = "da"
timezone = "Europe/Copenhagen"
prefix = "NB"
"""
NORWEGIAN = """
name = "Sørvik kommune"
country = "NO"
language = "nb"
timezone = "Europe/Oslo"
prefix = "SV"
"""
FILES = {"noerreby": DANISH, "soervik": NORWEGIAN}
ADVISER = "S-child_adviser"
ME = Actor("os:tests", "tests")
MONDAY = date(2025, 6, 2)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class New:
    key: str
    file: Path

    @property
    def prefix(self) -> str:
        return policy_of(self.key).prefix

    def check(self, *more: str) -> Result:
        return CliRunner().invoke(plejeflow.main, ["policy", "check", str(self.file), "--today", str(MONDAY), *more])

    def family(self, kind: FamilyKind) -> str:
        return f"{self.prefix}-F-{kind}"

    def child(self, kind: FamilyKind) -> str:
        return f"{self.prefix}-B-{kind}"


@pytest.fixture(params=FILES)
def new(request: pytest.FixtureRequest, sqlite_database: Settings, tmp_path: Path) -> Iterator[New]:
    """With somebody of every role, and a family of every kind."""
    load_flows()
    folder = tmp_path / "policies"
    folder.mkdir()
    there = New(request.param, folder / f"{request.param}.toml")
    there.file.write_text(FILES[there.key], encoding="utf-8")
    use_policies(folder)
    here: dict[str, Any] = {"municipality": there.key, "recorded_at": people.NOW}
    staff = [Staff(ref=f"S-{role}", roles=role, email=people.email(f"S-{role}"), **here) for role in Role]
    people.move_in(*staff, *(fact for kind in FamilyKind for fact in lives(there, kind, here)))
    with writing() as s:
        load_shipped(s, people.NOW)
    yield there
    use_policies(None)


def lives(new: New, kind: FamilyKind, here: dict[str, Any]) -> Iterator[Any]:
    ref, child = new.family(kind), new.child(kind)
    region = "Midtjylland" if policy_of(new.key).country == "DK" else None
    approved = {"approved_from": date(2022, 1, 1), "approved_children": 2, "region": region}
    yield from home(ref=ref, kind=kind, email=people.email(ref), **here, **approved)
    yield HouseholdMember(ref=f"{ref}-1", recorded_at=people.NOW, family=ref, birth_date=date(1980, 1, 1), carer=True)
    yield Child(ref=child, birth_date=date(2014, 3, 1), adviser=ADVISER, **here)
    placed = {"foster": "full_time", "network": "network", "respite": "respite", "resource_respite": "respite"}
    if kind in placed:
        given = {"recorded_at": people.NOW, "child": child, "family": ref, "kind": placed[kind]}
        yield Placement(ref=f"{ref}-P", start=date(2025, 1, 6), **given)


def test_every_job_runs_there_through_a_month_a_half_year_and_a_years_end(new: New) -> None:
    with writing() as s:
        s.add(task(ref=f"{new.prefix}-2025-T09999", municipality=new.key, assignee=ADVISER, due_on=MONDAY, case=None))
    days = [MONDAY + A_DAY * n for n in range(31)] + [date(2025, 12, 1), date(2026, 1, 2), date(2026, 1, 6)]
    faults = {}
    for day in days:
        for job in JOBS.values():
            given = {"table": policy_of(new.key).country} if job.name == "rates-watch" and day.day == 1 else {}
            report = everywhere(job, today=day, now=at(day), given=given)
            faults |= {f"{job.name} {day}": fault for fault in report.faults.values()}
            assert report.done or report.faults, f"{job.name} passes {new.key} over"
    assert faults == {}


def test_each_process_runs_there_or_is_refused_in_a_line_that_names_what_it_lacks(new: New) -> None:
    stands = {each.name: each for each in standings(policy_of(new.key), MONDAY) if each.kind == "process"}
    assert {each.standing for each in stands.values()} == {Standing.RUNS, Standing.NOT_SET_UP}
    for name, process in PROCESSES.items():
        if stands[name].standing == Standing.RUNS:
            opened(new, process)
        else:
            with pytest.raises(Refusal) as refused:
                opened(new, process)
            [line] = str(refused.value).splitlines()
            assert stands[name].because in line
            assert all(key in line for key in stands[name].lacks[:5]), line
    Player(at(MONDAY)).weeks(30)
    with reading() as s:
        waiting = {each.process: each.waits_for for each in s.exec(select(CaseRow)) if each.outcome is None}
    assert waiting.keys() <= WAITS_FOR_FACTS
    assert [said for said in waiting.values() if "policy" in said] == []


WAITS_FOR_FACTS = {"course-enrolment", "gathering", "monthly-payout"}
"""A course, a network, the rates of the year and the payroll folder: none of them is policy."""


def opened(new: New, process: Process) -> str:
    if process.monthly:
        return open_month(new.key, "2025-04", run="tests", now=at(MONDAY)).ref
    kinds = [kind for kind in FamilyKind if kind in process.family_kinds]
    about: dict[str, Any] = {"family": None, "child": None}
    if kinds:
        about = {"family": new.family(kinds[0]), "child": new.child(kinds[0]) if process.needs_child else None}
    actor = Actor("job:tests", "tests") if process.opened_by else ME
    with writing() as s:
        return open_case(s, process.name, municipality=new.key, actor=actor, now=at(MONDAY), **about).ref


def test_the_check_says_what_runs_and_what_is_not_set_up(new: New) -> None:
    said = new.check()
    assert said.exit_code == 0
    [runs] = [line for line in said.stdout.splitlines() if line.startswith("runs: ")]
    always = {"reminders", "weekly-digest", "daily-duties", "monthly-payout", "rates-watch", "retention"}
    assert always <= set(runs.removeprefix("runs: ").split(", "))
    assert "can't run" not in said.stdout
    assert "network_approval.checklist: a list of different item keys" in said.stdout
    assert "see hjoerring.toml (J1); for network-family-approval" in said.stdout
    told = json.loads(new.check("--json").stdout)
    approval = next(each for each in told["stands"] if each["name"] == "network-family-approval")
    assert approval["standing"] == "not set up"
    assert {"network_approval.checklist", "contract.items.network"} <= set(approval["lacks"])


def test_what_the_municipality_has_begun_to_set_up_and_cannot_run_is_a_refusal(new: New) -> None:
    begun = '[network_approval]\nchecklist = [{ value = ["calm"], valid_from = 2024-01-01, source = "J1" }]\n'
    new.file.write_text(FILES[new.key] + begun, encoding="utf-8")
    said = new.check()
    assert said.exit_code == 1
    assert "can't run:\n  network-family-approval (J1) lacks" in said.stdout
    [line] = said.stderr.splitlines()
    assert line.startswith(f"plejeflow: network-family-approval can't run in {new.key}: its policy gives no ")


def test_what_is_switched_on_and_lacks_a_key_is_named_by_its_job(new: New) -> None:
    duty = """
        [[duties.group_supervision]]
        valid_from = 2024-01-01
        source = "V2"
        name = "Gruppesupervision"
        asked = "family_care_consultant"
        about = "family"
        kinds = ["foster"]
        every = { months = 3 }
        collected = true
        """
    new.file.write_text(FILES[new.key] + duty, encoding="utf-8")
    said = new.check()
    assert said.exit_code == 1
    assert "quarterly-group-supervision can't run" in said.stderr
    assert "group_supervision.theme" in said.stderr


def test_a_payout_that_is_always_prepared_too_late_is_a_refusal(new: New) -> None:
    day = '[payout]\npayment_day = [{ value = 3, valid_from = 2024-01-01, source = "R9" }]\n'
    new.file.write_text(FILES[new.key] + day, encoding="utf-8")
    said = new.check()
    assert said.exit_code == 1
    assert f"monthly-payout can't run in {new.key}: 2025-05 is prepared (payout.prepared_on) too late" in said.stderr
    earlier = '[payout]\npayment_day = [{ value = 20, valid_from = 2024-01-01, source = "R9" }]\n'
    new.file.write_text(FILES[new.key] + earlier, encoding="utf-8")
    assert new.check().exit_code == 0


@pytest.mark.parametrize("new", ["noerreby"], indirect=True)
def test_the_guide_shows_what_the_check_says(new: New) -> None:
    guide = (Path(plejeflow.__file__).parent / "docs" / "policies.md").read_text(encoding="utf-8")
    [_, shown, *_] = guide.split(DANISH)[1].split("```\n")[1:]
    told = new.check().stdout.splitlines()
    said = [line for line in shown.splitlines() if line.strip(" …") and "keys are in order" not in line]
    assert [line for line in said if line not in told] == []
