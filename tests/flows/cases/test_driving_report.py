from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from data.settings import Settings
from data.store.session import reading
from data.tables import DrivingAgreement, TravelClaim
from rules.forms.base import AnswerInvalid
from tasks.cases.case import Outcome
from tasks.payout import prepare_payout
from tests import people
from tests.flows.cases.test_supplementary_benefit import guests_with_payroll, live_together
from tests.people import ADMINISTRATION, FAMILY, at
from tests.story import Story
from tests.tasks.payroll import acting
from web.shown.pay import run_as_json

PLACEMENT = "HJ-P001"


def driven(day: str, km: float, purpose: str = "contact_visit") -> dict[str, Any]:
    return {"driven_on": day, "purpose": purpose, "km": km}


def agree(first: date, last: date, km: int, purpose: str = "special_school") -> None:
    given: dict[str, Any] = {
        "placement": PLACEMENT,
        "purpose": purpose,
        "valid_from": first,
        "valid_to": last,
        "granted_on": first,
    }
    people.move_in(DrivingAgreement(ref="HJ-2023-0099", recorded_at=people.NOW, metres_a_month=km * 1000, **given))


def a_report(today: date = date(2023, 6, 1)) -> Story:
    story = Story("driving-report", child=None, now=at(today))
    story.today = today
    return story


def reported(*journeys: dict[str, Any]) -> Story:
    story = a_report()
    story.answer("report_driving", journeys=list(journeys))
    return story


def claims(ref: str = "") -> list[tuple[str, int | None, bool | None]]:
    with reading() as s:
        rows = s.exec(
            select(TravelClaim).where(col(TravelClaim.ref).startswith(ref), col(TravelClaim.superseded_at).is_(None))
        )
        return sorted((f"{row.driven_on}", row.metres, row.agreed) for row in rows)


def lines(period: str, now: date) -> list[tuple[int, str, str | None]]:
    prepare_payout("hjoerring", period, actor=acting(ADMINISTRATION), now=at(now))
    with reading() as s:
        found = run_as_json(s, "hjoerring", period)["lines"]
    return sorted(
        (line["amount_ore"], line["status"], line["held_because"]) for line in found if line["component"] == "travel"
    )


def test_agreed_driving_is_paid_and_the_other_held(database: Settings) -> None:
    guests_with_payroll()
    agree(date(2023, 5, 1), date(2023, 5, 31), km=50)
    story = reported(
        driven("2023-05-04", 10),
        driven("2023-05-08", 30, "special_school"),
        driven("2023-05-09", 30, "special_school"),
        driven("2023-05-10", 7, "other"),
    )
    assert story.rested.outcome == Outcome("Approved", "HJ-P001: 3 agreed, 2 held, 0 known")
    assert lines("2023-05", date(2023, 6, 2)) == [
        (1_533, "held", "not_agreed"),
        (2_190, "held", "not_agreed"),
        (2_190, "payable", None),
        (4_380, "payable", None),
        (6_570, "payable", None),
    ]


def test_a_journey_outside_its_agreements_period_is_not_agreed(sqlite_database: Settings) -> None:
    live_together()
    agree(date(2023, 5, 4), date(2023, 5, 5), km=500)
    story = reported(*(driven(f"2023-05-{day:02}", 10, "special_school") for day in (6, 5, 4, 3)))
    assert [(day, agreed) for day, _, agreed in claims(story.ref)] == [
        ("2023-05-03", None),
        ("2023-05-04", True),
        ("2023-05-05", True),
        ("2023-05-06", None),
    ]


def test_what_an_earlier_report_used_of_an_agreement_is_used(sqlite_database: Settings) -> None:
    live_together()
    agree(date(2023, 5, 1), date(2023, 6, 30), km=50)
    reported(driven("2023-05-20", 40, "special_school"))
    second = reported(driven("2023-05-04", 40, "special_school"), driven("2023-06-01", 40, "special_school"))
    assert claims(second.ref) == [
        ("2023-05-04", 10_000, True),
        ("2023-05-04", 30_000, None),
        ("2023-06-01", 40_000, True),
    ]


def test_a_journey_that_was_reported_before_is_refused_though_its_agreement_split_it(sqlite_database: Settings) -> None:
    live_together()
    agree(date(2023, 5, 1), date(2023, 5, 31), km=50)
    journey = driven("2023-05-20", 60, "special_school")
    reported(journey)
    story = a_report()
    with pytest.raises(AnswerInvalid, match=r"journeys\.1: 2023-05-20 is reported before"):
        story.answer("report_driving", journeys=[driven("2023-05-04", 3), journey])
    assert (claims(story.ref), story.waiting) == ([], ["report_driving"])


def test_of_two_reports_open_at_once_only_the_first_records_a_journey(sqlite_database: Settings) -> None:
    live_together()
    first, second = a_report(), a_report()
    for story in (first, second):
        story.answer("report_driving", journeys=[driven("2023-05-20", 6)])
    assert second.rested.outcome == Outcome("Approved", "HJ-P001: 0 agreed, 0 held, 1 known")
    assert len(claims()) == 1


def test_a_month_without_driving_is_reported_by_an_empty_list(sqlite_database: Settings) -> None:
    live_together()
    assert reported().case.outcome == "Completed"
    assert claims() == []


def test_driving_is_still_reported_after_the_placement_has_ended(sqlite_database: Settings) -> None:
    live_together(end=date(2023, 5, 10))
    assert reported(driven("2023-05-10", 6)).case.outcome == "Approved"
    with pytest.raises(AnswerInvalid, match="after the placement ended"):
        reported(driven("2023-05-11", 6))


def test_a_report_is_asked_of_the_family_with_its_deadline(sqlite_database: Settings) -> None:
    live_together()
    task = a_report(people.WEDNESDAY).tasks["report_driving"]
    assert (task.assignee, task.due_on) == (FAMILY, date(2023, 3, 15))
    assert task.demands["placements"] == {PLACEMENT: ["2022-01-01", None]}


def test_a_family_without_a_placement_has_nothing_to_report(sqlite_database: Settings) -> None:
    live_together(end=date(2023, 6, 1) - timedelta(days=367))
    assert "has had no placement of hjoerring since 2022-05-31" in a_report().case.waits_for
