"""Months that aren't approved or released in time: payroll and leaders hear of them daily until they are (R9)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from data.pay.pay_runs import closed_runs
from data.people import current_staff
from data.policies import policy_of
from data.tables import CaseRow, CaseState, GeneratedTask, PayRun, RunStatus, TaskState
from rules.calendar import is_working_day
from rules.months import Month, month, month_before, month_of, months_through
from rules.payment_dates import bank_day_before, payment_date
from rules.policy import Policy
from rules.processes.monthly_payout import PROCESS, PayoutApproval
from rules.substitutes import who_hears
from rules.vocabulary import Role
from tasks.mail.notices import Notice, Site
from tasks.mail.queue import Wanted, queue_mails, site
from tasks.payout.months import PAYMENT_DAY
from tasks.words.language import long_date, month_name

AT_MOST = 12
"""Listed in the mail."""
CONCERNED = (Role.PAYROLL, Role.LEADER)


class LateMonth(NamedTuple):
    ref: str
    state: str
    """missing, draft or approved: what has to be done about it says the mail."""
    paid_on: date | None
    """The payment date that is agreed, where the policy says one."""
    task: str | None
    """The one that waits for the approval."""
    asked: str | None
    """Whose it is."""


def late_months(s: Session, policy: Policy, today: date) -> list[LateMonth]:
    """By reference: what isn't approved after its day, and what isn't released when it is to be paid."""
    runs = {run.ref: run for run in s.exec(select(PayRun).where(PayRun.municipality == policy.key))}
    asked = _asked(s, policy.key)
    found = []
    for in_month in _expected(s, policy, today):
        ref = f"{policy.prefix}-{in_month}"
        run, task = runs.get(ref), asked.get(ref)
        paid = payment_date(in_month, policy) if policy.has(PAYMENT_DAY, in_month.last) else None
        if run is not None and run.status == RunStatus.RELEASED:
            continue
        approved = run is not None and run.status == RunStatus.APPROVED
        if _is_late(today, paid, None if approved else task, approved=approved, country=policy.country):
            waits = task if task is not None and task.state == TaskState.OPEN else None
            state = run.status if run is not None else "missing"
            found.append(LateMonth(ref, state, paid, *((waits.ref, waits.assignee) if waits else (None, None))))
    return found


def _is_late(today: date, paid: date | None, task: GeneratedTask | None, *, approved: bool, country: str) -> bool:
    """Its approval is due on the task's day, and at the latest on the bank day before it is paid."""
    if approved:
        return paid is not None and today >= paid
    last_days = [day for day in (task and task.due_on, paid and bank_day_before(paid, country)) if day]
    return any(today > day for day in last_days)


def _expected(s: Session, policy: Policy, today: date) -> Iterator[Month]:
    """Months that were begun, and those that are over since the last that was closed."""
    closed = [run.payroll_month for run in closed_runs(s, policy.key)]
    begun = set(s.exec(select(PayRun.payroll_month).where(PayRun.municipality == policy.key)))
    opened = select(CaseRow.ref).where(
        CaseRow.municipality == policy.key, CaseRow.process == PROCESS.name, CaseRow.state == CaseState.OPEN
    )
    begun |= {str(month_of(ref)) for ref in s.exec(opened)}
    if closed:
        begun |= {str(each) for each in months_through(month(max(closed)), month_before(today))}
    yield from map(month, sorted(begun))


def _asked(s: Session, municipality: str) -> dict[str, GeneratedTask]:
    """By month, the last task that asks for its approval."""
    tasks = select(GeneratedTask).where(
        GeneratedTask.municipality == municipality, GeneratedTask.form == PayoutApproval.__name__
    )
    return {str(task.case): task for task in s.exec(tasks.order_by(col(GeneratedTask.issued_at)))}


def tell_of_late_months(s: Session, municipality: str, today: date, now: datetime) -> tuple[int, set[str]]:
    """How many mails: one a reader and day, on working days; and the months that are late."""
    policy = policy_of(municipality)
    late = late_months(s, policy, today)
    if not late or not is_working_day(today, policy.country):
        return 0, set()
    notice = payout_late(late, policy, site(policy))
    wanted = [
        Wanted(f"{policy.key}:payout_late:{reader}:{today}", notice, reader, late[0].ref)
        for reader in who_hears(current_staff(s, municipality), CONCERNED, today)
    ]
    written = queue_mails(s, wanted, municipality=policy.key, now=now)
    return sum(ident is not None for ident in written), {each.ref for each in late}


def payout_late(late: Sequence[LateMonth], policy: Policy, place: Site) -> Notice:
    rows = [
        {
            "ref": each.ref,
            "month": month_name(month_of(each.ref).first, policy.language),
            "state": each.state,
            "paid_on": long_date(each.paid_on, policy.language) if each.paid_on else None,
            "task": each.task,
            "asked": each.asked,
        }
        for each in late[-AT_MOST:]
    ]
    context = {"late": rows, "more": len(late[:-AT_MOST]), "link": place.page("overview", policy.key)}
    return Notice("payout_late", context)
