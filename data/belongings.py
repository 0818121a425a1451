"""What is with somebody of the staff: open tasks, running cases, and whatever names them."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col, or_
from sqlmodel import select as select_rows

from data.store.facts import stands
from data.tables import CaseRow, CaseState, Child, Course, Family, GeneratedTask, Network, Staff, TaskState, Team
from data.tables.base import Withdrawable


class Link(NamedTuple):
    """A column in which staff are named."""

    called: str
    table: type[Withdrawable]
    column: str


LINKS = (
    Link("children", Child, "adviser"),
    Link("families", Family, "consultant"),
    Link("networks", Network, "contact_1"),
    Link("networks", Network, "contact_2"),
    Link("teams", Team, "family_care_consultant"),
    Link("teams", Team, "family_consultant"),
    Link("courses", Course, "specialist"),
    Link("substitutes", Staff, "substitute"),
)


class Belongings(NamedTuple):
    """By reference."""

    tasks: Sequence[GeneratedTask]
    cases: Sequence[CaseRow]
    named: Sequence[tuple[Link, Any]]
    """The rows that name them, each with where."""


def belongings(s: Session, ref: str, on: date) -> Belongings:
    tasks = select_rows(GeneratedTask).where(GeneratedTask.assignee == ref, GeneratedTask.state == TaskState.OPEN)
    cases = select_rows(CaseRow).where(CaseRow.responsible == ref, CaseRow.state == CaseState.OPEN)
    return Belongings(
        s.exec(tasks.order_by(col(GeneratedTask.due_on).nulls_last(), col(GeneratedTask.ref))).all(),
        s.exec(cases.order_by(col(CaseRow.ref))).all(),
        [
            (link, row)
            for link in LINKS
            for row in s.exec(
                select_rows(link.table).where(_naming(link) == ref, *_goes_on(link, on)).order_by(col(link.table.ref))
            )
        ],
    )


def how_much(s: Session, refs: Collection[str], on: date) -> dict[str, dict[str, int]]:
    """By reference and kind, of those who have anything."""
    found: dict[str, Counter[str]] = {ref: Counter() for ref in sorted(refs)}

    def count(called: str, column: Any, *where: ColumnElement[bool]) -> None:
        for ref, many in s.execute(select(column, func.count()).where(column.in_(refs), *where).group_by(column)):
            found[ref][called] += many

    count("tasks", col(GeneratedTask.assignee), col(GeneratedTask.state) == TaskState.OPEN)
    count("cases", col(CaseRow.responsible), col(CaseRow.state) == CaseState.OPEN)
    for link in LINKS:
        count(link.called, _naming(link), *_goes_on(link, on))
    return {ref: dict(counted) for ref, counted in found.items() if counted}


def _naming(link: Link) -> Any:
    return col(getattr(link.table, link.column))


def _goes_on(link: Link, on: date) -> list[ColumnElement[bool]]:
    """What has ended or was held keeps whoever it was with."""
    if link.table is Network:
        return [stands(Network), or_(col(Network.ended_on).is_(None), col(Network.ended_on) >= on)]
    if link.table is Course:
        return [stands(Course), col(Course.held_on) >= on]
    if link.called == "substitutes":
        return [stands(Staff), or_(col(Staff.left_on).is_(None), col(Staff.left_on) >= on)]
    return [stands(link.table)]
