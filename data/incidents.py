"""Whom an incident in a family concerns: the children there, their advisers, the contacts of its network."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, or_, select

from data.networks import led_by, membership, stays
from data.store.facts import find, stands
from data.tables import CaseRow, CaseState, Child, GeneratedTask, Network, Placement


class Concerned(NamedTuple):
    child: str
    municipality: str
    """Who placed it there, which may be another than the family's."""
    adviser: str | None


def placed_now(s: Session, family: str, on: date) -> list[str]:
    """Placements that go on that day, and those of which the first day isn't known, by reference."""
    query = select(Placement.ref).where(_with(family), _going_on(on))
    return list(s.exec(query.order_by(col(Placement.ref))))


def children_there(s: Session, *families: str, on: date | None = None) -> list[Concerned]:
    """On that day; without one, whoever is or was there."""
    query = (
        select(Child.ref, Placement.municipality, Child.adviser)
        .join(Placement, col(Placement.child) == col(Child.ref))
        .where(stands(Child), _with(*families))
        .order_by(col(Child.ref), col(Placement.start).nulls_first(), col(Placement.ref))
    )
    rows = s.exec(query if on is None else query.where(_going_on(on)))
    # of a child who was placed there twice, the later placement
    return list({row[0]: Concerned(*row) for row in rows}.values())


def _with(*families: str) -> ColumnElement[bool]:
    return and_(col(Placement.family).in_(families), stands(Placement))


def _going_on(day: date) -> ColumnElement[bool]:
    started = or_(col(Placement.start).is_(None), col(Placement.start) <= day)
    return and_(started, or_(col(Placement.end).is_(None), col(Placement.end) > day))


def network_around(s: Session, family: str, on: date) -> Network | None:
    """The one it leads, else the one it takes part in."""
    home = membership(s, family, on)
    return led_by(s, family, on) or find(s, Network, home.network if home else None)


def homes_around(s: Session, family: str, on: date) -> list[str]:
    """The family, and every other one that is or was in the network around it."""
    network = network_around(s, family, on)
    others = {network.resource_family, *stays(s, network.ref)} - {family} if network else set()
    return [family, *sorted(others)]


def reports_in_open_cases(s: Session, process: str, family: str) -> list[tuple[str, GeneratedTask | None]]:
    """Each open case of the family with its first task."""
    cases = select(CaseRow.ref).where(
        CaseRow.process == process, CaseRow.family == family, CaseRow.state == CaseState.OPEN
    )
    firsts = select(GeneratedTask).where(GeneratedTask.form == "IncidentReport", col(GeneratedTask.case).in_(cases))
    by_case = {task.case: task for task in s.exec(firsts)}
    return [(ref, by_case.get(ref)) for ref in s.exec(cases.order_by(col(CaseRow.ref)))]
