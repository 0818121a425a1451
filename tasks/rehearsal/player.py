"""People play their part: whoever is asked gives the usual answer, in one case or in all that are open."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from data.cases import open_cases
from data.people import staff_elsewhere
from data.store.facts import current, find
from data.store.session import reading, writing
from data.tables import CaseRow, Family, GeneratedTask, Staff, TaskState
from rules.processes.group_supervision import GroupSupervision
from rules.processes.joint_meeting import JointMeetingHeld
from rules.processes.monthly_payout import PayoutApproval
from rules.processes.network_family_approval import MatchingVisit
from rules.substitutes import sees_to
from tasks.cases.answers import answer_task
from tasks.cases.case import replay
from tasks.cases.opened import wake_due
from tasks.rehearsal.answers import usual_answer
from tasks.rehearsal.answers.base import Answer
from tasks.runs.case_flow import PROCEDURES

A_WEEK = timedelta(days=7)
APPOINTMENTS = {form.__name__ for form in (MatchingVisit, JointMeetingHeld, GroupSupervision)}
"""Answered once they have been held."""
SAYS_TOO: dict[str, Answer] = {PayoutApproval.__name__: {"as_it_stands": True}}
"""Days pass between draft and approval: what is told meanwhile is next month's."""


class Stage(Protocol):
    """Where it is played: how an answer is given there, and how cases go on."""

    def give(self, task: GeneratedTask, answer: Answer, email: str, now: datetime) -> None: ...

    def carry_on(self) -> None:
        """Every case that was opened or woken, as far as it gets."""


class Here:
    """In this process, without Prefect."""

    def give(self, task: GeneratedTask, answer: Answer, email: str, now: datetime) -> None:
        with writing() as s:
            answer_task(s, task.ref, answer, email=email, os_account="rehearsal", now=now)

    def carry_on(self) -> None:
        while woken := behind():
            for case in woken:
                replay(PROCEDURES[case.process], case.ref)


def behind() -> list[CaseRow]:
    """Cases that haven't gone on since they were opened or woken."""
    with reading() as s:
        return [case for case in open_cases(s) if case.woken > case.seen]


@dataclass
class Player:
    now: datetime
    stage: Stage = field(default_factory=Here)
    case: str | None = None
    """None: all that are open."""
    zone: str = "Europe/Copenhagen"
    alone: ClassVar[bool] = False
    """Whether tasks of no case are answered too."""

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def waiting(self) -> list[GeneratedTask]:
        """What waits for an answer that can be given today."""
        return [task for task in self.asked() if self.on(task) <= self.today]

    def asked(self) -> list[GeneratedTask]:
        """In the order in which it was asked, without the standing offers."""
        query = select(GeneratedTask).where(
            GeneratedTask.state == TaskState.OPEN, col(GeneratedTask.standing).is_(False)
        )
        if self.case is not None:
            query = query.where(GeneratedTask.case == self.case)
        elif not self.alone:
            query = query.where(col(GeneratedTask.case).is_not(None))
        with reading() as s:
            return list(s.exec(query.order_by(col(GeneratedTask.issued_at), col(GeneratedTask.ref))))

    def on(self, task: GeneratedTask) -> date:
        """The day on which it is answered: at once, and an appointment when it has been held."""
        return max(self.today, task.due_on or self.today) if task.form in APPOINTMENTS else self.today

    def says(self, task: GeneratedTask) -> Answer:
        return usual_answer(task, self.today)

    def by(self, task: GeneratedTask) -> str:
        """Whom the task reaches."""
        return task.assignee

    def answer(self, task: GeneratedTask, by: str | None = None, instead: Answer | None = None) -> None:
        """The usual answer with `instead` in it, by whom the task reaches or by `by`."""
        with reading() as s:
            email = self._email(s, by or self.by(task))
        answer = self.says(task) | SAYS_TOO.get(task.form, {}) | (instead or {})
        self.stage.give(task, answer, email, self.now)

    def _email(self, s: Session, ref: str) -> str:
        if find(s, Family, ref) is not None:
            return current(s, Family, ref).email or ""
        there = sees_to(staff_elsewhere(s, [ref]).get(ref, {}), ref, self.today)
        return current(s, Staff, there or ref).email or ""

    def round(self) -> list[GeneratedTask]:
        """Everything that waits is answered, and the cases go on."""
        waiting = self.waiting()
        for task in waiting:
            if self._still_asked(task):  # an answer may take back what others were asked
                self.answer(task)
        self.stage.carry_on()
        return waiting

    def _still_asked(self, task: GeneratedTask) -> bool:
        with reading() as s:
            return s.get_one(GeneratedTask, task.ref).state == TaskState.OPEN

    def weeks(self, number: int) -> None:
        """A round a week."""
        for _ in range(number):
            self.stage.carry_on()
            self.round()
            self.come_to(self.now + A_WEEK)

    def come_to(self, now: datetime) -> None:
        """Time passes: what lapses or comes due by then goes on."""
        self.now = now
        with writing() as s:
            wake_due(s, self.today, now)
        self.stage.carry_on()
