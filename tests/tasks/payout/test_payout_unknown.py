"""Unknown is no debt: what was paid for and isn't known any more waits until it is (R9)."""

from datetime import date, datetime
from typing import Any

import pytest

from data.settings import Settings
from data.store.facts import current
from data.store.session import reading
from data.tables import Child, Decision, ExpenseClaim, NightStay, Placement, Terms, TravelClaim
from data.tables.base import Fact
from tasks.explained.lines import explain_line
from tasks.payout import decide_line
from tests.tasks.pay_runs import AUGUST, JULY, SEPTEMBER, change, lines, paid, pay, prepare, said
from tests.tasks.payroll import FAMILY, IMPORTED, LEADER, acting, know, move_in, stay, weekend

DAY = date(2023, 5, 8)


def everything_paid() -> None:
    """A weekend, a whole month, a journey, a grant and a cost covered in full."""
    move_in()
    know(
        weekend(1, "RA-P1"),
        Child(ref="RA-B5", recorded_at=IMPORTED, municipality="randers", birth_date=date(2016, 5, 1)),
        Placement(ref="RA-P5", recorded_at=IMPORTED, child="RA-B5", family=FAMILY, kind="full_time", start=DAY),
        Terms(ref="RA-P5/2022", recorded_at=IMPORTED, placement="RA-P5", valid_from=date(2022, 1, 1), fees_tenths=10),
        TravelClaim(ref="RA-K1", recorded_at=IMPORTED, placement="RA-P1", driven_on=DAY, metres=10_000, agreed=True),
        claim("RA-E1", regime="grant", granted_amount_ore=500_00),
        claim("RA-E2", benefit="diet", regime="full", documentation_on=DAY),
        claim("RA-E3", benefit="incontinence", regime="grant"),
    )
    pay()
    assert {line["status"] for line in lines()} == {"released"}


def claim(ref: str, **given: Any) -> ExpenseClaim:
    about = {"benefit": "other", "applied_on": DAY, "granted_on": DAY, "amount_ore": 600_00} | given
    return ExpenseClaim(ref=ref, recorded_at=IMPORTED, placement="RA-P1", **about)


CLEARED: list[tuple[type[Fact], str, dict[str, Any]]] = [
    (Child, "RA-B1", {"birth_date": None}),
    (Child, "RA-B5", {"birth_date": None}),
    (Terms, "RA-P1/2022-01-01", {"fees_tenths": None}),
    (Terms, "RA-P5/2022", {"fees_tenths": None}),
    (Terms, "RA-P5/2022", {"valid_from": date(2023, 6, 1)}),
    (Placement, "RA-P5", {"start": None}),
    (NightStay, "RA-N1", {"departure": None}),
    (NightStay, "RA-N1", {"arrival": None}),
    (NightStay, "RA-N1", {"arrival": None, "departure": None}),
    (TravelClaim, "RA-K1", {"metres": None}),
    (TravelClaim, "RA-K1", {"agreed": None}),
    (TravelClaim, "RA-K1", {"driven_on": None}),
    (ExpenseClaim, "RA-E1", {"granted_on": None}),
    (ExpenseClaim, "RA-E1", {"granted_on": None, "applied_on": None}),
    (ExpenseClaim, "RA-E1", {"regime": None}),
    (ExpenseClaim, "RA-E1", {"amount_ore": None, "granted_amount_ore": None}),
    (ExpenseClaim, "RA-E2", {"documentation_on": None}),
]


@pytest.mark.parametrize(
    ("table", "ref", "cleared"),
    [pytest.param(*case, id=f"{case[1]} {' '.join(case[2])}") for case in CLEARED],
)
def test_what_is_cleared_after_it_was_paid_for_waits_and_is_no_debt(
    sqlite_database: Settings, table: type[Fact], ref: str, cleared: dict[str, Any]
) -> None:
    everything_paid()
    before = paid()
    with reading() as s:
        was = {name: getattr(current(s, table, ref), name) for name in cleared}
    change(table, ref, **cleared)
    pay("2023-06", JULY)
    waiting = [line for line in lines("2023-06") if line["period"] == "2023-05" and line["status"] == "held"]
    assert waiting != []
    assert [line for line in waiting if line["held_because"] == "overpaid"] == []
    assert {key: ore for key, ore in paid().items() if key[1] == "2023-05"} == before
    change(table, ref, at=AUGUST, **was)
    prepare("2023-07", AUGUST)
    assert [line for line in lines("2023-07") if line["period"] == "2023-05"] == []


def test_a_cleared_departure_is_asked_about_once_and_told_in_words(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", departure=None)
    pay("2023-06", JULY)
    assert said("2023-06") == [
        "2023-05 RA-P1 board_lodging 0.00 held: no_longer_known corrects RA-2023-05-000001",
        "2023-05 RA-P1 fee 0.00 held: no_departure",
    ]
    with reading() as s:
        text = explain_line(s, "RA-2023-06-000001", "da")
    assert "det betalte bliver stående" in text
    change(NightStay, "RA-N1", at=AUGUST, departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    prepare("2023-07", AUGUST)
    assert said("2023-07") == [
        "2023-05 RA-P1 board_lodging -201.00 held: overpaid corrects RA-2023-05-000001",
        "2023-05 RA-P1 fee -308.62 held: overpaid corrects RA-2023-05-000002",
    ]


def test_what_isnt_known_and_somebody_lets_be_isnt_asked_about_again_and_stays_no_debt(
    sqlite_database: Settings,
) -> None:
    everything_paid()
    change(TravelClaim, "RA-K1", driven_on=None)
    pay("2023-06", JULY)
    [waiting] = [line for line in lines("2023-06") if line["component"] == "travel"]
    decide_line(waiting["id"], Decision.WAIVE, reason="Aftalt", actor=acting(LEADER), now=AUGUST)
    pay("2023-07", AUGUST)
    assert [line for line in lines("2023-07") if line["component"] == "travel"] == []
    change(TravelClaim, "RA-K1", at=SEPTEMBER, withdrawn_on=SEPTEMBER.date())
    prepare("2023-08", SEPTEMBER)
    [overpaid] = [line for line in lines("2023-08") if line["component"] == "travel"]
    assert (overpaid["held_because"], overpaid["amount_ore"]) == ("overpaid", -21_90)


def test_instalments_wait_while_it_isnt_known_what_is_owed(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    pay("2023-06", JULY)
    [fee] = [line["id"] for line in lines("2023-06") if line["component"] == "fee"]
    decide_line(fee, Decision.RECOVER, instalments=3, reason="Aftalt", actor=acting(LEADER), now=JULY)
    change(Terms, "RA-P1/2022-01-01", at=AUGUST, fees_tenths=None)
    pay("2023-07", AUGUST)
    assert [line["amount_ore"] for line in lines("2023-07") if line["component"] == "fee"] == [0]
    change(Terms, "RA-P1/2022-01-01", at=SEPTEMBER, fees_tenths=20)
    prepare("2023-08", SEPTEMBER)
    assert [line["amount_ore"] for line in lines("2023-08") if line["component"] == "fee"] == [-102_87]


def test_what_is_known_besides_is_paid_and_a_stay_taken_back_is_a_debt(sqlite_database: Settings) -> None:
    everything_paid()
    know(stay(2, "RA-P2", "2023-05-19T14:00", "2023-05-21T14:00"), at=JULY)
    change(NightStay, "RA-N1", withdrawn_on=JULY.date())
    know(stay(3, "RA-P1", "2023-05-26T14:00", None), at=JULY)
    prepare("2023-06", JULY)
    found = {(line["placement"], line["component"]): line["amount_ore"] for line in lines("2023-06")}
    assert found["RA-P2", "fee"] == 308_62
    assert found["RA-P1", "board_lodging"] == -402_00


def test_whoever_prepares_is_told_of_every_stay_that_cant_be_counted_and_why(database: Settings) -> None:
    move_in()
    know(
        Placement(ref="RA-P5", recorded_at=IMPORTED, child="RA-B1", family=FAMILY, kind="full_time", start=DAY),
        weekend(1, "RA-P1"),
        stay(2, "RA-P1", "2023-05-20T14:00", None),
        stay(3, "RA-P1", None, "2023-05-21T14:00"),
        stay(4, "RA-P1", "2023-05-25T14:00", "2023-05-23T14:00"),
        weekend(5, "RA-P5"),
        stay(6, "RA-P1", "2023-06-20T14:00", None),
    )
    assert prepare().notices[:4] == [
        "RA-N2: not paid until both arrival and departure are reported (sheet nights)",
        "RA-N3: not paid until both arrival and departure are reported (sheet nights)",
        "RA-N4: not paid: its departure is before its arrival (sheet nights)",
        "RA-N5: not paid as a respite stay: its placement is of another kind (sheet placements)",
    ]
