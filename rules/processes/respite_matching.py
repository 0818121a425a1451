"""R4, H1 to H4: a child and a respite family are matched; its forms are those of every match (rules.forms.matching)."""

from rules.needs import PolicyNeeds
from rules.policy_kinds import ITEMS, Kind
from rules.process import Process
from rules.processes.full_time_matching import MATCHING
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="respite-matching",
    row="R4",
    version=1,
    policy="matching",
    family_kinds=frozenset({FamilyKind.RESPITE, FamilyKind.FOSTER}),
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
    approves=True,
)

KEYS: dict[str, Kind] = {
    "contract.items.respite": ITEMS,
}
NEEDS = PolicyNeeds((*MATCHING, "contract.items.respite"))
