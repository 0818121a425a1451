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


def list_cases(s: Session) -> Sequence[CaseRow]:
    return s.exec(select(CaseRow).order_by(col(CaseRow.ref))).all()


def open_cases(s: Session, *, municipality: str | None = None) -> Sequence[CaseRow]:
    query = select(CaseRow).where(CaseRow.state == CaseState.OPEN).order_by(col(CaseRow.ref))
    return s.exec(query if municipality is None else query.where(CaseRow.municipality == municipality)).all()


def led_to(s: Session, ref: str) -> list[str]:
    """References of the cases that it opened."""
    return list(s.exec(select(CaseRow.ref).where(CaseRow.parent == ref).order_by(col(CaseRow.ref))))


def journal_of(s: Session, case: str) -> Sequence[JournalEntry]:
    return s.exec(select(JournalEntry).where(JournalEntry.case == case).order_by(col(JournalEntry.recorded_at))).all()


def tasks_of(s: Session, case: str) -> Sequence[GeneratedTask]:
    return s.exec(select(GeneratedTask).where(GeneratedTask.case == case).order_by(col(GeneratedTask.ref))).all()


def open_tasks(s: Session, *, assignee: str | None = None, municipality: str | None = None) -> Sequence[GeneratedTask]:
    """Tasks that wait for an answer, the soonest due first; standing offers last."""
    query = select(GeneratedTask).where(GeneratedTask.state == TaskState.OPEN)
    if assignee is not None:
        query = query.where(GeneratedTask.assignee == assignee)
    if municipality is not None:
        query = query.where(GeneratedTask.municipality == municipality)
    return s.exec(query.order_by(col(GeneratedTask.due_on).nulls_last(), col(GeneratedTask.ref))).all()
