"""Nights from the 18th birthday on wait for a person, until aftercare is recorded (R9, J9)."""

from datetime import date

from data.settings import Settings
from data.store.session import reading
from data.tables import Child, Placement
from tasks.explained.lines import explain_line
from tests.tasks.pay_runs import JULY, change, lines, pay, prepare, said
from tests.tasks.payroll import know, move_in, weekend

FEE = "RA-2023-05-000002"
EIGHTEEN = {"birth_date": date(2005, 5, 13)}


def a_weekend_of_the_birthday() -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    change(Child, "RA-B1", at=JULY.replace(month=2), **EIGHTEEN)


def test_aftercare_that_is_recorded_after_the_month_was_paid_pays_the_arrears(database: Settings) -> None:
    a_weekend_of_the_birthday()
    pay()
    assert said("2023-05") == [
        "2023-05 RA-P1 board_lodging 214.00 released",
        "2023-05 RA-P1 board_lodging 214.00 held: no_aftercare",
        "2023-05 RA-P1 fee 308.62 released",
        "2023-05 RA-P1 fee 308.62 held: no_aftercare",
    ]
    with reading() as s:
        held = explain_line(s, "RA-2023-05-000004", "da")
    assert "ligger efter barnets 18-års fødselsdag, og der er ikke besluttet efterværn for den dag" in held
    change(Placement, "RA-P1", aftercare_until=date(2024, 5, 12))
    prepare("2023-06", JULY)
    assert [line.partition(" corrects ")[0] for line in said("2023-06")] == [
        "2023-05 RA-P1 board_lodging 214.00 payable",
        "2023-05 RA-P1 fee 308.62 payable",
    ]
    with reading() as s:
        assert "aftercare until unknown → 12 May 2024" in explain_line(s, lines("2023-06")[1]["id"], "en")


def test_a_birth_date_corrected_to_that_of_a_grown_up_asks_about_what_was_paid(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    change(Child, "RA-B1", **EIGHTEEN)
    prepare("2023-06", JULY)
    assert [line for line in said("2023-06") if " fee " in line] == [
        "2023-05 RA-P1 fee 308.62 held: no_aftercare",
        f"2023-05 RA-P1 fee -308.62 held: overpaid corrects {FEE}",
    ]


def test_a_birth_date_that_is_corrected_to_a_child_pays_what_was_held(sqlite_database: Settings) -> None:
    a_weekend_of_the_birthday()
    pay()
    change(Child, "RA-B1", birth_date=date(2006, 5, 13))
    prepare("2023-06", JULY)
    assert [line for line in said("2023-06") if " fee " in line] == [
        "2023-05 RA-P1 fee 308.62 payable corrects RA-2023-05-000003",
    ]
