"""Who is asked."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.tables import GeneratedTask, Staff, TaskState
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
    able = {
        staff.ref: staff
        for staff in s.exec(select(Staff).where(Staff.municipality == municipality, col(Staff.superseded_at).is_(None)))
        if staff.has_role(role) and staff.ref not in apart
    }
    if not able:
        raise NobodyToAsk(role, municipality, apart)
    for ref in prefer:
        if ref in able:
            return str(ref)
    busy = _open_by_assignee(s, able)
    return min(able, key=lambda ref: (able[ref].is_absent(on), busy.get(ref, 0), ref))


def _open_by_assignee(s: Session, refs: Iterable[str]) -> dict[str, int]:
    rows = s.execute(
        select(GeneratedTask.assignee, func.count())
        .where(GeneratedTask.state == TaskState.OPEN, col(GeneratedTask.assignee).in_(list(refs)))
        .group_by(col(GeneratedTask.assignee))
    )
    return {str(ref): int(count) for ref, count in rows}
