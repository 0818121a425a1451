"""What a case process is."""

from dataclasses import dataclass

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


PLACED_WITH = frozenset({FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.NETWORK, FamilyKind.RESOURCE_RESPITE})
