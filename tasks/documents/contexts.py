"""What a document says: its fields from the answers and from what is known on the day it is made.

Each function gives every field of its kind (rules/document_fields.py). They read policy and facts themselves, so that
`issue_document` can call them inside its transaction; nothing here may ask or recall through the case.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from data.cases import tasks_of
from data.store.facts import current
from data.tables import Child, ExpenseClaim, Family, HouseholdMember, Placement, TaskState, TravelClaim
from rules.grounds import SAYS, Ground
from rules.law import law_behind
from rules.policy import Policy
from rules.processes.driving_agreement import DrivingApplication, DrivingDecision
from rules.processes.end_of_placement import FinalReport
from rules.processes.network_family_approval import ApprovalDecision, Assessment, Contract, No
from rules.processes.supplementary_benefit import BenefitApplication, BenefitDecision
from rules.vocabulary import Benefit, EndReason, Purpose, Regime
from tasks.mail.notices import BenefitLetter
from tasks.words.document_words import (
    CONTRACT_ITEMS,
    DRIVING,
    DRIVING_AMOUNT,
    DRIVING_REGIME,
    END_REASONS,
    GROUNDS,
    LETTER_RULES,
    MATTER,
    OTHER_BENEFIT,
    OTHER_PURPOSE,
    REGIMES,
)
from tasks.words.language import day, distance, kroner, translator
from tasks.words.pay_words import ABOUT

if TYPE_CHECKING:
    from tasks.cases.case import Case

BLANK = "______________________"
"""What isn't known of a person is filled in by hand."""


def family_of(s: Session, ref: str) -> dict[str, Any]:
    home = current(s, Family, ref)
    return {
        "family_name": home.name or BLANK,
        "family_address": home.address or BLANK,
        "contract_holder": home.contract_holder or BLANK,
    }


def child_of(s: Session, ref: str) -> dict[str, Any]:
    child = current(s, Child, ref)
    return {"child_name": child.name or BLANK, "child_birth_date": child.birth_date or BLANK}


def contract(
    s: Session,
    policy: Policy,
    *,
    row: str,
    family: str,
    child: str,
    items: Mapping[str, str],
    issued_on: date,
    placement_from: date,
) -> dict[str, Any]:
    """Of any kind of family; `row` finds the law behind it."""
    texts = translator(policy.language)
    return {
        **family_of(s, family),
        **child_of(s, child),
        "law": law_behind(policy, row, issued_on),
        "issued_on": issued_on,
        "placement_from": placement_from,
        "items": [
            {"title": texts.gettext(CONTRACT_ITEMS.get(item, item.replace("_", " "))), "text": text}
            for item, text in items.items()
        ],
    }


def network_contract(s: Session, case: "Case", answer: Contract) -> dict[str, Any]:
    return contract(
        s, case.policy, row="J1", family=case.family, child=case.child, items=answer.items,
        issued_on=answer.issued_on, placement_from=answer.placement_from,
    )  # fmt: skip


def consent(s: Session, case: "Case", member: str) -> dict[str, Any]:
    """J1: the paper that one member of the household signs."""
    person = current(s, HouseholdMember, member)
    home = family_of(s, case.family)
    return {
        **home,
        "person_name": person.name or BLANK,
        "person_birth_date": person.birth_date or BLANK,
        "law": law_behind(case.policy, "J1", case.today),
        "lapses_days": case.policy.value("network_approval.consent_lapses_days", case.today),
    }


def network_approval(s: Session, case: "Case", *, granted: bool, ground: No | None = None) -> dict[str, Any]:
    """J1: the decision in writing; `ground` of a refusal."""
    texts = translator(case.policy.language)
    known = GROUNDS.get(ground) if ground else None
    said = [] if known else _reasons(s, case.ref, granted)
    return {
        **family_of(s, case.family),
        **child_of(s, case.child),
        "matter": texts.gettext(MATTER["network_approval"]),
        "decided_on": case.today,
        "granted": granted,
        "reason": texts.gettext(known) if known else "\n".join(dict.fromkeys(said)),
        "rule": texts.gettext(LETTER_RULES["J1"]),
        "law": law_behind(case.policy, "J1", case.today),
        "complaint": case.policy.value("network_approval.complaint", case.today) or None,
    }


def _reasons(s: Session, case: str, granted: bool) -> Iterator[str]:
    """Of those who decided: the leader where asked, else both who assessed."""
    answered = [task for task in tasks_of(s, case) if task.state == TaskState.ANSWERED and task.answer]
    for form in (ApprovalDecision, Assessment):
        given = [form.model_validate_json(task.answer or "") for task in answered if task.form == form.__name__]
        if given:
            yield from (answer.reason for answer in given if answer.approved == granted)
            return


def benefit(
    s: Session, case: "Case", asked: BenefitApplication, decision: BenefitDecision, letter: BenefitLetter
) -> dict[str, Any]:
    """R10, R11, J10: the letter on an application."""
    texts, language = translator(case.policy.language), case.policy.language
    regime = texts.gettext(REGIMES[Regime(letter.regime)]) if letter.regime else None
    return {
        **family_of(s, case.family),
        **child_of(s, current(s, Placement, asked.placement).child),
        "benefit": texts.gettext(ABOUT.get(asked.benefit, OTHER_BENEFIT)),
        "decided_on": case.today,
        "granted": letter.granted,
        "amount": kroner(decision.amount_ore, language) if letter.granted else None,
        "regime": regime % {"years": letter.proof_years} if regime else None,
        "paid_by": letter.paid_by,
        "reason": texts.gettext(SAYS[letter.ground]) if letter.ground else decision.reason,
        "covered": ", ".join(texts.gettext(item.replace("_", " ")) for item in letter.covered),
        "rule": texts.gettext(LETTER_RULES[letter.rule]),
        "law": letter.law,
        "complaint": letter.complaint,
    }


def late_claim(
    s: Session, claim: ExpenseClaim | TravelClaim, letter: BenefitLetter, policy: Policy, *, family: str, on: date
) -> dict[str, Any]:
    """R11: the letter on what came after the year-end day."""
    texts = translator(policy.language)
    if isinstance(claim, ExpenseClaim):
        what = texts.gettext(ABOUT.get(Benefit(claim.benefit), OTHER_BENEFIT))
    else:
        purpose = texts.gettext(ABOUT.get(Purpose(claim.purpose or Purpose.OTHER), OTHER_PURPOSE))
        what = texts.gettext(DRIVING) % {"purpose": purpose}
    return {
        **family_of(s, family),
        **child_of(s, current(s, Placement, claim.placement).child),
        "benefit": what,
        "decided_on": on,
        "granted": False,
        **dict.fromkeys(("amount", "regime", "paid_by", "law")),
        "reason": texts.gettext(SAYS[Ground.LATE_DOCUMENTATION]),
        "covered": "",
        "rule": texts.gettext(LETTER_RULES[letter.rule]),
        "complaint": letter.complaint,
    }


def driving(
    s: Session, case: "Case", asked: DrivingApplication, decision: DrivingDecision, letter: BenefitLetter
) -> dict[str, Any]:
    """R10: the letter on an application about driving."""
    texts = translator(case.policy.language)
    purpose = texts.gettext(ABOUT.get(asked.purpose, OTHER_PURPOSE))
    return {
        **family_of(s, case.family),
        **child_of(s, current(s, Placement, asked.placement).child),
        **(_driving_agreed(decision, case.policy.language) if letter.granted else {"amount": None, "regime": None}),
        "benefit": texts.gettext(DRIVING) % {"purpose": purpose},
        "decided_on": case.today,
        "granted": letter.granted,
        "paid_by": None,
        "reason": texts.gettext(SAYS[letter.ground]) if letter.ground else decision.reason,
        "covered": "",
        "rule": texts.gettext(LETTER_RULES[letter.rule]),
        "law": letter.law,
        "complaint": letter.complaint,
    }


def _driving_agreed(decision: DrivingDecision, language: str) -> dict[str, str]:
    texts = translator(language).gettext
    first, last = (day(on, language) for on in decision.period)
    return {
        "amount": texts(DRIVING_AMOUNT) % {"km": distance(decision.metres_a_month, language)},
        "regime": texts(DRIVING_REGIME) % {"first": first, "last": last},
    }


def final_report(s: Session, policy: Policy, placement: str, answer: FinalReport) -> dict[str, Any]:
    """J9: of a placement that has its end; the family writes it."""
    row, texts = current(s, Placement, placement), translator(policy.language)
    return {
        **family_of(s, row.family),
        **child_of(s, row.child),
        "started_on": row.start or BLANK,
        "ended_on": row.end or BLANK,
        "end_reason": texts.gettext(END_REASONS[EndReason(row.end_reason)]) if row.end_reason else BLANK,
        "sections": [
            {"title": texts.gettext(heading.replace("_", " ")), "text": text}
            for heading, text in answer.sections.items()
        ],
        "written_by": current(s, Family, row.family).name or BLANK,
    }
