"""A decision stays with the nights and claims it was about, and a waiver ends a debt (R9)."""

from datetime import date, datetime

from sqlmodel import select

from data.settings import Settings
from data.store.session import reading
from data.tables import Decision, NightStay, PayDecision, RateRow, Terms, TravelClaim
from tasks.explained.lines import explain_line
from tasks.payout import decide_line
from tests.tasks.pay_runs import AUGUST, JULY, OCTOBER, SEPTEMBER, change, lines, paid, pay, prepare, said
from tests.tasks.payroll import IMPORTED, LEADER, acting, know, move_in, stay, weekend

NOVEMBER = OCTOBER.replace(month=11)


def decide(period: str, decision: Decision, now: datetime, component: str = "", instalments: int = 1) -> None:
    """About every held line of the month, or the component's."""
    for line in lines(period):
        if line["status"] == "held" and component in ("", line["component"]):
            decide_line(line["id"], decision, reason="Aftalt", actor=acting(LEADER), now=now, instalments=instalments)


def one_night_more_than_agreed() -> None:
    move_in()
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(1, "RA-P1"))
    pay()


def terms(since: str, at: datetime, placement: str = "RA-P1", **more: object) -> None:
    given = {"fees_tenths": 20, "nights_per_month": 1} | more
    valid_from = date.fromisoformat(since)
    know(Terms(ref=f"{placement}/{since}", recorded_at=at, placement=placement, valid_from=valid_from, **given), at=at)


def test_a_night_paid_by_decision_stays_paid_when_other_terms_with_the_same_fees_cover_it(database: Settings) -> None:
    one_night_more_than_agreed()
    decide("2023-05", Decision.PAY, JULY)
    pay("2023-06", JULY)
    assert paid()["RA-P1", "2023-05", "fee", True] == 617_24
    terms("2023-05-10", AUGUST)
    prepare("2023-07", AUGUST)
    assert said("2023-07") == []
    terms("2023-05-13", AUGUST, supervision_interval=2)
    prepare("2023-07", AUGUST)
    assert said("2023-07") == []


def test_it_stays_paid_and_what_the_new_terms_add_is_asked_about(database: Settings) -> None:
    one_night_more_than_agreed()
    decide("2023-05", Decision.PAY, JULY)
    pay("2023-06", JULY)
    terms("2023-05-10", AUGUST, fees_tenths=30)
    prepare("2023-07", AUGUST)
    assert said("2023-07") == [
        "2023-05 RA-P1 fee 154.31 held: more_than_agreed",
        "2023-05 RA-P1 fee 154.31 payable corrects RA-2023-05-000003",
    ]


def test_a_night_nobody_decided_about_is_asked_about_though_another_of_the_same_amount_was(
    sqlite_database: Settings,
) -> None:
    one_night_more_than_agreed()
    decide("2023-05", Decision.WAIVE, JULY)
    pay("2023-06", JULY)
    assert said("2023-06") == []
    change(NightStay, "RA-N1", at=AUGUST, departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=AUGUST)
    prepare("2023-07", AUGUST)
    assert said("2023-07") == [
        "2023-05 RA-P1 board_lodging 201.00 held: more_than_agreed",
        "2023-05 RA-P1 fee 308.62 held: more_than_agreed",
    ]


def test_nights_decided_one_by_one_are_each_paid_once(database: Settings) -> None:
    one_night_more_than_agreed()
    decide("2023-05", Decision.PAY, JULY)
    pay("2023-06", JULY)
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-28T14:00"), at=AUGUST)
    pay("2023-07", AUGUST)
    assert said("2023-07") == [
        "2023-05 RA-P1 board_lodging 402.00 held: more_than_agreed",
        "2023-05 RA-P1 fee 617.24 held: more_than_agreed",
    ]
    decide("2023-07", Decision.PAY, SEPTEMBER)
    pay("2023-08", SEPTEMBER)
    terms("2023-05-27", OCTOBER, nights_per_month=2)
    prepare("2023-09", OCTOBER)
    assert said("2023-09") == []
    assert paid()["RA-P1", "2023-05", "fee", True] == 4 * 308_62


def test_a_journey_paid_by_decision_stays_paid_however_far_it_turns_out_to_be(sqlite_database: Settings) -> None:
    move_in()
    driven = TravelClaim(ref="RA-K1", recorded_at=IMPORTED, placement="RA-P1", driven_on=date(2023, 5, 8))
    driven.metres, driven.agreed = 10_000, False
    know(driven)
    pay()
    decide("2023-05", Decision.PAY, JULY)
    pay("2023-06", JULY)
    change(TravelClaim, "RA-K1", at=AUGUST, metres=30_000)
    prepare("2023-07", AUGUST)
    assert said("2023-07") == ["2023-05 RA-P1 travel 43.80 held: not_agreed"]
    assert [(line["quantity"], line["rate"]) for line in lines("2023-07")] == [(20, "2.19")]
    change(TravelClaim, "RA-K1", at=AUGUST, agreed=True)
    prepare("2023-07", AUGUST)
    assert [line["amount_ore"] for line in lines("2023-07")] == [43_80]


def a_night_waived() -> None:
    """Two nights paid, one of them taken back, and its debt waived."""
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    pay("2023-06", JULY)
    decide("2023-06", Decision.WAIVE, JULY)
    pay("2023-07", AUGUST)
    assert said("2023-07") == []


def test_nights_reported_after_a_waiver_are_paid_in_full(database: Settings) -> None:
    a_night_waived()
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-28T14:00"), at=SEPTEMBER)
    pay("2023-08", SEPTEMBER)
    assert said("2023-08") == [
        "2023-05 RA-P1 board_lodging 402.00 released corrects RA-2023-05-000001",
        "2023-05 RA-P1 fee 617.24 released corrects RA-2023-05-000002",
    ]
    change(NightStay, "RA-N2", at=OCTOBER, departure=datetime(2023, 5, 27, 20))  # noqa: DTZ001
    prepare("2023-09", OCTOBER)
    assert [line["amount_ore"] for line in lines("2023-09")] == [-201_00, -308_62]


def test_a_night_that_was_right_after_all_was_paid_already_and_is_paid_once(database: Settings) -> None:
    a_night_waived()
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-28T14:00"), at=SEPTEMBER)
    pay("2023-08", SEPTEMBER)
    change(NightStay, "RA-N1", at=OCTOBER, departure=datetime(2023, 5, 14, 20))  # noqa: DTZ001
    pay("2023-09", OCTOBER)
    assert said("2023-09") == []
    assert paid()["RA-P1", "2023-05", "fee", True] == 4 * 308_62
    change(NightStay, "RA-N1", at=NOVEMBER, departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    prepare("2023-10", NOVEMBER)
    assert said("2023-10") == []


def test_a_waiver_ends_the_debt_of_a_rate_that_was_too_high_and_no_other(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(RateRow, "DK/fee_night//2023-01-01", amount="150.00")
    pay("2023-06", JULY)
    assert said("2023-06") == ["2023-05 RA-P1 fee -17.24 held: overpaid corrects RA-2023-05-000002"]
    decide("2023-06", Decision.WAIVE, JULY)
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=AUGUST)
    pay("2023-07", AUGUST)
    assert said("2023-07")[1] == "2023-05 RA-P1 fee 300.00 released corrects RA-2023-05-000002"
    change(RateRow, "DK/fee_night//2023-01-01", at=SEPTEMBER, amount="154.31")
    prepare("2023-08", SEPTEMBER)
    assert [line["amount_ore"] for line in lines("2023-08")] == [8_62]


def test_a_claim_told_after_another_ones_debt_was_waived_is_paid_in_full(sqlite_database: Settings) -> None:
    move_in()
    know(*(drive(number) for number in (1, 2)))
    pay()
    change(TravelClaim, "RA-K2", withdrawn_on=JULY.date())
    pay("2023-06", JULY)
    decide("2023-06", Decision.WAIVE, JULY)
    know(drive(3), at=AUGUST)
    pay("2023-07", AUGUST)
    assert said("2023-07") == ["2023-05 RA-P1 travel 21.90 released corrects RA-2023-05-000002"]
    change(TravelClaim, "RA-K2", at=SEPTEMBER, withdrawn_on=None)
    prepare("2023-08", SEPTEMBER)
    assert said("2023-08") == []


def drive(number: int) -> TravelClaim:
    claim = TravelClaim(ref=f"RA-K{number}", recorded_at=IMPORTED, placement="RA-P1", driven_on=date(2023, 5, number))
    claim.metres, claim.agreed = 10_000, True
    return claim


def test_a_decision_says_for_good_which_nights_it_was_about(sqlite_database: Settings) -> None:
    one_night_more_than_agreed()
    decide("2023-05", Decision.PAY, JULY)
    with reading() as s:
        assert [made.about["days"] for made in s.exec(select(PayDecision))] == ["13", "13"]


def test_a_recovery_is_over_with_its_debt_and_a_new_one_on_another_night_is_asked_about(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    pay("2023-06", JULY)
    decide("2023-06", Decision.RECOVER, JULY, "fee", instalments=3)
    pay("2023-07", AUGUST)
    other = {"arrival": datetime(2023, 5, 13, 14), "departure": datetime(2023, 5, 14, 20)}  # noqa: DTZ001
    change(NightStay, "RA-N1", at=SEPTEMBER, **other)
    prepare("2023-08", SEPTEMBER)
    assert [(line["component"], line["amount_ore"], line["status"]) for line in lines("2023-08")] == [
        ("board_lodging", -201_00, "held"),
        ("fee", -205_75, "held"),
    ]
    change(NightStay, "RA-N1", at=SEPTEMBER, arrival=None, departure=None, withdrawn_on=SEPTEMBER.date())
    prepare("2023-08", SEPTEMBER)
    fee = [line["amount_ore"] for line in lines("2023-08") if line["component"] == "fee"]
    assert sorted(fee) == [-308_62, -102_87]


def test_a_part_that_no_number_of_units_comes_to_says_neither_units_nor_rate(sqlite_database: Settings) -> None:
    one_night_more_than_agreed()
    decide("2023-05", Decision.PAY, JULY)
    pay("2023-06", JULY)
    change(RateRow, "DK/fee_night//2023-01-01", at=AUGUST, amount="160.00")
    prepare("2023-07", AUGUST)
    [rest] = [line for line in lines("2023-07") if line["status"] == "held"]
    assert (rest["amount_ore"], rest["quantity"], rest["rate"], rest["rate_from"]) == (11_38, 0, "", None)
    with reading() as s:
        assert "A part of it: 11.38 kr." in explain_line(s, rest["id"], "en")
