"""Two years with a simulated clock: schedules fire, cases are carried on, and people answer on the day."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from data.people import current_staff
from data.policies import policy_of
from data.store.audit import Actor
from data.store.facts import record
from data.store.session import reading, writing
from data.tables import CaseRow, CaseState, GeneratedTask, TaskState
from data.tables.base import Fact
from rules.calendar import is_working_day
from rules.processes.monthly_payout import PayoutApproval
from rules.register import form_named
from rules.substitutes import sees_to
from tasks.cases.answers import answer_task
from tasks.cases.case import replay
from tasks.cases.opened import open_case, wake_due
from tasks.duties.changes import Wish, change_duty
from tasks.rates.table import import_rates
from tasks.rehearsal.answers import usual_answer
from tasks.runs.case_flow import PROCEDURES
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import SWEEP
from tests.people import email
from tests.walk.jobs import SHARED, carry_out, seldom_enough
from tests.walk.schedule import Fire, fires

A_DAY = timedelta(days=1)
PEOPLE_ANSWER_AT = time(10)

ME = Actor("os:tests", "tests")
RATES = Path(__file__).parent / "rates"

Answer = dict[str, Any]
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


@dataclass
class Walk:
    municipality: str
    diary: Mapping[date, Happens]
    """What people do of their own accord, by day."""
    otherwise: Iterable[Otherwise] = ()
    neighbours: tuple[str, ...] = ()
    """They take their turn with the joint meeting; nothing else of theirs is played."""
    only: Collection[str] = ()
    """Deployments; else all."""
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        load_flows()
        self.policy = policy_of(self.municipality)

    @property
    def today(self) -> date:
        return self.policy.today(self.now)

    def go(self, first: date, last: date) -> None:
        played = [fire for fire in seldom_enough(fires(first, last)) if not self.only or fire.deployment in self.only]
        days = {day: list(at) for day, at in groupby(played, key=self._day_of)}
        for day in (first + A_DAY * n for n in range((last - first).days + 1)):
            for fire in days.get(day, []):
                self._fire(fire)
            self.carry_on()
            self._come_to(datetime.combine(day, PEOPLE_ANSWER_AT, ZoneInfo(self.policy.timezone)))
            if day in self.diary:
                self.diary[day](self)
            self.carry_on()
            self._answer_all()

    def _day_of(self, fire: Fire) -> date:
        return self.policy.today(fire.at)

    def _come_to(self, instant: datetime) -> None:
        self.now = instant.astimezone(UTC)

    def _fire(self, fire: Fire) -> None:
        self._come_to(fire.at)
        if fire.deployment == SWEEP:
            with writing() as s:
                wake_due(s, self.today, self.now)
        else:
            for key in (self.municipality, *(self.neighbours if fire.deployment == SHARED else ())):
                carry_out(fire, key, self.today, self.now)

    def carry_on(self) -> None:
        """Every case that was opened or woken goes on as far as it gets, as the sweep and the workers see to."""
        while woken := self._woken():
            for ref, process in woken:
                replay(PROCEDURES[process], ref)

    def _woken(self) -> list[tuple[str, str]]:
        query = select(col(CaseRow.ref), col(CaseRow.process)).where(
            CaseRow.state == CaseState.OPEN, col(CaseRow.woken) > col(CaseRow.seen)
        )
        with reading() as s:
            return [(ref, process) for ref, process in s.execute(query.order_by(col(CaseRow.ref)))]

    def _answer_all(self) -> None:
        while asked := [(task, how) for task in self._open() if self._day(task, how := self._how(task)) <= self.today]:
            for task, how in asked:
                self._answer(task, how)
            self.carry_on()

    def _open(self) -> list[GeneratedTask]:
        query = select(GeneratedTask).where(
            GeneratedTask.state == TaskState.OPEN, col(GeneratedTask.standing).is_(False)
        )
        with reading() as s:
            return list(s.exec(query.order_by(col(GeneratedTask.issued_at), col(GeneratedTask.ref))))

    def _how(self, task: GeneratedTask) -> Otherwise:
        usual = Otherwise(named(task))
        return next((how for how in self.otherwise if how.what == usual.what and how.due in (None, task.due_on)), usual)

    def _day(self, task: GeneratedTask, how: Otherwise) -> date:
        """The day it is due, or the working day before."""
        day = how.on or task.due_on or self.today
        while how.on is None and not is_working_day(day, self.policy.country):
            day -= A_DAY
        return day

    def _answer(self, task: GeneratedTask, how: Otherwise) -> None:
        raw = how.instead or usual_answer(task, self.today) | how.says
        if task.form == PayoutApproval.__name__:
            # days pass between draft and approval: what is told meanwhile is next month's
            raw["as_it_stands"] = True
        with writing() as s:
            if s.get_one(GeneratedTask, task.ref).state == TaskState.OPEN:
                reader = sees_to(current_staff(s, self.municipality), task.assignee, self.today) or task.assignee
                answer_task(s, task.ref, raw, email=email(how.by or reader), os_account="walk", now=self.now)


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
