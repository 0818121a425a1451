"""R1: what a respite family's approval reads, and what its letter says."""

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from data.store.facts import current
from data.tables import Family
from rules.law import law_behind
from rules.policy import Policy
from rules.processes.respite_approval import AuthorityDecision
from rules.supervision import Authority, authority_for
from tasks.documents.contexts import family_of
from tasks.words.document_words import LETTER_RULES
from tasks.words.language import translator

if TYPE_CHECKING:
    from tasks.cases.case import Case


def authority_of(s: Session, *, family: str, policy: Policy, on: date) -> Authority:
    return authority_for(family, current(s, Family, family).region, policy, on)


def quality_model(s: Session, policy: Policy, on: date) -> Any:
    return policy.value("respite_approval.quality_model", on)


def letter(s: Session, case: "Case", authority: Authority, decision: AuthorityDecision) -> dict[str, Any]:
    """Every field of the document approval_letter."""
    said = decision.model_dump(include={"decided_on", "approved_from", "children", "age_from", "age_to", "needs"})
    return {
        **family_of(s, case.family),
        **said,
        "authority": authority.name,
        "granted": decision.approved,
        "reason": decision.reason if not decision.approved else None,
        "rule": translator(case.policy.language).gettext(LETTER_RULES["R1"]),
        "law": law_behind(case.policy, "R1", decision.decided_on),
    }
