"""A deadline of a case: warned of while it can still be kept, listed once it is broken."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from data.breaches import BROKEN, KEPT
from data.cases import find_case
from rules.forms.base import Form
from rules.vocabulary import Role
from tasks.cases.case import Case
from tasks.cases.question import Question
from tasks.mail.support_mail import queue_deadline_near


@dataclass(frozen=True)
class Deadline:
    name: str
    """Such as begin; one word."""
    title: str
    """Message id."""
    row: str
    by: date
    """The last day that keeps it."""
    warn_on: date
    late: type[Form]
    """What the leader is asked when it is broken."""


def watch(case: Case, deadline: Deadline, *, about: str, met_on: date | None) -> None:
    """`met_on` is None while it isn't met. What was recorded too late only is taken off the list again."""
    late: Question[Form] = Question(deadline.late, Role.LEADER, about=about, part=deadline.name)
    if met_on is not None and met_on <= deadline.by:
        if case.did(f"{BROKEN}{deadline.name}"):
            case.do(f"{KEPT}{deadline.name}", _noted, met_on)
        case.take_back(late.step)
    elif met_on is not None or case.today > deadline.by:
        case.do(f"{BROKEN}{deadline.name}", _noted, deadline.by)
        case.so_far([late])
    else:
        case.wake_on(deadline.by + timedelta(days=1))
        case.wake_on(deadline.warn_on)
        if case.today >= deadline.warn_on:
            case.do(f"warn {deadline.name}", _warn, case, deadline, about)


def _noted(s: Session, day: date) -> str:
    return day.isoformat()


def _warn(s: Session, case: Case, deadline: Deadline, about: str) -> bool:
    mail = queue_deadline_near(
        s,
        case=find_case(s, case.ref),
        name=deadline.name,
        title=deadline.title,
        row=deadline.row,
        about=about,
        by=deadline.by,
        now=case.now,
    )
    return mail is not None
