"""A person's answer: checked, committed once, and the case woken or its effect done, all in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import update
from sqlmodel import Session, col, select

from data.cases import find_case, find_task
from data.people import person_by_email, staff_elsewhere
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import find
from data.tables import CaseRow, CaseState, Family, GeneratedTask, Staff, TaskState
from rules import rights
from rules.refusal import Refusal
from rules.register import form_named
from rules.substitutes import sees_to
from rules.vocabulary import Role
from tasks.cases.errands import case_effect_of, effect_of
from tasks.cases.opened import wake


class AlreadyAnswered(Refusal):
    def __init__(self, task: GeneratedTask) -> None:
        self.task = task
        when = f" on {task.answered_at:%Y-%m-%d}" if task.answered_at else ""
        super().__init__(f"{task.ref} was answered{when} by {task.answered_by}; an answer stands, nothing was changed")


class NotYours(Refusal):
    def __init__(self, task: GeneratedTask, who: str) -> None:
        super().__init__(
            f"{task.ref} is {task.assignee}'s ({task.role}), not {who}'s; "
            f"have the case reassigned, or let {task.assignee}, their substitute or the leader answer"
        )


class SamePerson(Refusal):
    def __init__(self, task: GeneratedTask, other: str) -> None:
        super().__init__(
            f"{task.ref} and {other} must be answered by two different people; somebody else has to answer this one"
        )


@dataclass(frozen=True)
class Answered:
    task: str
    case: str | None
    """None for a task that stands alone."""
    actor: str
    of: str | None = None
    """Whose task it was, where somebody else answered it."""


def answer_task(s: Session, ref: str, raw: object, *, email: str, os_account: str, now: datetime) -> Answered:
    """Takes the answer or raises a Refusal that says why not; then nothing is changed."""
    task = find_task(s, ref)
    case = find_case(s, task.case) if task.case else None
    today = policy_of(task.municipality).today(now)
    who = person_by_email(
        s, email, municipality=task.municipality, on=today, family=_family(task, case), asked=task.assignee
    )
    _still_open(task, case, today)
    if not may_answer(s, task, case, who, today):
        raise NotYours(task, who.ref)
    if case is not None:
        wake(s, case.ref, now)  # holds the case: one person giving both of two answers at once finds the first one
        _apart(s, task, who)
    answer = form_named(task.form).accept(raw, demands=task.demands, today=today)
    actor = Actor(who.ref, os_account)
    effect = effect_of(type(answer)) if case is None else case_effect_of(type(answer))
    if effect is not None:
        # before anything of the task is written: whoever computes a payout holds it first and then its tasks
        effect(s, task, answer, actor, now)
    task.answer, task.answered_at, task.answered_by = answer.model_dump_json(), now, who.ref
    _write(s, task, case, today)
    of = {"of": task.assignee} if task.assignee != who.ref else {}
    audit(s, actor, "task answered", task.ref, now, case=task.case, form=task.form, **of)
    return Answered(task.ref, task.case, who.ref, **of)


def _family(task: GeneratedTask, case: CaseRow | None) -> str | None:
    """The family that may answer something here."""
    if case is not None:
        return case.family
    return task.assignee if task.role == Role.FAMILY else None


def _still_open(task: GeneratedTask, case: CaseRow | None, today: date) -> None:
    if task.state == TaskState.ANSWERED:
        raise AlreadyAnswered(task)
    if case is not None and case.state == CaseState.ENDED:
        raise Refusal(
            f"{task.ref}: its case {case.ref} has ended ({case.outcome}); there is nothing to answer any more"
        )
    if task.lapses_on is not None and task.lapses_on <= today:
        raise Refusal(f"{task.ref} lapsed on {task.lapses_on}; what it rests on has to be asked for again first")
    if task.state == TaskState.WITHDRAWN:
        waits = f"; `plejeflow case show {case.ref}` says what the case waits for" if case else ""
        raise Refusal(f"{task.ref} was taken back{waits or ': nobody needs to do it any more'}")


def _write(s: Session, task: GeneratedTask, case: CaseRow | None, today: date) -> None:
    """Two answers at the same moment: the second finds the task no longer open."""
    s.expunge(task)
    written = s.execute(
        update(GeneratedTask)
        .where(col(GeneratedTask.ref) == task.ref, col(GeneratedTask.state) == TaskState.OPEN)
        .values(
            state=TaskState.ANSWERED,
            answer=task.answer,
            answered_at=task.answered_at,
            answered_by=task.answered_by,
        )
    )
    if not written.rowcount:  # type: ignore[attr-defined]
        _still_open(find_task(s, task.ref), case, today)


def may_answer(s: Session, task: GeneratedTask, case: CaseRow | None, who: Staff | Family, today: date) -> bool:
    if isinstance(who, Family):
        return who.ref == task.assignee
    responsible = case.responsible if case else None
    if task.role == Role.FAMILY and case is None:
        home = find(s, Family, task.assignee)
        responsible = home.consultant if home else None
    reaches = partial(_reaches, s, who=who, today=today)
    return rights.may_answer(task, who, responsible=responsible, reaches=reaches)


def _reaches(s: Session, ref: str | None, *, who: Staff, today: date) -> bool:
    """As a mail to them does."""
    staff = staff_elsewhere(s, [ref]).get(ref, {}) if ref else {}
    return ref is not None and sees_to(staff, ref, today) == who.ref


def _apart(s: Session, task: GeneratedTask, who: Staff | Family) -> None:
    if task.apart_from is None:
        return
    same = select(GeneratedTask.ref).where(
        GeneratedTask.case == task.case,
        GeneratedTask.apart_from == task.apart_from,
        GeneratedTask.answered_by == who.ref,
    )
    if other := s.exec(same).first():
        raise SamePerson(task, other)
