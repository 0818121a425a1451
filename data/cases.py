"""Cases, their journals and tasks, as they are read."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from data.tables.cases import CaseRow, CaseState, GeneratedTask, JournalEntry, TaskState
from rules.refusal import Refusal


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


def list_cases(s: Session, *, state: str | None = None) -> Sequence[CaseRow]:
    query = select(CaseRow).order_by(col(CaseRow.ref))
    return s.exec(query if state is None else query.where(CaseRow.state == state)).all()


def open_cases(s: Session) -> Sequence[CaseRow]:
    return list_cases(s, state=CaseState.OPEN)


def journal_of(s: Session, case: str) -> Sequence[JournalEntry]:
    return s.exec(select(JournalEntry).where(JournalEntry.case == case).order_by(col(JournalEntry.recorded_at))).all()


def tasks_of(s: Session, case: str) -> Sequence[GeneratedTask]:
    return s.exec(select(GeneratedTask).where(GeneratedTask.case == case).order_by(col(GeneratedTask.ref))).all()


def open_tasks(s: Session, *, assignee: str | None = None) -> Sequence[GeneratedTask]:
    """Tasks that wait for an answer, the soonest due first; standing offers last."""
    query = select(GeneratedTask).where(GeneratedTask.state == TaskState.OPEN)
    if assignee is not None:
        query = query.where(GeneratedTask.assignee == assignee)
    return s.exec(query.order_by(col(GeneratedTask.due_on).nulls_last(), col(GeneratedTask.ref))).all()
