"""The catalogue of courses, places on them, and what counts as attended (J3, H7, V4)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from data.courses import COUNTED, courses, enrolment_of, enrolments, persons
from data.happenings import record_held
from data.people import current_staff
from data.placements import placements_of
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import current, find, record, revise
from data.store.session import lock
from data.tables import Course, Enrolment
from rules.cells import Unreadable, reference
from rules.courses import Asked, News, Place, move_up, shares
from rules.references import tidy
from rules.refusal import Refusal, Refusals
from rules.vocabulary import CourseKind, Role
from tasks.mail.support_mail import queue_course_place

DUTY_OF = {
    CourseKind.BASIC: "basic_course_day",
    CourseKind.ANNUAL: "course_day",
    CourseKind.SPECIALIST: "course_day",
}
"""What a day of the course counts towards; a module's days are the intensive start's."""
WAITS_OR_HAS = (Place.ENROLLED, Place.WAITING)


def add_course(s: Session, course: Course, *, actor: Actor, now: datetime) -> Course:
    """Into the catalogue. Raises Refusals."""
    course.ref = tidy(course.ref)
    lock(s, f"course {course.ref}")
    if faults := list(_faults(s, course, now)):
        raise Refusals(faults)
    audit(s, actor, "course added", course.ref, now, held_on=course.held_on.isoformat(), places=course.places)
    return record(s, course, now)


def _faults(s: Session, course: Course, now: datetime) -> list[str]:
    today = policy_of(course.municipality).today(now)
    lines = []
    if find(s, Course, course.ref) is not None:
        lines.append(f"there is a course {course.ref} already; give this one another reference")
    if "/" in course.ref or not _is_reference(course.ref):
        lines.append(
            "the reference must be the municipality's own, without a slash, without characters that nobody sees, "
            "and no identity number"
        )
    if course.held_on <= today:
        lines.append(f"{course.ref} would begin on {course.held_on}; give a day to come, history comes in by workbook")
    if not course.title.strip():
        lines.append(f"{course.ref} needs a title")
    if (course.kind == CourseKind.SPECIALIST) != (course.specialist is not None):
        lines.append("an institution specialist is named for a course of kind specialist, and for no other")
    elif course.specialist and not _is_specialist(s, course):
        lines.append(f"{course.specialist} isn't {Role.INSTITUTION_SPECIALIST} in {course.municipality}")
    return lines


def _is_reference(said: str) -> bool:
    try:
        return reference(said) != ""
    except Unreadable:
        return False


def _is_specialist(s: Session, course: Course) -> bool:
    person = current_staff(s, course.municipality).get(course.specialist or "")
    if person is None or person.has_left(course.held_on):
        return False
    return person.has_role(Role.INSTITUTION_SPECIALIST)


def open_to(s: Session, *, family: str, municipality: str, today: date) -> dict[str, str]:
    """First day, ISO, by course that the family can ask for. Raises Refusal where there is none."""
    found = {
        course.ref: course.held_on.isoformat()
        for course in courses(s, municipality, after=today)
        if not any(row.family == family and row.state in WAITS_OR_HAS for row in enrolments(s, course.ref))
    }
    if not found:
        raise Refusal(f"no course of {municipality} is open to {family}; add one with `plejeflow course add`")
    return found


def enrol(s: Session, *, course: str, family: str, persons: int, case: str, now: datetime) -> str | None:
    """A place where there is one, else the end of the waiting list; None where the family has asked before."""
    lock(s, f"course {course}")
    known = find(s, Enrolment, f"{course}/{family}")
    if known is not None and known.state in WAITS_OR_HAS:
        return None
    asked = Enrolment(
        ref=f"{course}/{family}",
        recorded_at=now,
        course=course,
        family=family,
        persons=persons,
        state=Place.WAITING,
        asked_at=now,
        case=case,
    )
    record(s, asked, now)
    s.flush()
    _move_up(s, course, now)
    place = current(s, Enrolment, asked.ref)
    if place.state == Place.WAITING:
        _tell(s, place, News.WAITING, now)
    return place.state


def _move_up(s: Session, course: str, now: datetime) -> None:
    """Gives what is free to who waits, and tells them."""
    row, asked = current(s, Course, course), enrolments(s, course)
    if row.held_on <= policy_of(row.municipality).today(now):
        return
    waiting = {entry.family: entry for entry in asked if entry.state == Place.WAITING}
    queue = [Asked(entry.family, entry.persons) for entry in waiting.values()]
    for family in move_up(row.places, persons(asked, *COUNTED), queue):
        _tell(s, revise(s, waiting[family], now, state=Place.ENROLLED), News.PLACE, now)


def _tell(s: Session, place: Enrolment, news: News, now: datetime) -> None:
    course = current(s, Course, place.course)
    queue_course_place(s, course=course, news=news, case=place.case or place.ref, family=place.family, now=now)


def give_back(s: Session, *, course: str, case: str, now: datetime) -> bool:
    """Frees the place for who waits; False where there was none to give back."""
    lock(s, f"course {course}")
    place = enrolment_of(s, case)
    if place is None or place.state not in WAITS_OR_HAS:
        return False
    _tell(s, revise(s, place, now, state=Place.CANCELLED), News.GIVEN_BACK, now)
    s.flush()
    _move_up(s, course, now)
    return True


def settle(s: Session, *, course: str, case: str, now: datetime) -> bool:
    """On the first day: whether the family has a place. Who still waits is told that there is none."""
    lock(s, f"course {course}")
    place = enrolment_of(s, case)
    if place is not None and place.state == Place.WAITING:
        _tell(s, place, News.FULL, now)
    return place is not None and place.state == Place.ENROLLED


def record_attendance(s: Session, *, case: str, attended_on: Sequence[date], now: datetime) -> list[str]:
    """The days as they count; their references."""
    place = enrolment_of(s, case)
    if place is None:
        raise Refusal(f"{case} has no enrolment; import it, or open the case again")
    course = current(s, Course, place.course)
    state = Place.ATTENDED if attended_on else Place.ABSENT
    revise(s, place, now, state=state, days_attended=len(attended_on))
    duty = DUTY_OF.get(CourseKind(course.kind))
    if duty is None:
        return []
    counted = [(day, subject) for day in attended_on for subject in _subjects(s, course, place, duty, day)]
    for day, subject in counted:
        ref = f"{place.ref}/{day}/{subject}"
        record_held(s, subject, duty, day, ref=ref, now=now)
    return [f"{place.ref}/{day}/{subject}" for day, subject in counted]


def _subjects(s: Session, course: Course, place: Enrolment, duty: str, day: date) -> list[str]:
    """Whom the day counts for: each of the family's placements where the municipality's duty is theirs."""
    owed = {found.key: found.about for found in policy_of(course.municipality).duties(day)}
    if owed.get(duty) == "placement":
        return [placement.ref for placement in placements_of(s, place.family, day)]
    return [place.family]


def costs(s: Session, course: Course) -> dict[str, dict[str, int]]:
    """What each placing municipality pays in øre, by family with a place."""
    sharing = policy_of(course.municipality).value("courses.cost_sharing", course.held_on)
    found = {}
    for place in enrolments(s, course.ref):
        if place.state in COUNTED:
            placed = {one.child: one.municipality for one in placements_of(s, place.family, course.held_on)}
            children = Counter(placed.values()) or Counter([course.municipality])
            found[place.family] = shares((course.price_ore or 0) * place.persons, children, sharing)
    return found
