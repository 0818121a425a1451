"""Tasks that are owed a reminder nobody has written yet: the database is asked, and only they are read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, cast, literal, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from data.tables import GeneratedTask, OutboxMail, TaskState
from rules.reminders import Owed

HELD_LINES = "held_lines"


class Whose(NamedTuple):
    """Which of a municipality's tasks are asked for."""

    municipality: str
    issued_before: datetime
    together: Mapping[str, frozenset[str]]
    """Forms of tasks that a person is told of in one mail, by that mail's name."""


def unescalated(s: Session, whose: Whose, owed: Owed) -> Sequence[GeneratedTask]:
    """Of any form, the longest overdue first: those that no leader was told of since they are with whom they are."""
    assignee, day = col(GeneratedTask.assignee), cast(col(GeneratedTask.due_on), String)
    # how a mail of its own said so, before there was one a day
    alone = col(GeneratedTask.ref) + literal(":escalated:") + assignee
    together = literal(f"{whose.municipality}:") + day + literal(f":{HELD_LINES}:escalated:") + assignee
    query = _owed(whose, owed, alone).where(
        col(GeneratedTask.escalated_with).is_distinct_from(assignee),
        or_(
            col(GeneratedTask.form).not_in(whose.together[HELD_LINES]),
            ~select(OutboxMail.id).where(col(OutboxMail.dedup) == together).exists(),
        ),
    )
    return s.exec(query.order_by(col(GeneratedTask.due_on), col(GeneratedTask.ref))).all()


def untold(s: Session, whose: Whose, owed: Owed) -> list[str]:
    """References of those that have a mail each."""
    reason = col(GeneratedTask.ref) + literal(f":{owed.kind}:") + col(GeneratedTask.assignee)
    query = _owed(whose, owed, reason).where(
        col(GeneratedTask.form).not_in(frozenset().union(*whose.together.values()))
    )
    return list(s.scalars(query.with_only_columns(col(GeneratedTask.ref)).order_by(col(GeneratedTask.ref))))


def open_among(s: Session, refs: Collection[str]) -> dict[str, GeneratedTask]:
    """Those of the tasks that still wait for an answer."""
    query = select(GeneratedTask).where(col(GeneratedTask.ref).in_(refs), GeneratedTask.state == TaskState.OPEN)
    return {task.ref: task for task in s.exec(query)}


def untold_together(s: Session, whose: Whose, owed: Owed, mail: str) -> Sequence[GeneratedTask]:
    """By reference: those of the forms that share this mail, where the person has none yet for their day."""
    day = cast(col(GeneratedTask.due_on), String)
    reason = literal(f"{whose.municipality}:") + day + literal(f":{mail}:{owed.kind}:") + col(GeneratedTask.assignee)
    query = _owed(whose, owed, reason).where(col(GeneratedTask.form).in_(whose.together[mail]))
    return s.exec(query.order_by(col(GeneratedTask.ref))).all()


def _owed(whose: Whose, owed: Owed, reason: ColumnElement[str]) -> SelectOfScalar[GeneratedTask]:
    query = select(GeneratedTask).where(
        GeneratedTask.municipality == whose.municipality,
        GeneratedTask.state == TaskState.OPEN,
        col(GeneratedTask.standing).is_(False),
        col(GeneratedTask.due_on) <= owed.last,
        col(GeneratedTask.issued_at) < whose.issued_before,
        ~select(OutboxMail.id).where(col(OutboxMail.dedup) == reason).exists(),
    )
    return query if owed.first is None else query.where(col(GeneratedTask.due_on) >= owed.first)
