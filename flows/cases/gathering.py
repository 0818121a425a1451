"""N2: the network has met; the Christmas and the summer gathering are reimbursed by their receipts."""

from functools import partial

from rules.forms.benefit import ore
from rules.forms.gathering import CheckReceipts, GatheringReport
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.networks import gatherings
from tasks.runs.case_flow import case_flow


@case_flow(name="gathering")
def gathering(case: Case) -> Outcome:
    """One gathering of a resource family's network (N2)."""
    network = case.recall("network", lambda s: gatherings.network_of(s, case.family, case.today))
    homes = case.recall("homes", lambda s: gatherings.homes(s, case.family))
    told = case.ask(GatheringReport, of=Role.FAMILY, about=network, demands={"homes": homes})
    network = case.recall("held in", lambda s: gatherings.held_in(s, case.family, told.held_on, network))
    record = partial(gatherings.record_gathering, case=case.ref, network=network, told=told, now=case.now)
    case.do("record gathering", lambda s: record(s, amount_ore=None))
    if told.receipts_kr is None:
        return Outcome("Completed", network)
    asked = {"asked_kr": f"{told.receipts_kr:.2f}"}
    shown = case.ask(CheckReceipts, of=Role.CHILD_WELFARE_CONTACT, about=network, demands=asked).amount_kr
    if shown is not None:
        case.do("record receipts", lambda s: record(s, amount_ore=ore(shown)))
    return Outcome("Completed", network)
