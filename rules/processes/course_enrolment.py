"""Forms of course enrolment (J3, H7, V4)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from rules.forms.base import Form, Held, Reference
from rules.needs import PolicyNeeds, deadlines
from rules.policy_kinds import WORKING_DAYS, Kind, one_of
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="course-enrolment",
    row="J3",
    version=1,
    policy="courses",
    family_kinds=frozenset(FamilyKind),
    needs_child=False,
    responsible=Role.FAMILY_CARE_CONSULTANT,
)

STEPS = ("course_request", "course_attendance")

KEYS: dict[str, Kind] = {
    "courses.cost_sharing": one_of("equally", "by_children"),
    **{f"courses.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(deadlines("courses", *STEPS))


class CourseRequest(Form):
    title = "Ask for a place on a course"
    what = "Say which course you would like to go to, and how many of you are coming."
    why = "Courses have a number of places; where they are taken, those who asked first come first."
    row = "J3"

    course: Reference
    persons: int = Field(ge=1, le=10)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        first_days = demands["courses"]
        if self.course not in first_days:
            return [f"course: give one of {', '.join(first_days)}"]
        begins = date.fromisoformat(first_days[self.course])
        if begins <= demands["today"]:
            return [f"course: {self.course} began on {begins}; give one that is still to come"]
        return []


class CancelEnrolment(Form):
    title = "Cancel the place on the course"
    what = "Only if you can't come: cancel, so that somebody else can have the place."
    why = "A place that is given back goes to the first who waits."
    row = "J3"

    cancelled_on: Held


class CourseAttendance(Form):
    title = "Record who came to the course"
    what = "Record the days on which the family was there; none at all means that it stayed away."
    why = "Course days count towards what the family has to attend each year."
    row = "J3"

    attended_on: list[Held]

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        begins, days = date.fromisoformat(demands["first_day"]), demands["days"]
        lines = []
        if len(set(self.attended_on)) < len(self.attended_on):
            lines.append("attended_on: a day is given twice")
        if len(self.attended_on) > days:
            lines.append(f"attended_on: the course has {days} days")
        if any(day < begins for day in self.attended_on):
            lines.append(f"attended_on: the course began on {begins}")
        return lines
