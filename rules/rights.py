"""Who may do what. Who is asked, and who is there for somebody, is said elsewhere (rules.substitutes, policy)."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from rules.substitutes import Staffing, acts_with
from rules.vocabulary import Role


class Right(StrEnum):
    """As refusals say it."""

    PREPARE_PAYOUT = "prepare the payout"
    APPROVE_PAYOUT = "approve the payout"
    RELEASE_PAYOUT = "release the payout"
    DISCARD_PAYOUT = "discard the payout"
    EXPORT_PAYOUT = "export the payout"
    DECIDE_ABOUT_LINES = "decide about the payout"
    LET_LATE_CLAIMS_THROUGH = "let through late claims of the payout"
    LOAD_TEMPLATE = "load a template"
    HAND_OVER = "hand over"
    EXEMPT_FROM_DUTY = "exempt from a duty"
    CHANGE_ALL_DUTIES = "change all duties"
    CHANGE_A_DUTY = "change a duty"
    ANSWER_FOR_OTHERS = "answer for others"


class Grant(NamedTuple):
    to: tuple[Role, ...]
    stands_in: bool = True
    """Whoever stands in for somebody with the role has it too."""
    job: bool = False
    """The monthly job does it by itself: it needs no person."""


RIGHTS: dict[Right, Grant] = {
    # R9: four eyes; one approves between what the job does before and after
    Right.PREPARE_PAYOUT: Grant((Role.PAYROLL, Role.ADMINISTRATION), job=True),
    Right.APPROVE_PAYOUT: Grant((Role.PAYROLL, Role.LEADER)),
    Right.RELEASE_PAYOUT: Grant((Role.PAYROLL, Role.LEADER, Role.ADMINISTRATION), job=True),
    Right.DISCARD_PAYOUT: Grant((Role.PAYROLL, Role.ADMINISTRATION, Role.LEADER)),
    Right.EXPORT_PAYOUT: Grant((Role.PAYROLL, Role.LEADER, Role.ADMINISTRATION), job=True),
    Right.DECIDE_ABOUT_LINES: Grant((Role.PAYROLL, Role.LEADER)),
    Right.LET_LATE_CLAIMS_THROUGH: Grant((Role.LEADER,)),  # R11
    Right.LOAD_TEMPLATE: Grant((Role.ADMINISTRATION, Role.LEADER), stands_in=False),
    # beside the person whose it is
    Right.HAND_OVER: Grant((Role.LEADER, Role.ADMINISTRATION), stands_in=False),
    Right.EXEMPT_FROM_DUTY: Grant((Role.LEADER,)),
    Right.CHANGE_ALL_DUTIES: Grant((Role.LEADER,)),
    # beside whoever the duty asks
    Right.CHANGE_A_DUTY: Grant((Role.LEADER,)),
    Right.ANSWER_FOR_OTHERS: Grant((Role.LEADER,), stands_in=False),
}
SHARED = frozenset({Role.ADMINISTRATION, Role.PAYROLL, Role.ASSESSMENT_UNIT})
"""Whose tasks any colleague with the role may answer."""


class Asked(Protocol):
    """A task, as far as it says who may answer it."""

    @property
    def assignee(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def municipality(self) -> str: ...
    @property
    def standing(self) -> bool: ...
    @property
    def apart_from(self) -> str | None: ...


class Person(Staffing, Protocol):
    @property
    def ref(self) -> str: ...
    @property
    def municipality(self) -> str: ...


def held_by(right: Right) -> str:
    """Who has it, for a refusal."""
    return " or ".join(RIGHTS[right].to)


def may(
    staff: Mapping[str, Staffing],
    ref: str,
    right: Right,
    on: date,
    *,
    beside: Role | None = None,
    apart: frozenset[str] = frozenset(),
) -> bool:
    """Of the municipality's staff. `beside` has it as well; for nobody in `apart` does anybody stand in."""
    grant = RIGHTS[right]
    if ref not in staff:
        return False
    held = (*grant.to, *([beside] if beside else []))
    if not grant.stands_in:
        return any(staff[ref].has_role(role) for role in held)
    return any(acts_with(staff, ref, role, on, but=apart) for role in held)


def may_answer(task: Asked, who: Person, *, responsible: str | None, reaches: Callable[[str | None], bool]) -> bool:
    """Whose task it is, and whom its mails reach while they are away; of some roles every colleague; the leader.

    What a family is asked, `responsible` may answer for it on paper. `reaches` says whether a mail to somebody comes to
    this person. Where two people must answer, each answers alone.
    """
    if task.role == Role.FAMILY:
        return reaches(responsible)
    if who.ref == task.assignee:
        return who.has_role(task.role)
    if who.municipality == task.municipality:
        if who.has_role(task.role) and (task.standing or task.role in SHARED):
            return True
        if task.apart_from is None and any(who.has_role(role) for role in RIGHTS[Right.ANSWER_FOR_OTHERS].to):
            return True
    return reaches(task.assignee)
