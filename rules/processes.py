"""The case processes: what a case can be opened for."""

from dataclasses import dataclass

from rules.refusal import Refusal
from rules.vocabulary import FamilyKind, Role


@dataclass(frozen=True)
class Process:
    name: str
    row: str
    version: int
    policy: str
    """Prefix of its policy keys."""
    family_kinds: frozenset[FamilyKind]
    """Empty where the case is about no family: the whole municipality's."""
    needs_child: bool
    """Else the case is about no child of its own, and several may be open for a family at once."""
    responsible: Role
    family_opens: bool = False
    """The family may open a case about itself."""
    rate: str = ""
    """Rate that it is paid at: where a country has none, no case is opened."""
    monthly: bool = False
    """About a municipality's payroll month: its case is named by it, such as RA-2023-05."""
    approves: bool = False
    """Ends approved or not; what is kept of one that wasn't may go after a while (X5)."""
    opened_by: str = ""
    """The scheduled flow that alone opens it, because it knows what the case is about."""


class UnknownProcess(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no process {name!r}; there is {', '.join(PROCESSES)}")


PLACED_WITH = frozenset({FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.NETWORK, FamilyKind.RESOURCE_RESPITE})

PROCESSES = {
    process.name: process
    for process in (
        Process(
            name="network-family-approval",
            row="J1",
            version=1,
            policy="network_approval",
            family_kinds=frozenset({FamilyKind.NETWORK}),
            needs_child=True,
            responsible=Role.NETWORK_ADVISER,
            approves=True,
        ),
        Process(
            name="supplementary-benefit",
            row="R10",
            version=1,
            policy="benefits",
            family_kinds=frozenset(
                {FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.NETWORK, FamilyKind.RESOURCE_RESPITE}
            ),
            needs_child=False,
            responsible=Role.ADMINISTRATION,
            family_opens=True,
        ),
        Process(
            name="driving-agreement",
            row="R10",
            version=1,
            policy="benefits",
            family_kinds=PLACED_WITH,
            needs_child=False,
            responsible=Role.ADMINISTRATION,
            family_opens=True,
            rate="mileage_low_km",
        ),
        Process(
            name="driving-report",
            row="R10",
            version=1,
            policy="benefits",
            family_kinds=PLACED_WITH,
            needs_child=False,
            responsible=Role.ADMINISTRATION,
            family_opens=True,
            rate="mileage_low_km",
        ),
        Process(
            name="resource-network",
            row="N1",
            version=1,
            policy="resource_network",
            family_kinds=frozenset({FamilyKind.RESOURCE_NETWORK}),
            needs_child=False,
            responsible=Role.CHILD_WELFARE_CONTACT,
            approves=True,
        ),
        Process(
            name="network-home",
            row="N1",
            version=1,
            policy="network_home",
            family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.NETWORK}),
            needs_child=False,
            responsible=Role.CHILD_WELFARE_CONTACT,
        ),
        Process(
            name="gathering",
            row="N2",
            version=1,
            policy="gathering",
            family_kinds=frozenset({FamilyKind.RESOURCE_NETWORK}),
            needs_child=False,
            responsible=Role.CHILD_WELFARE_CONTACT,
        ),
        Process(
            name="joint-meeting",
            row="N5",
            version=1,
            policy="joint_meeting",
            family_kinds=frozenset(),
            needs_child=False,
            responsible=Role.CHILD_WELFARE_CONTACT,
        ),
        Process(
            name="intensive-start",
            row="J4",
            version=1,
            policy="intensive_start",
            family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.NETWORK}),
            needs_child=True,
            responsible=Role.FAMILY_CARE_CONSULTANT,
        ),
        Process(
            name="reinforced-support",
            row="J8",
            version=1,
            policy="reinforced_support",
            family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.NETWORK}),
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
        ),
        Process(
            name="course-enrolment",
            row="J3",
            version=1,
            policy="courses",
            family_kinds=frozenset(FamilyKind),
            needs_child=False,
            responsible=Role.FAMILY_CARE_CONSULTANT,
        ),
        Process(
            name="group-supervision",
            row="V2",
            version=1,
            policy="group_supervision",
            family_kinds=frozenset(),
            needs_child=False,
            responsible=Role.FAMILY_CARE_CONSULTANT,
            opened_by="quarterly-group-supervision",
        ),
        Process(
            name="development-plan",
            row="V3",
            version=1,
            policy="development_plan",
            family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.NETWORK}),
            needs_child=False,
            responsible=Role.FAMILY_CARE_CONSULTANT,
        ),
        Process(
            name="respite-matching",
            row="R4",
            version=1,
            policy="matching",
            family_kinds=frozenset({FamilyKind.RESPITE, FamilyKind.FOSTER}),
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
            approves=True,
        ),
        Process(
            name="full-time-matching",
            row="R4",
            version=1,
            policy="matching",
            family_kinds=frozenset({FamilyKind.FOSTER}),
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
            approves=True,
        ),
        Process(
            name="resource-family-contract",
            row="H4",
            version=1,
            policy="resource_family",
            family_kinds=frozenset({FamilyKind.RESOURCE_RESPITE}),
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
            approves=True,
        ),
        Process(
            name="action-plan",
            row="R5",
            version=1,
            policy="action_plan",
            family_kinds=PLACED_WITH,
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
        ),
        Process(
            name="contact-decision",
            row="J11",
            version=1,
            policy="contact",
            family_kinds=PLACED_WITH,
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
        ),
        Process(
            name="end-of-placement",
            row="J9",
            version=1,
            policy="placement_end",
            family_kinds=PLACED_WITH,
            needs_child=True,
            responsible=Role.CHILD_ADVISER,
        ),
        Process(
            name="respite-approval",
            row="R1",
            version=1,
            policy="respite_approval",
            family_kinds=frozenset({FamilyKind.RESPITE, FamilyKind.RESOURCE_RESPITE}),
            needs_child=False,
            responsible=Role.FAMILY_CARE_CONSULTANT,
            approves=True,
        ),
        Process(
            name="incident",
            row="R3",
            version=1,
            policy="incident",
            family_kinds=frozenset(FamilyKind),
            needs_child=False,
            responsible=Role.LEADER,
            family_opens=True,
        ),
        Process(
            name="monthly-payout",
            row="R9",
            version=1,
            policy="payout",
            family_kinds=frozenset(),
            needs_child=False,
            responsible=Role.PAYROLL,
            monthly=True,
        ),
    )
}


def process_named(name: str) -> Process:
    if name not in PROCESSES:
        raise UnknownProcess(name)
    return PROCESSES[name]
