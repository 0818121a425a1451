"""Approvals, terms and placements that are taken back, begin again or move: months that were lawful stay paid."""

from datetime import UTC, date, datetime

import pytest

from data.cases import open_tasks
from data.settings import Settings
from data.store.session import reading
from data.tables import Approval, Child, Decision, NightStay, Placement, Staff, Terms, TravelClaim
from rules.refusal import Refusal
from tasks.mail.recipients import reached
from tasks.payout import approve_payout, decide_line, prepare_payout
from tests.homes import home
from tests.tasks.pay_runs import AUGUST, JULY, OCTOBER, SEPTEMBER, change, lines, paid, pay, prepare, said
from tests.tasks.payout.test_payout_corrections import drive
from tests.tasks.payroll import (
    APPROVER,
    CLERK,
    FAMILY,
    IMPORTED,
    JUNE,
    LEADER,
    OUTSIDER,
    acting,
    guest,
    know,
    move_in,
    staff,
    stay,
    weekend,
)


def full_time(**agreed: object) -> None:
    know(*guest(5, date(2013, 5, 14)))
    change(Placement, "RA-P5", at=IMPORTED, kind="full_time")
    change(Terms, "RA-P5/2022-01-01", at=IMPORTED, **agreed)


def mistyped() -> Terms:
    of = {"placement": "RA-P5", "valid_from": date(2023, 5, 1), "fees_tenths": 50}
    return Terms(ref="RA-P5/2023-05-01", recorded_at=IMPORTED, **of)


def fees_of(period: str) -> list[tuple[int, str]]:
    return [(line["amount_ore"], line["status"]) for line in lines(period) if line["component"] == "fee"]


def test_terms_with_a_wrong_first_day_beside_the_right_ones_are_taken_back_before_they_are_paid(
    database: Settings,
) -> None:
    move_in()
    full_time()
    know(mistyped())
    prepare()
    assert fees_of("2023-05") == [(23_470_00, "payable")]
    change(Terms, "RA-P5/2023-05-01", at=JUNE, withdrawn_on=JUNE.date())
    prepare()
    assert fees_of("2023-05") == [(4_694_00, "payable")]


def test_what_was_paid_by_them_waits_for_a_decision_once_they_are_taken_back(database: Settings) -> None:
    move_in()
    full_time()
    know(mistyped())
    pay()
    change(Terms, "RA-P5/2023-05-01", at=JULY, withdrawn_on=JULY.date())
    prepare("2023-06", JULY)
    corrections = [line for line in lines("2023-06") if line["period"] == "2023-05"]
    assert [(line["amount_ore"], line["held_because"]) for line in corrections] == [(-18_776_00, "overpaid")]


def test_months_before_a_withdrawal_stay_paid_when_the_family_is_approved_again(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(Approval, f"{FAMILY}-A1", at=JULY, valid_to=date(2023, 6, 10))
    pay("2023-06", JULY)
    again = Approval(ref=f"{FAMILY}-A2", recorded_at=SEPTEMBER, family=FAMILY, valid_from=date(2023, 8, 15))
    know(again, at=SEPTEMBER)
    know(stay(2, "RA-P1", "2023-08-14T14:00", "2023-08-16T20:00"), at=SEPTEMBER)
    pay("2023-07", AUGUST)
    prepare("2023-08", SEPTEMBER)
    assert said("2023-08") == [
        "2023-08 RA-P1 board_lodging 201.00 payable",
        "2023-08 RA-P1 board_lodging 201.00 held: after_approval",
        "2023-08 RA-P1 fee 308.62 payable",
        "2023-08 RA-P1 fee 308.62 held: after_approval",
    ]


def vejle(period: str, now: object) -> list[dict[str, object]]:
    prepare_payout("vejle", period, actor=acting(OUTSIDER), now=now)  # type: ignore[arg-type]
    return lines(period, "vejle")


def test_a_child_that_moves_to_another_municipality_claims_nothing_back_and_is_paid_once(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(Child, "RA-B1", at=JULY, municipality="vejle")
    know(stay(2, "RA-P1", "2023-06-02T14:00", "2023-06-03T14:00"), at=JULY)
    prepare("2023-06", JULY)
    assert said("2023-06") == ["2023-06 RA-P1 board_lodging 201.00 payable", "2023-06 RA-P1 fee 308.62 payable"]
    assert vejle("2023-06", JULY) == []


def test_a_placement_handed_over_is_reclaimed_by_the_one_and_paid_by_the_other(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    vejle("2023-05", JUNE)
    change(Placement, "RA-P1", at=JULY, municipality="vejle")
    prepare("2023-06", JULY)
    assert {(line["component"], line["amount_ore"], line["status"]) for line in lines("2023-06")} == {
        ("fee", -617_24, "held"),
        ("board_lodging", -402_00, "held"),
    }
    assert vejle("2023-05", JULY) != []


def test_facts_of_a_placement_that_a_moved_child_still_has_here_stop_the_approval(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    change(Child, "RA-B1", at=JUNE, municipality="vejle")
    prepare("2023-05", JULY)
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=AUGUST)
    with pytest.raises(Refusal, match="1 fact has come in"):
        approve_payout("randers", "2023-05", actor=acting(APPROVER), now=AUGUST)


def test_one_night_that_two_municipalities_report_in_two_families_is_held_at_both(database: Settings) -> None:
    move_in()
    two = {"municipality": "randers", "kind": "respite", "approved_from": date(2021, 1, 1)}
    know(*home(ref="RA-F2", recorded_at=IMPORTED, **two), *guest(3, date(2014, 1, 1)), *guest(9, date(2015, 3, 1)))
    change(Placement, "RA-P3", at=IMPORTED, family="RA-F2")
    change(Placement, "RA-P9", at=IMPORTED, child="RA-B1", family="RA-F2", municipality="vejle")
    know(weekend(1, "RA-P1"), weekend(9, "RA-P9"), weekend(3, "RA-P3"))
    prepare()
    held = {line["placement"]: line["held_because"] for line in lines()}
    assert held == {"RA-P1": "other_respite_stay", "RA-P3": None}
    assert {line["held_because"] for line in vejle("2023-05", JUNE)} == {"other_respite_stay"}


def test_a_stay_of_a_placement_that_was_taken_back_is_owed_nothing_until_it_stands_again(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    change(Placement, "RA-P1", at=JUNE, withdrawn_on=JUNE.date())
    prepare()
    assert lines() == []
    change(Placement, "RA-P1", at=JULY, withdrawn_on=None)
    change(NightStay, "RA-N1", at=OCTOBER, withdrawn_on=OCTOBER.date())
    prepare("2023-05", JULY)
    assert [line["amount_ore"] for line in lines()] == [402_00, 617_24]


def test_who_left_is_reached_by_no_mail_after_the_last_day(sqlite_database: Settings) -> None:
    gone = staff("RA-S4", "child_adviser")
    gone.left_on, gone.substitute = date(2023, 6, 30), "RA-S5"
    there = {person.ref: person for person in (gone, staff("RA-S5", "child_adviser"), staff("RA-S3", "leader"))}
    assert reached(there, {}, "RA-S4", family=False, on=date(2023, 6, 30)).ref == "RA-S4"
    assert reached(there, {}, "RA-S4", family=False, on=date(2023, 7, 1)).ref == "RA-S5"


@pytest.mark.parametrize("now_from", [date(2023, 5, 13), date(2023, 7, 1)])
def test_what_was_paid_by_decision_is_asked_about_no_more_whatever_would_hold_it_now(
    sqlite_database: Settings, now_from: date
) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    change(Approval, f"{FAMILY}-A1", at=IMPORTED, withdrawn_on=IMPORTED.date())
    pay()
    for line in lines():
        decide_line(line["id"], Decision.PAY, reason="Plejet i tillid", actor=acting(LEADER), now=JULY)
    pay("2023-06", JULY)
    assert paid() == {("RA-P1", "2023-05", "board_lodging", False): 402_00, ("RA-P1", "2023-05", "fee", True): 617_24}
    know(Approval(ref="GA-1", recorded_at=AUGUST, family=FAMILY, valid_from=now_from), at=AUGUST)
    prepare("2023-07", AUGUST)
    assert lines("2023-07") == []


def test_who_left_neither_prepares_nor_approves_from_the_next_day_on(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    change(Staff, CLERK, at=IMPORTED, left_on=JUNE.date())
    change(Staff, APPROVER, at=IMPORTED, left_on=JUNE.date())
    prepare()
    with pytest.raises(Refusal, match="RA-S9 left on 2023-06-02"):
        approve_payout("randers", "2023-05", actor=acting(APPROVER), now=JULY)
    with pytest.raises(Refusal, match="RA-S1 left on 2023-06-02"):
        prepare("2023-05", JULY)


def test_driving_of_which_nobody_says_when_it_was_reported_was_on_the_day_it_was_first_recorded(
    database: Settings,
) -> None:
    move_in()
    in_time, late = drive(1, "RA-P1", "2023-05-04"), drive(2, "RA-P1", "2023-05-05")
    know(in_time, at=datetime(2024, 1, 5, 23, 30, tzinfo=UTC))
    know(late, at=datetime(2024, 1, 6, 8, tzinfo=UTC))
    change(TravelClaim, "RA-K1", at=datetime(2024, 2, 1, 8, tzinfo=UTC), purpose="home")
    prepare("2023-05", datetime(2024, 2, 2, 8, tzinfo=UTC))
    held = {line["sources"][0]: line["held_because"] for line in lines()}
    assert held == {"RA-K1": None, "RA-K2": "late_documentation"}


def test_what_came_too_late_is_the_leaders_to_let_through(sqlite_database: Settings) -> None:
    move_in()
    claim = drive(1, "RA-P1", "2023-05-04")
    claim.reported_on = date(2024, 2, 1)
    know(claim)
    late = datetime(2024, 2, 2, 8, tzinfo=UTC)
    prepare("2023-05", late)
    [line] = lines()
    assert line["held_because"] == "late_documentation"
    with reading() as s:
        assert [task.role for task in open_tasks(s) if task.row == "R9"] == ["leader"]
    with pytest.raises(Refusal, match="RA-S1 may not let through late claims"):
        decide_line(
            line["id"], Decision.PAY, reason="Set", actor=acting(CLERK), now=datetime(2024, 2, 2, 9, tzinfo=UTC)
        )
