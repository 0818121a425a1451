"""The effects of a case's engine: each is one transaction and can be tried again."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Update, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from data.cases import find_case, find_task, tasks_of
from data.policies import policy_of
from data.store.audit import audit, job
from data.store.facts import find
from data.store.numbering import next_number
from data.store.session import reading, writing
from data.tables import CaseRow, CaseState, Child, Family, GeneratedTask, JournalEntry, TaskState
from rules.vocabulary import Role
from tasks.cases.assign import Desk
from tasks.cases.opened import wake
from tasks.cases.question import Question
from tasks.cases.version import running_version
from tasks.mail.queue import queue_case_ended, queue_case_stopped, queue_task_mail, queue_task_mails

ENGINE = "case engine"
UNTROUBLED: dict[str, Any] = {"fault": None, "fault_version": None, "tries": 0, "again_at": None}


def issue(
    ref: str, question: Question[Any], *, due: date | None, lapses: date | None, standing: bool, now: datetime
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
                row=question.row,
                role=question.of,
                assignee=assignee(s, case, question, policy_of(case.municipality).today(now)),
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


def assignee(s: Session, case: CaseRow, question: Question[Any], on: date) -> str:
    """Who is asked: whom the process has chosen, else of the role the case's own people first; nobody who has left."""
    if question.of is Role.FAMILY:
        return question.to or str(case.family)
    apart = select(GeneratedTask.assignee).where(
        GeneratedTask.case == case.ref,
        GeneratedTask.apart_from == question.apart_from,
        col(GeneratedTask.apart_from).is_not(None),
    )
    desk, others = Desk(s, case.municipality, on), frozenset(s.exec(apart))
    if question.to:
        return desk.still(question.to, question.of, apart=others)
    family, child = find(s, Family, case.family), find(s, Child, case.child)
    own = [case.responsible, family.consultant if family else None, child.adviser if child else None]
    return desk.whom(question.of, prefer=own, apart=others)


def withdraw(ref: str, now: datetime) -> GeneratedTask:
    """Takes an open task back; an answer that came first stays."""
    with writing() as s:
        row = find_task(s, ref)
        take_back(s, row, now)
    return row


def take_back(s: Session, row: GeneratedTask, now: datetime, *, told: bool = True) -> None:
    """`told`: whether they have heard of it and hear that it is taken back."""
    take_back_all(s, [row], now, told=told)


def take_back_all(s: Session, rows: Sequence[GeneratedTask], now: datetime, *, told: bool = True) -> set[str]:
    """Of one municipality, some hundred at most; references of those that were still open."""
    taken = set(
        s.scalars(
            update(GeneratedTask)
            .where(col(GeneratedTask.ref).in_([row.ref for row in rows]), col(GeneratedTask.state) == TaskState.OPEN)
            .values(state=TaskState.WITHDRAWN)
            .returning(col(GeneratedTask.ref))
            .execution_options(synchronize_session="fetch")
        )
    )
    for row in rows:
        if row.ref not in taken:
            s.refresh(row)  # somebody was faster
    heard = [row for row in rows if told and row.ref in taken and not row.standing]
    queue_task_mails(s, heard, "withdrawn", now)
    return taken


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


def rest(ref: str, seen: int, waits_for: str, wakes: date | None, *, held_up: bool) -> bool:
    """The replay that started from wake number `seen` is over; False if the case was woken again meanwhile."""
    with writing() as s:
        values = {"seen": seen, "waits_for": waits_for, "held_up": held_up, "wakes_on": wakes}
        rested = s.execute(_as_seen(ref, seen).values(**values, **UNTROUBLED))
        return bool(rested.rowcount)  # type: ignore[attr-defined]


def stopped_by(ref: str, fault: str) -> None:
    """A fault of the process: recorded with the version that has it, and told once. The case stays woken."""
    stopped = {"waits_for": f"stopped by a fault of the process: {fault}", "fault": fault}
    with writing() as s:
        s.execute(update(CaseRow).where(col(CaseRow.ref) == ref).values(**stopped, fault_version=running_version()))
        case = find_case(s, ref)
        queue_case_stopped(s, case, fault, running_version(), case.woken_at)


def end(ref: str, seen: int, outcome: str, because: str, now: datetime) -> bool:
    """Ends the case and takes back what is open, at once; False if it was woken since the replay began."""
    with writing() as s:
        values = {
            "state": CaseState.ENDED,
            "outcome": outcome,
            "ended_at": now,
            "seen": seen,
            "waits_for": "",
            "held_up": False,
            **UNTROUBLED,
        }
        ended = s.execute(_as_seen(ref, seen).values(**values, wakes_on=None))
        if not ended.rowcount:  # type: ignore[attr-defined]
            return False
        case = find_case(s, ref)
        s.refresh(case)
        case.because = because
        s.add(case)
        for task in tasks_of(s, ref):
            if task.state == TaskState.OPEN:
                take_back(s, task, now)
        queue_case_ended(s, case, now)
        if case.parent is not None:
            wake(s, case.parent, now)
        audit(s, job(ENGINE), "case ended", ref, now, outcome=outcome)
        return True


def _as_seen(ref: str, seen: int) -> Update:
    """The open case, if nothing woke it since."""
    return update(CaseRow).where(
        col(CaseRow.ref) == ref, col(CaseRow.woken) == seen, col(CaseRow.state) == CaseState.OPEN
    )


def tomorrow(today: date) -> date:
    return today + timedelta(days=1)


def has_ended(s: Session, ref: str) -> bool:
    return find_case(s, ref).state == CaseState.ENDED
