"""Whom tasks are about: family, child and contact by reference, read for many tasks at once."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlmodel import Session, col, select

from data.store.facts import stands
from data.tables import CaseRow, Child, Family, GeneratedTask, HouseholdMember, Network, Placement
from rules.vocabulary import Role

Kind = Literal["placement", "network"]


class Concerned(NamedTuple):
    """References."""

    family: str | None = None
    child: str | None = None
    contacts: tuple[str, ...] = ()
    """Who can be asked, the nearest first: the case's, the network's, the family's and the child's own."""
    household: tuple[tuple[str, date | None], ...] = ()
    """Reference and birth date of everyone in the household, by reference, where the task is about one of them."""
    kind: Kind | None = None
    """What the task is about, where it is one of these."""


def concerned(s: Session, tasks: Sequence[GeneratedTask]) -> dict[str, Concerned]:
    """By the task's reference."""
    cases = {row.ref: row for row in _found(s, CaseRow, {task.case for task in tasks}, current=False)}
    abouts = {task.about for task in tasks}
    placements = {row.ref: row for row in _found(s, Placement, abouts)}
    homes = _households(s, abouts - set(placements))
    networks = {row.ref: row for row in _found(s, Network, abouts - set(placements))}
    pairs = {task.ref: _pair(task, cases, placements, networks, homes) for task in tasks}
    families = {row.ref: row for row in _found(s, Family, {family for family, _ in pairs.values()} | abouts)}
    children = {row.ref: row for row in _found(s, Child, {child for _, child in pairs.values()} | abouts)}
    found = {}
    for task in tasks:
        family, child = pairs[task.ref]
        family = family or (task.about if task.about in families else None)
        child = child or (task.about if task.about in children else None)
        case, home, person = cases.get(task.case or ""), families.get(family or ""), children.get(child or "")
        network = networks.get(task.about or "")
        follows_up = (network.contact_1, network.contact_2) if network else ()
        asked = (case and case.responsible, *follows_up, home and home.consultant, person and person.adviser)
        household = next((members for members in homes.values() if task.about in dict(members)), ())
        kind: Kind | None = "placement" if task.about in placements else "network" if network else None
        found[task.ref] = Concerned(family, child, tuple(ref for ref in asked if ref), tuple(household), kind)
    return found


def _pair(
    task: GeneratedTask,
    cases: dict[str, CaseRow],
    placements: dict[str, Placement],
    networks: dict[str, Network],
    homes: dict[str, list[tuple[str, date | None]]],
) -> tuple[str | None, str | None]:
    """Family and child, as far as case, placement, network or assignee say."""
    case, placement = cases.get(task.case or ""), placements.get(task.about or "")
    network = networks.get(task.about or "")
    own = task.assignee if task.role == Role.FAMILY else None
    lives = next((family for family, members in homes.items() if task.about in dict(members)), None)
    led_by = network and network.resource_family
    family = (placement and placement.family) or (case and case.family) or led_by or own or lives
    return family or None, (placement and placement.child) or (case and case.child) or None


def _found(s: Session, table: Any, refs: Collection[str | None], *, current: bool = True) -> Sequence[Any]:
    wanted = {ref for ref in refs if ref}
    if not wanted:
        return []
    holds = [stands(table)] if current else []
    return s.exec(select(table).where(col(table.ref).in_(wanted), *holds)).all()


def _households(s: Session, abouts: Collection[str | None]) -> dict[str, list[tuple[str, date | None]]]:
    """By family, of those whom some task is about."""
    wanted = {ref for ref in abouts if ref}
    if not wanted:
        return {}
    families = select(HouseholdMember.family).where(col(HouseholdMember.ref).in_(wanted), stands(HouseholdMember))
    columns = select(HouseholdMember.family, HouseholdMember.ref, HouseholdMember.birth_date)  # type: ignore[type-var]
    rows = s.exec(
        columns.where(col(HouseholdMember.family).in_(families), stands(HouseholdMember)).order_by(
            col(HouseholdMember.ref)
        )
    )
    found: dict[str, list[tuple[str, date | None]]] = {}
    for family, ref, born in rows:
        found.setdefault(family, []).append((ref, born))
    return found
