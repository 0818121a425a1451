from datetime import date
from typing import Any

import pytest

from data.policies import policy_of
from rules.driving import Agreement, Journey, metres_agreed, to_be_agreed
from rules.forms.base import AnswerInvalid
from rules.processes.driving_agreement import DrivingApplication, DrivingDecision, ReportDriving
from rules.vocabulary import Purpose

RANDERS = policy_of("randers")
TODAY = date(2023, 5, 31)
MAY = Agreement("special_school", date(2023, 5, 10), date(2023, 5, 20), 100_000)


def to_school(day: int, km: int = 30) -> Journey:
    return Journey(date(2023, 5, day), "special_school", km * 1000)


def agreed(journey: Journey, *before: Journey, agreements: tuple[Agreement, ...] = (MAY,)) -> int:
    return metres_agreed(journey, agreements, before, RANDERS) // 1000


def test_a_special_or_boarding_school_and_any_other_purpose_need_an_agreement() -> None:
    assert to_be_agreed(RANDERS, TODAY) == ["special_school", "boarding_school", "other"]


@pytest.mark.parametrize("purpose", ["contact_visit", "home", "treatment", "meeting", "supervision", "course"])
def test_what_the_rules_name_is_agreed_without_a_grant(purpose: str) -> None:
    assert agreed(Journey(TODAY, purpose, 400_000), agreements=()) == 400


@pytest.mark.parametrize(("day", "km"), [(9, 0), (10, 30), (20, 30), (21, 0)])
def test_an_agreement_holds_from_its_first_day_to_its_last(day: int, km: int) -> None:
    assert agreed(to_school(day)) == km


def test_an_agreement_is_for_its_own_purpose() -> None:
    assert agreed(Journey(date(2023, 5, 12), "other", 30_000)) == 0


def test_the_kilometres_above_the_months_most_are_not_agreed() -> None:
    assert agreed(to_school(12), to_school(10), to_school(11)) == 30
    assert agreed(to_school(13), *map(to_school, (10, 11, 12))) == 10
    assert agreed(to_school(14), *map(to_school, (10, 11, 12, 13))) == 0


def test_each_month_has_its_own_most() -> None:
    two_months = MAY._replace(last=date(2023, 6, 20))
    full = [to_school(day, 50) for day in (10, 11)]
    june = Journey(date(2023, 6, 1), "special_school", 30_000)
    assert agreed(june, *full, agreements=(two_months,)) == 30


def test_an_agreement_that_follows_another_in_a_month_is_not_used_up_by_it() -> None:
    next_one = MAY._replace(first=date(2023, 5, 21), last=date(2023, 5, 31))
    assert agreed(to_school(21), to_school(20, 100), agreements=(MAY, next_one)) == 30


def report(*journeys: tuple[str, str, Any], placement: str = "P1", reported: Any = ()) -> ReportDriving:
    rows = [{"driven_on": day, "purpose": purpose, "km": km} for day, purpose, km in journeys]
    demands = {"placements": {"P1": ["2023-05-02", "2023-05-30"]}, "reported": list(reported)}
    return ReportDriving.accept({"placement": placement, "journeys": rows}, demands=demands, today=TODAY)


def test_the_days_of_arrival_and_departure_belong_to_the_placement() -> None:
    assert len(report(("2023-05-02", "home", 5), ("2023-05-30", "home", 5)).journeys) == 2


@pytest.mark.parametrize(
    ("journey", "says"),
    [
        (("2023-05-10", "home", 0), r"journeys\.0\.km: Input should be greater than 0"),
        (("2023-05-10", "home", -7), r"journeys\.0\.km: Input should be greater than 0"),
        (("2023-05-10", "home", 5001), r"journeys\.0\.km: Input should be less than or equal to 5000"),
        (("2023-06-01", "home", 7), r"journeys\.0\.driven_on: 2023-06-01 is still to come"),
        (("2022-05-01", "home", 7), r"journeys\.0\.driven_on: 2022-05-01 is more than a year ago"),
        (("2023-05-01", "home", 7), r"journeys\.0: 2023-05-01 is before the placement began on 2023-05-02"),
        (("2023-05-31", "home", 7), r"journeys\.0: 2023-05-31 is after the placement ended on 2023-05-30"),
        (("2023-05-10", "shopping", 7), r"journeys\.0\.purpose"),
    ],
)
def test_a_journey_that_can_not_be_is_refused_in_a_line(journey: tuple[str, str, Any], says: str) -> None:
    with pytest.raises(AnswerInvalid, match=says) as refused:
        report(journey)
    assert len(refused.value.faults) == 1


def test_the_same_journey_twice_is_refused_whether_in_one_report_or_in_two() -> None:
    journey = ("2023-05-10", "home", 7)
    with pytest.raises(AnswerInvalid, match=r"journeys\.1: 2023-05-10 is the same journey as journeys\.0"):
        report(journey, journey)
    with pytest.raises(AnswerInvalid, match=r"journeys\.0: 2023-05-10 is reported before"):
        report(journey, reported=[["P1", "2023-05-10", "home", 7000]])
    assert report(journey, reported=[["P2", "2023-05-10", "home", 7000]])


def test_at_most_sixty_journeys_are_reported_at_once() -> None:
    with pytest.raises(AnswerInvalid, match="journeys: List should have at most 60 items"):
        report(*(("2023-05-10", "home", km) for km in range(1, 62)))


ASKED = {
    "placement": "P1",
    "purpose": "special_school",
    "drives_from": "2023-06-01",
    "drives_until": "2023-06-30",
    "km_a_journey": 12.5,
    "journeys_a_month": 20,
    "because": "No bus.",
}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"placement": "P9"}, "placement: give one of P1"),
        ({"purpose": "home"}, "purpose: home needs no agreement, report it; there is special_school"),
        ({"drives_until": "2023-05-31"}, "drives_until: this is before drives_from"),
        ({"km_a_journey": 0}, "km_a_journey: Input should be greater than 0"),
        ({"journeys_a_month": 0}, "journeys_a_month: Input should be greater than or equal to 1"),
        ({"because": ""}, "because: String should have at least 1 character"),
    ],
)
def test_an_application_that_lacks_something_is_refused_in_a_line(wrong: dict[str, Any], says: str) -> None:
    demands = {"placements": ["P1"], "purposes": [Purpose.SPECIAL_SCHOOL.value]}
    assert DrivingApplication.accept(ASKED, demands=demands, today=TODAY).metres_a_month == 250_000
    with pytest.raises(AnswerInvalid, match=says):
        DrivingApplication.accept(ASKED | wrong, demands=demands, today=TODAY)


DEMANDS = {
    "purpose": "other",
    "from": "2023-05-30",
    "until": "2023-06-30",
    "metres_a_month": 250_000,
    "beforehand": True,
    "applied_late": False,
}
GRANT = {
    "granted": True,
    "reason": "Needed.",
    "drives_from": "2023-05-31",
    "drives_until": "2023-06-30",
    "km_a_month": 250,
}


@pytest.mark.parametrize(
    ("wrong", "demands", "says"),
    [
        ({"km_a_month": 250.001}, {}, "km_a_month: say the most kilometres a month, at most 250"),
        ({"km_a_month": None}, {}, "km_a_month: say the most kilometres a month, at most 250"),
        ({"drives_from": "2023-05-30"}, {}, "drives_from: say the first day, from 2023-05-31 to 2023-06-30"),
        ({"drives_until": "2023-07-01"}, {}, "drives_until: say the last day, from 2023-05-31 to 2023-06-30"),
        ({"drives_until": None}, {}, "drives_until: say the last day"),
        ({"ground": "not_needed"}, {}, "ground: this belongs to a refusal"),
        ({}, {"until": "2023-05-30"}, r"granted: not possible \(already_driven\)"),
        ({}, {"applied_late": True}, r"granted: not possible \(already_driven\)"),
        ({"granted": False}, {}, "ground: say one that fits this application: not_needed"),
        ({"granted": False, "ground": "not_needed"}, {}, "these belong to a grant"),
        ({}, {"purpose": "boarding_school"}, "public_transport_reasonable: say whether"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_in_a_line(
    wrong: dict[str, Any], demands: dict[str, Any], says: str
) -> None:
    assert DrivingDecision.accept(GRANT, demands=DEMANDS, today=TODAY).granted
    with pytest.raises(AnswerInvalid, match=says):
        DrivingDecision.accept(GRANT | wrong, demands=DEMANDS | demands, today=TODAY)


def test_what_need_not_be_agreed_beforehand_is_granted_from_the_day_applied_for() -> None:
    school = DEMANDS | {"purpose": "special_school", "beforehand": False}
    decision = DrivingDecision.accept(GRANT | {"drives_from": "2023-05-30"}, demands=school, today=TODAY)
    assert decision.drives_from == date(2023, 5, 30)
