"""H1 to H4: a resource family for a child who goes on living at home."""

from rules.forms.matching import AssessResourceFamily, ProposeRespiteMatch, ReferChild
from rules.vocabulary import PlacementKind, Role
from tasks.cases.case import Case, Outcome
from tasks.placements.matching import Match, NotMatched, given_up
from tasks.runs.case_flow import case_flow


@case_flow(name="resource-family-contract")
def resource_family_contract(case: Case) -> Outcome:
    """Only for a family that is approved already for such children (H1), with its duties and competences (H2, H3)."""
    if gone := given_up(case):
        return Outcome("Withdrawn", f"by the {gone.withdrawn_by}")
    case.ask(ReferChild, of=Role.CHILD_ADVISER, demands={"nights": True}, source="H1")
    match = Match(case, PlacementKind.RESPITE, ProposeRespiteMatch, leader_may_exceed=False)
    try:
        match.within_approval()
        assessment = assess(case)
        if not assessment.suits:
            raise NotMatched("the assessment")
        match.contract("resource_respite", of=Role.CHILD_ADVISER, row="H4")
        placement = match.start()
    except NotMatched as why:
        return Outcome("Refused", str(why))
    return Outcome("Approved", placement)


def assess(case: Case) -> AssessResourceFamily:
    demands = {key: case.value(f"resource_family.{key}") for key in ("duties", "competences")}
    return case.ask(AssessResourceFamily, of=Role(case.value("matching.consultant")), demands=demands)
