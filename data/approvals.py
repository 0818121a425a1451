"""Families' approvals, a period a row."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from data.store.facts import stands
from data.tables import Approval

LATEST_FIRST = (col(Approval.valid_from).desc().nulls_first(), col(Approval.ref).desc())
"""As rules.approvals.latest says."""


def periods_of(s: Session, family: str) -> Sequence[Approval]:
    """Oldest first; what was withdrawn is none."""
    return list(
        reversed(
            s.exec(select(Approval).where(Approval.family == family, stands(Approval)).order_by(*LATEST_FIRST)).all()
        )
    )


def periods_by_family(s: Session, families: Collection[str] | Select[tuple[str]]) -> dict[str, list[Approval]]:
    found: dict[str, list[Approval]] = {}
    for row in s.exec(select(Approval).where(col(Approval.family).in_(families), stands(Approval))):
        found.setdefault(row.family, []).append(row)
    return found


def next_refs(s: Session, families: Collection[str]) -> dict[str, int]:
    """The number of the next period of each, as `ref_of` takes it; withdrawn ones keep theirs."""
    numbers = dict.fromkeys(families, 1)
    for family, ref in s.execute(
        select(col(Approval.family), col(Approval.ref)).where(col(Approval.family).in_(list(families))).distinct()
    ):
        if is_derived(ref, family):
            numbers[family] = max(numbers[family], int(ref.removeprefix(f"{family}-A")) + 1)
    return numbers


def ref_of(family: str, number: int) -> str:
    return f"{family}-A{number}"


def is_derived(ref: str, family: str) -> bool:
    """Whether the program gave this reference itself, to what the family's own columns or a case said."""
    number = ref.removeprefix(f"{family}-A")
    return ref != number and number.isdecimal()


def latest_of_each() -> Select[tuple[int]]:
    """The id of each family's latest period."""
    place = func.row_number().over(partition_by=col(Approval.family), order_by=LATEST_FIRST).label("place")
    ordered = select(col(Approval.id).label("id"), place).where(stands(Approval)).subquery()
    return select(ordered.c.id).where(ordered.c.place == 1)


def latest_by_family(s: Session) -> dict[str, Approval]:
    return {row.family: row for row in s.exec(select(Approval).where(col(Approval.id).in_(latest_of_each())))}
