from collections.abc import Mapping, Sequence
from typing import TypedDict

from data.courses import persons
from data.tables import Course, Enrolment
from rules.courses import Place


class CourseRow(TypedDict):
    ref: str
    municipality: str
    title: str
    kind: str
    held_on: str
    days: int
    places: int
    enrolled: int
    waiting: int
    attended: int
    """Persons, as the two before."""
    specialist: str | None


class EnrolmentRow(TypedDict):
    family: str
    persons: int
    state: str
    days_attended: int
    costs_ore: Mapping[str, int]
    """By placing municipality."""


def course_row(course: Course, asked: Sequence[Enrolment]) -> CourseRow:
    return {
        "ref": course.ref,
        "municipality": course.municipality,
        "title": course.title,
        "kind": course.kind,
        "held_on": course.held_on.isoformat(),
        "days": course.days,
        "places": course.places,
        "enrolled": persons(asked, Place.ENROLLED),
        "waiting": persons(asked, Place.WAITING),
        "attended": persons(asked, Place.ATTENDED),
        "specialist": course.specialist,
    }


def enrolment_row(enrolment: Enrolment, costs: Mapping[str, int]) -> EnrolmentRow:
    return {
        "family": enrolment.family,
        "persons": enrolment.persons,
        "state": enrolment.state,
        "days_attended": enrolment.days_attended,
        "costs_ore": costs,
    }


def costs_cell(row: EnrolmentRow) -> str:
    return ", ".join(f"{who} {ore}" for who, ore in row["costs_ore"].items())
