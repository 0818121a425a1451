"""Courses and who asked for a place on them, as they are read."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from data.store.facts import stands
from data.tables import Course, Enrolment
from rules.courses import Place

COUNTED = (Place.ENROLLED, Place.ATTENDED, Place.ABSENT)
"""Who holds a place, or held one."""


def courses(s: Session, municipality: str | None = None, *, after: date | None = None) -> Sequence[Course]:
    """By first day; those that begin after a day."""
    rows = select(Course).where(stands(Course))
    if municipality is not None:
        rows = rows.where(Course.municipality == municipality)
    if after is not None:
        rows = rows.where(Course.held_on > after)
    return s.exec(rows.order_by(col(Course.held_on), col(Course.ref))).all()


def enrolments(s: Session, course: str) -> Sequence[Enrolment]:
    """In order of asking."""
    rows = select(Enrolment).where(Enrolment.course == course, stands(Enrolment))
    return s.exec(rows.order_by(col(Enrolment.asked_at), col(Enrolment.ref))).all()


def persons(rows: Sequence[Enrolment], *states: Place) -> int:
    return sum(row.persons for row in rows if row.state in states)


def enrolment_of(s: Session, case: str) -> Enrolment | None:
    """What was asked for in that case."""
    rows = select(Enrolment).where(Enrolment.case == case, stands(Enrolment))
    return s.exec(rows).first()
