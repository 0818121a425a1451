"""Cases, their journals and tasks, as they are read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, or_, select

from data.tables.cases import OPEN_BEHIND, CaseRow, CaseState, GeneratedTask, JournalEntry, TaskState
from rules.refusal import Refusal

_SOONEST = (col(GeneratedTask.due_on).nulls_last(), col(GeneratedTask.ref))


class UnknownCase(Refusal):
    def __init__(self, ref: str) -> None:
        super().__init__(f"there is no case {ref!r}; `plejeflow case list` shows them")


class UnknownTask(Refusal):
    def __init__(self, ref: str) -> None:
        super().__init__(f"there is no task {ref!r}; `plejeflow task list` shows them")


def find_case(s: Session, ref: str) -> CaseRow:
    found = s.get(CaseRow, ref)
    if found is None:
        raise UnknownCase(ref)
    return found


def find_task(s: Session, ref: str) -> GeneratedTask:
    found = s.get(GeneratedTask, ref)
    if found is None:
        raise UnknownTask(ref)
    return found


class AtPrefect(NamedTuple):
    """An open case and its run; `behind` where something happened that no replay has looked at."""

    ref: str
    flow_run: str | None
    behind: bool


def at_prefect(s: Session, *, only_behind: bool = False) -> list[AtPrefect]:
    """By reference."""
    query = select(CaseRow.ref, CaseRow.flow_run, CaseRow.woken, CaseRow.seen)
    query = query.where(OPEN_BEHIND if only_behind else CaseRow.state == CaseState.OPEN)
    return [
        AtPrefect(ref, flow_run, woken > seen or flow_run is None)
        for ref, flow_run, woken, seen in s.exec(query.order_by(col(CaseRow.ref)))
    ]


def opening(s: Session, process: str, municipality: str) -> list[str]:
    """References of the open cases of a process."""
    query = select(CaseRow.ref).where(
        CaseRow.state == CaseState.OPEN, CaseRow.municipality == municipality, CaseRow.process == process
    )
    return list(s.exec(query))


def stuck(s: Session, municipality: str, *, at_most: int) -> list[str]:
    """References of open cases that are held up, or stopped by a fault of their process."""
    query = select(CaseRow.ref).where(
        CaseRow.state == CaseState.OPEN,
        CaseRow.municipality == municipality,
        or_(col(CaseRow.held_up), col(CaseRow.fault).is_not(None)),
    )
    return list(s.exec(query.order_by(col(CaseRow.ref)).limit(at_most)))


class ListedCase(NamedTuple):
    """The columns that lists show: none of them is encrypted."""

    ref: str
    municipality: str
    process: str
    family: str | None
    child: str | None
    parent: str | None
    state: str
    outcome: str | None
    waits_for: str


def list_cases(s: Session, *, ended: bool = True) -> list[ListedCase]:
    """By reference."""
    query = select_columns(*(col(getattr(CaseRow, name)) for name in ListedCase._fields))
    if not ended:
        query = query.where(col(CaseRow.state) == CaseState.OPEN)
    return [ListedCase(*row) for row in s.execute(query.order_by(col(CaseRow.ref)))]


def open_cases(s: Session) -> Sequence[CaseRow]:
    return s.exec(select(CaseRow).where(CaseRow.state == CaseState.OPEN).order_by(col(CaseRow.ref))).all()


def led_to(s: Session, ref: str) -> list[str]:
    """References of the cases that it opened."""
    return list(s.exec(select(CaseRow.ref).where(CaseRow.parent == ref).order_by(col(CaseRow.ref))))


def journal_of(s: Session, case: str) -> Sequence[JournalEntry]:
    return s.exec(select(JournalEntry).where(JournalEntry.case == case).order_by(col(JournalEntry.recorded_at))).all()


def tasks_of(s: Session, case: str) -> Sequence[GeneratedTask]:
    return s.exec(select(GeneratedTask).where(GeneratedTask.case == case).order_by(col(GeneratedTask.ref))).all()


class ListedTask(NamedTuple):
    """The columns that lists show."""

    ref: str
    step: str
    form: str
    role: str
    assignee: str
    due_on: date | None
    state: str
    answered_by: str | None
    standing: bool
    demands: dict[str, Any]


def list_tasks(
    s: Session, *, assignee: str | None = None, due_before: Mapping[str, date] | None = None
) -> list[ListedTask]:
    """As open_tasks. `due_before`: by municipality, only what is due before then."""
    query = select_columns(*(col(getattr(GeneratedTask, name)) for name in ListedTask._fields))
    query = query.where(col(GeneratedTask.state) == TaskState.OPEN)
    if assignee is not None:
        query = query.where(col(GeneratedTask.assignee) == assignee)
    if due_before is not None:
        late = (
            (col(GeneratedTask.municipality) == key) & (col(GeneratedTask.due_on) < day)
            for key, day in due_before.items()
        )
        query = query.where(or_(*late))
    return [ListedTask(*row) for row in s.execute(query.order_by(*_SOONEST))]


class Due(NamedTuple):
    """What a week's mail says of a task."""

    ref: str
    case: str | None
    form: str
    about: str | None
    assignee: str
    due_on: date | None
    demands: dict[str, Any]


def due_by(s: Session, municipality: str, last: date) -> list[Due]:
    """Open tasks that are due by that day, the soonest first."""
    columns = (col(getattr(GeneratedTask, name)) for name in Due._fields)
    query = select_columns(*columns).where(*_waits(municipality), col(GeneratedTask.due_on) <= last)
    return [Due(*row) for row in s.execute(query.order_by(*_SOONEST))]


def due_later(s: Session, municipality: str, last: date) -> dict[str, int]:
    """By assignee, how many open tasks are due after that day or have none."""
    later = or_(col(GeneratedTask.due_on) > last, col(GeneratedTask.due_on).is_(None))
    query = select_columns(col(GeneratedTask.assignee), func.count()).where(*_waits(municipality), later)
    return {row[0]: row[1] for row in s.execute(query.group_by(col(GeneratedTask.assignee)))}


def _waits(municipality: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(GeneratedTask.municipality) == municipality,
        col(GeneratedTask.state) == TaskState.OPEN,
        col(GeneratedTask.standing).is_(False),
    )


def open_tasks(s: Session, *, assignee: str | None = None) -> Sequence[GeneratedTask]:
    """Tasks that wait for an answer, the soonest due first; standing offers last."""
    query = select(GeneratedTask).where(GeneratedTask.state == TaskState.OPEN)
    if assignee is not None:
        query = query.where(GeneratedTask.assignee == assignee)
    return s.exec(query.order_by(*_SOONEST)).all()
