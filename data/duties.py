"""Who owes duties in a municipality and what is known of each, in a number of queries that doesn't grow with them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, union_all
from sqlmodel import Session, col

from data.beginnings import began_on
from data.store.facts import stands
from data.tables import (
    Approval,
    CaseRow,
    CaseState,
    Child,
    DutyChange,
    Family,
    Gathering,
    Happening,
    Network,
    Placement,
    Terms,
)
from data.tables.base import Fact
from rules.approvals import A_DAY, Spell, spell_of, spells
from rules.duties.broken import Broken, broken
from rules.duties.changes import Change
from rules.duties.owner import Agreed, Owner, Stay, intervals
from rules.duties.seen import How, Seen
from rules.duties.span import span
from rules.duties.standing import Standing, standing
from rules.policy import Policy
from rules.register import PROCESSES

GATHERING = "gathering"
"""The duty that the sheet gatherings tells of."""
Held = dict[str, dict[str, list[date]]]
"""By subject and duty."""
Changes = dict[str, list[tuple[str | None, Change]]]
"""By subject."""


class Known(NamedTuple):
    held: Held
    changes: Changes
    agreed: dict[str, list[Agreed]]
    """By placement."""
    freed_by: dict[tuple[str | None, str | None], set[str]]
    """By family and child."""
    since: dict[str, date]
    approval: dict[str, Stay]
    """By family, its unbroken spell today."""
    approvals: dict[str, tuple[Stay, ...]]
    """By family, every spell."""
    began: date | None
    """The day on which the municipality began here."""


class Judged(NamedTuple):
    standing: Standing
    owner: Owner


class Found(NamedTuple):
    deadline: Broken
    known_since: date
    """When its subject was first recorded here."""


def standings(s: Session, policy: Policy, today: date) -> list[Standing]:
    return [one.standing for one in judged(s, policy, today)]


def judged(s: Session, policy: Policy, today: date) -> list[Judged]:
    """Every duty in force, of everybody who owes it that day; by duty and reference."""
    duties = policy.duties(today)
    if not duties:
        return []
    everybody, how = owners(s, policy, today), _how(policy, today)
    owing = [
        (duty, owner, subject)
        for duty in duties
        for owner in everybody
        if owner.owes(duty) and (subject := owner.subject(duty))
    ]
    seen = (
        (standing(duty, subject, owner.held.get(duty.key, ()), owner.changes_of(duty), today, **how), owner)
        for duty, owner, subject in owing
    )
    return [Judged(found, owner) for found, owner in seen if found is not None]


def broken_deadlines(s: Session, policy: Policy, today: date) -> list[Found]:
    """Of everybody who owes or owed a duty in force, by day, reference and duty."""
    how = _how(policy, today)
    found = [
        Found(each, owner.known_since)
        for owner in owners(s, policy, today)
        for duty in policy.duties(today)
        if owner.owes(duty)
        for subject in owner.subjects(duty)
        for each in broken(
            Seen.of(duty, subject, owner.held.get(duty.key, ()), owner.changes_of(duty), today, **how),
        )
    ]
    return sorted(found, key=lambda one: (one.deadline.due_on, one.deadline.subject, one.deadline.duty.key))


def _how(policy: Policy, today: date) -> How:
    return {
        "country": policy.country,
        "lead_days": policy.value("reminders.duty_lead_days", today),
        "longest_gap_percent": policy.value("reminders.duty_longest_gap_percent", today),
    }


def owners(s: Session, policy: Policy, today: date) -> list[Owner]:
    """Every placement, family and network of the municipality, by reference."""
    placements = s.execute(_placements(policy.key)).all()
    known = _known(s, policy, today)
    families = s.execute(_families(policy.key)).all()
    networks = s.execute(_networks(policy.key)).all()
    found = [_placement(row, known) for row in placements if row.placed_by == policy.key]
    by_family: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in placements:
        by_family[row.family].append(row)
    found += [_family(row, by_family[row.ref], known) for row in families]
    found += [_network(row, known) for row in networks]
    return sorted(found, key=lambda owner: owner.ref)


def _current(*tables: type[Fact]) -> list[ColumnElement[bool]]:
    return [stands(table) for table in tables]


def _placements(municipality: str) -> Select[Any]:
    return (
        select(
            col(Placement.ref),
            col(Placement.child),
            col(Placement.family),
            col(Placement.kind),
            col(Placement.start),
            col(Placement.end),
            col(Child.adviser),
            col(Placement.municipality).label("placed_by"),
            col(Family.consultant),
        )
        .join(Child, col(Child.ref) == col(Placement.child))
        .join(Family, col(Family.ref) == col(Placement.family))
        .where(
            or_(col(Placement.municipality) == municipality, col(Family.municipality) == municipality),
            *_current(Placement, Child, Family),
        )
    )


def _families(municipality: str) -> Select[Any]:
    columns = (Family.ref, Family.kind, Family.consultant)
    return select(*map(col, columns)).where(col(Family.municipality) == municipality, *_current(Family))


def _networks(municipality: str) -> Select[Any]:
    dates, contacts = (Network.started_on, Network.ended_on), (Network.contact_1, Network.contact_2)
    return select(*map(col, (Network.ref, Network.resource_family, *dates, *contacts))).where(
        col(Network.municipality) == municipality, *_current(Network)
    )


def _known(s: Session, policy: Policy, today: date) -> Known:
    placements = _placements(policy.key).subquery()
    families, networks = _families(policy.key).subquery(), _networks(policy.key).subquery()
    theirs = union_all(
        select(placements.c.ref),
        select(placements.c.child),
        select(placements.c.family),
        select(families.c.ref),
        select(networks.c.ref),
        select(networks.c.resource_family),
    )
    agreed: dict[str, list[Agreed]] = defaultdict(list)
    terms = select(col(Terms.placement), col(Terms.valid_from), col(Terms.supervision_interval)).where(
        col(Terms.placement).in_(select(placements.c.ref)),
        col(Terms.supervision_interval).is_not(None),
        *_current(Terms),
    )
    for row in s.execute(terms):
        agreed[row.placement].append(Agreed(*row))
    approved = _approved(s, select(families.c.ref))
    freeing = {duty.exempt_by for duty in policy.duties(today) if duty.exempt_by}
    return Known(
        _held(s, theirs, select(networks.c.ref)),
        _changes(s, theirs),
        agreed,
        _freed(s, policy.key, freeing),
        _since(s, theirs, policy),
        {family: _stay(spell) for family, theirs in approved.items() if (spell := spell_of(theirs, today))},
        {family: tuple(map(_stay, spells(theirs))) for family, theirs in approved.items()},
        began_on(s, policy.key),
    )


def _held(s: Session, theirs: Any, networks: Any) -> Held:
    held: Held = defaultdict(lambda: defaultdict(list))
    happened = select(col(Happening.subject), col(Happening.duty), col(Happening.held_on)).where(
        col(Happening.subject).in_(theirs), col(Happening.held_on).is_not(None), *_current(Happening)
    )
    for subject, duty, day in s.execute(happened):
        held[subject][duty].append(day)
    gathered = select(col(Gathering.network), col(Gathering.held_on)).where(
        col(Gathering.network).in_(networks), col(Gathering.held_on).is_not(None), *_current(Gathering)
    )
    for network, day in s.execute(gathered):
        held[network][GATHERING].append(day)
    return held


def _changes(s: Session, theirs: Any) -> Changes:
    changes: Changes = defaultdict(list)
    columns = (DutyChange.subject, DutyChange.duty, DutyChange.kind, DutyChange.starts_on, DutyChange.ends_on)
    rows = select(*map(col, columns), col(DutyChange.every)).where(
        col(DutyChange.subject).in_(theirs), *_current(DutyChange)
    )
    for row in s.execute(rows):
        every = span(row.every) if row.every else None
        changes[row.subject].append((row.duty, Change(row.kind, row.starts_on, row.ends_on, every)))
    return changes


def _freed(s: Session, municipality: str, by: Collection[str]) -> dict[tuple[str | None, str | None], set[str]]:
    """What is under way, for which family and child; what is finished frees by its happening."""
    processes = {process.name: process.policy for process in PROCESSES.values() if process.policy in by}
    freed: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    cases = select(col(CaseRow.process), col(CaseRow.family), col(CaseRow.child)).where(
        col(CaseRow.municipality) == municipality,
        col(CaseRow.process).in_(processes),
        col(CaseRow.state) == CaseState.OPEN.value,
    )
    for process, family, child in s.execute(cases):
        freed[family, child].add(processes[process])
    return freed


def _since(s: Session, theirs: Any, policy: Policy) -> dict[str, date]:
    """The day on which each was first recorded."""
    tables: Sequence[type[Fact]] = (Placement, Family, Network)
    recorded = union_all(
        *(
            select(col(table.ref), func.min(col(table.recorded_at)).label("first"))
            .where(col(table.ref).in_(theirs))
            .group_by(col(table.ref))
            for table in tables
        )
    )
    return {ref: policy.today(instant) for ref, instant in s.execute(recorded)}


def _approved(s: Session, families: Any) -> dict[str, list[Row[Any]]]:
    wanted = select(*map(col, (Approval.family, Approval.valid_from, Approval.valid_to)))
    periods: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in s.execute(wanted.where(col(Approval.family).in_(families), stands(Approval))):
        periods[row.family].append(row)
    return periods


def _stay(spell: Spell) -> Stay:
    return Stay(spell.first, spell.last and spell.last + A_DAY)


def _placement(row: Row[Any], known: Known) -> Owner:
    stays = (Stay(row.start, row.end),) if row.start else ()
    held = _together(known, (row.ref, row.child, row.family))
    during = {
        duty: [day for day in days if row.start and row.start <= day and (row.end is None or day <= row.end)]
        for duty, days in held.items()
    }
    return Owner(
        row.ref,
        "placement",
        row.kind,
        row.family,
        (row.adviser, row.consultant),
        known.since[row.ref],
        stays,
        None,
        (),
        during,
        [change for ref in (row.ref, row.child, row.family) for change in known.changes.get(ref, ())],
        intervals(known.agreed.get(row.ref, ()), {row.ref: row.end}),
        frozenset(known.freed_by.get((row.family, row.child), ())) | {duty for duty, days in during.items() if days},
        known_from=known.began,
    )


def _family(row: Row[Any], placements: Sequence[Row[Any]], known: Known) -> Owner:
    agreed = [each for placement in placements for each in known.agreed.get(placement.ref, ())]
    return Owner(
        row.ref,
        "family",
        row.kind,
        row.ref,
        (row.consultant,),
        known.since[row.ref],
        tuple(Stay(placement.start, placement.end) for placement in placements if placement.start),
        known.approval.get(row.ref),
        known.approvals.get(row.ref, ()),
        _together(known, (row.ref, *(placement.ref for placement in placements))),
        known.changes.get(row.ref, ()),
        intervals(agreed, {placement.ref: placement.end for placement in placements}),
        known_from=known.began,
    )


def _network(row: Row[Any], known: Known) -> Owner:
    return Owner(
        row.ref,
        "network",
        "",
        row.resource_family,
        (row.contact_1, row.contact_2),
        known.since[row.ref],
        (Stay(row.started_on, row.ended_on and row.ended_on + A_DAY),) if row.started_on else (),
        None,
        (),
        _together(known, (row.ref, row.resource_family)),
        [change for ref in (row.ref, row.resource_family) for change in known.changes.get(ref, ())],
        known_from=known.began,
    )


def _together(known: Known, subjects: Iterable[str]) -> dict[str, list[date]]:
    together: dict[str, list[date]] = defaultdict(list)
    for subject in subjects:
        for duty, days in known.held.get(subject, {}).items():
            together[duty] += days
    return dict(together)
