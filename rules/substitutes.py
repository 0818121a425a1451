"""Who is there when somebody isn't."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol


class Staffing(Protocol):
    @property
    def substitute(self) -> str | None: ...
    def is_absent(self, on: date) -> bool: ...
    def has_role(self, role: str) -> bool: ...


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
