"""Whatever changes after a month was released comes with the next payout, pointing at what it corrects."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.settings import Settings
from data.store.session import reading
from data.tables import Child, Decision, LedgerLine, NightStay, Placement, RateRow, Terms, TravelClaim
from rules.refusal import Refusal
from tasks.explained.lines import explain_line
from tasks.payout import decide_line, prepare_payout
from tasks.payout.decisions import AlreadyDecided
from tasks.payout.opening import NotInLedger
from tests.homes import home
from tests.tasks.pay_runs import AUGUST, JULY, OCTOBER, SEPTEMBER, change, lines, paid, pay, prepare, said
from tests.tasks.payroll import CLERK, IMPORTED, JUNE, LEADER, acting, guest, know, move_in, stay, weekend

FEE, BOARD = "RA-2023-05-000002", "RA-2023-05-000001"


def a_weekend_paid() -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()


def test_nights_reported_late_are_paid_with_the_next_month_and_name_the_line_they_correct(database: Settings) -> None:
    a_weekend_paid()
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=JULY)
    prepare("2023-06", JULY)
    assert said("2023-06") == [
        f"2023-05 RA-P1 board_lodging 201.00 payable corrects {BOARD}",
        f"2023-05 RA-P1 fee 308.62 payable corrects {FEE}",
    ]
    fee = lines("2023-06")[1]
    assert (fee["quantity"], fee["rate"], fee["sources"]) == (1, "154.31", ["RA-N2"])


def told(line: dict[str, Any]) -> str:
    """The sentence of an explanation that says which nights or claims."""
    with reading() as s:
        text = explain_line(s, line["id"], "en").splitlines()
    others = ("Paid: ", "Owed: ")
    (about,) = [each for each in text if ("reported as" in each or "by claim" in each) and not each.startswith(others)]
    return about


def test_a_difference_names_the_nights_that_came_or_went_and_no_others(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"), weekend(2, "RA-P2"), stay(3, "RA-P2", "2023-05-19T14:00", "2023-05-21T14:00"))
    pay()
    know(stay(4, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=JULY)
    change(NightStay, "RA-N3", departure=stay(0, "", None, "2023-05-20T20:00").departure)
    prepare("2023-06", JULY)
    came, _, went, _ = map(told, lines("2023-06"))
    assert came == "Nights that begin on 26 May 2023; reported as RA-N4."
    assert went == "Nights that begin on 20 May 2023; reported as RA-N2, RA-N3."


def test_a_difference_names_the_nights_that_have_other_terms_or_another_band_now(sqlite_database: Settings) -> None:
    a_weekend_paid()
    new = Terms(ref="RA-P1/2023-05-13", recorded_at=JULY, placement="RA-P1", valid_from=date(2023, 5, 13))
    new.fees_tenths = 30
    know(new, at=JULY)
    change(Child, "RA-B1", birth_date=date(2013, 5, 13))
    prepare("2023-06", JULY)
    assert [told(line) for line in lines("2023-06")] == ["Nights that begin on 13 May 2023; reported as RA-N1."] * 2
    with reading() as s:
        assert "214.00 kr. a night for children aged 10 or more" in explain_line(s, "RA-2023-06-000001", "en")


def test_a_difference_names_the_journey_that_came_or_went_with_its_own_day(sqlite_database: Settings) -> None:
    move_in()
    know(drive(1, "RA-P1", "2023-05-04"), drive(2, "RA-P2", "2023-05-05"), drive(3, "RA-P2", "2023-05-06", "home"))
    pay()
    know(drive(4, "RA-P1", "2023-05-08"), drive(5, "RA-P1", "2023-05-09", "home"), at=JULY)
    change(TravelClaim, "RA-K2", withdrawn_on=date(2023, 6, 5))
    prepare("2023-06", JULY)
    came, went = map(told, lines("2023-06"))
    assert came == "8 May 2023, 9 May 2023, by claim RA-K4, RA-K5."
    assert went == "treatment, 5 May 2023, by claim RA-K2."


def drive(number: int, placement: str, on: str, purpose: str = "treatment") -> TravelClaim:
    claim = TravelClaim(ref=f"RA-K{number}", recorded_at=IMPORTED, placement=placement, purpose=purpose)
    claim.driven_on, claim.metres, claim.agreed = date.fromisoformat(on), 10_000, True
    return claim


def test_nights_withdrawn_are_held_as_overpaid_and_never_netted(database: Settings) -> None:
    a_weekend_paid()
    know(stay(2, "RA-P2", "2023-06-02T14:00", "2023-06-03T14:00"), at=JULY)
    change(NightStay, "RA-N1", departure=stay(0, "", None, "2023-05-13T20:00").departure)
    prepare("2023-06", JULY)
    assert said("2023-06") == [
        f"2023-05 RA-P1 board_lodging -201.00 held: overpaid corrects {BOARD}",
        f"2023-05 RA-P1 fee -308.62 held: overpaid corrects {FEE}",
        "2023-06 RA-P2 board_lodging 214.00 payable",
        "2023-06 RA-P2 fee 154.31 payable",
    ]


def test_terms_back_dated_are_paid_even_when_they_say_they_were_known_long_ago(database: Settings) -> None:
    a_weekend_paid()
    new = Terms(ref="RA-P1/2023-05-13", recorded_at=IMPORTED, placement="RA-P1", valid_from=date(2023, 5, 13))
    new.fees_tenths = 30
    know(new, at=IMPORTED)
    prepare("2023-06", JULY)
    assert said("2023-06") == [f"2023-05 RA-P1 fee 154.31 payable corrects {FEE}"]


def test_a_birthday_corrected_changes_what_was_paid_by_age(database: Settings) -> None:
    a_weekend_paid()
    change(Child, "RA-B1", birth_date=date(2013, 5, 13))
    prepare("2023-06", JULY)
    assert said("2023-06") == [f"2023-05 RA-P1 board_lodging 13.00 payable corrects {BOARD}"]


def test_a_rate_that_was_wrong_is_made_good_for_everybody(database: Settings) -> None:
    a_weekend_paid()
    change(RateRow, "DK/fee_night//2023-01-01", amount="160.00")
    prepare("2023-06", JULY)
    assert said("2023-06") == [f"2023-05 RA-P1 fee 22.76 payable corrects {FEE}"]
    (line,) = lines("2023-06")
    assert (line["rate"], line["sources"], line["quantity"]) == ("160.00", ["RA-N1"], 0)
    with reading() as s:
        basis = s.get_one(LedgerLine, line["id"]).basis
    assert (basis["entitled_ore"], basis["paid_ore"], basis["paid"]) == (640_00, 617_24, [FEE])


def test_a_placement_never_paid_in_a_month_gets_arrears_that_correct_nothing(database: Settings) -> None:
    a_weekend_paid()
    know(weekend(2, "RA-P2"), at=JULY)
    prepare("2023-06", JULY)
    assert said("2023-06") == ["2023-05 RA-P2 board_lodging 428.00 payable", "2023-05 RA-P2 fee 308.62 payable"]


def test_a_third_child_with_late_nights_changes_what_the_others_brought(database: Settings) -> None:
    move_in()
    know(*guest(3, date(2015, 3, 1)), weekend(1, "RA-P1"), weekend(3, "RA-P3"))
    pay()
    know(weekend(2, "RA-P2"), at=JULY)
    prepare("2023-06", JULY)
    assert said("2023-06") == [
        "2023-05 RA-P2 board_lodging 428.00 payable",
        "2023-05 RA-P2 fee 308.62 payable",
        "2023-05 RA-P3 board_lodging -34.00 held: overpaid corrects RA-2023-05-000003",
    ]


def test_a_correction_paid_once_is_not_paid_again(database: Settings) -> None:
    a_weekend_paid()
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=JULY)
    pay("2023-06", JULY)
    change(Child, "RA-B1", at=AUGUST, adviser="RA-S2")
    prepare("2023-07", AUGUST)
    assert said("2023-07") == []


def test_a_month_left_as_a_draft_is_paid_with_the_next_one_and_only_there(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay("2023-04")
    prepare()
    pay("2023-06", JULY)
    assert [line["period"] for line in lines("2023-06")] == ["2023-05", "2023-05"]
    prepare("2023-05", JULY)
    assert lines("2023-05") == []


def test_a_mistyped_month_opens_no_ledger_and_holds_up_nobody(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"), stay(3, "RA-P1", "2023-03-10T14:00", "2023-03-12T14:00"))
    prepare("2023-03")
    assert len(lines("2023-03")) == 2
    summary = prepare()
    assert [line["period"] for line in lines()] == ["2023-05", "2023-05"]
    [told] = [notice for notice in summary.notices if notice.startswith("RA-2023-03 is a draft")]
    assert "the ledger opens with the first month that is approved" in told
    pay()
    with pytest.raises(NotInLedger, match="opens in 2023-05 \\(the first month that was approved\\)"):
        prepare("2023-03")


def test_what_is_held_is_carried_on_until_somebody_decides(database: Settings) -> None:
    move_in()
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(1, "RA-P1"))
    pay()
    pay("2023-06", JULY)
    assert said("2023-06") == [
        "2023-05 RA-P1 board_lodging 201.00 held: more_than_agreed",
        "2023-05 RA-P1 fee 308.62 held: more_than_agreed",
    ]
    change(Child, "RA-B1", at=AUGUST, adviser="RA-S2")
    prepare("2023-07", AUGUST)
    assert said("2023-07") == said("2023-06")
    with reading() as s:
        since = s.exec(select(LedgerLine.carried_from).where(LedgerLine.run == "RA-2023-07")).all()
        first = s.exec(select(LedgerLine.id).where(LedgerLine.run == "RA-2023-05", LedgerLine.status == "held")).all()
    assert sorted(map(str, since)) == sorted(first)


def test_what_is_decided_is_paid_or_gone_for_good(database: Settings) -> None:
    move_in()
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(1, "RA-P1"))
    pay()
    board, fee = (line["id"] for line in lines() if line["status"] == "held")
    decide_line(board, Decision.WAIVE, reason="Aftalt", actor=acting(LEADER), now=JULY)
    decide_line(fee, Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JULY)
    pay("2023-06", JULY)
    assert said("2023-06") == ["2023-05 RA-P1 fee 308.62 released"]
    change(Child, "RA-B1", at=AUGUST, adviser="RA-S2")
    prepare("2023-07", AUGUST)
    assert said("2023-07") == []
    change(Terms, "RA-P1/2022-01-01", at=AUGUST, nights_per_month=4)
    prepare("2023-07", AUGUST)
    assert said("2023-07") == [f"2023-05 RA-P1 board_lodging 201.00 payable corrects {BOARD}"]


def overpaid_by_a_night() -> tuple[str, str]:
    a_weekend_paid()
    change(NightStay, "RA-N1", departure=stay(0, "", None, "2023-05-13T20:00").departure)
    pay("2023-06", JULY)
    board, fee = (line["id"] for line in lines("2023-06"))
    return board, fee


def test_an_overpayment_is_recovered_in_its_instalments_and_no_more(database: Settings) -> None:
    _, fee = overpaid_by_a_night()
    decide_line(fee, Decision.RECOVER, instalments=3, reason="Aftalt", actor=acting(LEADER), now=AUGUST)
    pay("2023-07", AUGUST)
    assert said("2023-07") == [
        f"2023-05 RA-P1 board_lodging -201.00 held: overpaid corrects {BOARD}",
        f"2023-05 RA-P1 fee -102.87 released corrects {FEE}",
    ]
    pay("2023-08", SEPTEMBER)
    pay("2023-09", OCTOBER)
    assert paid()["RA-P1", "2023-05", "fee", True] == 308_62
    assert [line["amount_ore"] for line in lines("2023-09") if line["component"] == "fee"] == [-102_88]
    november = OCTOBER.replace(month=11)
    prepare("2023-10", november)
    assert said("2023-10") == [f"2023-05 RA-P1 board_lodging -201.00 held: overpaid corrects {BOARD}"]


def test_an_overpayment_waived_stays_with_the_family(database: Settings) -> None:
    board, fee = overpaid_by_a_night()
    for line in (board, fee):
        decide_line(line, Decision.WAIVE, reason="Vores fejl", actor=acting(LEADER), now=AUGUST)
    pay("2023-07", AUGUST)
    assert said("2023-07") == []
    change(NightStay, "RA-N1", at=SEPTEMBER, departure=stay(0, "", None, "2023-05-14T20:00").departure)
    prepare("2023-08", SEPTEMBER)
    assert said("2023-08") == []


def test_what_turns_out_right_after_all_is_paid_back_as_far_as_it_was_recovered(database: Settings) -> None:
    _, fee = overpaid_by_a_night()
    decide_line(fee, Decision.RECOVER, instalments=3, reason="Aftalt", actor=acting(LEADER), now=AUGUST)
    pay("2023-07", AUGUST)
    change(NightStay, "RA-N1", at=SEPTEMBER, departure=stay(0, "", None, "2023-05-14T20:00").departure)
    prepare("2023-08", SEPTEMBER)
    assert said("2023-08") == [f"2023-05 RA-P1 fee 102.87 payable corrects {FEE}"]


def another_home(ref: str) -> None:
    know(*home(ref=ref, recorded_at=IMPORTED, municipality="randers", kind="respite", approved_from=date(2021, 1, 1)))


def test_a_placement_that_was_another_familys_is_paid_there_and_reclaimed_here(database: Settings) -> None:
    a_weekend_paid()
    another_home("RA-F2")
    change(Placement, "RA-P1", family="RA-F2")
    prepare("2023-06", JULY)
    found = [(line["family"], line["component"], line["amount_ore"], line["status"]) for line in lines("2023-06")]
    assert sorted(found) == [
        ("RA-F1", "board_lodging", -402_00, "held"),
        ("RA-F1", "fee", -617_24, "held"),
        ("RA-F2", "board_lodging", 402_00, "payable"),
        ("RA-F2", "fee", 617_24, "payable"),
    ]


def test_a_placement_that_moved_stays_owed_here_and_reclaimed_there_whatever_changes_afterwards(
    database: Settings,
) -> None:
    a_weekend_paid()
    another_home("RA-F2")
    change(Placement, "RA-P1", family="RA-F2")
    pay("2023-06", JULY)
    change(NightStay, "RA-N1", at=AUGUST, departure=stay(0, "", None, "2023-05-13T20:00").departure)
    prepare("2023-07", AUGUST)
    found = [(line["family"], line["component"], line["amount_ore"], line["status"]) for line in lines("2023-07")]
    assert sorted(found) == [
        ("RA-F1", "board_lodging", -402_00, "held"),
        ("RA-F1", "fee", -617_24, "held"),
        ("RA-F2", "board_lodging", -201_00, "held"),
        ("RA-F2", "fee", -308_62, "held"),
    ]
    with reading() as s:
        asked = [task.demands["line"] for task in open_tasks(s) if task.row == "R9"]
    assert sorted(asked) == sorted(line["id"] for line in lines("2023-07"))


def test_two_families_that_are_owed_the_same_for_one_placement_are_asked_about_apart(sqlite_database: Settings) -> None:
    a_weekend_paid()
    another_home("RA-F2")
    another_home("RA-F3")
    change(Placement, "RA-P1", family="RA-F2")
    pay("2023-06", JULY)
    change(Placement, "RA-P1", at=AUGUST, family="RA-F3")
    prepare("2023-07", AUGUST)
    held = [line for line in lines("2023-07") if line["status"] == "held"]
    assert sorted((line["family"], line["amount_ore"]) for line in held) == [
        ("RA-F1", -617_24),
        ("RA-F1", -402_00),
        ("RA-F2", -617_24),
        ("RA-F2", -402_00),
    ]
    with reading() as s:
        assert len([task for task in open_tasks(s) if task.row == "R9"]) == len(held)


def test_nights_held_for_a_stay_elsewhere_are_paid_when_that_was_another_childs(database: Settings) -> None:
    move_in()
    know(Placement(ref="RA-P9", recorded_at=IMPORTED, child="RA-B1", family="RA-F9", kind="respite"))
    know(weekend(1, "RA-P1"), weekend(9, "RA-P9"))
    pay()
    change(Placement, "RA-P9", child="RA-B2")
    prepare("2023-06", JULY)
    assert [line for line in said("2023-06") if "RA-P1" in line] == [
        "2023-05 RA-P1 board_lodging 402.00 payable",
        "2023-05 RA-P1 fee 617.24 payable",
    ]


@pytest.mark.parametrize(
    ("decision", "instalments", "reason", "says"),
    [
        pytest.param(Decision.RECOVER, 1, "Aftalt", "isn't an overpayment", id="recovering what is owed"),
        pytest.param(Decision.PAY, 2, "Aftalt", "only a recovery has instalments; leave", id="paying in instalments"),
        pytest.param(
            Decision.WAIVE, 3, "Aftalt", "only a recovery has instalments; leave", id="waiving in instalments"
        ),
        pytest.param(Decision.PAY, 1, " ", "needs its reason", id="without a reason"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(
    sqlite_database: Settings, decision: Decision, instalments: int, reason: str, says: str
) -> None:
    move_in()
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(1, "RA-P1"))
    prepare()
    (held, *_) = (line["id"] for line in lines() if line["status"] == "held")
    with pytest.raises(Refusal, match=says):
        decide_line(held, decision, instalments=instalments, reason=reason, actor=acting(LEADER), now=JUNE)
    with pytest.raises(Refusal, match="may not decide"):
        decide_line(held, Decision.PAY, reason="Aftalt", actor=acting("RA-S2"), now=JUNE)


def test_a_line_is_decided_once_also_where_it_was_carried(sqlite_database: Settings) -> None:
    move_in()
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(1, "RA-P1"))
    pay()
    prepare("2023-06", JULY)
    decide_line(lines("2023-06")[0]["id"], Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JULY)
    (held, *_) = (line["id"] for line in lines() if line["status"] == "held")
    with pytest.raises(AlreadyDecided):
        decide_line(held, Decision.WAIVE, reason="Aftalt", actor=acting(LEADER), now=JULY)
    with pytest.raises(Refusal, match="isn't held"):
        decide_line(BOARD, Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JULY)


def test_a_draft_made_again_keeps_what_was_decided_about_its_lines(database: Settings) -> None:
    move_in()
    change(Terms, "RA-P2/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(2, "RA-P2"))
    prepare()
    board, _ = (line["id"] for line in lines() if line["status"] == "held")
    decide_line(board, Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    with pytest.raises(AlreadyDecided):
        decide_line(board, Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    know(weekend(1, "RA-P1"))
    prepare()
    assert [text for text in said("2023-05") if "RA-P2" in text] == [
        "2023-05 RA-P2 board_lodging 214.00 payable",
        "2023-05 RA-P2 board_lodging 214.00 payable",
        "2023-05 RA-P2 fee 154.31 payable",
        "2023-05 RA-P2 fee 154.31 held: more_than_agreed",
    ]


def test_months_before_the_ledger_are_never_computed(sqlite_database: Settings) -> None:
    a_weekend_paid()
    with pytest.raises(NotInLedger, match="opens in 2023-05"):
        prepare_payout("randers", "2023-04", actor=acting(CLERK), now=JULY)
