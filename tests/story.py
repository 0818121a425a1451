"""Plays a case without Prefect: its process is replayed after every answer, as a worker would."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any, Self

from data.cases import find_case, tasks_of
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import CaseRow, GeneratedTask, TaskState
from tasks.cases.case import Rested, replay
from tasks.cases.opened import open_case, wake_due
from tasks.rehearsal.player import Player
from tasks.runs.case_flow import PROCEDURES
from tests import people
from tests.people import at


class Story:
    def __init__(self, process: str = "network-family-approval", **opening: Any) -> None:
        given = {
            "family": people.FAMILY,
            "child": people.CHILD,
            "actor": Actor("os:tests", "tests"),
            "now": people.NOW,
            **opening,
        }
        with writing() as s:
            ref = open_case(s, process, **given).ref
        self._begin(ref, process, people.WEDNESDAY)

    @classmethod
    def taken_up(cls, ref: str, process: str, today: date) -> Self:
        """A case that another one or a job has opened."""
        story = cls.__new__(cls)
        story._begin(ref, process, today)
        return story

    def _begin(self, ref: str, process: str, today: date) -> None:
        import_module(f"flows.cases.{process.replace('-', '_')}")
        self.ref, self.process, self.today = ref, process, today
        self.people = Player(at(today), case=ref)
        self.rested: Rested = self.replay()

    def replay(self) -> Rested:
        self.rested = replay(PROCEDURES[self.process], self.ref)
        return self.rested

    @property
    def case(self) -> CaseRow:
        with reading() as s:
            return find_case(s, self.ref)

    @property
    def tasks(self) -> dict[str, GeneratedTask]:
        """All ever issued, by step."""
        with reading() as s:
            return {task.step: task for task in tasks_of(s, self.ref)}

    @property
    def waiting(self) -> list[str]:
        """Steps that wait for an answer, without the standing offers."""
        return [step for step, task in self.tasks.items() if task.state == TaskState.OPEN and not task.standing]

    def answer(self, step: str, by: str = "", **instead: Any) -> None:
        """The usual answer with `instead` in it, by the person asked or by `by`."""
        self.people.now = at(self.today)
        self.people.answer(self.tasks[step], by, instead)
        self.replay()

    def go_to(self, step: str) -> None:
        """Usual answers until that step waits."""
        for _ in range(40):
            if step in self.waiting:
                return
            self.answer(self.waiting[0])
        raise AssertionError(f"{step} never came; {self.case.waits_for}")

    def finish(self) -> str:
        """Usual answers to the end; the outcome."""
        for _ in range(40):
            if self.rested.outcome:
                return self.rested.outcome.name
            self.answer(self.waiting[0])
        raise AssertionError(f"never ended; {self.case.waits_for}")

    def pass_days(self, days: int) -> None:
        self.come_to(self.today + timedelta(days=days))

    def come_to(self, day: date) -> None:
        """The daily sweep of every day up to then."""
        while self.today < day:
            self.today += timedelta(days=1)
            with writing() as s:
                woken = wake_due(s, self.today, at(self.today))
            if self.ref in woken:
                self.replay()
