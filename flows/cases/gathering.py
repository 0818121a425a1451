"""N2: the network has met; the Christmas and the summer gathering are reimbursed by their receipts."""

from rules.processes.gathering import CheckReceipts, GatheringReport
from rules.processes.supplementary_benefit import ore
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.networks import gatherings
from tasks.runs.case_flow import case_flow


@case_flow(name="gathering")
def gathering(case: Case) -> Outcome:
    """One gathering of a resource family's network (N2)."""
    network = case.recall("network", gatherings.network_of, case.family, case.today)
    homes = case.recall("homes", gatherings.homes, case.family)
    told = case.ask(GatheringReport, of=Role.FAMILY, about=network, demands={"homes": homes})
    network = case.recall("held in", gatherings.held_in, case.family, told.held_on, network)
    record_amount(case, "record gathering", network, told, None)
    if told.receipts_kr is None:
        return Outcome("Completed", network)
    asked = {"asked_kr": f"{told.receipts_kr:.2f}"}
    shown = case.ask(CheckReceipts, of=Role.CHILD_WELFARE_CONTACT, about=network, demands=asked).amount_kr
    if shown is not None:
        record_amount(case, "record receipts", network, told, ore(shown))
    return Outcome("Completed", network)


def record_amount(case: Case, key: str, network: str, told: GatheringReport, amount_ore: int | None) -> None:
    record = gatherings.record_gathering
    case.do(key, record, case=case.ref, network=network, told=told, amount_ore=amount_ore, now=case.now)
