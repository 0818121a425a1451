"""N2: a gathering of a resource family's network, and the receipts of those that are reimbursed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field

from rules.forms.base import Form, Held, Reference, Text
from rules.needs import PolicyNeeds, deadlines
from rules.policy_kinds import WORKING_DAYS, Kind
from rules.process import Process
from rules.processes.supplementary_benefit import Kroner
from rules.vocabulary import FamilyKind, GatheringKind, Role

PROCESS = Process(
    name="gathering",
    row="N2",
    version=1,
    policy="gathering",
    family_kinds=frozenset({FamilyKind.RESOURCE_NETWORK}),
    needs_child=False,
    responsible=Role.CHILD_WELFARE_CONTACT,
)

KEYS: dict[str, Kind] = {
    "gathering.deadline.gathering_report": WORKING_DAYS,
    "gathering.deadline.check_receipts": WORKING_DAYS,
}
NEEDS = PolicyNeeds(deadlines("gathering", "gathering_report", "check_receipts"))


class GatheringReport(Form):
    title = "A gathering of the network"
    what = (
        "Say when you met, which homes were there, and what the receipts come to if it was the Christmas or summer one."
    )
    why = "The network meets regularly. One Christmas and one summer gathering a year are reimbursed."
    row = "N2"

    held_on: Held
    kind: GatheringKind
    homes: list[Reference] = Field(min_length=1, max_length=20)
    receipts_kr: Kroner | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = [
            f"homes: number {nth} wasn't in the network that day; check the reference"
            for nth, home in enumerate(self.homes, 1)
            if not _took_part(demands["homes"], home, self.held_on.isoformat())
        ]
        if len(set(self.homes)) < len(self.homes):
            lines.append("homes: one home is named twice; name each once")
        if self.kind == GatheringKind.ORDINARY and self.receipts_kr is not None:
            lines.append("receipts_kr: the families pay for ordinary gatherings themselves; leave it out")
        return lines


def _took_part(homes: Mapping[str, list[list[str | None]]], home: str, on: str) -> bool:
    """`homes` gives each home's stays in the network: first day and last, None while it takes part."""
    return any(str(joined) <= on and (left is None or on <= left) for joined, left in homes.get(home, []))


class CheckReceipts(Form):
    title = "Check the receipts of a gathering"
    what = "Check the receipts of the gathering, and record the amount that they show."
    why = "A Christmas and a summer gathering are reimbursed by their receipts, up to an amount for each home."
    row = "N2"

    received_on: Held
    amount_kr: Kroner | None = None
    remark: Text | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.amount_kr is not None and self.amount_kr > Decimal(demands["asked_kr"]):
            return [f"amount_kr: the family asked for {demands['asked_kr']}; it can't be more"]
        return []
