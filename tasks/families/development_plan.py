"""What a development plan (V3) reads and writes."""

from datetime import date, datetime
from functools import partial

from sqlmodel import Session, col, select

from data.approvals import periods_of
from data.beginnings import began_on
from data.duties import owners
from data.duty_changes import excused
from data.happenings import record_held
from data.placements import placements_of
from data.policies import policy_of
from data.store.audit import job
from data.store.facts import current, stands
from data.store.session import lock, reading
from data.tables import CaseRow, Family
from rules.approvals import lasts
from rules.beginning import comes_on
from rules.duties.duty import Duty
from rules.policy import Policy
from rules.refusal import Refusal
from tasks.cases.opened import open_case
from tasks.failures.one_by_one import written
from tasks.mail.postman import wake_postman

PROCESS, DUTY = "development-plan", "development_plan_review"


class NotSwitchedOn(Refusal):
    def __init__(self, policy: Policy, kind: str) -> None:
        super().__init__(
            f"{policy.key} has no development plans for {kind} families; add the kind to duties.{DUTY} in its policy"
        )


def duty(policy: Policy, kind: str, on: date) -> Duty:
    """How often it is reviewed. Raises NotSwitchedOn."""
    found = next((found for found in policy.duties(on) if found.key == DUTY and kind in found.kinds), None)
    if found is None or found.every is None:
        raise NotSwitchedOn(policy, kind)
    return found


def next_review(s: Session, family: str, policy: Policy, last: date, on: date) -> str:
    """ISO. Raises NotSwitchedOn."""
    every = duty(policy, current(s, Family, family).kind, on).every
    return every.after(last).isoformat() if every else ""


def has_gone(s: Session, family: str, on: date) -> bool:
    """Neither approved nor with a child any more."""
    approved = any(period.valid_from is not None and lasts(period, on) for period in periods_of(s, family))
    return not approved and not placements_of(s, family, on)


def open_missing(municipality: str, today: date, now: datetime) -> list[str]:
    """A plan for each family that owes one and never had one: the cases opened now."""
    owed = [found for found in policy_of(municipality).duties(today) if found.key == DUTY]
    if not owed:
        return []
    with reading() as s:
        had = select(CaseRow.ref).where(CaseRow.process == PROCESS, CaseRow.family == Family.ref).exists()
        rows = select(Family.ref).where(Family.municipality == municipality, stands(Family))
        without = rows.where(col(Family.kind).in_(list(owed[0].kinds)), ~had).order_by(col(Family.ref))
        away = excused(s, DUTY, today) | _settling(s, policy_of(municipality), owed[0], today)
        missing = [ref for ref in s.exec(without).all() if ref not in away and not has_gone(s, ref, today)]
    try:
        return written(missing, partial(_open, now=now), called=str)
    finally:
        wake_postman()


def _settling(s: Session, policy: Policy, duty: Duty, today: date) -> set[str]:
    """Families from before the municipality began here, whose own day within the first interval hasn't come."""
    began = began_on(s, policy.key)
    if began is None or duty.every is None or today >= duty.every.after(began):
        return set()
    return {
        owner.ref
        for owner in owners(s, policy, today)
        if owner.owes(duty) and (stays := [*owner.stays, *owner.approvals])
        if comes_on(f"{owner.ref} {PROCESS}", min(stay.start for stay in stays), began, duty.every) > today
    }


def _open(s: Session, family: str, now: datetime) -> str | None:
    """None where another run was quicker."""
    lock(s, f"development plan {family}")
    if s.exec(select(CaseRow.ref).where(CaseRow.process == PROCESS, CaseRow.family == family)).first():
        return None
    return open_case(s, PROCESS, family=family, child=None, actor=job("development plans"), now=now).ref


def record_review(s: Session, *, family: str, on: date, now: datetime) -> str:
    ref = f"{family}/{DUTY}/{on}"
    record_held(s, family, DUTY, on, ref=ref, now=now)
    return ref
