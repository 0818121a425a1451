"""R4, R5: a child and a respite family are matched."""

from rules.forms.matching import ProposeRespiteMatch, ReferChild
from rules.vocabulary import PlacementKind, Role
from tasks.cases.case import Case, Outcome
from tasks.placements.action_plans import ask_for_plan, record_plan
from tasks.placements.matching import Match, NotMatched, given_up
from tasks.runs.case_flow import case_flow


@case_flow(name="respite-matching")
def respite_matching(case: Case) -> Outcome:
    """From the child's referral to respite that has started (R4, R5)."""
    if gone := given_up(case):
        return Outcome("Withdrawn", f"by the {gone.withdrawn_by}")
    case.ask(ReferChild, of=Role.CHILD_ADVISER, demands={"nights": True})
    match = Match(case, PlacementKind.RESPITE, ProposeRespiteMatch)
    try:
        match.within_approval()
        match.contract("respite", of=Role.ADMINISTRATION, row="R4")
        plan = ask_for_plan(case, PlacementKind.RESPITE, match.proposal.starts_on)
        placement = match.start()
    except NotMatched as why:
        return Outcome("Refused", str(why))
    record_plan(case, placement, plan)
    return Outcome("Approved", placement)
