"""Who is asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property

from sqlmodel import Session

from data.errands import open_by_assignee
from data.people import current_staff, staff_elsewhere
from data.tables import Staff
from rules.refusal import Refusal
from rules.substitutes import who_stands_in
from rules.vocabulary import Role


class NobodyToAsk(Refusal):
    def __init__(self, role: Role, municipality: str, apart: Iterable[str]) -> None:
        self.role, self.municipality = role, municipality
        others = " other than " + ", ".join(sorted(apart)) if apart else ""
        super().__init__(
            f"nobody{others} in {municipality} has the role {role}; "
            "give somebody the role in the sheet staff and import it"
        )


def for_role(
    s: Session,
    role: Role,
    municipality: str,
    *,
    on: date,
    prefer: Iterable[str | None] = (),
    apart: frozenset[str] = frozenset(),
) -> str:
    """Staff reference: a preferred one that has the role, else who is there and has the fewest open tasks."""
    return Desk(s, municipality, on).whom(role, prefer=prefer, apart=apart)


def first_there(
    s: Session,
    roles: Sequence[Role],
    municipality: str,
    *,
    on: date,
    prefer: Sequence[str | None] = (),
    apart: frozenset[str] = frozenset(),
) -> tuple[Role, str]:
    """The first of these roles that somebody has, and who. Raises NobodyToAsk of the last."""
    for role in roles[:-1]:
        with suppress(NobodyToAsk):
            return role, for_role(s, role, municipality, on=on, prefer=prefer, apart=apart)
    return roles[-1], for_role(s, roles[-1], municipality, on=on, apart=apart)


def adviser_or_leader(s: Session, municipality: str, adviser: str | None, on: date) -> tuple[Role, str]:
    """The leader where nobody is a child's adviser: what has come up waits for no sheet."""
    return first_there(s, (Role.CHILD_ADVISER, Role.LEADER), municipality, on=on, prefer=[adviser])


class Desk:
    """Hands out work in one municipality on one day: its staff and what each has to do are read once, when needed."""

    def __init__(self, s: Session, municipality: str, on: date) -> None:
        self.municipality, self._s, self._on = municipality, s, on
        self._taken: Counter[str] = Counter()

    @cached_property
    def _staff(self) -> dict[str, Staff]:
        return current_staff(self._s, self.municipality)

    @cached_property
    def _open(self) -> Counter[str]:
        return Counter(open_by_assignee(self._s, self._staff))

    def whom(self, role: Role, *, prefer: Iterable[str | None] = (), apart: frozenset[str] = frozenset()) -> str:
        """As for_role; in the place of a preferred one who left, whoever stands in for them. Raises NobodyToAsk."""
        able = {
            ref: person
            for ref, person in self._staff.items()
            if person.has_role(role) and ref not in apart and not person.has_left(self._on)
        }
        if not able:
            raise NobodyToAsk(role, self.municipality, apart)
        for ref in prefer:
            there = who_stands_in(self._staff, ref, self._on) if ref and self._left(ref) else ref
            if there in able:
                return str(there)
        return min(able, key=lambda ref: (able[ref].is_absent(self._on), self._open[ref] + self._taken[ref], ref))

    def _left(self, ref: str) -> bool:
        return ref in self._staff and self._staff[ref].has_left(self._on)

    def still(self, ref: str, role: Role, *, apart: frozenset[str] = frozenset()) -> str:
        """`ref`, who was chosen before; where they have left, somebody else. Raises NobodyToAsk."""
        if role is Role.FAMILY:
            return ref
        if ref in self._staff:
            return self.whom(role, prefer=[ref], apart=apart) if self._left(ref) else ref
        there = staff_elsewhere(self._s, [ref]).get(ref, {})
        if ref in there and there[ref].has_left(self._on):
            return who_stands_in(there, ref, self._on) or self.whom(role, apart=apart)
        return ref

    def hand(self, role: Role, *, prefer: Iterable[str | None] = ()) -> str:
        """To whom, with the task they have then counted. Raises NobodyToAsk."""
        ref = self.whom(role, prefer=prefer)
        self._taken[ref] += 1
        return ref
