"""R4, R5: a child and a foster family are matched."""

from rules.forms.matching import ProposeFullTimeMatch, ReferChild
from rules.vocabulary import PlacementKind, Role
from tasks.cases.case import Case, Outcome
from tasks.placements.action_plans import ask_for_plan, record_plan
from tasks.placements.matching import Match, NotMatched, given_up
from tasks.runs.case_flow import case_flow


@case_flow(name="full-time-matching")
def full_time_matching(case: Case) -> Outcome:
    """From the child's referral to the day it moves in with the family (R4, R5)."""
    if gone := given_up(case):
        return Outcome("Withdrawn", f"by the {gone.withdrawn_by}")
    case.ask(ReferChild, of=Role.CHILD_ADVISER, demands={"nights": False})
    match = Match(case, PlacementKind.FULL_TIME, ProposeFullTimeMatch)
    try:
        match.within_approval()
        match.contract("foster", of=Role.ADMINISTRATION, row="R4")
        plan = ask_for_plan(case, PlacementKind.FULL_TIME, match.proposal.starts_on)
        placement = match.start()
    except NotMatched as why:
        return Outcome("Refused", str(why))
    record_plan(case, placement, plan)
    case.start("contact-decision", child=case.child)
    case.start("intensive-start", child=case.child)
    return Outcome("Approved", placement)
