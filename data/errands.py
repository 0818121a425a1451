"""Tasks that stand alone, as they are read: only what is asked for, however many there are."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.store.asking import ASKED_AT_ONCE, batched
from data.tables import GeneratedTask, TaskState


class Asked(NamedTuple):
    """What is asked of a task again and again; its answer stays unread, and so encrypted."""

    step: str
    form: str
    about: str | None
    demands: dict[str, Any]
    assignee: str
    due_on: date | None
    state: str
    answered_by: str | None
    issued_at: datetime


def asked(s: Session, municipality: str, forms: Collection[str]) -> list[Asked]:
    """All of these forms that were ever given, the latest last."""
    columns = (getattr(GeneratedTask, name) for name in Asked._fields)
    given = select(*map(col, columns)).where(
        col(GeneratedTask.case).is_(None),
        GeneratedTask.municipality == municipality,
        col(GeneratedTask.form).in_(list(forms)),
    )
    rows = s.execute(given.order_by(col(GeneratedTask.issued_at), col(GeneratedTask.ref)))
    return [Asked(*row) for row in rows]


def given_before(s: Session, municipality: str, steps: Collection[str]) -> set[str]:
    """Those of the steps that were ever given."""
    alone = select(GeneratedTask.step).where(
        col(GeneratedTask.case).is_(None), GeneratedTask.municipality == municipality
    )
    return {
        step
        for some in batched(sorted(steps), ASKED_AT_ONCE)
        for step in s.exec(alone.where(col(GeneratedTask.step).in_(some)))
    }


def open_errands(s: Session, municipality: str, steps: Collection[str]) -> Sequence[GeneratedTask]:
    alone = select(GeneratedTask).where(
        col(GeneratedTask.case).is_(None),
        GeneratedTask.municipality == municipality,
        GeneratedTask.state == TaskState.OPEN,
        col(GeneratedTask.step).in_(list(steps)),
    )
    return s.exec(alone.order_by(col(GeneratedTask.ref))).all()


def open_of_form(s: Session, form: str, municipality: str | None = None) -> Sequence[GeneratedTask]:
    """By reference; None is every municipality's."""
    alone = select(GeneratedTask).where(
        col(GeneratedTask.case).is_(None), GeneratedTask.form == form, GeneratedTask.state == TaskState.OPEN
    )
    theirs = alone if municipality is None else alone.where(GeneratedTask.municipality == municipality)
    return s.exec(theirs.order_by(col(GeneratedTask.ref))).all()


def open_by_assignee(s: Session, refs: Collection[str]) -> dict[str, int]:
    """How many open tasks each has."""
    rows = s.execute(
        select(col(GeneratedTask.assignee), func.count())
        .where(col(GeneratedTask.state) == TaskState.OPEN, col(GeneratedTask.assignee).in_(list(refs)))
        .group_by(col(GeneratedTask.assignee))
    )
    return {str(ref): int(count) for ref, count in rows}
