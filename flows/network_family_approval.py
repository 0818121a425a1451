"""J1: a family that knows the child asks to be approved for that child."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from itertools import count

from sqlmodel import Session

from data.cases import find_case
from rules.attests import Attest, Member, Need, lacking, needed, next_birthday_that_matters
from rules.calendar import add_working_days
from rules.forms.base import Form
from rules.forms.network_approval import (
    ActionPlan,
    ApprovalDecision,
    Assessment,
    AttestDecision,
    AttestResult,
    ChildProtectionAttest,
    Consent,
    Contract,
    ContractReview,
    CriminalRecord,
    EmergencyMoveIn,
    EndEmergencyPlacement,
    FirstVisit,
    MatchingVisit,
    OrderAttests,
    ParentsView,
    PlanMatchingVisit,
    PreStudy,
    SpecialSupport,
    Withdrawal,
)
from rules.vocabulary import Role
from tasks import families, placements
from tasks.assign import for_role
from tasks.case import Case, Outcome, Question
from tasks.case_flow import case_flow
from tasks.mail import queue_invitation

ATTEST_FORMS: Mapping[Attest, type[AttestResult]] = {
    Attest.CRIMINAL_RECORD: CriminalRecord,
    Attest.CHILD_ATTEST: ChildProtectionAttest,
}
APPROVERS = "approvers"


class NotGoingOn(Exception):
    """The approval ends here; the text holds keys and references only."""


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
        verdict = assessment(case, consultant, attests)
        approved_on = attests.decision_day()
    except NotGoingOn as why:
        return not_approved(case, Outcome("Refused", str(why)), move_in)
    approve = partial(families.approve, family=case.family, children=1, on=approved_on, case=case.ref, now=case.now)
    case.do("approve family", approve)
    start_placement(case, verdict, move_in)
    return Outcome("Approved", f"from {approved_on}")


def emergency_move_in(case: Case) -> EmergencyMoveIn | None:
    """A child may move in before the approval, with the reason recorded."""
    move_in = case.offer(EmergencyMoveIn, of=Role.CHILD_ADVISER)
    if move_in is not None:
        open_placement(case, move_in.moved_in_on, emergency=move_in.reason)
    return move_in


def matching_visit(case: Case) -> str:
    """The visit by network adviser and match consultant together, and the parents' view; the consultant's reference."""
    consultant = case.recall("match consultant", partial(match_consultant, case))
    plan = case.ask(PlanMatchingVisit, of=Role.NETWORK_ADVISER)
    adviser = case.recall("network adviser", lambda s: str(find_case(s, case.ref).responsible))
    invite = partial(
        queue_invitation,
        case_ref=case.ref,
        about=MatchingVisit.key(),
        recipients=[adviser, consultant, case.family],
        title=MatchingVisit.title,
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        municipality=case.municipality,
        sequence=0,
        now=case.now,
    )
    case.do("invite to the matching visit", lambda s: bool(invite(s)))
    held: Question[Form] = Question(MatchingVisit, Role.NETWORK_ADVISER, due=plan.starts_at.date())
    view: Question[Form] = Question(ParentsView, Role.CHILD_ADVISER)
    case.ask_all([held, view])
    return consultant


def match_consultant(case: Case, s: Session) -> str:
    """Chosen once, so that the one who is invited also assesses; never the network adviser."""
    adviser = find_case(s, case.ref).responsible
    return for_role(s, Role.MATCH_CONSULTANT, case.municipality, on=case.today, apart=frozenset({adviser or ""}))


def assessment(case: Case, consultant: str, attests: "Attests") -> Assessment | ApprovalDecision:
    """The two approvers' common verdict, or the leader's where they disagree. Raises NotGoingOn for a no."""
    checklist = case.value("network_approval.checklist")
    demands = {"checklist": checklist, "attests_accepted": attests.accepted}
    ask = partial(Question, Assessment, apart_from=APPROVERS, demands=demands)
    adviser, match = case.ask_all(
        [
            ask(of=Role.NETWORK_ADVISER, part=Role.NETWORK_ADVISER),
            ask(of=Role.MATCH_CONSULTANT, part=Role.MATCH_CONSULTANT, to=consultant),
        ]
    )
    if adviser.approved != match.approved:
        decision = case.ask(ApprovalDecision, of=Role.LEADER)
        if not decision.approved:
            raise NotGoingOn("the leader decided")
        return decision
    if not adviser.approved:
        unmet = sorted({*adviser.unmet(), *match.unmet()})
        raise NotGoingOn(f"checklist: {', '.join(unmet)}" if unmet else "the assessment")
    support = [given.special_support for given in (adviser, match) if given.special_support]
    return adviser.model_copy(update={"special_support": "\n".join(support) or None})


def start_placement(case: Case, verdict: Assessment | ApprovalDecision, move_in: EmergencyMoveIn | None) -> None:
    """From the contract to the action plan; then the placement is open."""
    if verdict.special_support:
        case.ask(SpecialSupport, of=Role.CHILD_ADVISER)
    demands = {"items": case.value("contract.items.network")}
    if move_in is not None:
        demands["moved_in_on"] = move_in.moved_in_on.isoformat()
    contract = case.ask(Contract, of=Role.ADMINISTRATION, demands=demands)
    case.ask(ContractReview, of=Role.NETWORK_ADVISER)
    case.ask(ActionPlan, of=Role.CHILD_ADVISER)
    if move_in is None:
        open_placement(case, contract.placement_from)


def open_placement(case: Case, start: date, emergency: str | None = None) -> None:
    case.do(
        "open placement",
        partial(
            placements.open_network_placement,
            case=case.ref,
            family=case.family,
            child=case.child,
            start=start,
            now=case.now,
            emergency=emergency,
        ),
    )


def not_approved(case: Case, outcome: Outcome, move_in: EmergencyMoveIn | None) -> Outcome:
    """What was decided is taken back, and a child that moved in is found another place."""
    case.withdraw_open(but=[EndEmergencyPlacement])
    if case.did("approve family"):
        over = partial(families.end_approval, family=case.family, on=case.today, case=case.ref, now=case.now)
        case.do("end approval", over)
    if move_in is not None:
        end = case.ask(EndEmergencyPlacement, of=Role.CHILD_ADVISER)
        moved = partial(placements.end_placement, on=end.moved_out_on, reason=end.reason, now=case.now)
        case.do("end placement", lambda s: moved(s, f"{case.ref}-P"))
    return outcome


class Attests:
    """Consents, orders and attests of one household; each is numbered by how often it was asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.accepted = False
        """The leader let an attest pass that isn't clean."""
        self._age: int = case.value("network_approval.child_attest_age")
        self._issued: dict[Need, date] = {}
        self._consents: dict[str, Consent] = {}
        self._asked: Counter[str] = Counter()

    def obtain_first(self) -> None:
        """What the household needs at the outset; whoever comes of age later gets a task of their own that day."""
        household = self._household("household")
        first = needed(household, self.case.day_of("consent"), self._age)
        known = {need.member for need in first}
        late = {need.member for need in needed(household, self.case.today, self._age)} - known
        self.case.so_far(self._consent(member, "1") for member in sorted(late))
        if birthday := next_birthday_that_matters(household, self.case.today, self._age):
            self.case.wake_on(birthday)
        self._obtain(first)

    def decision_day(self) -> date:
        """The first day on which every attest is there and none too old; asks again for what isn't."""
        validity: int = self.case.value("network_approval.attest_validity_days")
        for attempt in count(1):
            day = self.case.day_of(f"decision {attempt}")
            needs = needed(self._household(f"household at decision {attempt}"), day, self._age)
            missing = lacking(needs, self._issued, day, validity)
            if not missing:
                return day
            self._obtain(missing)
        raise AssertionError("unreachable")

    def _obtain(self, needs: list[Need]) -> None:
        """Consent, order and attests, all of a kind outstanding at once. Raises NotGoingOn."""
        ordered_on = self._order(sorted({need.member for need in needs}))
        questions = [self._attest(need, ordered_on) for need in needs]
        unclean = [
            Question(AttestDecision, Role.LEADER, about=need.member, part=f"{need.attest}:{question.part}")
            for need, question, attest in zip(needs, questions, self.case.so_far(questions), strict=True)
            if attest is not None and not attest.clean
        ]
        for asked, decision in zip(unclean, self.case.ask_all(unclean), strict=True):
            if not decision.go_on:
                raise NotGoingOn(f"attest not clean: {asked.about}")
            self.accepted = True
        attests = self.case.ask_all(questions)
        self._issued |= {need: attest.issued_on for need, attest in zip(needs, attests, strict=True)}

    def _order(self, members: list[str]) -> date:
        """The day on which the attests were ordered, on consents that hadn't lapsed by then."""
        lapses_after = timedelta(days=self.case.value("network_approval.consent_lapses_days"))
        asked = members
        while True:
            consents = self.case.ask_all([self._consent(member, self._next(f"consent {member}")) for member in asked])
            self._consents |= dict(zip(asked, consents, strict=True))
            if refused := [member for member in asked if not self._consents[member].given]:
                raise NotGoingOn(f"consent refused: {', '.join(refused)}")
            lapses = {member: self._consents[member].signed_on + lapses_after for member in members}
            part = self._next("order")
            order = self.case.ask(OrderAttests, of=Role.ADMINISTRATION, part=part, lapses=min(lapses.values()))
            if order is not None:
                return order.ordered_on
            lapsed_on = self.case.day_of(f"order {part} lapsed")
            asked = [member for member in members if lapses[member] <= lapsed_on]

    def _consent(self, member: str, part: str) -> Question[Consent]:
        return Question(Consent, Role.FAMILY, about=member, part=part)

    def _attest(self, need: Need, ordered_on: date) -> Question[AttestResult]:
        working_days: int = self.case.value(f"network_approval.attest_expected_days.{need.attest}")
        due = add_working_days(ordered_on, working_days, self.case.policy.country)
        part = self._next(f"{need.attest} {need.member}")
        return Question(ATTEST_FORMS[need.attest], Role.ADMINISTRATION, about=need.member, part=part, due=due)

    def _household(self, key: str) -> list[Member]:
        """As it was when the process first looked, under this key."""
        rows = self.case.recall(key, partial(families.household, family=self.case.family))
        return [Member(ref, date.fromisoformat(born) if born else None) for ref, born in rows]

    def _next(self, what: str) -> str:
        self._asked[what] += 1
        return str(self._asked[what])
