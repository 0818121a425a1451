"""Every open case at the same time, without Prefect: everybody gives the usual answer, a week apart."""

from datetime import date, timedelta

from data.cases import open_cases, open_tasks
from data.store.session import reading, writing
from data.tables import CaseRow, GeneratedTask
from rules.processes.group_supervision import GroupSupervision
from rules.processes.joint_meeting import JointMeetingHeld
from rules.processes.monthly_payout import PayoutApproval
from rules.processes.network_family_approval import MatchingVisit
from tasks.cases import answers, case
from tasks.cases.opened import wake_due
from tasks.rehearsal.answers import usual_answer
from tasks.runs.case_flow import PROCEDURES
from tests.people import at, email

A_WEEK = timedelta(days=7)
APPOINTMENTS = {form.__name__ for form in (MatchingVisit, JointMeetingHeld, GroupSupervision)}
"""Answered once they have been held."""
INSTEAD = {PayoutApproval.__name__: {"as_it_stands": True}}
"""Days pass between draft and approval."""


def play(today: date, weeks: int) -> None:
    for _ in range(weeks):
        carry_on()
        for task in waiting(today):
            raw = usual_answer(task, today) | INSTEAD.get(task.form, {})
            with writing() as s:
                answers.answer_task(s, task.ref, raw, email=email(task.assignee), os_account="tests", now=at(today))
        today += A_WEEK
        with writing() as s:
            wake_due(s, today, at(today))


def carry_on() -> None:
    while woken := behind():
        for each in woken:
            case.replay(PROCEDURES[each.process], each.ref)


def behind() -> list[CaseRow]:
    with reading() as s:
        return [each for each in open_cases(s) if each.woken > each.seen]


def waiting(today: date) -> list[GeneratedTask]:
    with reading() as s:
        asked = [task for task in open_tasks(s) if task.case is not None and not task.standing]
    return [task for task in asked if task.form not in APPOINTMENTS or (task.due_on or today) <= today]
