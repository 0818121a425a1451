"""J11: the child's adviser decides on contact with parents and relatives, and the family is told."""

from rules.processes.contact_decision import DecideOnContact, ReadContactDecision
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.placements import contact
from tasks.placements.accompanied import has_ended, placed
from tasks.runs.case_flow import case_flow


@case_flow(name="contact-decision")
def contact_decision(case: Case) -> Outcome:
    """One decision on contact, until the family has read it (J11)."""
    placement = placed(case)
    if has_ended(case, placement):
        return Outcome("Withdrawn", "the placement has ended")
    decided = case.ask(DecideOnContact, of=Role.CHILD_ADVISER, about=placement.ref)
    ref = case.do(
        "record decision", contact.decide, case=case.ref, placement=placement.ref, decided=decided, now=case.now
    )
    demands = {"decided_on": decided.decided_on.isoformat()}
    read = case.ask(ReadContactDecision, of=Role.FAMILY, about=placement.ref, demands=demands)
    case.do("family told", contact.told, ref=ref, on=read.read_on, now=case.now)
    return Outcome("Completed", ref)
