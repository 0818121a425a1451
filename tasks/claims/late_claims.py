"""R11: what came after the year-end day and has no case of its own is the leader's to decide; a refusal is a letter."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import current, revise
from data.tables import CaseRow, ExpenseClaim, GeneratedTask, Placement, TravelClaim
from rules.grounds import Ground
from rules.policy import Policy
from rules.processes.supplementary_benefit import LateDocumentation
from rules.vocabulary import Role
from tasks.cases.errands import give
from tasks.cases.question import Question
from tasks.claims.benefits import case_of
from tasks.documents import contexts as says
from tasks.documents.made import make_document
from tasks.mail.notices import BenefitLetter
from tasks.mail.queue import queue_decision

ROW, COMPLAINT = "R11", "benefits.complaint.late_documentation"


def ask_leader(s: Session, claim: ExpenseClaim | TravelClaim, *, municipality: str, now: datetime) -> bool:
    """Once for each claim. A benefit's own case asks by itself."""
    if isinstance(claim, ExpenseClaim) and s.get(CaseRow, case_of(claim.ref)) is not None:
        return False
    question = Question(
        LateDocumentation,
        Role.LEADER,
        about=claim.placement,
        part=claim.ref,
        demands={"claim": claim.ref, "driving": isinstance(claim, TravelClaim)},
    )
    return give(s, question, municipality=municipality, now=now) is not None


def decide_by_answer(s: Session, task: GeneratedTask, answer: LateDocumentation, actor: Actor, now: datetime) -> None:
    """The claim is let through, or refused with a letter to its family."""
    policy = policy_of(task.municipality)
    table: type[ExpenseClaim] | type[TravelClaim] = TravelClaim if task.demands["driving"] else ExpenseClaim
    claim = current(s, table, task.demands["claim"])
    done = "let_through_on" if answer.let_through else "withdrawn_on"
    revise(s, claim, now, **{done: policy.today(now)})
    audit(s, actor, f"late claim {done.removesuffix('_on').replace('_', ' ')}", claim.ref, now, task=task.ref)
    if not answer.let_through:
        _refuse(s, claim, policy, actor, now)


def _refuse(s: Session, claim: ExpenseClaim | TravelClaim, policy: Policy, actor: Actor, now: datetime) -> None:
    family, on = current(s, Placement, claim.placement).family, policy.today(now)
    guidance = policy.value(COMPLAINT, on) if policy.has(COMPLAINT, on) else None
    letter = BenefitLetter(granted=False, rule=ROW, ground=Ground.LATE_DOCUMENTATION, complaint=guidance or None)
    queue_decision(
        s, case=claim.ref, family=family, municipality=policy.key, which="late documentation", letter=letter, now=now
    )
    context: dict[str, Any] = says.late_claim(s, claim, letter, policy, family=family, on=on)
    make_document(
        s,
        "benefit_decision",
        about=claim.ref,
        municipality=policy.key,
        context=context,
        made_by=actor.ref,
        now=now,
    )
