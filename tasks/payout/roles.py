"""Who may do what with a municipality's payout (R9: four eyes)."""

from datetime import date, datetime

from sqlmodel import Session

from data.people import HasLeft, current_staff
from data.policies import policy_of
from data.store.audit import Actor
from data.store.facts import current
from data.tables import Staff
from rules.holds import Hold
from rules.refusal import Refusal
from rules.rights import RIGHTS, Right, held_by, may
from rules.vocabulary import Role
from tasks.cases.assign import first_there

JOB = "monthly payout"
BY_JOB = f"job:{JOB}"


class MayNot(Refusal):
    def __init__(self, actor: Actor, right: Right, municipality: str) -> None:
        self.actor = actor
        super().__init__(
            f"{actor.ref} may not {right} of {municipality}; it takes the role {held_by(right)} there (sheet staff)"
        )


def refuse_unless_may(
    s: Session, actor: Actor, right: Right, municipality: str, now: datetime, *, apart: frozenset[str] = frozenset()
) -> None:
    """Who stands in for somebody who may, may too: for anybody but those in `apart`, who themselves may not."""
    if actor.ref == BY_JOB and RIGHTS[right].job:
        return
    person, today = current(s, Staff, actor.ref), policy_of(municipality).today(now)
    if person.municipality == municipality and person.has_left(today):
        raise HasLeft(person)
    staff = current_staff(s, municipality)
    if not may(staff, person.ref, right, today, apart=apart):
        raise MayNot(actor, right, municipality)


def deciding(held_because: str | None) -> Right:
    """What somebody does who decides about such a line: what came too late, the leader lets through (R11)."""
    late = held_because == Hold.LATE_DOCUMENTATION
    return Right.LET_LATE_CLAIMS_THROUGH if late else Right.DECIDE_ABOUT_LINES


def somebody_who_may(
    s: Session, right: Right, municipality: str, on: date, *, first: Role, apart: frozenset[str] = frozenset()
) -> tuple[Role, str]:
    """A role and who has it: `first` where it may, or where nobody has that, another that may. Raises NobodyToAsk."""
    granted = RIGHTS[right].to
    in_order = [role for role in (first, *granted) if role in granted]
    return first_there(s, list(dict.fromkeys(in_order)), municipality, on=on, apart=apart)
