"""Which failed runs of cases the sweep schedules again, against a server that keeps runs and their states."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from sqlmodel import select

from data.settings import Settings
from data.store.session import DatabaseUnreachable, writing
from data.tables import CaseRow, OutboxMail
from tasks.cases import steps as case_steps
from tasks.cases.case import Case, Outcome, replay
from tasks.runs import once_more
from tasks.runs.carrying_on import sweep
from tasks.server.prefect_api import PrefectServer
from tests import people
from tests.people import at
from tests.story import Story

RUNS: dict[str, str] = {}
FAILED = {"FAILED", "CRASHED"}
MENDED, BROKEN = "2.0+mended", "1.0+broken"


class Runs(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ident = self.path.rpartition("/")[2]
        self._say({"id": ident, "state": {"type": RUNS[ident]}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("filter"):
            over = [ident for ident, state in RUNS.items() if state in FAILED]
            self._say([{"id": ident, "state": {"type": RUNS[ident], "message": "boom"}} for ident in over])
        else:
            RUNS[self.path.split("/")[-2]] = asked["state"]["type"]
            self._say({})

    def _say(self, what: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[PrefectServer]:
    RUNS.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Runs) as runs:
        Thread(target=runs.serve_forever, daemon=True).start()
        with PrefectServer(Settings(prefect_api_url=f"http://127.0.0.1:{runs.server_port}/api")) as asked:
            yield asked
        runs.shutdown()


@pytest.fixture
def story(database: Settings) -> Story:
    people.move_in()
    begun = Story()
    change(begun, flow_run="run")
    return begun


def change(story: Story, **values: Any) -> None:
    with writing() as s:
        row = s.get(CaseRow, story.ref)
        assert row is not None
        row.sqlmodel_update(values)
        s.add(row)


def fails(state: str = "FAILED") -> None:
    RUNS["run"] = state


def swept(server: PrefectServer, now: datetime) -> bool:
    """Whether the run was scheduled again."""
    sweep(now.date(), now, server)
    return RUNS["run"] == "SCHEDULED"


def stopping(error: Exception) -> Callable[[Case], Outcome]:
    def process(_case: Case) -> Outcome:
        raise error

    return process


def run_by(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    for module in (case_steps, once_more):
        monkeypatch.setattr(module, "running_version", lambda: version)


@pytest.mark.parametrize("state", ["FAILED", "CRASHED"])
@pytest.mark.parametrize("unseen", [0, 1])
def test_a_run_that_failed_for_its_surroundings_is_scheduled_again_whether_or_not_it_had_come_to_rest(
    story: Story, server: PrefectServer, state: str, unseen: int
) -> None:
    change(story, woken=story.case.seen + unseen)
    fails(state)
    assert swept(server, at(story.today))


def test_it_is_tried_for_as_long_as_it_takes_with_pauses_that_grow_to_an_hour(
    story: Story, server: PrefectServer
) -> None:
    now, tried = at(story.today), []
    end = now + timedelta(hours=6)
    while now < end:
        fails()
        if swept(server, now):
            tried.append(now)
        now += timedelta(seconds=15)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[:3] == [timedelta(seconds=15 * 2**n) for n in range(3)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


def test_a_case_that_came_to_rest_has_no_pauses_left(story: Story, server: PrefectServer) -> None:
    fails()
    assert swept(server, at(story.today))
    change(story, woken=story.case.seen + 1)
    story.replay()
    assert (story.case.tries, story.case.again_at) == (0, None)


def test_a_run_that_failed_after_its_case_had_ended_is_brought_to_its_end(story: Story, server: PrefectServer) -> None:
    change(story, state="ended", outcome="Approved")
    fails()
    assert swept(server, at(story.today))


def test_a_fault_of_the_process_is_tried_once_by_each_version(
    story: Story, server: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_by(monkeypatch, BROKEN)
    change(story, woken=story.case.seen + 1)
    with pytest.raises(KeyError):
        replay(stopping(KeyError("Anna")), story.ref)
    fails()
    days = [at(story.today) + timedelta(days=n) for n in range(3)]
    assert not any(swept(server, day) for day in days)
    run_by(monkeypatch, MENDED)
    assert swept(server, days[-1])
    with pytest.raises(KeyError):
        replay(stopping(KeyError("Anna")), story.ref)
    fails()
    assert not swept(server, days[-1] + timedelta(days=9))


def test_administration_is_told_of_a_fault_at_once_and_once_by_each_version(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> int:
        with writing() as s:
            return len(s.exec(select(OutboxMail).where(OutboxMail.template == "case_stopped")).all())

    def stop() -> None:
        with pytest.raises(KeyError):
            replay(stopping(KeyError("Anna")), story.ref)

    run_by(monkeypatch, BROKEN)
    stop()
    assert told() == 1
    assert story.case.waits_for.startswith("stopped by a fault of the process: KeyError")
    assert "Anna" not in story.case.waits_for
    stop()
    assert told() == 1
    run_by(monkeypatch, MENDED)
    stop()
    assert told() == 2


def test_doctor_names_the_case_its_fault_and_the_version_that_has_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_by(monkeypatch, BROKEN)
    with pytest.raises(KeyError):
        replay(stopping(KeyError("Anna")), story.ref)
    with writing() as s:
        [said] = once_more.stopped(s)
    assert said.startswith(f"{story.ref} is stopped by a fault of the process (KeyError in ")
    assert BROKEN in said
    story.replay()
    with writing() as s:
        assert not once_more.stopped(s)


def test_a_fault_where_a_case_comes_to_rest_is_one_too(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_steps, "rest", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        story.replay()
    assert story.case.fault is not None
    assert story.case.fault.startswith("ZeroDivisionError")


@pytest.mark.parametrize("error", [DatabaseUnreachable("away"), ConnectionResetError()], ids=repr)
def test_what_lies_in_the_surroundings_is_no_fault_and_nobody_is_told(story: Story, error: Exception) -> None:
    before = story.case.waits_for
    with pytest.raises(type(error)):
        replay(stopping(error), story.ref)
    assert (story.case.fault, story.case.waits_for) == (None, before)
    with writing() as s:
        assert s.exec(select(OutboxMail).where(OutboxMail.template == "case_stopped")).first() is None


def test_a_case_that_goes_on_after_the_mend_has_no_fault_left(story: Story) -> None:
    with pytest.raises(KeyError):
        replay(stopping(KeyError()), story.ref)
    story.replay()
    assert (story.case.fault, story.case.fault_version) == (None, None)
    assert not story.case.waits_for.startswith("stopped")
