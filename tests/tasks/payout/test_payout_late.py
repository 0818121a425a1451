"""A payout that isn't approved or released in time is told to payroll and the leadership, daily until it is (R9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from data.outbox import list_mails
from data.policies import policy_of
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import GeneratedTask, OutboxMail, PayRun, Staff
from rules.months import month
from rules.payment_dates import payment_date
from tasks.mail.queue import configure
from tasks.payout import approve_payout, discard_payout, release_payout
from tasks.payout.late import late_months
from tasks.reminders.daily import send_reminders
from tests.letters import opened, part
from tests.tasks.pay_runs import change, pay, prepare
from tests.tasks.payroll import APPROVER, CLERK, IMPORTED, LEADER, acting, know, move_in, staff, weekend

pytestmark = pytest.mark.usefixtures("cast")
PAID = date(2023, 6, 30)
RANDERS = policy_of("randers")


@pytest.fixture
def cast(sqlite_database: Settings) -> None:
    configure(sqlite_database)
    move_in()
    for ref, roles in (
        (CLERK, "administration,payroll"),
        (LEADER, "leader"),
        (APPROVER, "leader"),
        ("RA-S2", "child_adviser"),
    ):
        person = staff(ref, roles)
        person.email = f"{ref.lower()}@randers.example"
        know(person)
    know(weekend(1, "RA-P1"))


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def remind(day: date) -> list[tuple[str, str]]:
    """Template and reader of what was written that day."""
    with reading() as s:
        before = {mail.id for mail in s.exec(select(OutboxMail))}
    send_reminders("randers", day, at(day))
    with reading() as s:
        new = s.exec(select(OutboxMail).where(OutboxMail.id.not_in(before)))  # type: ignore[union-attr]
        return sorted((mail.template, mail.recipient) for mail in new)


def late(day: date) -> list[tuple[str, str]]:
    with reading() as s:
        return [(each.ref, each.state) for each in late_months(s, RANDERS, day)]


EVERYBODY = [("payout_late", reader) for reader in (CLERK, LEADER, APPROVER)]


def test_the_policy_of_these_tests_pays_on_the_last_bank_day() -> None:
    assert payment_date(month("2023-05"), RANDERS) == PAID


def test_a_draft_nobody_approves_is_told_to_payroll_and_leaders_once_a_working_day_until_it_is_approved() -> None:
    prepare()
    assert remind(date(2023, 6, 29)) == []
    assert remind(PAID) == EVERYBODY
    assert remind(PAID) == []
    assert remind(date(2023, 7, 1)) == [], "a Saturday"
    assert remind(date(2023, 7, 3)) == EVERYBODY
    with reading() as s:
        mail = list_mails(s)[0]
        assert mail.subject == "Udbetaling ikke klar til tiden: maj 2023"
        assert "RA-2023-05 (maj 2023): beregnet, ikke godkendt, skal udbetales fredag den 30. juni 2023" in part(
            opened(mail), "plain"
        )
    approve_payout("randers", "2023-05", actor=acting(APPROVER), now=at(date(2023, 7, 3)))
    assert late(date(2023, 7, 4)) == [("RA-2023-05", "approved")]
    release_payout("randers", "2023-05", actor=acting(LEADER), now=at(date(2023, 7, 4)))
    assert late(date(2023, 7, 5)) == []


def test_what_is_approved_in_time_is_late_from_the_day_on_which_it_should_be_paid() -> None:
    prepare()
    approve_payout("randers", "2023-05", actor=acting(APPROVER), now=at(date(2023, 6, 20)))
    assert late(PAID - timedelta(days=1)) == []
    assert late(PAID) == [("RA-2023-05", "approved")]


def test_the_approval_is_late_after_the_day_it_was_asked_by_and_nobody_has_two_mails_about_it_a_day() -> None:
    prepare()
    asked = {"municipality": "randers", "step": "payout_approval:1", "form": "PayoutApproval", "row": "R9"}
    with writing() as s:
        run = s.exec(select(PayRun)).one()
        s.add(
            GeneratedTask(
                ref=f"{run.ref}-01",
                case=run.ref,
                role="leader",
                assignee=LEADER,
                issued_at=at(date(2023, 6, 10)),
                due_on=date(2023, 6, 14),
                demands={"prepared_at": "x"},
                **asked,
            )
        )
    assert remind(date(2023, 6, 14)) == [("task_due", LEADER)]
    for days in range(1, 9):
        day = date(2023, 6, 14) + timedelta(days=days)
        assert remind(day) == ([] if day.weekday() > 4 else EVERYBODY)
    with reading() as s:
        assert "opgaven RA-2023-05-01 ligger hos RA-S3" in part(opened(list_mails(s)[0]), "plain")


def test_a_month_that_nobody_prepared_is_late_too_once_the_ledger_is_open() -> None:
    assert late(date(2023, 9, 1)) == []
    pay()
    assert late(date(2023, 7, 28)) == []
    assert late(date(2023, 7, 31)) == [("RA-2023-06", "missing")]
    assert late(date(2023, 9, 1)) == [("RA-2023-06", "missing"), ("RA-2023-07", "missing")]
    pay("2023-07", at(date(2023, 8, 2)))
    assert late(date(2023, 8, 20)) == [], "the later month pays what the earlier one owes"


def test_a_discarded_draft_is_told_of_no_more() -> None:
    prepare()
    discard_payout("randers", "2023-05", actor=acting(CLERK), now=at(date(2023, 6, 20)))
    assert late(date(2023, 7, 3)) == []


def test_who_left_hears_nothing_of_it_and_an_absent_leaders_stand_in_does() -> None:
    prepare()
    change(Staff, APPROVER, at=IMPORTED, left_on=date(2023, 6, 2))
    away = {"absent_from": date(2023, 6, 20), "absent_to": date(2023, 7, 20)}
    change(Staff, LEADER, at=IMPORTED, substitute="RA-S2", **away)
    assert [reader for kind, reader in remind(PAID) if kind == "payout_late"] == [CLERK, "RA-S2"]


def test_where_the_last_leader_left_administration_hears_of_it_beside_payroll() -> None:
    prepare()
    admin = staff("RA-S5", "administration")
    admin.email = "ra-s5@randers.example"
    know(admin)
    change(Staff, CLERK, at=IMPORTED, roles="payroll")
    for gone in (LEADER, APPROVER):
        change(Staff, gone, at=IMPORTED, left_on=date(2023, 6, 2))
    assert [reader for kind, reader in remind(PAID) if kind == "payout_late"] == [CLERK, "RA-S5"]


def test_what_is_late_to_approve_and_not_yet_to_pay_is_not_called_unpaid() -> None:
    prepare()
    remind(PAID)
    with reading() as s:
        [mail, *_] = [mail for mail in list_mails(s) if mail.template == "payout_late"]
        assert mail.subject == "Udbetaling ikke klar til tiden: maj 2023"
        assert "venter på deres penge" not in part(opened(mail), "plain")


def test_the_leaders_stand_in_approves_for_an_absent_leader_and_nobody_does_for_whoever_prepared_it() -> None:
    prepare()
    away = {"absent_from": date(2023, 6, 1), "absent_to": date(2023, 7, 20)}
    change(Staff, CLERK, at=IMPORTED, substitute="RA-S2", **away)
    with pytest.raises(Exception, match="RA-S2 may not approve"):
        approve_payout("randers", "2023-05", actor=acting("RA-S2"), now=at(date(2023, 6, 20)))
    change(Staff, LEADER, at=IMPORTED, substitute="RA-S2", **away)
    assert approve_payout("randers", "2023-05", actor=acting("RA-S2"), now=at(date(2023, 6, 20))).approved_by == "RA-S2"
