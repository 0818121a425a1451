"""The effects of a case's engine: each is one transaction and can be tried again."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from data.audit import audit, job
from data.cases import find_case, find_task
from data.facts import find
from data.numbering import next_number
from data.session import reading, writing
from data.tables import CaseRow, CaseState, Child, Family, GeneratedTask, JournalEntry, TaskState
from rules.vocabulary import Role
from tasks.assign import for_role
from tasks.mail import queue_case_ended, queue_task_mail

if TYPE_CHECKING:
    from tasks.case import Question

ENGINE = "case engine"


def issue(
    ref: str, question: "Question[Any]", *, due: date | None, lapses: date | None, standing: bool, now: datetime
) -> GeneratedTask:
    """Writes the generated task and its mail; if another replay was first, gives its task."""
    try:
        with writing() as s:
            case = find_case(s, ref)
            row = GeneratedTask(
                ref=f"{ref}-{next_number(s, f'task {ref}'):02d}",
                case=ref,
                municipality=case.municipality,
                step=question.step,
                form=question.form.__name__,
                row=question.form.row,
                role=question.of,
                assignee=question.to or assignee(s, case, question.of, question.apart_from, now.date()),
                about=question.about,
                standing=standing,
                apart_from=question.apart_from,
                demands=dict(question.demands),
                issued_at=now,
                due_on=due,
                lapses_on=lapses,
            )
            s.add(row)
            s.flush()
            if not standing:
                queue_task_mail(s, row, "issued", now)
        return row
    except IntegrityError:
        with reading() as s:
            return s.exec(
                select(GeneratedTask).where(GeneratedTask.case == ref, GeneratedTask.step == question.step)
            ).one()


def assignee(s: Session, case: CaseRow, role: Role, apart_from: str | None, on: date) -> str:
    """Who of that role is asked: the case's own people first."""
    if role is Role.FAMILY:
        return case.family
    family, child = find(s, Family, case.family), find(s, Child, case.child)
    own = [case.responsible, family.consultant if family else None, child.adviser if child else None]
    apart = select(GeneratedTask.assignee).where(
        GeneratedTask.case == case.ref,
        GeneratedTask.apart_from == apart_from,
        col(GeneratedTask.apart_from).is_not(None),
    )
    return for_role(s, role, case.municipality, on=on, prefer=own, apart=frozenset(s.exec(apart)))


def withdraw(ref: str, now: datetime) -> GeneratedTask:
    """Takes an open task back; an answer that came first stays."""
    with writing() as s:
        taken = s.execute(
            update(GeneratedTask)
            .where(col(GeneratedTask.ref) == ref, col(GeneratedTask.state) == TaskState.OPEN)
            .values(state=TaskState.WITHDRAWN)
        )
        row = find_task(s, ref)
        s.refresh(row)
        if taken.rowcount and not row.standing:  # type: ignore[attr-defined]
            queue_task_mail(s, row, "withdrawn", now)
    return row


def note(ref: str, key: str, effect: Callable[[Session], Any], now: datetime) -> Any:
    """Does the effect and journals what it returned, both or neither; once, whoever comes first."""
    try:
        with writing() as s:
            value = json.loads(json.dumps(effect(s)))
            s.add(JournalEntry(case=ref, key=key, value=json.dumps(value), recorded_at=now, recorded_by=ENGINE))
        return value
    except IntegrityError:
        with reading() as s:
            first = s.get(JournalEntry, (ref, key))
            if first is None:
                raise
            return json.loads(first.value or "null")


def rest(ref: str, seen: int, waits_for: str, wakes: date | None) -> bool:
    """The replay that started from wake number `seen` is over; False if the case was woken again meanwhile."""
    with writing() as s:
        rested = s.execute(
            update(CaseRow)
            .where(col(CaseRow.ref) == ref, col(CaseRow.woken) == seen, col(CaseRow.state) == CaseState.OPEN)
            .values(seen=seen, waits_for=waits_for, wakes_on=wakes)
        )
        return bool(rested.rowcount)  # type: ignore[attr-defined]


def end(ref: str, outcome: str, because: str, now: datetime) -> None:
    with writing() as s:
        ended = s.execute(
            update(CaseRow)
            .where(col(CaseRow.ref) == ref, col(CaseRow.state) == CaseState.OPEN)
            .values(
                state=CaseState.ENDED,
                outcome=outcome,
                ended_at=now,
                seen=col(CaseRow.woken),
                waits_for="",
                wakes_on=None,
            )
        )
        if ended.rowcount:  # type: ignore[attr-defined]
            case = find_case(s, ref)
            queue_case_ended(s, case, now)
            audit(s, job(ENGINE), "case ended", ref, now, outcome=outcome, because=because)


def tomorrow(today: date) -> date:
    return today + timedelta(days=1)
