"""Supplementary benefits applied for, granted, documented and refused: the claim's versions are what pay reads."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data.pay.claims import granted_to, granted_to_child
from data.placements import placements_since
from data.store.audit import audit, job
from data.store.facts import current, record, revise
from data.tables import Child, ExpenseClaim, Placement
from rules.benefits import Known, most_ore, objections, regimes
from rules.policy import Policy
from rules.processes.supplementary_benefit import BenefitApplication, BenefitDecision
from rules.refusal import Refusal
from rules.vocabulary import Benefit, Role
from tasks.cases.assign import for_role
from tasks.cases.case import Case
from tasks.mail.notices import BenefitLetter
from tasks.mail.queue import queue_decision

ENGINE = "case engine"


def claim_of(case: str) -> str:
    return f"{case}-E"


def case_of(claim: str) -> str:
    """Of a claim that a case made."""
    return claim.removesuffix("-E")


def offered(s: Session, family: str, policy: Policy, on: date) -> dict[str, list[str]]:
    """What may be applied for, by placement. Raises Refusal where the family has none."""
    return {row.ref: policy.value(f"benefits.offered.{row.kind}", on) for row in placed(s, family, policy, on)}


def placed(s: Session, family: str, policy: Policy, on: date) -> Sequence[Placement]:
    """What something can be applied for. Raises Refusal where the family has no placement."""
    placements = placements_since(s, family, policy.key, on)
    if not placements:
        raise Refusal(f"family {family} has no placement of {policy.key} on {on}; import it in the sheet placements")
    return placements


def rests_on(s: Session, asked: BenefitApplication, policy: Policy, on: date) -> dict[str, Any]:
    """What the decision is checked against: the form's demands."""
    placement = current(s, Placement, asked.placement)
    known = _known(s, placement, on)
    return {
        "benefit": asked.benefit.value,
        "asked_ore": asked.amount_ore,
        "most_ore": most_ore(asked.benefit, known, policy, on),
        "grounds": objections(asked, known, policy, on),
        "covered": policy.value(f"benefits.cost_share_covers.{placement.kind}", on),
        "regimes": regimes(asked.benefit, policy, on),
    }


def _known(s: Session, placement: Placement, on: date) -> Known:
    granted = granted_to(s, placement.ref)
    free = [claim for claim in granted_to_child(s, placement.child) if claim.benefit == Benefit.FREE_COSTS]
    return Known(
        child=placement.child,
        birth_date=current(s, Child, placement.child).birth_date,
        enrolment_fee_granted=any(claim.benefit == Benefit.ENROLMENT_FEE for claim in granted),
        free_costs_ore=sum(
            claim.granted_amount_ore or claim.amount_ore or 0
            for claim in free
            if claim.granted_on and claim.granted_on.year == on.year
        ),
    )


def contact(s: Session, placement: str, role: Role, municipality: str, on: date) -> str:
    """Who of that role decides: the child's own adviser first."""
    child = current(s, Child, current(s, Placement, placement).child)
    return for_role(s, role, municipality, on=on, prefer=[child.adviser])


def apply(s: Session, case: str, asked: BenefitApplication, *, on: date, now: datetime) -> str:
    claim = ExpenseClaim(
        ref=claim_of(case),
        recorded_at=now,
        placement=asked.placement,
        benefit=asked.benefit,
        applied_on=on,
        spent_on=asked.planned_on,
        amount_ore=asked.amount_ore,
    )
    record(s, claim, now)
    audit(s, job(ENGINE), "benefit applied for", claim.ref, now, case=case, placement=asked.placement)
    return claim.ref


def grant(s: Session, case: str, decision: BenefitDecision, *, on: date, now: datetime) -> str:
    given = {"granted_on": on, "granted_amount_ore": decision.amount_ore, "regime": decision.regime}
    return _revise(s, case, "benefit granted", now, **given)


def document(s: Session, case: str, *, on: date, at_most_ore: int | None, now: datetime) -> str:
    """Documentation arrived; full cover pays no more than it shows."""
    claim = current(s, ExpenseClaim, claim_of(case))
    changes: dict[str, Any] = {"documentation_on": on}
    if at_most_ore is not None:
        changes["granted_amount_ore"] = min(at_most_ore, claim.granted_amount_ore or 0)
    return _revise(s, case, "benefit documented", now, **changes)


def let_through(s: Session, case: str, *, on: date, now: datetime) -> str:
    """The leader's exception for what came too late (R11)."""
    return _revise(s, case, "late documentation let through", now, let_through_on=on)


def withdraw(s: Session, case: str, *, on: date, now: datetime) -> str:
    return _revise(s, case, "benefit withdrawn", now, withdrawn_on=on)


def _revise(s: Session, case: str, what: str, now: datetime, **changes: Any) -> str:
    claim = revise(s, current(s, ExpenseClaim, claim_of(case)), now, **changes)
    audit(s, job(ENGINE), what, claim.ref, now, case=case)
    return claim.ref


def tell(s: Session, case: Case, which: str, letter: BenefitLetter) -> bool:
    """Once for each decision `which` of the case."""
    mail = queue_decision(
        s,
        case=case.ref,
        family=case.family,
        municipality=case.municipality,
        which=which,
        letter=letter,
        now=case.now,
    )
    return mail is not None
