"""J1: a family that knows the child asks to be approved for that child."""

from datetime import date

from sqlmodel import Session

from data.cases import find_case
from rules.forms.base import Form
from rules.processes.network_family_approval import (
    ApprovalDecision,
    Assessment,
    Contract,
    ContractReview,
    EmergencyMoveIn,
    EndEmergencyPlacement,
    FirstVisit,
    MatchingVisit,
    No,
    ParentsView,
    PlanMatchingVisit,
    PreStudy,
    SpecialSupport,
    Withdrawal,
)
from rules.vocabulary import PlacementKind, Role
from tasks.cases.assign import for_role
from tasks.cases.case import Case, Outcome
from tasks.cases.question import Question
from tasks.documents import contexts as says
from tasks.documents.made import Paper, issue_document
from tasks.families import changes as families
from tasks.families.attests import Attests, NotGoingOn
from tasks.mail.invitations import queue_invitation
from tasks.placements import opened as placements
from tasks.placements.action_plans import ask_for_plan, record_plan
from tasks.placements.opened import Opening
from tasks.runs.case_flow import case_flow

APPROVERS = "approvers"
INVITE = "invite to the matching visit"


@case_flow(name="network-family-approval")
def network_family_approval(case: Case) -> Outcome:
    """Approval of a network family for one child (J1)."""
    move_in = emergency_move_in(case)
    if withdrawal := case.offer(Withdrawal, of=Role.NETWORK_ADVISER):
        return not_approved(case, Outcome("Withdrawn", f"by the {withdrawal.withdrawn_by}"), move_in)
    visit = case.ask(FirstVisit, of=Role.NETWORK_ADVISER)
    if not visit.both_sides_go_on:
        return not_approved(case, Outcome("Withdrawn", "at the first visit"), move_in)
    try:
        attests = Attests(case)
        attests.obtain_first()
        case.ask(PreStudy, of=Role.FAMILY)
        consultant = matching_visit(case)
        needs_support = assessment(case, consultant, attests)
        approved_on = attests.decision_day()
    except NotGoingOn as why:
        decision_letter(case, granted=False, ground=why.ground)
        return not_approved(case, Outcome("Refused", str(why)), move_in)
    case.do("approve family", families.approve, family=case.family, on=approved_on, case=case.ref, now=case.now)
    decision_letter(case, granted=True)
    start_placement(case, needs_support, approved_on, move_in)
    return Outcome("Approved", f"from {approved_on}")


def emergency_move_in(case: Case) -> EmergencyMoveIn | None:
    """A child may move in before the approval, with the reason recorded."""
    move_in = case.offer(EmergencyMoveIn, of=Role.CHILD_ADVISER)
    if move_in is not None:
        open_placement(case, move_in.moved_in_on, emergency=move_in.reason)
    return move_in


def matching_visit(case: Case) -> str:
    """The visit by network adviser and match consultant together, and the parents' view; the consultant's reference."""
    consultant = case.recall("match consultant", match_consultant, case)
    plan = case.ask(PlanMatchingVisit, of=Role.NETWORK_ADVISER)
    case.recall("network adviser", responsible, case.ref)
    case.do(INVITE, invite, case=case, plan=plan)
    held: Question[Form] = Question(MatchingVisit, Role.NETWORK_ADVISER, due=plan.starts_at.date())
    view: Question[Form] = Question(ParentsView, Role.CHILD_ADVISER)
    case.ask_all([held, view])
    return consultant


def responsible(s: Session, ref: str) -> str:
    return str(find_case(s, ref).responsible)


def nobody(s: Session) -> str:
    return ""


def invite(s: Session, case: Case, plan: PlanMatchingVisit, cancelled: bool = False) -> bool:
    """Both and the family, at whose home it is."""
    chosen = [case.recall(role, nobody) for role in ("network adviser", "match consultant")]
    return bool(
        queue_invitation(
            s,
            case_ref=case.ref,
            about=MatchingVisit.key(),
            recipients=[*chosen, case.family],
            title=MatchingVisit.title,
            starts_at=plan.starts_at,
            minutes=plan.minutes,
            municipality=case.municipality,
            sequence=int(cancelled),
            now=case.now,
            cancelled=cancelled,
            place=case.family,
        )
    )


def call_off_visit(case: Case) -> None:
    """Nobody comes to a visit that isn't made any more."""
    if not case.did(INVITE) or case.is_answered(MatchingVisit.key()):
        return
    plan = case.ask(PlanMatchingVisit, of=Role.NETWORK_ADVISER)
    if plan.starts_at.date() >= case.today:
        case.do("call off the matching visit", invite, case=case, plan=plan, cancelled=True)


def match_consultant(s: Session, case: Case) -> str:
    """Chosen once, so that the one who is invited also assesses; never the network adviser."""
    adviser = find_case(s, case.ref).responsible
    return for_role(s, Role.MATCH_CONSULTANT, case.municipality, on=case.today, apart=frozenset({adviser or ""}))


def assessment(case: Case, consultant: str, attests: Attests) -> bool:
    """The two approvers together, or the leader where they disagree: whether the placement needs special support.

    Raises NotGoingOn for a no.
    """
    checklist = case.value("network_approval.checklist")
    demands = {"checklist": checklist, "attests_accepted": attests.accepted}
    adviser, match = case.ask_all(
        Question(Assessment, of, part=of, to=to, apart_from=APPROVERS, demands=demands)
        for of, to in ((Role.NETWORK_ADVISER, None), (Role.MATCH_CONSULTANT, consultant))
    )
    opinions: list[Assessment | ApprovalDecision] = [adviser, match]
    if adviser.approved != match.approved:
        opinions.append(case.ask(ApprovalDecision, of=Role.LEADER))
        if not opinions[-1].approved:
            raise NotGoingOn(No.LEADER)
    elif not adviser.approved:
        unmet = sorted({*adviser.unmet(), *match.unmet()})
        raise NotGoingOn(No.CHECKLIST, ", ".join(unmet)) if unmet else NotGoingOn(No.ASSESSMENT)
    return any(opinion.special_support for opinion in opinions)


def start_placement(case: Case, needs_support: bool, approved_on: date, move_in: EmergencyMoveIn | None) -> None:
    """From the contract to the action plan; then the placement is open."""
    if needs_support:
        case.ask(SpecialSupport, of=Role.CHILD_ADVISER)
    demands = {"items": case.value("contract.items.network"), "approved_on": approved_on.isoformat()}
    part = ""
    if move_in is not None:
        # a contract that was asked for before doesn't know of the move-in
        part, demands["moved_in_on"] = "after the move-in", move_in.moved_in_on.isoformat()
        case.take_back(Contract.key())
    contract = case.ask(Contract, of=Role.ADMINISTRATION, part=part, demands=demands)
    issue_document(case, Paper("contract_network", part=part), says.network_contract, case, contract)
    case.ask(ContractReview, of=Role.NETWORK_ADVISER)
    plan = ask_for_plan(case, PlacementKind.NETWORK, contract.placement_from)
    if move_in is None:
        open_placement(case, contract.placement_from)
    record_plan(case, placements.placement_of(case.ref), plan)
    case.start("contact-decision", child=case.child)
    case.start("intensive-start", child=case.child)


def decision_letter(case: Case, *, granted: bool, ground: No | None = None) -> None:
    issue_document(case, Paper("decision_letter"), says.network_approval, case, granted=granted, ground=ground)


def open_placement(case: Case, start: date, emergency: str | None = None) -> None:
    """A network family has no fee."""
    new = Opening(
        case.ref, case.family, case.child, case.municipality, PlacementKind.NETWORK, start, emergency=emergency
    )

    def opened(s: Session) -> str:
        if emergency is None:
            case.close(s, Withdrawal)
            case.close(s, EmergencyMoveIn)
        return placements.open_placement(s, new, case.now)

    case.do("open placement", opened)


def not_approved(case: Case, outcome: Outcome, move_in: EmergencyMoveIn | None) -> Outcome:
    """What was decided is taken back, and a child that moved in is found another place."""
    call_off_visit(case)
    case.withdraw_open(but=[EndEmergencyPlacement])
    if case.did("approve family"):
        case.do("end approval", families.end_approval, family=case.family, on=case.today, case=case.ref, now=case.now)
    if move_in is not None:
        since = {"moved_in_on": move_in.moved_in_on.isoformat()}
        end = case.ask(EndEmergencyPlacement, of=Role.CHILD_ADVISER, demands=since)
        case.do(
            "end placement",
            placements.end_placement,
            f"{case.ref}-P",
            on=end.moved_out_on,
            reason=end.reason,
            now=case.now,
        )
    return outcome
