"""Who is there when somebody isn't."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from rules.vocabulary import Role


class Staffing(Protocol):
    @property
    def substitute(self) -> str | None: ...
    def is_absent(self, on: date) -> bool: ...
    def has_role(self, role: str) -> bool: ...
    def has_left(self, on: date) -> bool: ...


def who_stands_in(staff: Mapping[str, Staffing], ref: str, on: date) -> str | None:
    """`ref` where present, else the first present along the chain of substitutes; None where the chain has no end."""
    passed: set[str] = set()
    at: str | None = ref
    while at is not None and at in staff and at not in passed:
        if not staff[at].is_absent(on):
            return at
        passed.add(at)
        at = staff[at].substitute
    return None


def present_with(
    staff: Mapping[str, Staffing], role: str, on: date, *, but: frozenset[str] = frozenset()
) -> str | None:
    """Somebody with the role who is there that day, else who stands in for one; the same one every time."""
    holders = sorted(ref for ref in staff if staff[ref].has_role(role))
    there = sorted(holders, key=lambda ref: staff[ref].is_absent(on))
    reached = (who_stands_in(staff, ref, on) for ref in there)
    return next((ref for ref in reached if ref is not None and ref not in but), None)


def in_charge(staff: Mapping[str, Staffing], on: date, *, but: frozenset[str] = frozenset()) -> str | None:
    """The leader, else administration."""
    return present_with(staff, Role.LEADER, on, but=but) or present_with(staff, Role.ADMINISTRATION, on, but=but)


def sees_to(staff: Mapping[str, Staffing], ref: str, on: date) -> str | None:
    """Whom a matter of `ref` reaches that day: who stands in for them, else who is in charge; None for a stranger."""
    return who_stands_in(staff, ref, on) or in_charge(staff, on) if ref in staff else None


def who_hears(staff: Mapping[str, Staffing], roles: Collection[str], on: date) -> list[str]:
    """Everybody who has one of the roles, or stands in for them, each once; for a role nobody has, who is in charge."""
    there = {ref: person for ref, person in staff.items() if not person.has_left(on)}
    reached: set[str | None] = set()
    for role in roles:
        concerned = {sees_to(staff, ref, on) for ref, person in there.items() if person.has_role(role)}
        reached |= concerned or {in_charge(staff, on)}
    return sorted(ref for ref in reached if ref is not None)


def above(staff: Mapping[str, Staffing], ref: str, on: date) -> str | None:
    """Who is told of what is late with `ref`: the leader; of a leader's own their substitute, then another leader.

    At last administration, and never whoever is late, or stands in for them and so is late as well.
    """
    late = frozenset(filter(None, (ref, who_stands_in(staff, ref, on))))
    own = staff[ref].substitute if ref in staff and staff[ref].has_role(Role.LEADER) else None
    there = who_stands_in(staff, own, on) if own else None
    return there if there is not None and there not in late else in_charge(staff, on, but=late)


def acts_with(
    staff: Mapping[str, Staffing], ref: str, role: str, on: date, *, but: frozenset[str] = frozenset()
) -> bool:
    """Whether somebody has the role that day: their own, or of whom they stand in for, other than those in `but`."""
    if staff[ref].has_role(role):
        return True
    holders = (other for other in staff if staff[other].has_role(role) and other not in but)
    return any(who_stands_in(staff, holder, on) == ref for holder in holders)
