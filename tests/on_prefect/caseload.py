"""Every process at the same time: everybody gives the usual answer, round by round, a week apart."""

from typing import Any

from sqlmodel import select

from data.cases import open_cases, open_tasks
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import CaseRow, GeneratedTask
from rules.register import PROCESSES
from tasks.cases.answers import answer_task
from tasks.rehearsal.answers import usual_answer
from tasks.runs.carrying_on import sweep
from tasks.server.prefect_api import PrefectServer
from tests.on_prefect.cast import TODAY, open_one, settle
from tests.on_prefect.installation import eventually, prefect
from tests.people import at, email
from tests.playing import A_WEEK, APPOINTMENTS


class Caseload:
    def __init__(self, settings: Settings) -> None:
        self.settings, self.today = settings, TODAY
        settle()
        self.opened = {name: open_one(name) for name, process in PROCESSES.items() if not process.monthly}

    def play(self) -> None:
        while eventually(self.at_rest, every=0.5) and (going := self.going()):
            waiting = self.waiting()
            for task in waiting:
                self.answer(task)
            days = [case.wakes_on for case in going if case.wakes_on and case.wakes_on > self.today]
            self.today = self.today + A_WEEK if waiting else min(days, default=self.today + A_WEEK)

    def going(self) -> list[CaseRow]:
        with reading() as s:
            return list(open_cases(s))

    def at_rest(self) -> bool:
        """The sweep sees to cases that others have opened or woken."""
        with PrefectServer(self.settings) as server:
            sweep(self.today, at(self.today), server)
        cases = self.going()
        stuck = [f"{case.ref} {case.waits_for}" for case in cases if case.held_up or case.fault]
        assert not stuck
        return all(case.woken == case.seen for case in cases)

    def waiting(self) -> list[GeneratedTask]:
        with reading() as s:
            asked = [task for task in open_tasks(s) if task.case is not None and not task.standing]
        return [task for task in asked if task.form not in APPOINTMENTS or (task.due_on or TODAY) <= self.today]

    def answer(self, task: GeneratedTask) -> None:
        with writing() as s:
            raw = usual_answer(task, self.today)
            answer_task(s, task.ref, raw, email=email(task.assignee), os_account="tests", now=at(self.today))

    def cases(self) -> list[CaseRow]:
        """Those that were opened, and those that they led to."""
        with reading() as s:
            rows = s.exec(select(CaseRow)).all()
        return [row for row in rows if row.ref in self.opened.values() or row.parent is not None]

    def runs(self) -> dict[str, list[dict[str, Any]]]:
        """By case."""
        asked = {"name": {"any_": [case.ref for case in self.cases()]}}
        found: dict[str, list[dict[str, Any]]] = {}
        for run in prefect(self.settings, "flow_runs/filter", {"flow_runs": asked}):
            found.setdefault(run["name"], []).append(run)
        return found
