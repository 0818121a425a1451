"""Hjørring's two years: a network family, from the first visit to the end of its second year with the child."""

from datetime import date

from data.rates import load_shipped
from data.store.facts import current, revise
from data.store.session import writing
from data.tables import Course, Family, TravelClaim
from rules.vocabulary import CourseKind, Purpose
from tasks.duties.changes import Wish
from tasks.families.courses import add_course
from tests import people
from tests.people import CHILD, FAMILY, FAMILY_CARE_CONSULTANT, LEADER
from tests.walk.walk import ME, Otherwise, Walk, by_day, changes_duty, loads_rates, opens, records

FIRST, LAST = people.WEDNESDAY, date(2025, 7, 15)
SUPERVISOR, CLERK = "HJ-S10", "HJ-S11"
PLACEMENT = "HJ-2023-0001-P"


def move_in() -> None:
    people.move_in(*people.cast(), people.staff(SUPERVISOR, "supervisor"), people.staff(CLERK, "payroll"))
    with writing() as s:
        load_shipped(s, people.NOW)
        home = current(s, Family, FAMILY)
        revise(s, home, people.NOW, name="Familien Nord", consultant=FAMILY_CARE_CONSULTANT, payroll_number="900001")


def course(ref: str, kind: CourseKind, held_on: date, days: int) -> Course:
    catalogue = {"municipality": "hjoerring", "title": "Kursus", "places": 20}
    return Course(ref=ref, recorded_at=people.NOW, kind=kind, held_on=held_on, days=days, **catalogue)


def offers(new: Course) -> object:
    def happens(walk: Walk) -> None:
        with writing() as s:
            add_course(s, new, actor=ME, now=walk.now)

    return happens


HOLIDAY = Wish(FAMILY, "pause", date(2024, 2, 5), "They are away.", last=date(2024, 2, 18))
MORE_OFTEN = Wish(FAMILY, "interval", date(2024, 5, 1), "School is hard.", duty="supervision", every={"months": 2})
NOT_AGREED = TravelClaim(
    ref="HJ-K0001",
    recorded_at=people.NOW,
    placement=PLACEMENT,
    driven_on=date(2024, 4, 5),
    metres=42_000,
    purpose=Purpose.OTHER,
    reported_on=date(2024, 4, 10),
)

DIARY = by_day(
    (
        (FIRST, opens("network-family-approval", family=FAMILY, child=CHILD)),
        (date(2023, 6, 1), loads_rates("dk_2023")),
        (date(2023, 8, 1), offers(course("HJ-K1", CourseKind.BASIC, date(2023, 9, 4), 4))),
        (date(2023, 8, 14), opens("course-enrolment", family=FAMILY)),
        (date(2023, 12, 15), loads_rates("dk_2024")),
        (date(2024, 1, 15), changes_duty(HOLIDAY, by=LEADER)),
        (date(2024, 4, 10), records(NOT_AGREED)),
        (date(2024, 5, 1), changes_duty(MORE_OFTEN, by=SUPERVISOR)),
        (date(2024, 9, 2), offers(course("HJ-K2", CourseKind.ANNUAL, date(2024, 10, 8), 1))),
        (date(2024, 9, 10), opens("course-enrolment", family=FAMILY)),
        (date(2024, 12, 16), loads_rates("dk_2025")),
    )
)
OTHERWISE = (
    Otherwise("contract", says={"placement_from": "2023-07-03"}),
    Otherwise("contract_review", on=date(2023, 6, 16)),
    Otherwise(
        "follow_up_meeting",
        due=date(2023, 11, 6),
        by=LEADER,
        instead={"reason": "The child is ill.", "new_day": "2023-11-13", "lawful_exception": True},
    ),
    Otherwise(
        "course_attendance",
        due=date(2023, 9, 14),
        says={"attended_on": ["2023-09-04", "2023-09-05", "2023-09-06", "2023-09-07"]},
    ),
    Otherwise("status_report", due=date(2024, 12, 31), on=date(2025, 1, 8)),
)
