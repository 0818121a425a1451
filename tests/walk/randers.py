"""Randers' two years: a respite family, its approval and one child's weekends with it."""

from datetime import date, datetime, time, timedelta

from data.rates import load_shipped
from data.store.session import writing
from data.tables import Child, Family, HouseholdMember, NightStay
from data.tables.base import Fact
from tests import people
from tests.walk.walk import Otherwise, by_day, loads_rates, opens, records

FIRST, LAST = date(2023, 3, 1), date(2025, 6, 15)
FAMILY, CHILD, PLACEMENT = "RA-F001", "RA-B001", "RA-2023-0002-P"
ROLES = ("child_adviser", "family_care_consultant", "administration", "leader", "payroll")
CHILD_ADVISER, CONSULTANT = "RA-S01", "RA-S02"
STARTS = date(2023, 6, 2)
FORTNIGHT = timedelta(days=14)


def move_in() -> None:
    home = {"municipality": "randers", "kind": "respite", "region": "Midtjylland", "name": "Familien Syd"}
    people.move_in(
        *(people.staff(f"RA-S{number:02}", role, municipality="randers") for number, role in enumerate(ROLES, start=1)),
        Family(
            ref=FAMILY,
            recorded_at=people.NOW,
            email=people.email(FAMILY),
            payroll_number="900002",
            consultant=CONSULTANT,
            **home,
        ),
        HouseholdMember(ref=f"{FAMILY}-1", recorded_at=people.NOW, family=FAMILY, carer=True),
        Child(
            ref=CHILD,
            recorded_at=people.NOW,
            municipality="randers",
            birth_date=date(2014, 9, 14),
            adviser=CHILD_ADVISER,
        ),
    )
    with writing() as s:
        load_shipped(s, people.NOW)


def stay(arrives: date, nights: int) -> Fact:
    leaves = arrives + timedelta(days=nights)
    return NightStay(
        ref=f"RA-N{arrives}",
        recorded_at=people.NOW,
        placement=PLACEMENT,
        arrival=datetime.combine(arrives, time(16)),
        departure=datetime.combine(leaves, time(18)),
        reported_on=leaves + timedelta(days=1),
    )


def weekends() -> list[date]:
    """Every other Friday from the start."""
    return [STARTS + FORTNIGHT * n for n in range(52)]


A_SUMMER_WEEK = stay(date(2024, 7, 15), nights=4)

DIARY = by_day(
    (
        (FIRST, opens("respite-approval", family=FAMILY)),
        (date(2023, 5, 5), opens("respite-matching", family=FAMILY, child=CHILD)),
        (date(2023, 11, 1), opens("supplementary-benefit", family=FAMILY)),
        (date(2023, 12, 15), loads_rates("dk_2024")),
        (date(2024, 7, 22), records(A_SUMMER_WEEK)),
        (date(2024, 12, 16), loads_rates("dk_2025")),
        *((friday + timedelta(days=3), records(stay(friday, nights=2))) for friday in weekends()),
    )
)
OTHERWISE = (
    Otherwise("basic_course_completed", on=date(2023, 3, 10)),
    Otherwise("approval_application", on=date(2023, 3, 15)),
    Otherwise("authority_decision", on=date(2023, 4, 20)),
    Otherwise("propose_respite_match", on=date(2023, 5, 15), says={"starts_on": "2023-06-02", "fees": 2}),
    Otherwise("issue_contract", on=date(2023, 5, 17)),
    Otherwise("benefit_decision", says={"regime": "full"}),
    Otherwise("send_documentation", on=date(2024, 1, 3)),
    Otherwise("check_documentation", says={"received_on": "2024-01-03"}),
)
