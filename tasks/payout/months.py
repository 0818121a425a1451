"""A municipality's payroll month as a case: one a month, whoever starts it and however often (R9)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from data.cases import find_case, journal_of
from data.pay.ledger import totals
from data.pay.pay_runs import locked_run_of, run_of
from data.people import current_staff
from data.policies import policy_of
from data.store.audit import Actor, audit, job
from data.store.session import lock, reading, writing
from data.tables import CaseRow, CaseState, GeneratedTask, JournalEntry, LineStatus, PayRun, RunStatus
from rules.months import Month, month, month_before, month_of
from rules.payment_dates import paid_on
from rules.policy import Policy
from rules.policy_standing import refuse_what_cannot_run
from rules.processes.monthly_payout import PROCESS, PayoutApproval
from rules.refusal import Refusal
from rules.rights import Right
from rules.vocabulary import Role
from tasks.cases.opened import wake
from tasks.payout.closing import approve, deciders, reject, release
from tasks.payout.opening import opening
from tasks.payout.prepare import prepare, refuse_unfinished
from tasks.payout.roles import JOB, somebody_who_may
from tasks.runs.carrying_on import carry_on
from tasks.server.prefect_api import PrefectServer, RunState

PAYMENT_DAY = "payout.payment_day"
IS_CLOSED = col(PayRun.status) != RunStatus.DRAFT
DRAFT_AGAIN = "draft {attempt} prepared again"
"""What the process notes when it asks about a draft anew."""


class NobodyHere(Refusal):
    def __init__(self, municipality: str) -> None:
        super().__init__(f"{municipality} has no staff in this database; there is nothing to pay")


class PreparedSince(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(
            f"{run.ref} was computed again by {run.prepared_by} after this was asked; "
            "what is to be approved now is asked anew, look at that"
        )


def open_month(municipality: str, period: str | None, *, run: str, now: datetime) -> CaseRow:
    """The month's case, opened by whoever comes first; `period` is else the month before. `run` is the asking flow run.

    Raises NobodyHere, NotInLedger and Refusal for a month that can't be paid.
    """
    with writing() as s:
        # a run that is resumed weeks later still means the same month
        if own := s.exec(select(CaseRow).where(CaseRow.flow_run == run)).first():
            return own
        policy = policy_of(municipality)
        in_month = month_before(policy.today(now)) if period is None else month(period)
        ref = f"{policy.prefix}-{in_month}"
        lock(s, f"open {ref}")
        there = s.get(CaseRow, ref)
        if there is None:
            return _opened(s, policy, in_month, now.astimezone(UTC))
        return _opened_again(s, there, now.astimezone(UTC)) if there.outcome == "Withdrawn" else there


def _opened_again(s: Session, row: CaseRow, now: datetime) -> CaseRow:
    """After its draft was discarded: it goes on with the next one."""
    refuse_unfinished(policy_of(row.municipality), month_of(row.ref), now)
    opening(s, policy_of(row.municipality), month_of(row.ref))
    drafts = sum(entry.key.startswith("done prepare ") for entry in journal_of(s, row.ref))
    noted = {"key": "since then " + DRAFT_AGAIN.format(attempt=drafts), "value": "null"}
    s.add(JournalEntry(case=row.ref, recorded_at=now, recorded_by=job(JOB).ref, **noted))
    row.state, row.outcome, row.because, row.ended_at, row.flow_run = CaseState.OPEN, None, None, None, None
    row.woken, row.woken_at = row.woken + 1, max(row.woken_at, now)
    s.add(row)
    audit(s, job(JOB), "case opened", row.ref, now, process=row.process, again=True)
    return row


def _opened(s: Session, policy: Policy, in_month: Month, now: datetime) -> CaseRow:
    if not current_staff(s, policy.key):
        raise NobodyHere(policy.key)
    refuse_unfinished(policy, in_month, now)
    refuse_what_cannot_run(PROCESS.name, policy, policy.today(now))
    opening(s, policy, in_month)
    actor, first = job(JOB), PROCESS.responsible
    _, person = somebody_who_may(s, Right.PREPARE_PAYOUT, policy.key, policy.today(now), first=first)
    row = CaseRow(
        ref=f"{policy.prefix}-{in_month}",
        municipality=policy.key,
        process=PROCESS.name,
        process_version=PROCESS.version,
        responsible=person,
        opened_at=now,
        opened_by=actor.ref,
        woken_at=now,
    )
    s.add(row)
    audit(s, actor, "case opened", row.ref, now, process=PROCESS.name)
    return row


def claim_month(ref: str, run: str, server: PrefectServer, now: datetime) -> bool:
    """Whether this flow run carries the month; else another does, and is told to look again."""
    with reading() as s:
        before = find_case(s, ref)
    if before.state == CaseState.ENDED or _claim(ref, None, run):
        return True
    if before.flow_run != run and server.state(before.flow_run) in (RunState.WAITING, RunState.GOING):
        with writing() as s:
            wake(s, ref, now.astimezone(UTC))
        carry_on(ref, server)
        return False
    return _claim(ref, before.flow_run, run)


def _claim(ref: str, before: str | None, run: str) -> bool:
    """Two who claim at once: one finds it as it was."""
    with writing() as s:
        row = s.exec(select(CaseRow).where(col(CaseRow.ref) == ref).with_for_update()).one()
        if row.flow_run not in (before, run):
            return False
        row.flow_run = run
        s.add(row)
        return True


def put_forward(s: Session, case: str, before: str | None, now: datetime) -> dict[str, Any]:
    """The draft that somebody is to approve: what was prepared by hand since the one `before`, else computed now.

    Its sums, when it was prepared, and the role and person who approve it.
    """
    policy, period = _of(s, case), str(month_of(case))
    run = s.get(PayRun, case)
    notices: list[str] = []
    if run is None or before is None or prepared_at(run) == before:
        notices = prepare(s, policy.key, period, actor=job(JOB), now=now).notices
        run = run_of(s, policy.key, period)
    today = policy.today(now)
    first = Role(policy.value("payout.approved_by", today))
    apart = {run.prepared_by, *(made.decided_by for made in deciders(s, run))}
    role, person = somebody_who_may(s, Right.APPROVE_PAYOUT, policy.key, today, first=first, apart=frozenset(apart))
    shown = {"prepared_at": prepared_at(run), **_sums(s, run), **_beside(s, run, policy, today)}
    return {"shown": shown, "of": role, "to": person, "notices": notices}


def prepared_at(run: PayRun) -> str:
    return run.prepared_at.astimezone(UTC).isoformat()


def _sums(s: Session, run: PayRun) -> dict[str, int]:
    sums = dict.fromkeys(("payable_lines", "payable_ore", "held_lines", "held_ore"), 0)
    for total in totals(s, run):
        kind = "held" if total["status"] == LineStatus.HELD else "payable"
        sums[f"{kind}_lines"] += total["lines"]
        sums[f"{kind}_ore"] += total["amount_ore"]
    return sums


def _beside(s: Session, run: PayRun, policy: Policy, today: date) -> dict[str, Any]:
    """What the month before paid, where one was closed, and the day on which this one is in the account."""
    in_month = month(run.payroll_month)
    earlier = f"{month(f'{in_month.first - timedelta(days=1):%Y-%m}')}"
    before = s.exec(
        select(PayRun).where(PayRun.municipality == policy.key, PayRun.payroll_month == earlier, IS_CLOSED)
    ).first()
    on = paid_on(in_month, today, policy) if policy.has(PAYMENT_DAY, in_month.last) else None
    return {
        "before_ore": _sums(s, before)["payable_ore"] if before is not None else None,
        "paid_on": on.isoformat() if on else None,
    }


def _of(s: Session, case: str) -> Policy:
    return policy_of(find_case(s, case).municipality)


def approve_by_answer(s: Session, task: GeneratedTask, answer: PayoutApproval, actor: Actor, now: datetime) -> None:
    """The effect of a yes: the month is approved by whoever answers. A no is kept, and leaves the draft as it is."""
    period = str(month_of(str(task.case)))
    run = locked_run_of(s, task.municipality, period)
    if run.status == RunStatus.DRAFT and prepared_at(run) != task.demands["prepared_at"]:
        raise PreparedSince(run)
    if answer.approved:
        approve(s, task.municipality, period, actor=actor, now=now, as_it_stands=bool(answer.as_it_stands))
    else:
        reject(s, run, task.ref, str(answer.reason), actor=actor, now=now)


def release_month(s: Session, case: str, now: datetime) -> None:
    """On the approver's word; somebody may have released it by hand."""
    policy, period = _of(s, case), str(month_of(case))
    if locked_run_of(s, policy.key, period).status != RunStatus.RELEASED:
        release(s, policy.key, period, actor=job(JOB), now=now)
