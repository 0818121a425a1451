"""What an answer about a duty does: it was held, it was put off, or it can no longer be kept."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from data.happenings import record_held
from data.people import current_staff
from data.placements import placements_of
from data.policies import policy_of
from data.store.audit import Actor
from data.store.facts import find, record
from data.tables import DutyChange, GeneratedTask, Happening, Placement
from rules.forms.duties import DutyHeld, DutyUnkept
from rules.refusal import Refusal
from rules.rights import Right, may
from rules.vocabulary import Role
from tasks.cases.errands import give
from tasks.cases.question import Question

A_DAY = timedelta(days=1)


def held_or_put_off(s: Session, task: GeneratedTask, answer: DutyHeld, by: Actor, now: datetime) -> None:
    """Its day becomes a happening; or it is asked for again by the new day."""
    if answer.held_on is not None:
        _hold(s, task, answer.held_on, now)
    elif answer.new_day is not None:
        _put_off(s, task, answer, answer.new_day, by, now)


def _hold(s: Session, task: GeneratedTask, on: date, now: datetime) -> None:
    duty = task.demands["duty"]
    subject = _whose(s, task, on)
    ref = f"{subject}/{duty}/{on}"
    if find(s, Happening, ref) is not None:
        raise Refusal(f"{duty} of {subject} is recorded for {on} already; give the day of the time after that")
    record_held(s, subject, duty, on, ref=ref, now=now)


def _whose(s: Session, task: GeneratedTask, on: date) -> str:
    """What is held together counts for every child of the family, also for one who came after it was asked for."""
    together = {duty.key for duty in policy_of(task.municipality).duties(on) if duty.together}
    placement = find(s, Placement, str(task.about)) if task.demands["duty"] in together else None
    shared = placement is not None and len(placements_of(s, placement.family, on)) > 1
    return placement.family if placement is not None and shared else str(task.about)


def _put_off(s: Session, task: GeneratedTask, answer: DutyHeld, new_day: date, by: Actor, now: datetime) -> None:
    today = policy_of(task.municipality).today(now)
    if new_day <= today:
        raise Refusal(f"new_day: {new_day} isn't to come; give the day on which it will be held")
    if answer.lawful_exception:
        _only_the_leader(s, task.municipality, by, now)
        first = min(task.due_on or today, today)
        _except(s, task, first, new_day - A_DAY, answer.reason, by, now)
    duty = task.demands["duty"]
    again = Question(
        DutyHeld,
        Role(task.role),
        about=task.about,
        part=f"{duty}.{task.demands['occurrence']}.{new_day}.{today}",
        to=task.assignee,
        due=new_day,
        demands=task.demands,
        source=task.row,
    )
    give(s, again, municipality=task.municipality, now=now)


def say_why_unkept(s: Session, task: GeneratedTask, answer: DutyUnkept, by: Actor, now: datetime) -> None:
    """A lawful exception frees from the whole window."""
    if answer.lawful_exception:
        _only_the_leader(s, task.municipality, by, now)
        first, last = map(date.fromisoformat, task.demands["occurrence"].split(".."))
        _except(s, task, first, last, answer.reason, by, now)


def _only_the_leader(s: Session, municipality: str, by: Actor, now: datetime) -> None:
    staff = current_staff(s, municipality)
    if not may(staff, by.ref, Right.EXEMPT_FROM_DUTY, policy_of(municipality).today(now)):
        raise Refusal("lawful_exception: only the leader records one; leave it out, or let the leader answer")


def _except(s: Session, task: GeneratedTask, first: date, last: date, reason: Any, by: Actor, now: datetime) -> None:
    subject, duty = str(task.about), task.demands["duty"]
    exception = DutyChange(
        ref=f"{subject}/{duty}/exempt/{first}",
        recorded_at=now,
        subject=subject,
        duty=duty,
        kind="exempt",
        starts_on=first,
        ends_on=last,
        reason=reason,
        decided_by=by.ref,
    )
    record(s, exception, now)
