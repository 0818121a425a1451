"""R1: a respite family is approved by the supervision authority of its region; R2: assessed by its quality model."""

from datetime import timedelta

from rules.processes.respite_approval import (
    ApprovalApplication,
    AuthorityDecision,
    BasicCourseCompleted,
    ChaseAuthority,
    QualityAssessment,
    WithdrawApprovalApplication,
)
from rules.supervision import Authority
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome, Waiting
from tasks.cases.question import Question
from tasks.documents.made import Paper, issue_document
from tasks.families import changes as families
from tasks.families import respite_approval as approval
from tasks.runs.case_flow import case_flow

RECORDED = "record approval"


@case_flow(name="respite-approval")
def respite_approval(case: Case) -> Outcome:
    """Approval of a respite family by the supervision authority of its region (R1, R2)."""
    if case.offer(WithdrawApprovalApplication, of=Role.FAMILY) and not case.did(RECORDED):
        return Outcome("Withdrawn", "by the family")
    authority = supervision_authority(case)
    course = Question(BasicCourseCompleted, Role.FAMILY)
    [completed] = case.so_far([course])
    if authority.basic_course_first:
        case.hold_until(completed is not None)
    application = apply(case, authority, completed)
    decision = decided(case, application)
    if not decision.approved:
        decision_letter(case, authority, decision)
        return Outcome("Refused", f"by {authority.name}")
    case.ask_all([course])
    case.take_back(WithdrawApprovalApplication.key())
    case.do(
        RECORDED,
        families.record_approval,
        family=case.family,
        decision=decision,
        authority=authority.name,
        case=case.ref,
        now=case.now,
    )
    quality_assessment(case, decision)
    decision_letter(case, authority, decision)
    return Outcome("Approved", f"from {decision.approved_from}")


def supervision_authority(case: Case) -> Authority:
    named = case.recall(
        "supervision authority", approval.authority_of, family=case.family, policy=case.policy, on=case.today
    )
    return Authority(*named)


def apply(case: Case, authority: Authority, completed: BasicCourseCompleted | None) -> ApprovalApplication:
    """Where the authority wants the basic course first, an application can't be older than the course."""
    course = completed.completed_on.isoformat() if completed and authority.basic_course_first else None
    demands = {"authority": authority.name, "course_completed_on": course}
    return case.ask(ApprovalApplication, of=Role.FAMILY, demands=demands)


def decided(case: Case, application: ApprovalApplication) -> AuthorityDecision:
    """The authority's decision; when its case time is exceeded it is chased once, and waited for all the same."""
    weeks = case.value(f"respite_approval.{'fast_track' if application.fast_track else 'case'}_weeks")
    last_day = application.sent_on + timedelta(weeks=weeks)
    sent = {"sent_on": application.sent_on.isoformat()}
    [decision] = case.so_far([Question(AuthorityDecision, Role.FAMILY_CARE_CONSULTANT, due=last_day, demands=sent)])
    if decision is None:
        if case.today > last_day:
            case.so_far([Question(ChaseAuthority, Role.FAMILY_CARE_CONSULTANT)])
        case.wake_on(last_day + timedelta(days=1))
        raise Waiting
    case.take_back(ChaseAuthority.key())
    return decision


def quality_assessment(case: Case, decision: AuthorityDecision) -> None:
    """By the themes in force when the family was assessed (R2)."""
    assessed_on = decision.assessed_on or decision.decided_on
    model = case.recall("quality model", approval.quality_model, case.policy, assessed_on)
    demands = {**model, "assessed_on": assessed_on.isoformat()}
    case.ask(QualityAssessment, of=Role.FAMILY_CARE_CONSULTANT, demands=demands)


def decision_letter(case: Case, authority: Authority, decision: AuthorityDecision) -> None:
    issue_document(case, Paper("approval_letter"), approval.letter, case, authority, decision)
