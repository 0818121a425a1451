"""A prepared month is approved by somebody else and then released; a released month never changes (R9)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from data.pay.changes import Since, facts_since
from data.pay.fact_changes import that_matter
from data.pay.ledger import decisions_after, release_lines, totals
from data.pay.pay_runs import closed_runs, last_of, locked_run_of
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.session import writing
from data.tables import LineStatus, PayDecision, PayRejection, PayRun, RunStatus
from rules.months import Month, month
from rules.refusal import Refusal
from rules.rights import Right
from tasks.payout.opening import opening
from tasks.payout.roles import refuse_unless_may
from tasks.payout.wake import wake_month
from tasks.words.change_words import FACTS

MOST_NAMED = 5


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


class BeforeItsTime(Refusal):
    def __init__(self, run: PayRun, was: str, on: date, becomes: str, today: date) -> None:
        self.run = run
        super().__init__(f"{run.ref} was {was} on {on}; it can't be {becomes} on {today}, so mend the day")


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


class DecidedInIt(Refusal):
    def __init__(self, run: PayRun, decided: Sequence[PayDecision]) -> None:
        self.run, self.decided = run, decided
        said = ", ".join(f"{made.line} ({made.ref})" for made in decided[:MOST_NAMED])
        super().__init__(
            f"{run.ref}: {decided[0].decided_by} decided about {said}; somebody else must approve it (four eyes)"
        )


class NotReleasedBefore(Refusal):
    def __init__(self, run: PayRun, before: PayRun) -> None:
        self.run, self.before = run, before
        super().__init__(
            f"{before.ref} is approved and not released yet, and {run.ref} counts it as paid; "
            f"plejeflow payout release {before.payroll_month} --municipality {run.municipality} comes first"
        )


class KnownSince(Refusal):
    def __init__(self, run: PayRun, facts: int) -> None:
        self.run, self.facts = run, facts
        said = "1 fact has come in that it" if facts == 1 else f"{facts} facts have come in that it"
        super().__init__(
            f"{run.ref}: {said} doesn't know, since it was prepared; "
            f"plejeflow payout prepare {run.payroll_month} --municipality {run.municipality} computes it anew, "
            "or approve it as it stands (--as-it-stands; as_it_stands in the answer): the next month then makes it good"
        )


def approve_payout(
    municipality: str, period: str, *, actor: Actor, now: datetime, as_it_stands: bool = False
) -> PayRun:
    """`as_it_stands`: without what came in since it was prepared.

    Raises NotPrepared, NotDraft, MayNot, BeforeItsTime, SameApprover, DecidedInIt, Stale, NotReleasedBefore and
    KnownSince; nothing is changed then.
    """
    with writing() as s:
        wake_month(s, municipality, period, now)
        return approve(s, municipality, period, actor=actor, now=now, as_it_stands=as_it_stands)


def approve(
    s: Session, municipality: str, period: str, *, actor: Actor, now: datetime, as_it_stands: bool = False
) -> PayRun:
    """As approve_payout, in the caller's transaction."""
    run = locked_run_of(s, municipality, period)
    others = frozenset({run.prepared_by, *(made.decided_by for made in deciders(s, run))})
    refuse_unless_may(s, actor, Right.APPROVE_PAYOUT, municipality, now, apart=others)
    if run.status != RunStatus.DRAFT:
        raise NotDraft(run)
    _refuse_same(s, run, actor)
    _refuse_stale(s, run)
    _refuse_before(run, "prepared", run.prepared_at, "approved", now)
    unknown = _came_since(s, run, now)
    if unknown and not as_it_stands:
        raise KnownSince(run, unknown)
    run.status, run.approved_at, run.approved_by = RunStatus.APPROVED, now, actor.ref
    s.add(run)
    audit(s, actor, "payout.approve", run.ref, now, prepared_by=run.prepared_by, facts_since=unknown)
    return run


def reject(s: Session, run: PayRun, task: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Raises MayNot and NotDraft."""
    refuse_unless_may(s, actor, Right.APPROVE_PAYOUT, run.municipality, now)
    if run.status != RunStatus.DRAFT:
        raise NotDraft(run)
    no = PayRejection(
        run=run.ref, prepared_at=run.prepared_at, task=task, reason=reason, rejected_by=actor.ref, rejected_at=now
    )
    s.add(no)
    audit(s, actor, "payout.reject", run.ref, now, task=task, prepared_by=run.prepared_by)


def deciders(s: Session, run: PayRun) -> Sequence[PayDecision]:
    """What was decided about lines that the run holds or pays, and that no closed run has counted yet."""
    last = last_of(closed_runs(s, run.municipality))
    return decisions_after(s, run, last.read_to.get("pay_decision", 0) if last else 0)


def _refuse_before(run: PayRun, was: str, at: datetime, becomes: str, now: datetime) -> None:
    """By the day: one that is given for a command may lie anywhere."""
    day, today = (policy_of(run.municipality).today(instant) for instant in (at, now))
    if today < day:
        raise BeforeItsTime(run, was, day, becomes, today)


def _refuse_same(s: Session, run: PayRun, actor: Actor) -> None:
    if run.prepared_by == actor.ref:
        raise SameApprover(run)
    if theirs := [made for made in deciders(s, run) if made.decided_by == actor.ref]:
        raise DecidedInIt(run, theirs)


def _refuse_stale(s: Session, run: PayRun) -> None:
    closed = closed_runs(s, run.municipality)
    last = last_of(closed)
    if last is not None and last.ref != run.follows:
        raise Stale(run, last)
    for before in closed:
        if before.status == RunStatus.APPROVED:
            raise NotReleasedBefore(run, before)


def _came_since(s: Session, run: PayRun, now: datetime) -> int:
    policy, in_month = policy_of(run.municipality), month(run.payroll_month)
    months = Month(opening(s, policy, in_month).first, in_month.last)
    came = facts_since(s, policy, months, Since(run.read_to, run.known_at, now))
    columns = {table: tuple(named) for table, (_, named) in FACTS.items()}
    return len([*that_matter(s, came, columns, run, now)])


def release_payout(municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """Payable lines become released, held ones stay. Raises NotPrepared, NotApproved, BeforeItsTime,
    AlreadyReleased and MayNot."""
    with writing() as s:
        wake_month(s, municipality, period, now)
        return release(s, municipality, period, actor=actor, now=now)


def release(s: Session, municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """As release_payout, in the caller's transaction."""
    run = locked_run_of(s, municipality, period)
    refuse_unless_may(s, actor, Right.RELEASE_PAYOUT, municipality, now)
    if run.status == RunStatus.RELEASED:
        raise AlreadyReleased(run)
    if run.status != RunStatus.APPROVED:
        raise NotApproved(run)
    if run.approved_at is not None:
        _refuse_before(run, "approved", run.approved_at, "released", now)
    release_lines(s, run)
    run.status, run.released_at, run.released_by = RunStatus.RELEASED, now, actor.ref
    s.add(run)
    paid = [total for total in totals(s, run) if total["status"] == LineStatus.RELEASED]
    sums = {name: sum(total[name] for total in paid) for name in ("lines", "amount_ore")}
    audit(s, actor, "payout.release", run.ref, now, **sums)
    return run
