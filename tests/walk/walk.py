"""Two years with a simulated clock: schedules fire, cases are carried on, and people answer on the day."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.policies import policy_of
from data.store.audit import Actor
from data.store.facts import record
from data.store.session import writing
from data.tables import GeneratedTask
from data.tables.base import Fact
from rules.calendar import is_working_day
from rules.register import form_named
from tasks.cases.opened import open_case, wake_due
from tasks.duties.changes import Wish, change_duty
from tasks.rates.table import import_rates
from tasks.rehearsal.answers.base import Answer
from tasks.rehearsal.player import Player
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import SWEEP
from tests.walk.jobs import SHARED, carry_out, seldom_enough
from tests.walk.schedule import Fire, fires

A_DAY = timedelta(days=1)
PEOPLE_ANSWER_AT = time(10)

ME = Actor("os:tests", "tests")
RATES = Path(__file__).parent / "rates"

Happens = Callable[["Walk"], object]


@dataclass(frozen=True)
class Otherwise:
    """An answer that isn't the usual one, or isn't given by whom or on the day that is usual."""

    what: str
    """Step or duty."""
    due: date | None = None
    """Only what is due that day."""
    on: date | None = None
    by: str | None = None
    says: Answer = field(default_factory=dict)
    """Beside the usual answer."""
    instead: Answer = field(default_factory=dict)
    """Of the usual answer."""


class Walk(Player):
    """`diary`: what people do of their own accord, by day. `neighbours` take their turn with the joint meeting; nothing
    else of theirs is played. `only` these deployments; else all.
    """

    alone = True

    def __init__(
        self,
        municipality: str,
        diary: Mapping[date, Happens],
        otherwise: Iterable[Otherwise] = (),
        neighbours: tuple[str, ...] = (),
        only: Collection[str] = (),
    ) -> None:
        load_flows()
        self.municipality, self.policy = municipality, policy_of(municipality)
        self.diary, self.otherwise, self.neighbours, self.only = diary, tuple(otherwise), neighbours, only
        super().__init__(datetime.min.replace(tzinfo=UTC), zone=self.policy.timezone)

    def go(self, first: date, last: date) -> None:
        played = [fire for fire in seldom_enough(fires(first, last)) if not self.only or fire.deployment in self.only]
        days = {day: list(at) for day, at in groupby(played, key=self._day_of)}
        for day in (first + A_DAY * n for n in range((last - first).days + 1)):
            for fire in days.get(day, []):
                self._fire(fire)
            self.stage.carry_on()
            self._be_at(datetime.combine(day, PEOPLE_ANSWER_AT, ZoneInfo(self.policy.timezone)))
            if day in self.diary:
                self.diary[day](self)
            self.stage.carry_on()
            self._answer_all()

    def _day_of(self, fire: Fire) -> date:
        return self.policy.today(fire.at)

    def _be_at(self, instant: datetime) -> None:
        self.now = instant.astimezone(UTC)

    def _fire(self, fire: Fire) -> None:
        self._be_at(fire.at)
        if fire.deployment == SWEEP:
            with writing() as s:
                wake_due(s, self.today, self.now)
        else:
            for key in (self.municipality, *(self.neighbours if fire.deployment == SHARED else ())):
                carry_out(fire, key, self.today, self.now)

    def _answer_all(self) -> None:
        while self.round():
            pass

    def on(self, task: GeneratedTask) -> date:
        """The day it is due, or the working day before."""
        how = self._how(task)
        day = how.on or task.due_on or self.today
        while how.on is None and not is_working_day(day, self.policy.country):
            day -= A_DAY
        return day

    def says(self, task: GeneratedTask) -> Answer:
        how = self._how(task)
        return how.instead or super().says(task) | how.says

    def by(self, task: GeneratedTask) -> str:
        return self._how(task).by or super().by(task)

    def _how(self, task: GeneratedTask) -> Otherwise:
        usual = Otherwise(named(task))
        return next((how for how in self.otherwise if how.what == usual.what and how.due in (None, task.due_on)), usual)


def named(task: GeneratedTask) -> str:
    """The duty's key, else the form's."""
    return str(task.demands["duty"]) if task.form == "DutyHeld" else form_named(task.form).key()


def acting(staff: str) -> Actor:
    return Actor(staff, "walk")


def records(*facts: Fact) -> Happens:
    """A copy each time: a diary is played by several tests, and a row belongs to the database it was written to."""

    def happens(walk: Walk) -> None:
        with writing() as s:
            for fact in facts:
                record(s, type(fact)(**fact.model_dump(exclude={"id"})), walk.now)

    return happens


def loads_rates(table: str) -> Happens:
    return lambda walk: import_rates(RATES / f"{table}.csv", actor=ME, now=walk.now)


def opens(process: str, **about: Any) -> Happens:
    """About a family and, where the process is about one, a child."""

    def happens(walk: Walk) -> None:
        with writing() as s:
            open_case(s, process, **{"child": None, **about}, actor=ME, now=walk.now)

    return happens


def changes_duty(wish: Wish, by: str) -> Happens:
    def happens(walk: Walk) -> None:
        with writing() as s:
            change_duty(s, wish, by=acting(by), now=walk.now)

    return happens


def by_day(entries: Iterable[tuple[date, Happens]]) -> dict[date, Happens]:
    diary: dict[date, list[Happens]] = defaultdict(list)
    for day, happens in entries:
        diary[day].append(happens)
    return {day: lambda walk, all_=all_: [happens(walk) for happens in all_] for day, all_ in diary.items()}
