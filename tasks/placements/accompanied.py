"""The placement that a case accompanies."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from data.placements import NoPlacement, current_placement
from data.store.facts import current, find
from data.store.session import reading
from data.tables import Child, Placement
from rules.vocabulary import Role
from tasks.cases.assign import for_role
from tasks.cases.case import Case


@dataclass(frozen=True)
class Placed:
    ref: str
    start: date


def placed(case: Case) -> Placed:
    """The placement as it was when the case first looked. Raises NoPlacement."""
    ref, start = case.recall("placement", _found, case)
    return Placed(ref, date.fromisoformat(start))


def _found(s: Session, case: Case) -> tuple[str, str]:
    found = current_placement(s, child=case.child, family=case.family, on=case.today)
    if found is None or found.start is None:
        raise NoPlacement(case.child, case.family)
    return found.ref, found.start.isoformat()


def has_ended(case: Case, placement: Placed) -> bool:
    """Whether the child has left, or was never placed there; an end to come wakes the case on its day."""
    with reading() as s:
        row = current(s, Placement, placement.ref)
    if row.withdrawn_on is not None:
        return True
    end = row.end
    if end is not None:
        case.wake_on(end)
    return end is not None and end <= case.today


def childs_adviser(s: Session, case: Case) -> str:
    """The child's own; where there is none, one of the municipality's."""
    child = find(s, Child, case.child)
    own = child.adviser if child else None
    return for_role(s, Role.CHILD_ADVISER, case.municipality, prefer=[own], on=case.today)
