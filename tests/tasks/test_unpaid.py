"""Each quarter: what families are entitled to against what was paid, and one mail about it (X4)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlmodel import delete

from data.facts import current, revise
from data.outbox import list_mails
from data.session import reading, writing
from data.tables import Decision, LedgerLine, NightStay, RateRow, Staff
from flows.unpaid_entitlements import rows, said
from tasks.payout import decide_line
from tasks.unpaid import Difference, UnpaidReport, unpaid_entitlements
from tests.letters import opened, part
from tests.tasks.pay_runs import AUGUST, JULY, lines, pay, prepare
from tests.tasks.payroll import CLERK, IMPORTED, LEADER, acting, know, move_in, stay, weekend

SWEEP = datetime(2023, 7, 20, 3, tzinfo=UTC)


@pytest.fixture
def may_paid() -> None:
    move_in()
    know(
        Staff(
            ref=CLERK,
            recorded_at=IMPORTED,
            municipality="randers",
            roles="administration,payroll",
            email="clerk@randers.example",
        ),
        weekend(1, "RA-P1"),
    )
    pay()


def sweep(now: datetime = SWEEP) -> UnpaidReport:
    return unpaid_entitlements("randers", now.date(), now)


def late_night(period: str = "2023-05") -> None:
    know(stay(2, "RA-P1", f"{period}-26T14:00", f"{period}-27T14:00"), at=JULY)


BOARD = Difference("2023-05", "RA-P1", "RA-F1", "board_lodging", False, 201_00)
FEE = Difference("2023-05", "RA-P1", "RA-F1", "fee", True, 308_62)


@pytest.mark.usefixtures("database", "may_paid")
def test_what_was_paid_as_it_should_be_is_no_difference_and_no_mail() -> None:
    report = sweep()
    assert (report.about, report.months) == ("RA-2023-Q2", ["2023-05", "2023-06"])
    assert (report.differences, report.uncomputed) == ([], {})
    with reading() as s:
        assert list_mails(s) == []


@pytest.mark.usefixtures("database", "may_paid")
def test_a_night_that_came_late_is_listed_and_mailed_to_payroll_once() -> None:
    late_night()
    for _ in range(2):
        assert sweep().differences == [BOARD, FEE]
    with reading() as s:
        [mail] = list_mails(s)
        assert (mail.about, mail.recipient, mail.template) == ("RA-2023-Q2", CLERK, "unpaid")
        said_in_it = part(opened(mail), "plain")
    for words in ("Afvigelser: 2", "fra maj 2023 til juni 2023", "unpaid/RA-2023-Q2"):
        assert words in said_in_it


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_line_that_is_gone_from_the_ledger_is_found_though_no_fact_changed() -> None:
    with writing() as s:
        for (guard,) in s.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            s.execute(text(f"DROP TRIGGER {guard}"))
        s.exec(delete(LedgerLine).where(LedgerLine.component == "fee"))  # type: ignore[arg-type]
    assert [(found.component, found.amount_ore) for found in sweep().differences] == [("fee", 2 * 308_62)]


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_month_that_nobody_prepared_is_unpaid() -> None:
    late_night("2023-06")
    assert [found.period for found in sweep().differences] == ["2023-06", "2023-06"]


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_when_the_next_payout_has_paid_it_nothing_is_left() -> None:
    late_night()
    pay("2023-06", JULY)
    assert sweep().differences == []


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_too_much_is_listed_until_it_waits_for_a_decision_or_is_decided() -> None:
    with writing() as s:
        revise(s, current(s, NightStay, "RA-N1"), JULY, withdrawn_on=date(2023, 7, 1))
    assert [found.amount_ore for found in sweep().differences] == [-402_00, -617_24]
    pay("2023-06", JULY)
    assert sweep().differences == []
    held = [line for line in lines("2023-06") if line["status"] == "held"]
    decide_line(held[0]["id"], Decision.WAIVE, reason="Kommunens fejl", actor=acting(LEADER), now=AUGUST)
    decide_line(held[1]["id"], Decision.RECOVER, reason="Aftalt", instalments=2, actor=acting(LEADER), now=AUGUST)
    assert sweep(datetime(2023, 10, 20, 3, tzinfo=UTC)).differences == []


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_month_without_a_rate_is_named_and_the_others_are_compared() -> None:
    late_night()
    late_night_in_june = stay(3, "RA-P1", "2023-06-09T14:00", "2023-06-10T14:00")
    know(late_night_in_june, at=JULY)
    with writing() as s:
        revise(s, current(s, RateRow, "DK/fee_night//2023-01-01"), JULY, valid_to=date(2023, 5, 31))
    report = sweep()
    assert list(report.uncomputed) == ["2023-06"]
    assert report.differences == [BOARD, FEE]
    assert "2023-06 can't be computed: DK fee_night: no rate on 2023-06-09" in said(report)
    assert rows(report)[0] == FEE._asdict()


@pytest.mark.usefixtures("sqlite_database")
def test_where_no_ledger_is_open_there_is_nothing_to_compare() -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    assert sweep().months == []
    prepare("2023-06", JULY)
    assert sweep().months == []
    pay("2023-06", JULY)
    assert sweep().months == ["2023-06"]
    assert sweep(JULY.replace(month=6)).months == []
