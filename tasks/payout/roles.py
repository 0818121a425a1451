"""Who may do what with a municipality's payout (R9: four eyes)."""

from datetime import date, datetime

from sqlmodel import Session

from data.people import HasLeft, current_staff
from data.policies import policy
from data.store.audit import Actor
from data.store.facts import current
from data.tables import Staff
from rules.holds import Hold
from rules.refusal import Refusal
from rules.substitutes import acts_with
from rules.vocabulary import Role
from tasks.cases.assign import first_there

MAY: dict[str, tuple[Role, ...]] = {
    "prepare": (Role.PAYROLL, Role.ADMINISTRATION),
    "approve": (Role.PAYROLL, Role.LEADER),
    "release": (Role.PAYROLL, Role.LEADER, Role.ADMINISTRATION),
    "discard": (Role.PAYROLL, Role.ADMINISTRATION, Role.LEADER),
    "export": (Role.PAYROLL, Role.LEADER, Role.ADMINISTRATION),
    "decide about": (Role.PAYROLL, Role.LEADER),
    "let through late claims of": (Role.LEADER,),
}

JOB = "monthly payout"
BY_JOB = f"job:{JOB}"
JOB_MAY = frozenset({"prepare", "release", "export"})
"""What needs no person, as one approves between the first and the second of them."""


class MayNot(Refusal):
    def __init__(self, actor: Actor, action: str, municipality: str) -> None:
        self.actor = actor
        super().__init__(
            f"{actor.ref} may not {action} the payout of {municipality}; "
            f"it takes the role {' or '.join(MAY[action])} there (sheet staff)"
        )


def refuse_unless_may(
    s: Session, actor: Actor, action: str, municipality: str, now: datetime, *, apart: frozenset[str] = frozenset()
) -> None:
    """Who stands in for somebody who may, may too: for anybody but those in `apart`, who themselves may not."""
    if actor.ref == BY_JOB and action in JOB_MAY:
        return
    person, today = current(s, Staff, actor.ref), policy(municipality).today(now)
    if person.municipality == municipality and person.has_left(today):
        raise HasLeft(person)
    staff = current_staff(s, municipality)
    if person.ref not in staff or not any(acts_with(staff, person.ref, role, today, but=apart) for role in MAY[action]):
        raise MayNot(actor, action, municipality)


def deciding(held_because: str | None) -> str:
    """What somebody does who decides about such a line: what came too late, the leader lets through (R11)."""
    return "let through late claims of" if held_because == Hold.LATE_DOCUMENTATION else "decide about"


def somebody_who_may(
    s: Session, action: str, municipality: str, on: date, *, first: Role, apart: frozenset[str] = frozenset()
) -> tuple[Role, str]:
    """A role and who has it: `first`, or where nobody has that, another that may. Raises NobodyToAsk."""
    roles = [first, *(role for role in MAY[action] if role != first)]
    return first_there(s, roles, municipality, on=on, apart=apart)
