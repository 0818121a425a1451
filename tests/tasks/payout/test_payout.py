from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import select

from data.installation import carried
from data.pay.ledger import find_line
from data.pay.pay_runs import MonthClosed
from data.settings import Settings
from data.store.audit import first_broken
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import (
    AuditEntry,
    Child,
    ExpenseClaim,
    LedgerLine,
    NightStay,
    PayRun,
    Placement,
    RunStatus,
    Terms,
)
from rules.rates import RateMissing
from rules.refusal import Refusal
from tasks.payout import PaySummary, prepare_payout
from tests.homes import approve_instead
from tests.tasks.payroll import (
    ADVISER,
    CLERK,
    FAMILY,
    IMPORTED,
    JUNE,
    OUTSIDER,
    acting,
    guest,
    know,
    move_in,
    stay,
    weekend,
)
from web.shown.pay import run_as_json


def prepare(period: str = "2023-05", by: str = CLERK, now: datetime = JUNE) -> PaySummary:
    return prepare_payout("randers", period, actor=acting(by), now=now)


def shown(period: str = "2023-05") -> dict[str, Any]:
    with reading() as s:
        return run_as_json(s, "randers", period)


def amounts() -> dict[tuple[str, str, bool], int]:
    lines = shown()["lines"]
    return {(line["placement"], line["component"], line["taxable"]): line["amount_ore"] for line in lines}


def test_a_weekend_is_paid_as_the_interface_says(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    summary = prepare()
    assert shown() == {
        "payroll_month": "2023-05",
        "municipality": "randers",
        "status": "draft",
        "lines": [
            {
                "id": "RA-2023-05-000001",
                "placement": "RA-P1",
                "family": FAMILY,
                "component": "board_lodging",
                "period": "2023-05",
                "run": "RA-2023-05",
                "quantity": 2,
                "unit": "night",
                "rate": "201.00",
                "rate_from": "2023-01-01",
                "amount_ore": 402_00,
                "taxable": False,
                "status": "payable",
                "held_because": None,
                "corrects": None,
                "sources": ["RA-N1"],
            },
            {
                "id": "RA-2023-05-000002",
                "placement": "RA-P1",
                "family": FAMILY,
                "component": "fee",
                "period": "2023-05",
                "run": "RA-2023-05",
                "quantity": 2,
                "unit": "night",
                "rate": "154.31",
                "rate_from": "2023-01-01",
                "amount_ore": 617_24,
                "taxable": True,
                "status": "payable",
                "held_because": None,
                "corrects": None,
                "sources": ["RA-N1"],
            },
        ],
    }
    assert (summary.lines, summary.payable_ore, summary.held_lines) == (2, 1_019_24, 0)
    (notice,) = summary.notices
    assert notice.startswith("DK/board_lodging_night/age 0-9/2023-01-01: this rate is unconfirmed by its source")


def test_preparing_again_replaces_the_draft_by_what_is_known_now(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"), weekend(2, "RA-P2"))
    prepare()
    with writing() as s:
        revise(s, current(s, NightStay, "RA-N2"), JUNE, withdrawn_on=JUNE.date())
        revise(s, current(s, Terms, "RA-P1/2022-01-01"), JUNE, fees_tenths=30)
    prepare()
    assert amounts() == {("RA-P1", "board_lodging", False): 402_00, ("RA-P1", "fee", True): 925_86}


def test_what_was_recorded_later_is_not_known_yet(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    later = datetime(2023, 6, 9, 8, tzinfo=UTC)
    know(weekend(2, "RA-P2"), at=later)
    with writing() as s:
        revise(s, current(s, Child, "RA-B1"), later, birth_date=date(2010, 1, 1))
    prepare(now=JUNE)
    assert amounts() == {("RA-P1", "board_lodging", False): 402_00, ("RA-P1", "fee", True): 617_24}
    prepare(now=later)
    assert amounts()["RA-P1", "board_lodging", False] == 428_00
    assert ("RA-P2", "fee", True) in amounts()


def test_the_municipality_that_placed_the_child_pays(sqlite_database: Settings) -> None:
    move_in()
    know(*guest(3, date(2015, 3, 1), municipality="vejle"), weekend(3, "RA-P3"))
    prepare()
    assert shown()["lines"] == []
    prepare_payout("vejle", "2023-05", actor=acting(OUTSIDER), now=JUNE)
    with reading() as s:
        assert {line["placement"] for line in run_as_json(s, "vejle", "2023-05")["lines"]} == {"RA-P3"}


def test_two_who_prepare_at_once_make_the_lines_once(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"), weekend(2, "RA-P2"))
    together, failed = Barrier(2), []

    def one() -> None:
        together.wait()
        try:
            prepare()
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=carried(one)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading() as s:
        assert len(s.exec(select(PayRun)).all()) == 1
        assert len(s.exec(select(LedgerLine)).all()) == 4
        assert len(s.exec(select(AuditEntry)).all()) == 2
        assert first_broken(s) is None


@pytest.mark.parametrize("status", [RunStatus.APPROVED, RunStatus.RELEASED])
def test_an_approved_or_released_month_is_not_computed_again(database: Settings, status: RunStatus) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    with writing() as s:
        run = s.get_one(PayRun, "RA-2023-05")
        run.status = status
        s.add(run)
    before = shown()
    know(weekend(2, "RA-P2"))
    with pytest.raises(MonthClosed, match=f"RA-2023-05 is {status}"):
        prepare()
    assert shown() == before


def test_a_month_approved_while_it_is_computed_keeps_its_lines(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    refused: list[Refusal] = []

    def again() -> None:
        try:
            prepare()
        except MonthClosed as error:
            refused.append(error)

    late = Thread(target=carried(again))
    with writing() as s:
        run = s.get_one(PayRun, "RA-2023-05")
        run.status = RunStatus.APPROVED
        s.add(run)
        s.flush()
        late.start()
        late.join(timeout=0.5)
        assert late.is_alive()
    late.join()
    assert len(refused) == 1
    assert shown()["status"] == RunStatus.APPROVED


def test_missing_rates_refuse_the_run_with_every_gap_and_leave_the_draft(database: Settings) -> None:
    move_in()
    know(stay(1, "RA-P1", "2022-12-30T14:00", "2023-01-02T10:00"))
    with pytest.raises(RateMissing) as refused:
        prepare("2022-12")
    assert [(gap.rate, gap.band, gap.first.day, gap.last.day) for gap in refused.value.gaps] == [
        ("fee_night", "", 30, 31),
        ("board_lodging_night", "age 0-9", 30, 31),
    ]
    with reading() as s:
        assert s.exec(select(PayRun)).all() == []
        assert s.exec(select(AuditEntry)).all() == []


def test_what_is_not_registered_holds_its_own_line_and_the_rest_is_paid(sqlite_database: Settings) -> None:
    move_in()
    know(*guest(3, None), weekend(1, "RA-P1"), weekend(3, "RA-P3"))
    with writing() as s:
        revise(s, current(s, Terms, "RA-P1/2022-01-01"), IMPORTED, fees_tenths=None)
    summary = prepare()
    held = {(line["placement"], line["component"]): line["held_because"] for line in shown()["lines"]}
    assert held == {
        ("RA-P1", "board_lodging"): None,
        ("RA-P1", "fee"): "no_fees",
        ("RA-P3", "board_lodging"): "no_birth_date",
        ("RA-P3", "fee"): None,
    }
    assert (summary.held_lines, summary.held_ore, summary.payable_ore) == (2, 0, 402_00 + 308_62)


def test_a_seat_is_held_however_long_ago_the_enrolment_fee_was_granted(database: Settings) -> None:
    move_in()
    fee = ExpenseClaim(ref="RA-E1", recorded_at=IMPORTED, placement="RA-P1", benefit="enrolment_fee", regime="grant")
    fee.granted_on, fee.amount_ore = date(2019, 8, 1), 5000_00
    seat = ExpenseClaim(ref="RA-E2", recorded_at=IMPORTED, placement="RA-P1", benefit="car_seat", regime="grant")
    seat.granted_on, seat.amount_ore = date(2023, 5, 9), 1400_00
    know(fee, seat)
    prepare()
    assert [line["held_because"] for line in shown()["lines"]] == ["enrolment_fee_granted"]


def test_stays_that_cannot_be_counted_are_named(sqlite_database: Settings) -> None:
    move_in()
    know(
        stay(1, "RA-P1", "2023-05-12T14:00", None),
        stay(2, "RA-P1", None, "2023-05-12T14:00"),
        stay(3, "RA-P1", "2023-05-20T14:00", "2023-05-18T14:00"),
        weekend(4, "RA-P2", withdrawn_on=date(2023, 5, 15)),
    )
    summary = prepare()
    held = [(line["sources"], line["held_because"], line["amount_ore"]) for line in shown()["lines"]]
    assert held == [(["RA-N1"], "no_departure", 0), (["RA-N2"], "no_departure", 0)]
    assert [notice.partition(":")[0] for notice in summary.notices] == ["RA-N1", "RA-N2", "RA-N3"]


@pytest.mark.parametrize(
    ("municipality", "period", "by", "says"),
    [
        pytest.param("randers", "2023-13", CLERK, "isn't a month", id="a period that is none"),
        pytest.param("atlantis", "2023-05", CLERK, "known are asker", id="a municipality nobody knows"),
        pytest.param("randers", "2023-06", CLERK, "from 2023-07-01 on", id="a month that isn't over"),
        pytest.param("randers", "2024-06", CLERK, "from 2024-07-01 on", id="a month that hasn't begun"),
        pytest.param("randers", "2023-05", ADVISER, "payroll or administration", id="somebody without the role"),
        pytest.param("randers", "2023-05", OUTSIDER, "payroll or administration", id="another municipality's clerk"),
        pytest.param("randers", "2023-05", "RA-S99", "is not known", id="nobody"),
    ],
)
def test_a_payout_that_cannot_be_prepared_is_refused_and_changes_nothing(
    sqlite_database: Settings, municipality: str, period: str, by: str, says: str
) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    with pytest.raises(Refusal, match=says):
        prepare_payout(municipality, period, actor=acting(by), now=JUNE)
    with reading() as s:
        assert s.exec(select(PayRun)).all() == []


def test_the_month_is_over_by_the_clock_of_the_municipality(sqlite_database: Settings) -> None:
    move_in()
    with pytest.raises(Refusal, match="isn't over"):
        prepare(now=datetime(2023, 5, 31, 21, 59, tzinfo=UTC))
    assert prepare(now=datetime(2023, 5, 31, 22, 0, tzinfo=UTC)).lines == 0


def test_a_month_nobody_prepared_and_a_line_that_is_not_there_are_refused(sqlite_database: Settings) -> None:
    with reading() as s:
        with pytest.raises(Refusal, match="no payout is prepared for randers in 2023-04"):
            run_as_json(s, "randers", "2023-04")
        with pytest.raises(Refusal, match="no ledger line 'RA-2023-04-000001'"):
            find_line(s, "RA-2023-04-000001")


def test_nights_before_the_approval_are_paid_where_the_child_moved_in_in_an_emergency(database: Settings) -> None:
    move_in()
    with writing() as s:
        revise(
            s, current(s, Placement, "RA-P1"), IMPORTED, start=date(2023, 5, 1), emergency_reason="No adult at home."
        )
    approve_instead(FAMILY, IMPORTED, valid_from=date(2023, 5, 14))
    know(weekend(1, "RA-P1"), weekend(2, "RA-P2"))
    prepare()
    held = {(line["placement"], line["held_because"]) for line in shown()["lines"] if line["status"] == "held"}
    assert held == {("RA-P2", "before_approval")}
