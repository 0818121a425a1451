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


class UnknownProcess(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no process {name!r}; there is {', '.join(PROCESSES)}")


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
        ),
    )
}


def process_named(name: str) -> Process:
    if name not in PROCESSES:
        raise UnknownProcess(name)
    return PROCESSES[name]
