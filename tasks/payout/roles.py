"""Who may do what with a municipality's payout (R9: four eyes)."""

from sqlmodel import Session

from data.audit import Actor
from data.facts import current
from data.tables import Staff
from rules.refusal import Refusal
from rules.vocabulary import Role

MAY: dict[str, tuple[Role, ...]] = {
    "prepare": (Role.PAYROLL, Role.ADMINISTRATION),
    "approve": (Role.PAYROLL, Role.LEADER),
    "release": (Role.PAYROLL, Role.LEADER, Role.ADMINISTRATION),
    "export": (Role.PAYROLL, Role.LEADER, Role.ADMINISTRATION),
    "decide about": (Role.PAYROLL, Role.LEADER),
}


class MayNot(Refusal):
    def __init__(self, actor: Actor, action: str, municipality: str) -> None:
        self.actor = actor
        super().__init__(
            f"{actor.ref} may not {action} the payout of {municipality}; "
            f"it takes the role {' or '.join(MAY[action])} there (sheet staff)"
        )


def refuse_unless_may(s: Session, actor: Actor, action: str, municipality: str) -> None:
    staff = current(s, Staff, actor.ref)
    if staff.municipality != municipality or not any(staff.has_role(role) for role in MAY[action]):
        raise MayNot(actor, action, municipality)
