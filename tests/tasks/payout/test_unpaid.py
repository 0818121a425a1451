"""Each quarter: what families are entitled to against what was paid, a task for each that differs (X4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, delete, select

from data.outbox import list_mails
from data.policies import policy_of
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import (
    Child,
    Decision,
    GeneratedTask,
    LedgerLine,
    NightStay,
    OutboxMail,
    Placement,
    RateRow,
    Staff,
    Terms,
)
from flows.jobs.unpaid_entitlements import rows, said
from tasks.cases.answers import answer_task
from tasks.payout import approve_payout, decide_line, release_payout
from tasks.payout.unpaid import Difference, UnpaidReport, end_what_was_paid, unpaid_entitlements
from tasks.payout.unpaid_tasks import follow
from tasks.reminders.daily import send_reminders
from tests.homes import home
from tests.letters import opened, part
from tests.tasks.pay_runs import AUGUST, JULY, change, lines, pay, prepare
from tests.tasks.payroll import APPROVER, CLERK, IMPORTED, LEADER, acting, know, move_in, stay, weekend

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


def asked(state: str = "open") -> list[GeneratedTask]:
    with reading() as s:
        given = select(GeneratedTask).where(GeneratedTask.form == "UnpaidEntitlement", GeneratedTask.state == state)
        return list(s.exec(given.order_by(col(GeneratedTask.ref))))


def mails() -> list[OutboxMail]:
    """To the clerk, about this; of months that are late they hear as well."""
    with reading() as s:
        return [mail for mail in list_mails(s) if mail.recipient == CLERK and mail.template == "unpaid"]


def next_quarter() -> UnpaidReport:
    return sweep(datetime(2023, 10, 20, 3, tzinfo=UTC))


@pytest.mark.usefixtures("database", "may_paid")
def test_what_was_paid_as_it_should_be_is_no_difference_and_no_task() -> None:
    report = sweep()
    assert (report.about, report.months) == ("RA-2023-Q2", ["2023-05"])
    assert (report.differences, report.uncomputed) == ([], {})
    assert asked() == []
    assert mails() == []


@pytest.mark.usefixtures("database", "may_paid")
def test_a_night_that_came_late_is_one_task_of_payroll_that_names_family_placement_months_and_difference() -> None:
    late_night()
    for _ in range(2):
        assert sweep().differences == [BOARD, FEE]
    [task] = asked()
    assert (task.about, task.assignee, task.row) == ("RA-F1", CLERK, "X4")
    assert task.demands == {"placements": {"RA-P1": 509_62}, "months": ["2023-05", "2023-05"], "amount_ore": 509_62}
    with reading() as s:
        [mail] = list_mails(s)
        assert (mail.about, mail.recipient, mail.template) == (task.ref, CLERK, "unpaid")
        assert f"{task.ref}: RA-F1 (RA-P1: +509,62 kr.), maj 2023, +509,62 kr." in part(opened(mail), "plain")


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_families_are_told_of_together_and_chased_together_until_the_leader_hears() -> None:
    guests = [
        *home(ref="RA-F2", recorded_at=IMPORTED, municipality="randers", kind="respite",
              approved_from=date(2021, 1, 1)),
        Child(ref="RA-B3", recorded_at=IMPORTED, municipality="randers", birth_date=date(2012, 1, 1)),
        Placement(ref="RA-P3", recorded_at=IMPORTED, child="RA-B3", family="RA-F2", kind="respite",
                  start=date(2022, 1, 1)),
        Terms(ref="RA-P3/2022", recorded_at=IMPORTED, placement="RA-P3", valid_from=date(2022, 1, 1), fees_tenths=10),
        stay(9, "RA-P3", "2023-05-12T14:00", "2023-05-13T14:00"),
    ]  # fmt: skip
    late_night()
    change(Staff, LEADER, IMPORTED, email="leader@randers.example")
    know(*guests, at=JULY)
    sweep()
    assert [task.about for task in asked()] == ["RA-F1", "RA-F2"]
    day = SWEEP.date()
    while day < date(2023, 8, 31):
        day += timedelta(days=1)
        send_reminders("randers", day, datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
    assert len(mails()) == 4
    with reading() as s:
        escalated = [mail for mail in list_mails(s) if mail.template == "task_escalated"]
    assert len(escalated) == 1


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_the_same_difference_next_quarter_is_the_same_task_and_more_of_it_is_said_in_it() -> None:
    late_night()
    sweep()
    next_quarter()
    [task] = asked()
    know(stay(4, "RA-P1", "2023-05-29T14:00", "2023-05-30T14:00"), at=JULY)
    next_quarter()
    [same] = asked()
    assert (same.ref, same.demands["amount_ore"]) == (task.ref, 2 * 509_62)
    assert len(mails()) == 1


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_the_payout_that_pays_it_ends_the_task() -> None:
    late_night()
    sweep()
    assert end_what_was_paid("randers", SWEEP.date(), SWEEP) == 0
    assert len(asked()) == 1
    pay("2023-06", AUGUST)
    assert end_what_was_paid("randers", AUGUST.date(), AUGUST) == 1
    [ended] = asked("answered")
    assert (ended.answered_by, ended.answer) == ("job:unpaid entitlements", None)
    late = stay(4, "RA-P1", "2023-05-29T14:00", "2023-05-30T14:00")
    know(late, at=AUGUST)
    next_quarter()
    assert [task.about for task in asked()] == ["RA-F1"]


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_payout_ends_no_task_that_was_given_while_it_compared_others() -> None:
    late_night()
    sweep()
    assert follow(policy_of("randers"), ["RA-F2"], [], unknown=(), now=SWEEP) == 0
    assert [task.about for task in asked()] == ["RA-F1"]


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_difference_that_is_called_right_is_asked_about_again_once_it_is_another() -> None:
    late_night()
    sweep()
    with writing() as s:
        said = {"right_as_it_is": "Aftalt med familien."}
        answer_task(s, asked()[0].ref, said, email="clerk@randers.example", os_account="t", now=SWEEP)
    next_quarter()
    assert asked() == []
    know(stay(4, "RA-P1", "2023-05-29T14:00", "2023-05-30T14:00"), at=JULY)
    next_quarter()
    assert [task.demands["amount_ore"] for task in asked()] == [2 * 509_62]


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_month_that_is_not_released_is_not_unpaid() -> None:
    late_night("2023-06")
    assert sweep().differences == []
    prepare("2023-06", JULY)
    assert sweep().differences == []
    approve_payout("randers", "2023-06", actor=acting(APPROVER), now=JULY)
    assert sweep().months == ["2023-05"]
    know(stay(4, "RA-P1", "2023-06-09T14:00", "2023-06-10T14:00"), at=SWEEP)
    assert sweep().differences == []
    release_payout("randers", "2023-06", actor=acting(LEADER), now=JULY)
    assert [found.period for found in sweep().differences] == ["2023-06", "2023-06"]


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_month_that_was_skipped_is_unpaid_once_a_later_one_is_released() -> None:
    pay("2023-07", AUGUST)
    know(stay(4, "RA-P1", "2023-06-09T14:00", "2023-06-10T14:00"), at=AUGUST)
    report = next_quarter()
    assert report.months == ["2023-05", "2023-06", "2023-07"]
    assert {found.period for found in report.differences} == {"2023-06"}


@pytest.mark.usefixtures("sqlite_database", "may_paid")
def test_a_line_that_is_gone_from_the_ledger_is_found_though_no_fact_changed() -> None:
    with writing() as s:
        for (guard,) in s.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            s.execute(text(f"DROP TRIGGER {guard}"))
        s.exec(delete(LedgerLine).where(LedgerLine.component == "fee"))  # type: ignore[arg-type]
    assert [(found.component, found.amount_ore) for found in sweep().differences] == [("fee", 2 * 308_62)]


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
    pay("2023-06", JULY)
    know(stay(4, "RA-P1", "2023-05-29T14:00", "2023-05-30T14:00"), at=JULY)
    with writing() as s:
        revise(s, current(s, RateRow, "DK/fee_night//2023-01-01"), JULY, valid_to=date(2023, 5, 31))
    report = sweep()
    assert list(report.uncomputed) == ["2023-06"]
    assert report.differences == [BOARD, FEE]
    with reading() as s:
        assert s.exec(select(GeneratedTask.about).where(GeneratedTask.form == "MissingRate")).all() == ["DK/fee_night"]
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
