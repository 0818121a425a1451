"""J3, H7, V4: a family asks for a place on a course, waits where it is full, and goes."""

from datetime import timedelta

from data.store.facts import current
from data.store.session import reading
from data.tables import Course
from rules.calendar import add_working_days
from rules.processes.course_enrolment import CancelEnrolment, CourseAttendance, CourseRequest
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome, Waiting
from tasks.families import courses
from tasks.runs.case_flow import case_flow


@case_flow(name="course-enrolment")
def course_enrolment(case: Case) -> Outcome:
    """One family's place on one course (J3)."""
    open_to_them = case.recall(
        "open courses", courses.open_to, family=case.family, municipality=case.municipality, today=case.today
    )
    asked = case.ask(CourseRequest, of=Role.FAMILY, demands={"courses": open_to_them})
    place = case.do(
        "enrol",
        courses.enrol,
        course=asked.course,
        family=case.family,
        persons=asked.persons,
        case=case.ref,
        now=case.now,
    )
    if place is None:
        return Outcome("Refused", f"asked for {asked.course} before")
    if case.offer(CancelEnrolment, of=Role.FAMILY):
        case.do("give back", courses.give_back, course=asked.course, case=case.ref, now=case.now)
        return Outcome("Withdrawn", "by the family")
    course = comes(case, asked.course)
    case.take_back(CancelEnrolment.key())
    if not case.do("settle", courses.settle, course=course.ref, case=case.ref, now=case.now):
        return Outcome("Refused", "no place became free")
    attended = attendance(case, course)
    case.do(
        "record attendance", courses.record_attendance, case=case.ref, attended_on=attended.attended_on, now=case.now
    )
    return Outcome("Completed", f"{len(attended.attended_on)} days")


def comes(case: Case, ref: str) -> Course:
    """The course on its first day, which may have been moved."""
    with reading() as s:
        course = current(s, Course, ref)
    if case.today < course.held_on:
        case.wake_on(course.held_on)
        raise Waiting
    return course


def attendance(case: Case, course: Course) -> CourseAttendance:
    last_day = course.held_on + timedelta(days=course.days - 1)
    days = case.value("courses.deadline.course_attendance")
    return case.ask(
        CourseAttendance,
        of=Role.FAMILY_CARE_CONSULTANT,
        about=course.ref,
        due=add_working_days(max(last_day, case.today), days, case.policy.country),
        demands={"first_day": course.held_on.isoformat(), "days": course.days, "topic": course.title},
    )
