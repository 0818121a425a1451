"""R4, H1: a family proposed for a child, from the check against its approval to the placement."""

from typing import Generic, NamedTuple, TypeVar

from sqlmodel import Session

from data.matches import approvals_of, guests, newcomer
from data.store.session import lock
from rules.capacity import breaches
from rules.duties.span import Span
from rules.forms.matching import CapacityDecision, IssueContract, Proposal, ProposeRespiteMatch, WithdrawMatch
from rules.vocabulary import PlacementKind, Role
from tasks.cases.case import Case
from tasks.documents import contexts as says
from tasks.documents.made import Paper, issue_document
from tasks.placements import opened as placements
from tasks.placements.incidents import open_incidents
from tasks.placements.opened import Opening

P = TypeVar("P", bound=Proposal)
LAW = {"respite": "R1", "resource_respite": "R1", "foster": "J1"}
"""By kind of contract, the source row whose law is behind it."""


class NotMatched(Exception):
    """Why there is no placement: keys, references and the figures of the approval."""


class Objections(NamedTuple):
    """What speaks against a match, in words."""

    beyond: list[str]
    """What the approval doesn't cover."""
    incidents: list[str]

    def beside(self, known: "Objections") -> "Objections":
        return Objections(*([said for said in mine if said not in its] for mine, its in zip(self, known, strict=True)))


class Match(Generic[P]):
    """The consultant's proposal, as the case goes on with it."""

    def __init__(self, case: Case, kind: PlacementKind, form: type[P], *, leader_may_exceed: bool = True) -> None:
        self.case, self.kind, self.leader_may_exceed = case, kind, leader_may_exceed
        demands = {"most_fees_tenths": case.value("matching.most_fees_tenths")}
        self.proposal = case.ask(form, of=Role(case.value("matching.consultant")), demands=demands)

    def within_approval(self) -> None:
        """What the approval doesn't cover is the leader's to decide, or refused. Raises NotMatched."""
        self._decided(self._objections())

    def contract(self, items: str, *, of: Role, row: str) -> None:
        """`items`: the kind of contract, as policy lists its items and templates are named."""
        case, proposal = self.case, self.proposal
        demands = {"items": case.value(f"contract.items.{items}")}
        answer = case.ask(IssueContract, of=of, demands=demands, source=row)
        issue_document(
            case,
            Paper(f"contract_{items}"),
            says.contract,
            case.policy,
            row=LAW[items],
            family=case.family,
            child=case.child,
            items=answer.items,
            issued_on=answer.issued_on,
            placement_from=proposal.starts_on,
        )

    def start(self) -> str:
        """Opens the placement; again within the approval, as others may have been matched there meanwhile."""
        opened = self.case.do("open placement", self._open, accepted=self._objections())
        if not isinstance(opened, str):
            self._decided(Objections(*opened), part="at the start")
            opened = self.case.do("open placement after all", self._open)
        return str(opened)

    def _objections(self) -> Objections:
        return Objections(*self.case.recall("objections", objections, self.case, self.proposal))

    def _decided(self, found: Objections, part: str = "") -> None:
        if found.beyond and not self.leader_may_exceed:
            raise NotMatched("; ".join(found.beyond))
        if all_found := [*found.beyond, *found.incidents]:
            demands = {"breaches": all_found}
            decision = self.case.ask(CapacityDecision, of=Role.LEADER, part=part, demands=demands)
            if not decision.go_through:
                raise NotMatched("; ".join(all_found))

    def _open(self, s: Session, accepted: Objections | None = None) -> str | Objections:
        """The placement's reference; or what speaks against it beyond what is `accepted`, where that is given."""
        lock(s, f"placements {self.case.family}")
        if accepted is not None and any(new := objections(s, self.case, self.proposal).beside(accepted)):
            return new
        self.case.close(s, WithdrawMatch)
        return placements.open_placement(s, self._opening(), self.case.now)

    def _opening(self) -> Opening:
        case, proposal = self.case, self.proposal
        respite = proposal if isinstance(proposal, ProposeRespiteMatch) else None
        return Opening(
            case=case.ref,
            family=case.family,
            child=case.child,
            municipality=case.municipality,
            kind=self.kind,
            start=proposal.starts_on,
            fees_tenths=proposal.fees_tenths,
            board_lodging_ore=proposal.board_lodging_ore,
            nights_per_month=respite.nights_per_month if respite else None,
            nights=respite.plan if respite else None,
        )


def objections(s: Session, case: Case, proposal: Proposal) -> Objections:
    plan = proposal.plan
    horizon = Span(months=case.policy.value("matching.horizon_months", case.today)).after(plan.first)
    found = breaches(
        approvals_of(s, case.family),
        newcomer(s, case.child, plan, horizon),
        guests(s, case.family, plan.first, horizon),
        needs_covered=proposal.needs_within_approval,
    )
    incidents = [f"incident: {ref} about the family is open" for ref in open_incidents(s, case.family)]
    return Objections([breach.words for breach in found], incidents)


def given_up(case: Case) -> WithdrawMatch | None:
    return case.offer(WithdrawMatch, of=Role.CHILD_ADVISER)
