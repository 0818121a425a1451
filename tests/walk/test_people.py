"""A year in which the consultant leaves without handing over, and the leader is away for two months."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from data.policies import policy_of
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import GeneratedTask, OutboxMail, PayRun, Staff, TaskState
from rules.calendar import is_working_day
from rules.months import month
from rules.payment_dates import payment_date
from tasks.reminders.handover import hand_over
from tests import people
from tests.walk import randers
from tests.walk.walk import Happens, Walk, acting, by_day

pytestmark = pytest.mark.timeout(600)

LAST = date(2024, 3, 31)
LEADER, HEIR, STAND_IN = "RA-S04", "RA-S06", "RA-S07"
LEFT, HANDED_OVER = date(2023, 6, 30), date(2023, 7, 12)
AWAY = {"absent_from": date(2023, 9, 1), "absent_to": date(2023, 10, 31), "substitute": STAND_IN}


def changes(ref: str, **what: Any) -> Happens:
    def happens(walk: Walk) -> None:
        with writing() as s:
            revise(s, current(s, Staff, ref), walk.now, **what)

    return happens


def hands_over(walk: Walk) -> None:
    with writing() as s:
        hand_over(s, randers.CONSULTANT, HEIR, by=acting(LEADER), now=walk.now)


def test_nothing_is_lost_or_paid_late_while_one_has_left_and_the_leader_is_away(payroll_folder: Path) -> None:
    randers.move_in()
    people.move_in(
        people.staff(HEIR, "family_care_consultant,match_consultant", municipality="randers"),
        people.staff(STAND_IN, "child_adviser", municipality="randers"),
    )
    own = (
        (LEFT, changes(randers.CONSULTANT, left_on=LEFT)),
        (HANDED_OVER, hands_over),
        (date(2023, 8, 25), changes(LEADER, **AWAY)),
    )
    diary = by_day([*own, *((day, happens) for day, happens in randers.DIARY.items())])
    Walk("randers", diary, randers.OTHERWISE).go(randers.FIRST, LAST)
    with reading() as s:
        tasks = s.exec(select(GeneratedTask).where(col(GeneratedTask.standing).is_(False))).all()
        mails = s.exec(select(OutboxMail)).all()
        runs = s.exec(select(PayRun)).all()
    who_left_gets_nothing(tasks, mails)
    the_leader_is_told_daily_until_it_is_handed_over(mails)
    the_stand_in_answers_for_the_leader(tasks)
    every_month_is_paid_in_time(runs, mails)
    assert [task.ref for task in tasks if task.state == TaskState.OPEN and task.due_on and task.due_on < LAST] == []


def who_left_gets_nothing(tasks: Any, mails: Any) -> None:
    gone = randers.CONSULTANT
    assert [mail.template for mail in mails if mail.recipient == gone and mail.queued_at.date() > LEFT] == []
    assert [task.ref for task in tasks if task.assignee == gone and task.issued_at.date() > LEFT] == []
    assert [task.ref for task in tasks if task.assignee == gone and task.state == TaskState.OPEN] == []
    assert Counter(mail.template for mail in mails if mail.recipient == HEIR)["handed_over"] == 1
    assert any(task.assignee == HEIR and task.answered_by == HEIR for task in tasks)


def the_leader_is_told_daily_until_it_is_handed_over(mails: Any) -> None:
    told = [mail.queued_at.date() for mail in mails if mail.template == "task_escalated"]
    days = [LEFT + timedelta(days=n) for n in range(1, (HANDED_OVER - LEFT).days + 1)]
    assert told == [day for day in days if is_working_day(day, "DK")]
    assert {mail.recipient for mail in mails if mail.template == "task_escalated"} == {LEADER}


def the_stand_in_answers_for_the_leader(tasks: Any) -> None:
    approvals = {str(task.answered_at.date())[:7]: task for task in tasks if task.form == "PayoutApproval"}
    assert {when: approvals[when].answered_by for when in ("2023-08", "2023-09", "2023-10", "2023-11")} == {
        "2023-08": LEADER,
        "2023-09": STAND_IN,
        "2023-10": STAND_IN,
        "2023-11": LEADER,
    }
    assert {approvals[when].assignee for when in ("2023-09", "2023-10")} == {LEADER}


def every_month_is_paid_in_time(runs: Any, mails: Any) -> None:
    late = []
    for run in runs:
        in_time = run.released_at and run.released_at.date() < payment_date(
            month(run.payroll_month), policy_of("randers")
        )
        late += [] if in_time else [run.ref]
    assert late == []
    assert [mail.about for mail in mails if mail.template == "payout_late"] == []
