"""R3, R7, R8, N6: kinds of incident, and who pays for a damage."""

from enum import StrEnum


class IncidentKind(StrEnum):
    CONCERN = "concern"
    """About the family; from the supervision authority or anybody."""
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    REPORTING_DUTY = "reporting_duty"
    """The family's own concern about a child."""
    USE_OF_FORCE = "use_of_force"
    DAMAGE = "damage"


STOPS_MATCHES = frozenset({IncidentKind.CONCERN, IncidentKind.APPROVAL_WITHDRAWN})
FAMILY_REPORTS = frozenset({IncidentKind.REPORTING_DUTY, IncidentKind.USE_OF_FORCE, IncidentKind.DAMAGE})


class Cover(StrEnum):
    FAMILY_PAYS = "family_pays"
    NOT_COVERED = "not_covered"
    CLAIM = "claim"


def cover(amount_ore: int, *, in_childs_care: bool, family_pays_below_ore: int) -> Cover:
    if in_childs_care:
        return Cover.NOT_COVERED
    return Cover.FAMILY_PAYS if amount_ore < family_pays_below_ore else Cover.CLAIM
