"""Who is asked."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from sqlmodel import Session

from data.errands import open_by_assignee
from data.people import current_staff
from data.tables import Staff
from rules.refusal import Refusal
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


def adviser_or_leader(s: Session, municipality: str, adviser: str | None, on: date) -> tuple[Role, str]:
    """Role and reference. The leader where nobody is a child's adviser: what has come up waits for no sheet."""
    try:
        return Role.CHILD_ADVISER, for_role(s, Role.CHILD_ADVISER, municipality, on=on, prefer=[adviser])
    except NobodyToAsk:
        return Role.LEADER, for_role(s, Role.LEADER, municipality, on=on)


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
        """As for_role. Raises NobodyToAsk."""
        able = {ref: person for ref, person in self._staff.items() if person.has_role(role) and ref not in apart}
        if not able:
            raise NobodyToAsk(role, self.municipality, apart)
        for ref in prefer:
            if ref in able:
                return str(ref)
        return min(able, key=lambda ref: (able[ref].is_absent(self._on), self._open[ref] + self._taken[ref], ref))

    def hand(self, role: Role, *, prefer: Iterable[str | None] = ()) -> str:
        """To whom, with the task they have then counted. Raises NobodyToAsk."""
        ref = self.whom(role, prefer=prefer)
        self._taken[ref] += 1
        return ref
