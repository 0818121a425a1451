"""R10: a family applies for driving that is paid only where it is agreed."""

from rules.processes.driving_agreement import DrivingApplication, DrivingDecision
from rules.processes.supplementary_benefit import WithdrawApplication
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.claims import benefits, driving
from tasks.documents import contexts as says
from tasks.documents.made import Paper, issue_document
from tasks.mail.notices import BenefitLetter
from tasks.runs.case_flow import case_flow

RULE = "R10"


@case_flow(name="driving-agreement")
def driving_agreement(case: Case) -> Outcome:
    """One purpose for one placement, from the application to the decision."""
    if case.offer(WithdrawApplication, of=Role.FAMILY):
        return Outcome("Withdrawn", "by the family")
    demands = case.recall("to apply", driving.open_to_apply, case.family, case.policy, case.today)
    asked = case.ask(DrivingApplication, of=Role.FAMILY, demands=demands)
    decision = decide(case, asked)
    # a grant may be for less than what was applied for
    complaint = case.value("benefits.complaint.supplement") or None
    if decision.ground is not None:
        tell(case, asked, decision, BenefitLetter(False, RULE, ground=decision.ground, complaint=complaint))
        return Outcome("Refused", decision.ground)
    granted_on = case.day_of("grant")
    case.do(
        "record agreement",
        driving.grant,
        case.ref,
        asked=asked,
        decision=decision,
        policy=case.policy,
        on=granted_on,
        now=case.now,
    )
    tell(case, asked, decision, BenefitLetter(True, RULE, "driving", complaint=complaint))
    return Outcome("Approved", asked.purpose)


def decide(case: Case, asked: DrivingApplication) -> DrivingDecision:
    """Administration's, or the child's own adviser's."""
    role, person = Role(case.value(f"benefits.driving.contact.{asked.purpose}")), None
    if role is Role.CHILD_ADVISER:
        person = case.recall("adviser", benefits.contact, asked.placement, role, case.municipality, case.today)
    beforehand = asked.purpose in case.value("benefits.driving.beforehand")
    demands = {
        "purpose": asked.purpose.value,
        "from": f"{asked.drives_from}",
        "until": f"{asked.drives_until}",
        "metres_a_month": asked.metres_a_month,
        "beforehand": beforehand,
        "applied_late": beforehand and asked.drives_from < case.day_of("application"),
    }
    return case.ask(DrivingDecision, of=role, to=person, about=asked.placement, demands=demands)


def tell(case: Case, asked: DrivingApplication, decision: DrivingDecision, letter: BenefitLetter) -> None:
    """By mail without anything personal, and in a document with all of it."""
    case.do("tell the family", benefits.tell, case, "decided", letter)
    issue_document(case, Paper("benefit_decision"), says.driving, case, asked, decision, letter)
