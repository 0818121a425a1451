"""R9: a municipality that counts noon to noon pays, corrects and explains by its days, also across its limit."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.pay.ledger import find_line
from data.policies import FOLDER, use_policies
from data.settings import Settings
from data.store.session import reading
from data.tables import NightStay, RateRow
from tasks.explained.lines import explain_line
from tests.tasks.pay_runs import AUGUST, JULY, change, lines, pay, prepare, said
from tests.tasks.payroll import IMPORTED, know, move_in, stay

NIGHTS = 'nights_rule = [{ value = "overnights", valid_from = 2019-01-01, source = "R9" }]'
NOON = """nights_rule = [{ value = "noon_to_noon", valid_from = 2019-01-01, source = "R9" }]
placement_from_nights = [{ value = 15, valid_from = 2019-01-01, source = "R9" }]
child_allowances = [{ value = ["network", "full_time"], valid_from = 2019-01-01, source = "R9" }]"""


@pytest.fixture(autouse=True)
def _counts_noon_to_noon(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Fourteen days of May are reported in time."""
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    own, shipped = tmp_path / "policies", (FOLDER / "randers.toml").read_text(encoding="utf-8")
    own.mkdir()
    assert NIGHTS in shipped
    (own / "randers.toml").write_text(shipped.replace(NIGHTS, NOON), encoding="utf-8")
    use_policies(own)
    move_in()
    know(_clothing(), stay(1, "RA-P1", "2023-05-01T14:00", "2023-05-15T11:00"))
    yield
    use_policies(None)


def _clothing() -> RateRow:
    """No table of 2023 is published."""
    about = {"country": "DK", "rate": "clothing_week", "band": "age 0-10", "unit": "DKK/week", "amount": "120"}
    ends = {"valid_from": date(2023, 1, 1), "valid_to": date(2023, 12, 31)}
    return RateRow(ref="own", recorded_at=IMPORTED, source="Randers", status="published", **about, **ends)


def told_late() -> None:
    know(stay(2, "RA-P1", "2023-05-20T14:00", "2023-05-20T20:00"), at=JULY)


def explained(period: str, component: str, language: str) -> str:
    (line,) = [line["id"] for line in lines(period) if line["component"] == component]
    with reading() as s:
        return explain_line(s, line, language)


def test_a_stay_told_late_makes_the_month_a_placement_and_its_withdrawal_takes_that_back(database: Settings) -> None:
    pay()
    assert said("2023-05") == [
        "2023-05 RA-P1 board_lodging 2814.00 released",
        "2023-05 RA-P1 fee 4320.68 released",
    ]
    told_late()
    pay("2023-06", JULY)
    assert said("2023-06") == [
        "2023-05 RA-P1 board_lodging 201.00 released corrects RA-2023-05-000001",
        "2023-05 RA-P1 clothing_money 257.14 released",
        "2023-05 RA-P1 fee 308.62 released corrects RA-2023-05-000002",
        "2023-05 RA-P1 pocket_money 70.71 released",
    ]
    change(NightStay, "RA-N2", at=AUGUST, withdrawn_on=date(2023, 8, 1))
    prepare("2023-07", AUGUST)
    assert said("2023-07") == [
        "2023-05 RA-P1 board_lodging -201.00 held: overpaid corrects RA-2023-05-000001",
        "2023-05 RA-P1 clothing_money -257.14 held: overpaid corrects RA-2023-06-000002",
        "2023-05 RA-P1 fee -308.62 held: overpaid corrects RA-2023-05-000002",
        "2023-05 RA-P1 pocket_money -70.71 held: overpaid corrects RA-2023-06-000004",
    ]


def test_the_day_begun_at_noon_is_read_as_it_was_written(database: Settings) -> None:
    know(
        stay(2, "RA-P2", "2023-05-12T14:00", "2023-05-14T12:00"),
        stay(3, "RA-P2", "2023-05-19T14:00", "2023-05-21T12:01"),
        stay(4, "RA-P2", "2023-04-28T14:00", "2023-05-01T20:00"),
        stay(5, "RA-P2", "2023-05-31T14:00", "2023-06-02T20:00"),
    )
    prepare()
    (fee,) = [line for line in lines() if (line["placement"], line["component"]) == ("RA-P2", "fee")]
    assert fee["quantity"] == 7
    with reading() as s:
        assert find_line(s, fee["id"]).basis["days"] == "1,12-13,19-21,31"


def test_a_family_reads_how_its_days_were_counted_and_that_the_month_is_a_placement() -> None:
    told_late()
    prepare("2023-05", AUGUST)
    danish = explained("2023-05", "pocket_money", "da")
    assert "Et døgn regnes fra kl. 12 til kl. 12 næste dag, og hvert påbegyndt døgn tæller med." in danish
    assert "Det er reglen i Randers Kommune." in danish
    assert "der var indberettet 15 døgn i den, og 15 eller flere gør den til en anbringelse." in danish
    assert "Døgn, der begynder kl. 12 1. maj 2023, " in danish
    norwegian = explained("2023-05", "fee", "nb")
    assert "15 døgn fra kl. 12 til kl. 12 × 154,31 kr × 2" in norwegian
    assert "Et døgn regnes fra kl. 12 til kl. 12 neste dag, og hvert påbegynte døgn teller med." in norwegian
    assert "det var rapportert 15 døgn i den, og 15 eller flere gjør den til en plassering." in norwegian
    assert "overnatting" not in norwegian


def test_fourteen_days_are_no_placement_and_nobody_reads_that_they_are() -> None:
    prepare()
    told = explained("2023-05", "fee", "en")
    assert "14 days from noon to noon × 154.31 kr. × 2 (fees agreed) = 4,320.68 kr." in told
    assert "A day is counted from noon to noon the next day, and each that has begun counts." in told
    assert "placement:" not in told


def test_a_correction_across_the_limit_says_of_each_side_whether_it_was_a_placement() -> None:
    pay()
    told_late()
    pay("2023-06", JULY)
    counted = (
        "The month counted as a placement when this was computed: 15 days were reported for it, 15 or more make it one."
    )
    fee = explained("2023-06", "fee", "en").splitlines()
    (was_paid,) = [sentence for sentence in fee if sentence.startswith("Paid: 4,320.68 kr.")]
    (owed,) = [sentence for sentence in fee if sentence.startswith("Owed: 4,629.30 kr.")]
    assert counted in owed
    assert "counted as a placement" not in was_paid
    assert sum("counted as a placement" in sentence for sentence in fee) == 1
    assert any(sentence.startswith("New: stay RA-N2: placement RA-P1") for sentence in fee)
    change(NightStay, "RA-N2", at=AUGUST, withdrawn_on=date(2023, 8, 1))
    prepare("2023-07", AUGUST)
    pocket = explained("2023-07", "pocket_money", "en").splitlines()
    assert "0.00 kr. is owed for the month by what is known now; 70.71 kr. was paid." in pocket
    assert [counted in sentence for sentence in pocket if sentence.startswith("Paid: 70.71 kr.")] == [True]
    assert sum("counted as a placement" in sentence for sentence in pocket) == 1
    assert any(sentence.startswith("Changed: stay RA-N2: ") for sentence in pocket)
