"""A prepared month is approved by somebody else and then released; a released month never changes (R9)."""

from datetime import datetime

from sqlmodel import Session

from data.audit import Actor, audit
from data.ledger import release_lines, totals
from data.pay_runs import closed_runs, last_of, locked_run_of
from data.session import writing
from data.tables import LineStatus, PayRun, RunStatus
from rules.refusal import Refusal
from tasks.payout.roles import refuse_unless_may
from tasks.payout.wake import wake_month


class SameApprover(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(f"{run.ref} was prepared by {run.prepared_by}; somebody else must approve it (four eyes)")


class NotDraft(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(f"{run.ref} is {run.status} already, by {run.approved_by}")


class NotApproved(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(f"{run.ref} isn't approved; plejeflow payout approve does it, by another person")


class AlreadyReleased(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(f"{run.ref} was released by {run.released_by} and never changes; nothing was paid again")


class Stale(Refusal):
    def __init__(self, run: PayRun, closed_since: PayRun) -> None:
        self.run = run
        super().__init__(
            f"{run.ref} was prepared before {closed_since.ref} was approved and may pay the same again; "
            f"plejeflow payout prepare {run.payroll_month} --municipality {run.municipality} computes it anew"
        )


def approve_payout(municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """Raises NotPrepared, NotDraft, MayNot, SameApprover and Stale; nothing is changed then."""
    with writing() as s:
        wake_month(s, municipality, period, now)
        return approve(s, municipality, period, actor=actor, now=now)


def approve(s: Session, municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """As approve_payout, in the caller's transaction."""
    run = locked_run_of(s, municipality, period)
    refuse_unless_may(s, actor, "approve", municipality)
    if run.status != RunStatus.DRAFT:
        raise NotDraft(run)
    if run.prepared_by == actor.ref:
        raise SameApprover(run)
    _refuse_stale(s, run)
    run.status, run.approved_at, run.approved_by = RunStatus.APPROVED, now, actor.ref
    s.add(run)
    audit(s, actor, "payout.approve", run.ref, now, prepared_by=run.prepared_by)
    return run


def _refuse_stale(s: Session, run: PayRun) -> None:
    last = last_of(closed_runs(s, run.municipality))
    if last is not None and last.ref != run.follows:
        raise Stale(run, last)


def release_payout(municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """Payable lines become released, held ones stay. Raises NotPrepared, NotApproved, AlreadyReleased and MayNot."""
    with writing() as s:
        wake_month(s, municipality, period, now)
        return release(s, municipality, period, actor=actor, now=now)


def release(s: Session, municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """As release_payout, in the caller's transaction."""
    run = locked_run_of(s, municipality, period)
    refuse_unless_may(s, actor, "release", municipality)
    if run.status == RunStatus.RELEASED:
        raise AlreadyReleased(run)
    if run.status != RunStatus.APPROVED:
        raise NotApproved(run)
    release_lines(s, run)
    run.status, run.released_at, run.released_by = RunStatus.RELEASED, now, actor.ref
    s.add(run)
    paid = [total for total in totals(s, run) if total["status"] == LineStatus.RELEASED]
    sums = {name: sum(total[name] for total in paid) for name in ("lines", "amount_ore")}
    audit(s, actor, "payout.release", run.ref, now, **sums)
    return run
