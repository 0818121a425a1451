"""A draft that was never meant goes with all that came of it (R9)."""

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.outbox import list_mails
from data.pay.pay_runs import NotPrepared
from data.settings import Settings
from data.store.audit import first_broken
from data.store.session import reading
from data.tables import AuditEntry, LedgerLine, PayRun
from tasks.payout import approve_payout, discard_payout
from tasks.payout.discard import NoDraft
from tasks.payout.roles import MayNot
from tests.tasks.pay_runs import AUGUST, JULY, lines, pay, prepare
from tests.tasks.payout.test_held_lines import people, waiting  # noqa: F401 - those who move in
from tests.tasks.payroll import ADVISER, APPROVER, CLERK, JUNE, LEADER, acting, know, stay


def discard(period: str = "2023-05", by: str = CLERK) -> None:
    discard_payout("randers", period, actor=acting(by), now=JUNE)


def test_a_discarded_draft_leaves_no_line_no_task_and_no_mail_that_waits(randers: Settings) -> None:
    prepare()
    assert len(waiting()) == 2
    discard()
    with reading() as s:
        assert s.exec(select(PayRun)).all() == []
        assert s.exec(select(LedgerLine)).all() == []
        assert open_tasks(s) == []
        assert list_mails(s) == []
        assert [entry.action for entry in s.exec(select(AuditEntry))][-1] == "payout.discard"
        assert first_broken(s) is None
    with pytest.raises(NotPrepared):
        discard()


def test_what_the_last_closed_month_holds_goes_on_being_asked_about(on_sqlite: Settings) -> None:
    pay()
    before = {task.ref: task.demands["line"] for task in waiting()}
    know(stay(7, "RA-P1", "2023-06-02T14:00", "2023-06-04T14:00"))
    prepare("2023-06", JULY)
    assert len(waiting()) == 4
    discard("2023-06")
    assert {task.ref: task.demands["line"] for task in waiting()} == before


def test_the_draft_of_another_month_keeps_its_tasks(on_sqlite: Settings) -> None:
    know(stay(7, "RA-P1", "2023-06-02T14:00", "2023-06-04T14:00"))
    prepare("2023-05", JULY)
    prepare("2023-06", JULY)
    discard("2023-06")
    assert {task.demands["period"] for task in waiting()} == {"2023-05"}
    assert {task.demands["line"] for task in waiting()} <= {line["id"] for line in lines()}


def test_only_a_draft_can_be_discarded_and_only_by_who_may(on_sqlite: Settings) -> None:
    prepare()
    with pytest.raises(MayNot, match="may not discard"):
        discard(by=ADVISER)
    approve_payout("randers", "2023-05", actor=acting(APPROVER), now=JUNE)
    with pytest.raises(NoDraft, match="is approved, by RA-S9"):
        discard(by=LEADER)
    assert len(lines()) == 4


def test_prepared_again_after_it_was_discarded_it_pays_once(on_sqlite: Settings) -> None:
    prepare()
    discard()
    pay()
    prepare("2023-06", AUGUST)
    assert {line["status"] for line in lines("2023-06")} == {"held"}
