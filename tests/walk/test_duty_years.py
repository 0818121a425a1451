"""Years of duties alone, with the simulated clock: what is asked, on its day and once, in times that aren't usual."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import select

from data.duties import broken_deadlines
from data.policies import policy_of
from data.settings import Settings
from data.store.session import reading
from data.tables import Approval, Child, Family, GeneratedTask, OutboxMail, Placement
from tests import people
from tests.people import CHILD, FAMILY, FAMILY_CARE_CONSULTANT, NOW
from tests.walk.log import Days, Log
from tests.walk.walk import Walk, by_day, records

A_DAY = timedelta(days=1)
DUTIES = ("daily-duties", "half-yearly-reports", "reminders")
SIBLING, YOUNGEST = "HJ-B002", "HJ-B003"
LEAP_DAY, FIVE_MONTHS_LATER = date(2024, 2, 29), date(2024, 7, 29)


def lives(child: str, start: date = LEAP_DAY, end: date | None = None) -> Placement:
    with_them = {"family": FAMILY, "municipality": "hjoerring", "kind": "network", "start": start, "end": end}
    return Placement(ref=f"{child}-P", recorded_at=NOW, child=child, **with_them)


def approval(ref: str, family: str, first: date, last: date | None = None) -> Approval:
    return Approval(ref=ref, recorded_at=NOW, family=family, valid_from=first, valid_to=last)


@pytest.fixture
def hjoerring(sqlite_database: Settings) -> None:
    home = {"municipality": "hjoerring", "kind": "network", "email": people.email(FAMILY)}
    people.move_in(
        *people.cast(),
        Family(ref=FAMILY, recorded_at=NOW, consultant=FAMILY_CARE_CONSULTANT, **home),
        *(Child(ref=child, recorded_at=NOW, municipality="hjoerring") for child in (SIBLING, YOUNGEST)),
        *(lives(child) for child in (CHILD, SIBLING)),
    )


def walked(municipality: str, first: date, last: date, *happens: tuple[date, object]) -> Days:
    """What was held, and nobody had to be pressed for."""
    walk = Walk(municipality, by_day((day, does) for day, does in happens), only=DUTIES)  # type: ignore[misc]
    walk.go(first, last)
    with reading() as s:
        pressed = [
            mail.template for mail in s.exec(select(OutboxMail)) if mail.template in ("task_overdue", "task_escalated")
        ]
        tasks = s.exec(select(GeneratedTask).where(GeneratedTask.form == "DutyHeld")).all()
    assert pressed == []
    asked = Counter((task.about, task.demands["duty"], task.due_on) for task in tasks)
    assert {key for key, times in asked.items() if times > 1} == set()
    assert [task.ref for task in tasks if task.due_on and task.due_on <= task.issued_at.date()] == []
    return dict(_told(Log(municipality).everything()["held"]))


def _told(held: dict[str, Days]) -> Iterator[tuple[str, list[date]]]:
    return ((f"{subject} {duty}", days) for subject, of in held.items() for duty, days in of.items())


def lost(municipality: str, on: date) -> list[tuple[str, str, date]]:
    with reading() as s:
        found = broken_deadlines(s, policy_of(municipality), on)
    return [(each.deadline.subject, each.deadline.duty.key, each.deadline.due_on) for each in found]


@pytest.mark.usefixtures("hjoerring")
def test_siblings_who_moved_in_on_a_leap_day_and_one_of_them_for_five_months() -> None:
    last = date(2025, 3, 14)
    leaves = (FIVE_MONTHS_LATER - 14 * A_DAY, records(lives(SIBLING, end=FIVE_MONTHS_LATER)))
    held = walked("hjoerring", LEAP_DAY, last, leaves)
    one, other = f"{CHILD}-P", f"{SIBLING}-P"
    # J5: one meeting for both every six weeks; the child's alone after the other left
    assert held[f"{FAMILY} follow_up_meeting"] == [
        date(2024, 4, 11), date(2024, 5, 23), date(2024, 7, 4)]  # fmt: skip
    assert held[f"{one} follow_up_meeting"] == [
        date(2024, 8, 15), date(2024, 9, 26), date(2024, 11, 7), date(2024, 12, 19), date(2025, 1, 30)]  # fmt: skip
    assert f"{other} follow_up_meeting" not in held
    # J2: each child is visited, also the one who stayed for five months
    assert held[f"{other} child_visit"] == [date(2024, 5, 30)]
    assert held[f"{one} child_visit"] == [date(2024, 5, 30), date(2024, 11, 29)]
    # J6: the summer's for both, the winter's for the one who is there
    assert (len(held[f"{other} report"]), len(held[f"{one} report"])) == (1, 2)
    assert lost("hjoerring", last) == []


@pytest.mark.usefixtures("sqlite_database")
def test_a_family_whose_approval_is_withdrawn_and_that_is_approved_again() -> None:
    family, first, withdrawn, again = "RA-F001", date(2024, 1, 2), date(2025, 3, 15), date(2025, 9, 1)
    consultant = people.staff("RA-S01", "family_care_consultant, leader", municipality="randers")
    home = {"municipality": "randers", "kind": "respite", "email": people.email(family)}
    people.move_in(consultant, Family(ref=family, recorded_at=NOW, consultant="RA-S01", **home),
                   approval("RA-F001-A1", family, first))  # fmt: skip
    held = walked(
        "randers",
        first,
        date(2026, 1, 15),
        (withdrawn, records(approval("RA-F001-A1", family, first, withdrawn))),
        (again, records(approval("RA-F001-A2", family, again))),
    )
    # R3: in the middle of what each year has of the approval; ten weeks of a year that only ended owe none
    assert held == {f"{family} operational_supervision": [date(2024, 7, 2), date(2025, 10, 31)]}
    assert lost("randers", date(2026, 1, 15)) == []
