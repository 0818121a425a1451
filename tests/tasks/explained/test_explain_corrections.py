"""A correction says what was paid, what is owed and which recorded fact changed, when and by whom (X7)."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from data.settings import Settings
from data.store.audit import audit
from data.store.session import reading, writing
from data.tables import (
    Approval,
    Child,
    Decision,
    LedgerLine,
    NightStay,
    PayRun,
    Placement,
    RateRow,
    Terms,
    TravelClaim,
)
from tasks.explained.lines import explain_line, explain_lines
from tasks.payout import decide_line
from tests.homes import home
from tests.tasks.pay_runs import AUGUST, JULY, SEPTEMBER, change, lines, pay, prepare
from tests.tasks.payout.test_payout_corrections import drive
from tests.tasks.payroll import CLERK, IMPORTED, JUNE, LEADER, acting, guest, know, move_in, stay, weekend

SINCE = "Rate in force since 1 January 2023."
BEFORE = f"Nights that begin on 12 May 2023, 13 May 2023; reported as RA-N1. {SINCE}"
NOW = f"Nights that begin on 12 May 2023, 13 May 2023, 26 May 2023; reported as RA-N1, RA-N2. {SINCE}"
STAY = "New: stay RA-N2: placement RA-P1; arrival 26 May 2023; departure 27 May 2023. "
ONE_NIGHT = datetime.fromisoformat("2023-05-13T20:00")
EARLIER = JULY - timedelta(days=3)


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    move_in()


def imported(at: datetime, by: str = CLERK) -> None:
    """As the trail has it when somebody imports a workbook."""
    with writing() as s:
        audit(s, acting(by), "import", "caseload", at, sheets={"nights": [1, 0, 0], "terms": [0, 1, 0]})


def explained(period: str, component: str, placement: str = "RA-P1") -> list[str]:
    wanted = (component, placement)
    (line,) = [line["id"] for line in lines(period) if (line["component"], line["placement"]) == wanted]
    with reading() as s:
        return explain_line(s, line, "en").splitlines()


def test_nights_fees_and_rate_of_both_sides_and_both_facts_that_changed(database: Settings) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=EARLIER)
    change(Terms, "RA-P1/2022-01-01", at=JULY, fees_tenths=15)
    imported(EARLIER)
    imported(JULY, LEADER)
    prepare("2023-06", JULY)
    assert explained("2023-06", "fee")[:6] == [
        "Fee for May 2023, placement RA-P1, taxable: 77.16 kr. (line RA-2023-06-000002)",
        "694.40 kr. is owed for the month by what is known now; 617.24 kr. was paid.",
        "Paid: 617.24 kr. (line RA-2023-05-000002). 2 nights × 154.31 kr. × 2 (fees agreed) = 617.24 kr. " + BEFORE,
        "Owed: 694.40 kr. 3 nights × 154.31 kr. × 1.5 (fees agreed) = 694.40 kr. " + NOW,
        "Changed: the contract terms from 1 January 2022: fees agreed 2 → 1.5. Recorded on 3 July 2023 by RA-S3.",
        STAY + "Recorded on 30 June 2023 by RA-S1.",
    ]
    board = explained("2023-06", "board_lodging")
    assert not any("contract terms" in sentence for sentence in board)
    assert any(sentence.startswith("New: stay RA-N2") for sentence in board)


def test_driving_says_its_kilometres_its_instalments_and_what_the_decision_was(database: Settings) -> None:
    know(drive(1, "RA-P1", "2023-05-04"))
    pay()
    change(TravelClaim, "RA-K1", metres=8_000)
    prepare("2023-06", JULY)
    assert "Changed: driving RA-K1: distance 10 km → 8 km. Recorded on 3 July 2023." in explained("2023-06", "travel")
    made = decide_line(
        lines("2023-06")[0]["id"], Decision.RECOVER, reason="Aftalt", actor=acting(LEADER), now=JULY, instalments=2
    )
    held = explained("2023-06", "travel")
    assert f"Decision {made.ref} by RA-S3 on 3 July 2023: it is taken back in 2 instalments." in held
    assert any(each.startswith("Owed: 17.52 kr. 8 km × 2.19 kr. = 17.52 kr. treatment, 4 May 2023") for each in held)
    pay("2023-06", JULY)
    (first,) = [line["id"] for line in lines("2023-06") if line["status"] == "released"]
    prepare("2023-07", AUGUST)
    second = explained("2023-07", "travel")
    assert "Instalment 2 of 2." in second
    assert f"Paid: -2.19 kr. (line {first}). Taken back by decision {made.ref}." in second
    assert "Changed: driving RA-K1: distance 10 km → 8 km. Recorded on 3 July 2023." in second


def test_a_waiver_that_ended_a_debt_is_named_where_it_makes_the_difference(database: Settings) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", departure=ONE_NIGHT)
    prepare("2023-06", JULY)
    (fee,) = [line["id"] for line in lines("2023-06") if line["component"] == "fee"]
    made = decide_line(fee, Decision.WAIVE, reason="Kommunens fejl", actor=acting(LEADER), now=JULY)
    with reading() as s:
        assert "it was waived, and the debt has ended." in explain_line(s, fee, "en")
    pay("2023-06", JULY)
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-28T14:00"), at=AUGUST)
    prepare("2023-07", AUGUST)
    later = explained("2023-07", "fee")
    assert later[0].endswith("taxable: 617.24 kr. (line RA-2023-07-000002)")
    assert "925.86 kr. is owed for the month by what is known now; 617.24 kr. was paid." in later
    assert "308.62 kr. of what was paid is no debt any more: it was waived." in later
    assert f"Decision {made.ref} by RA-S3 on 3 July 2023." in later


def test_a_correction_of_a_correction_says_only_what_changed_since(database: Settings) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    change(Terms, "RA-P1/2022-01-01", fees_tenths=30)
    pay("2023-06", JULY)
    change(Terms, "RA-P1/2022-01-01", at=AUGUST, fees_tenths=40)
    prepare("2023-07", AUGUST)
    said = explained("2023-07", "fee")
    assert [each for each in said if each.startswith("Changed")] == [
        "Changed: the contract terms from 1 January 2022: fees agreed 3 → 4. Recorded on 2 August 2023."
    ]
    assert any(each.startswith("Paid: 308.62 kr. (line RA-2023-06-000001). A correction. Nights") for each in said)


def test_a_rate_and_a_siblings_nights_are_named_and_a_birth_date_is_not_shown(database: Settings) -> None:
    know(*guest(3, date(2015, 3, 1)), weekend(1, "RA-P1"), weekend(3, "RA-P3"))
    pay()
    change(RateRow, "DK/fee_night//2023-01-01", amount="160.00")
    know(weekend(2, "RA-P2"), at=JULY)
    prepare("2023-06", JULY)
    third = explained("2023-06", "board_lodging", "RA-P3")
    assert any(each.startswith("New: stay RA-N2: placement RA-P2;") for each in third)
    rate = "Changed: the rate in force from 1 January 2023: amount 154.31 → 160.00. Recorded on 3 July 2023."
    assert rate in explained("2023-06", "fee")
    pay("2023-06", JULY)
    change(Child, "RA-B1", at=AUGUST, birth_date=date(2013, 5, 13))
    prepare("2023-07", AUGUST)
    child = explained("2023-07", "board_lodging")
    assert "Changed: child RA-B1: birth date is another one. Recorded on 2 August 2023." in child
    assert not any("2013" in sentence for sentence in child)


def test_who_imported_is_found_where_the_sheet_says_an_earlier_day(database: Settings) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    change(Terms, "RA-P1/2022-01-01", at=datetime(2023, 6, 20, 12, tzinfo=UTC), fees_tenths=30)
    imported(EARLIER, LEADER)
    prepare("2023-06", JULY)
    assert (
        "Changed: the contract terms from 1 January 2022: fees agreed 2 → 3. Recorded on 20 June 2023 by RA-S3."
        in explained("2023-06", "fee")
    )


@pytest.mark.parametrize("language", ["da", "nb", "en"])
def test_no_row_of_ours_is_in_an_explanation(language: str) -> None:
    know(weekend(1, "RA-P1"), drive(1, "RA-P1", "2023-05-04"))
    pay()
    change(NightStay, "RA-N1", departure=ONE_NIGHT)
    pay("2023-06", JULY)
    prepare("2023-07", SEPTEMBER)
    with reading() as s:
        for period in ("2023-05", "2023-06", "2023-07"):
            for line in lines(period):
                words = explain_line(s, line["id"], language).replace(".", " ").replace(":", " ").split()
                assert not {"R9", "R10", "R11", "J10", "N1", "N2"} & set(words)
                assert {"da": "Randers", "nb": "Randers", "en": "Randers'"}[language] in words


def test_a_draft_of_the_first_month_corrects_nothing() -> None:
    know(weekend(1, "RA-P1"))
    prepare(now=JUNE)
    assert not any(each.startswith(("Paid", "Owed", "Changed", "New")) for each in explained("2023-05", "fee"))


def test_a_familys_explanation_names_nothing_of_another_family(database: Settings) -> None:
    """Where none of its own has changed either: a statement is read by one family."""
    know(
        *home(ref="RA-F7", recorded_at=IMPORTED, municipality="randers", kind="respite", approved_from=date(2021, 1, 1))
    )
    know(*guest(7, date(2014, 3, 1)))
    change(Placement, "RA-P7", at=IMPORTED, family="RA-F7")
    know(weekend(1, "RA-P1"), weekend(7, "RA-P7"))
    pay()
    know(stay(8, "RA-P7", "2023-05-26T14:00", "2023-05-27T14:00"), at=JULY)
    change(Approval, "RA-F1-A1", at=JULY, valid_to=date(2023, 5, 12))
    prepare("2023-06", JULY)
    with reading() as s:
        run = s.exec(select(PayRun).where(PayRun.payroll_month == "2023-06")).one()
        told = s.exec(select(LedgerLine).where(LedgerLine.run == run.ref)).all()
        texts = explain_lines(s, run, told, "en")
    assert {line.family for line in told} == {"RA-F1", "RA-F7"}
    for line, text in zip(told, texts, strict=True):
        other = "7" if line.family == "RA-F1" else "1"
        assert not re.search(rf"RA-[FPNB]{other}\b", text)
