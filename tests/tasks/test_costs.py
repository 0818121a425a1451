"""What a job or a command asks of the database follows what is due, not what exists; and much is written at once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from sqlmodel import col, func, select

from data import policies
from data.breaches import breaches
from data.cases import due_by, list_tasks
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import (
    Child,
    EmergencyCall,
    Family,
    GeneratedTask,
    JournalEntry,
    OutboxMail,
    Placement,
    TaskState,
)
from data.tables.base import Fact
from rules.policy import PolicyValue
from tasks.caseload.retention import remove_what_may_go
from tasks.duties.asked import ask_what_is_due
from tasks.families.development_plan import open_missing
from tasks.families.group_supervision import open_for_teams
from tasks.networks.watch import watch_networks
from tasks.reminders.daily import send_reminders
from tasks.reminders.digest import send_digests
from tasks.runs.carrying_on import reconcile, sweep
from tasks.server.prefect_api import PrefectServer
from tests import lillehammer, people, vesthimmerland
from tests.asking import Asked, asked_by
from tests.letters import case, task
from tests.people import LEADER, NOW, at

DUE, FAR = date(2023, 4, 13), date(2024, 4, 15)
MANY = 150


def write(*rows: Any) -> None:
    with writing() as s:
        s.add_all(rows)


def tasks(count: int, *, first: int = 1, **more: Any) -> None:
    write(*(task(f"HJ-2023-{first + number:04}-01", **more) for number in range(count)))


def mails(template: str) -> int:
    with reading() as s:
        return s.exec(select(func.count()).where(OutboxMail.template == template)).one()


@pytest.fixture
def cast(database: Settings) -> None:
    people.move_in()


def remind(day: date) -> Asked:
    return asked_by(lambda: send_reminders("hjoerring", day, at(day, 5)))


def test_a_reminder_costs_the_same_however_many_tasks_are_due_later_or_were_told_of_or_ended(cast: None) -> None:
    tasks(3, due_on=DUE)
    alone = remind(DUE)
    tasks(MANY, first=100, due_on=FAR)
    tasks(MANY, first=300, due_on=DUE, state=TaskState.ANSWERED)
    tasks(MANY, first=500, due_on=DUE, issued_at=at(DUE, 4))
    tasks(3, first=700, due_on=DUE)
    assert remind(DUE) == alone
    assert mails("task_due") == 6


def test_the_second_day_of_what_everybody_was_told_of_reads_none_of_it(cast: None) -> None:
    nothing = remind(date(2023, 5, 2))
    tasks(MANY, due_on=DUE)
    remind(date(2023, 5, 2))
    assert mails("task_escalated") == 1
    assert remind(date(2023, 5, 3)) == nothing
    assert mails("task_escalated") == 1


def test_reminders_are_written_together(cast: None) -> None:
    tasks(3, due_on=DUE)
    few = remind(DUE)
    tasks(MANY, first=100, due_on=DUE)
    assert remind(DUE).statements == few.statements
    assert mails("task_due") == MANY + 3


def test_a_task_is_not_reminded_of_on_the_day_it_was_issued(cast: None) -> None:
    tasks(1, due_on=DUE, issued_at=at(DUE - timedelta(days=1), 23))
    remind(DUE)
    assert mails("task_due") == 0
    tasks(1, first=2, due_on=DUE, issued_at=at(DUE - timedelta(days=1), 21))
    remind(DUE)
    assert mails("task_due") == 1


def test_one_task_that_no_mail_can_be_written_of_holds_up_no_other(cast: None) -> None:
    tasks(3, due_on=DUE)
    tasks(1, first=50, due_on=DUE, form="FormOfAnotherAge")
    with pytest.raises(ExceptionGroup) as raised:
        remind(DUE)
    assert [error.__notes__ for error in raised.value.exceptions] == [["HJ-2023-0050-01"]]
    assert mails("task_due") == 3


def homes(first: int, count: int) -> list[Fact]:
    numbers = range(first, first + count)
    moved_in: dict[str, Any] = {"kind": "network", "start": date(2023, 3, 1)}
    return [
        *(Family(ref=f"HJ-F{n:03}", recorded_at=NOW, municipality="hjoerring", kind="network") for n in numbers),
        *(Child(ref=f"HJ-B{n:03}", recorded_at=NOW, municipality="hjoerring") for n in numbers),
        *(
            Placement(ref=f"HJ-P{n:03}", recorded_at=NOW, child=f"HJ-B{n:03}", family=f"HJ-F{n:03}", **moved_in)
            for n in numbers
        ),
    ]


def ask(day: date) -> Asked:
    return asked_by(lambda: ask_what_is_due("hjoerring", day, at(day, 5)))


def given() -> int:
    with reading() as s:
        return s.exec(select(func.count()).where(col(GeneratedTask.case).is_(None))).one()


def test_the_first_morning_of_many_families_takes_as_few_statements_as_that_of_few(cast: None) -> None:
    day = date(2023, 4, 3)
    people.move_in(*homes(100, 2))
    few = ask(day)
    assert (each := given() // 2) > 0
    people.move_in(*homes(200, 40))
    assert ask(day).statements == few.statements
    assert given() == 42 * each


def test_what_nobody_needs_to_do_any_more_is_taken_back_together(cast: None) -> None:
    people.move_in(*homes(100, 2), *homes(200, 40))
    ask(date(2023, 4, 3))
    end(*range(100, 102))
    few = ask(date(2023, 4, 4))
    assert mails("task_withdrawn") > 0
    end(*range(200, 240))
    assert ask(date(2023, 4, 4)).statements == few.statements


def end(*numbers: int) -> None:
    left = date(2023, 3, 2)
    people.move_in(
        *(
            Placement(
                ref=f"HJ-P{n:03}",
                recorded_at=NOW,
                child=f"HJ-B{n:03}",
                family=f"HJ-F{n:03}",
                kind="network",
                start=date(2023, 3, 1),
                end=left,
            )
            for n in numbers
        )
    )


def test_the_weeks_mail_reads_no_task_that_comes_later(cast: None) -> None:
    monday = date(2023, 3, 13)
    tasks(2, due_on=monday)
    tasks(2, first=50, due_on=FAR)
    with reading() as s:
        assert [each.ref for each in due_by(s, "hjoerring", monday)] == ["HJ-2023-0001-01", "HJ-2023-0002-01"]
    few = asked_by(lambda: send_digests("hjoerring", monday, at(monday)))
    tasks(MANY, first=100, due_on=FAR)
    write(*(case(f"HJ-2022-{number:04}", family=f"HJ-F{number:03}", waits_for="x") for number in range(MANY)))
    tuesday = monday + timedelta(days=7)
    tasks(2, first=400, due_on=tuesday)
    again = asked_by(lambda: send_digests("hjoerring", tuesday, at(tuesday)))
    assert again.statements == few.statements
    assert again.rows <= few.rows + 2  # what was due the week before is late


def test_the_networks_are_watched_without_reading_the_cases(database: Settings) -> None:
    lillehammer.move_in()
    day = lillehammer.TODAY
    watch_networks("lillehammer", day, at(day))
    few = asked_by(lambda: watch_networks("lillehammer", day, at(day)))
    write(*(case(f"HJ-2022-{number:04}", family=f"HJ-F{number:03}") for number in range(MANY)))
    assert asked_by(lambda: watch_networks("lillehammer", day, at(day))) == few


@pytest.fixture
def keeps_calls_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = policies.policy_of("hjoerring")
    values = {"retention.calls_months": (PolicyValue(12, date(2019, 1, 1), "V1"),)}
    own = {"hjoerring": replace(policy, values={**policy.values, **values})}
    monkeypatch.setattr(policies, "_in_force", lambda folder: own)


def test_retention_looks_for_papers_together(cast: None, keeps_calls_a_year: None) -> None:
    def called(count: int, series: str) -> Callable[[], object]:
        said: dict[str, Any] = {"municipality": "hjoerring", "family": people.FAMILY, "about": "x", "advice": "y"}
        said |= {"called_at": NOW, "recorded_at": NOW, "topic": "other", "taken_by": LEADER}
        write(*(EmergencyCall(ref=f"HJ-{series}{number:04}", **said) for number in range(count)))
        return lambda: remove_what_may_go("hjoerring", date(2026, 3, 2), at(date(2026, 3, 2)))

    few = asked_by(called(2, "C"))
    assert asked_by(called(MANY, "D")).statements == few.statements


def test_broken_deadlines_that_were_kept_after_all_are_sorted_out_by_the_database(cast: None) -> None:
    def noted(number: int, key: str) -> JournalEntry:
        by: dict[str, Any] = {"recorded_at": NOW, "recorded_by": "tests"}
        return JournalEntry(case=f"HJ-2022-{number:04}", key=f"done {key}", value='"2023-04-01"', **by)

    write(*(case(f"HJ-2022-{number:04}", family=f"HJ-F{number:03}") for number in range(20)))
    write(*(noted(number, "breach first visit") for number in range(20)))
    write(*(noted(number, "kept after all first visit") for number in range(1, 20)))
    with reading() as s:
        asked = asked_by(lambda: breaches(s, "hjoerring"))
        assert [found.case for found in breaches(s, "hjoerring")] == ["HJ-2022-0000"]
    assert asked.statements == 1


def test_the_list_of_late_tasks_reads_no_other(cast: None) -> None:
    tasks(2, due_on=DUE)
    tasks(MANY, first=100, due_on=FAR)
    with reading() as s:
        days = {"hjoerring": DUE + timedelta(days=1)}
        assert len(list_tasks(s, due_before=days)) == 2
        assert list_tasks(s, due_before=days | {"hjoerring": DUE}) == []
        assert len(list_tasks(s)) == MANY + 2


def test_families_that_have_their_development_plan_are_not_read(database: Settings) -> None:
    vesthimmerland.settle()
    day = date(2023, 4, 3)
    at_home = {"municipality": vesthimmerland.MUNICIPALITY, "process": "development-plan"}

    def open_plans() -> Asked:
        return asked_by(lambda: open_missing(vesthimmerland.MUNICIPALITY, day, at(day)))

    open_plans()
    few = open_plans()
    kind: dict[str, Any] = {"municipality": vesthimmerland.MUNICIPALITY, "kind": "foster"}
    people.move_in(*(Family(ref=f"VE-F9{n:02}", recorded_at=NOW, **kind) for n in range(40)))
    write(*(case(f"VE-2022-{n:04}", family=f"VE-F9{n:02}", **at_home) for n in range(40)))
    assert open_plans() == few


def test_the_supervision_of_earlier_quarters_is_not_read(database: Settings) -> None:
    vesthimmerland.settle()
    day, before = date(2023, 4, 3), date(2022, 4, 4)

    def open_supervision() -> Asked:
        return asked_by(lambda: open_for_teams(vesthimmerland.MUNICIPALITY, day, at(day)))

    open_supervision()
    few = open_supervision()
    of: dict[str, Any] = {"municipality": vesthimmerland.MUNICIPALITY, "process": "group-supervision", "family": None}
    about: dict[str, Any] = {"key": "about", "value": '["VE-T9", "2022-04-01"]', "recorded_by": "tests"}
    write(*(case(f"VE-2022-{n:04}", opened_at=at(before), **of) for n in range(40)))
    write(*(JournalEntry(case=f"VE-2022-{n:04}", recorded_at=at(before), **about) for n in range(40)))
    assert open_supervision() == few


class Runs(BaseHTTPRequestHandler):
    """Prefect's server as far as asking for runs goes: each waits, and none has failed."""

    asked: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        runs = body["flow_runs"].get("id", {}).get("any_", []) if self.path.endswith("flow_runs/filter") else []
        Runs.asked.extend([len(runs)] if runs else [])
        self._say([{"id": run, "state": {"type": "PAUSED"}} for run in runs])

    def do_GET(self) -> None:
        Runs.asked.append(1)
        self._say({"state": {"type": "PAUSED"}})

    def _say(self, what: object) -> None:
        said = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def prefect() -> Iterator[PrefectServer]:
    Runs.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Runs) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        with PrefectServer(Settings(prefect_api_url=f"http://127.0.0.1:{http.server_port}/api")) as server:
            yield server
        http.shutdown()


def at_rest(count: int, first: int = 0) -> None:
    numbers = range(first, first + count)
    write(
        *(
            case(f"HJ-2022-{number:04}", family=f"HJ-F{number:03}", flow_run=f"run {number}", woken=1, seen=1)
            for number in numbers
        )
    )


def test_cases_that_wait_as_they_should_are_looked_at_two_hundred_at_once(cast: None, prefect: PrefectServer) -> None:
    at_rest(450)
    asked = asked_by(lambda: reconcile(prefect))
    assert Runs.asked == [200, 200, 50]
    assert asked.statements == 1
    assert set(reconcile(prefect).values()) == {"waiting"}


def test_the_sweep_asks_for_no_case_that_nothing_happened_to(cast: None, prefect: PrefectServer) -> None:
    few = asked_by(lambda: sweep(people.WEDNESDAY, NOW, prefect))
    at_rest(MANY)
    write(case("HJ-2023-0001", flow_run="run", woken=2, seen=1, wakes_on=None))
    assert sweep(people.WEDNESDAY, NOW, prefect) == {"HJ-2023-0001": "resumed"}
    with writing() as s:
        s.merge(case("HJ-2023-0001", flow_run="run", woken=2, seen=2))
    Runs.asked.clear()
    assert asked_by(lambda: sweep(people.WEDNESDAY, NOW, prefect)) == few
    assert Runs.asked == []
