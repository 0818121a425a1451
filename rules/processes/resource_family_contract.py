"""H4: a contract with a resource family; its forms are those of every match (rules.forms.matching)."""

from rules.needs import PolicyNeeds, deadlines, under
from rules.policy_kinds import ITEMS, WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="resource-family-contract",
    row="H4",
    version=1,
    policy="resource_family",
    family_kinds=frozenset({FamilyKind.RESOURCE_RESPITE}),
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
    approves=True,
)

STEPS = ("refer_child", "propose_match", "leader_decision", "assess_resource_family", "issue_contract")

KEYS: dict[str, Kind] = {
    "contract.items.resource_respite": ITEMS,
    "resource_family.duties": ITEMS,
    "resource_family.competences": ITEMS,
    **{f"resource_family.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *under("resource_family", "duties", "competences"),
        *deadlines("resource_family", *STEPS),
        "contract.items.resource_respite",
        *under("matching", "consultant", "most_fees_tenths", "horizon_months"),
    )
)
