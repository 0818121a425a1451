"""R4, H1 to H4: a child and a foster family are matched; its forms are those of every match (rules.forms.matching)."""

from rules.needs import PLAN_FOLLOW_UP, PolicyNeeds, deadlines, under
from rules.policy_kinds import COUNT, ITEMS, MONTHS, WORKING_DAYS, Kind, one_of
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="full-time-matching",
    row="R4",
    version=1,
    policy="matching",
    family_kinds=frozenset({FamilyKind.FOSTER}),
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
    approves=True,
)

STEPS = ("refer_child", "propose_match", "leader_decision", "issue_contract", "action_plan")

MATCHING = (
    *under("matching", "consultant", "most_fees_tenths", "horizon_months"),
    *deadlines("matching", *STEPS),
    PLAN_FOLLOW_UP,
)
"""What every match needs."""

KEYS: dict[str, Kind] = {
    "contract.items.foster": ITEMS,
    "matching.consultant": one_of(Role.MATCH_CONSULTANT, Role.FAMILY_CARE_CONSULTANT),
    "matching.most_fees_tenths": COUNT,
    "matching.horizon_months": MONTHS,
    **{f"matching.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds((*MATCHING, "contract.items.foster"))
