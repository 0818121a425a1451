"""Every process at the same time: everybody gives the usual answer, round by round, a week apart."""

from typing import Any

from sqlmodel import select

from data.cases import open_cases
from data.settings import Settings
from data.store.session import reading
from data.tables import CaseRow
from rules.register import PROCESSES
from tasks.rehearsal.player import A_WEEK, Here, Player
from tasks.runs.carrying_on import sweep
from tasks.server.prefect_api import PrefectServer
from tests.on_prefect.cast import TODAY, open_one, settle
from tests.on_prefect.installation import eventually, prefect
from tests.people import at


class Caseload(Here):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settle()
        self.opened = {name: open_one(name) for name, process in PROCESSES.items() if not process.monthly}
        self.people = Player(at(TODAY), stage=self)

    def play(self) -> None:
        self.carry_on()
        while going := self.going():
            answered = self.people.round()
            days = [case.wakes_on for case in going if case.wakes_on and case.wakes_on > self.people.today]
            a_week_later = self.people.today + A_WEEK
            self.people.come_to(at(a_week_later if answered else min(days, default=a_week_later)))

    def going(self) -> list[CaseRow]:
        with reading() as s:
            return list(open_cases(s))

    def carry_on(self) -> None:
        eventually(self.at_rest, every=0.5)

    def at_rest(self) -> bool:
        """The sweep sees to cases that others have opened or woken."""
        with PrefectServer(self.settings) as server:
            sweep(self.people.today, self.people.now, server)
        cases = self.going()
        stuck = [f"{case.ref} {case.waits_for}" for case in cases if case.held_up or case.fault]
        assert not stuck
        return all(case.woken == case.seen for case in cases)

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
