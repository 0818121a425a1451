"""Which recorded facts stand behind the corrections of a run."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from sqlmodel import Session, col, select

from data.asking import ASKED_AT_ONCE, batched
from data.fact_changes import Change, Versions, changes, recorded_by, versions
from data.facts import known
from data.tables import (
    Approval,
    Child,
    ExpenseClaim,
    Gathering,
    LedgerLine,
    Network,
    NetworkHome,
    NightStay,
    PayRun,
    Placement,
    RateRow,
    Terms,
    TravelClaim,
)
from data.tables.base import Fact
from rules.months import month
from rules.vocabulary import Component
from tasks.change_words import FACTS

BY_CLAIM: dict[Component, type[Fact]] = {
    Component.TRAVEL: TravelClaim,
    Component.SUPPLEMENT: ExpenseClaim,
    Component.OUTLAY: ExpenseClaim,
    Component.LOST_EARNINGS: ExpenseClaim,
    Component.FREE_COSTS: ExpenseClaim,
    Component.GATHERING: Gathering,
}
WITH_FEES = {Component.FEE, Component.FOSTER_SUPPORT, Component.RESPITE_PAY}
OF_TERMS = {"fees_tenths": WITH_FEES, "board_lodging_ore": {Component.BOARD_LODGING}}
"""Columns of terms that only some components depend on."""
REPORTED = {"night_stay", "travel_claim", "expense_claim", "gathering"}
"""Tables whose rows are a line's sources."""
APPROVAL = str(Approval.__tablename__)
AGELESS = {Component.FEE, Component.TRAVEL, Component.GATHERING, Component.RESPITE_PAY}
Told = dict[str, list[tuple[Change, str | None]]]
"""By line: what changed, and who recorded it where that is known."""


class _Index(NamedTuple):
    by_ref: Mapping[str, list[Change]]
    by_link: Mapping[str, list[Change]]


@dataclass(frozen=True)
class _Known:
    """What the corrections may rest on, by the kind of fact."""

    found: Mapping[type[Fact], Versions]
    placements: Mapping[str, tuple[str, str]]
    """Child and family of each."""
    beside: Mapping[tuple[str, str], set[str]]
    """Placements by ("child" or "family", its reference)."""
    changed: dict[tuple[type[Fact], tuple[str, ...], str], _Index] = field(default_factory=dict)

    def near(self, line: LedgerLine) -> set[str]:
        """The line's placement, its siblings in the family, and the same child's elsewhere."""
        child, _ = self.placements.get(line.subject, ("", ""))
        return (
            {line.subject} | self.beside.get(("child", child), set()) | self.beside.get(("family", line.family), set())
        )

    def since(self, fact: type[Fact], columns: tuple[str, ...], run: PayRun) -> _Index:
        """Compared once for all lines that go back to that run."""
        key = fact, columns, run.ref
        if key not in self.changed:
            by_ref, by_link = defaultdict[str, list[Change]](list), defaultdict[str, list[Change]](list)
            for change in changes(self.found[fact], str(fact.__tablename__), LINKS[fact], columns, run):
                by_ref[change.ref].append(change)
                by_link[change.link].append(change)
            self.changed[key] = _Index(by_ref, by_link)
        return self.changed[key]


LINKS: dict[type[Fact], str] = {
    Placement: "ref",
    Child: "ref",
    Approval: "family",
    Terms: "placement",
    NightStay: "placement",
    TravelClaim: "placement",
    ExpenseClaim: "placement",
    RateRow: "ref",
    Network: "ref",
    NetworkHome: "network",
    Gathering: "network",
}


def what_changed(s: Session, run: PayRun, lines: Sequence[LedgerLine], paid: Mapping[str, LedgerLine]) -> Told:
    """Since the newest of the lines that each corrects, instalments aside."""
    corrections = [line for line in lines if "paid" in line.basis]
    runs = _runs(s, paid.values())
    bases = {line.id: base for line in corrections if (base := _base(line, paid, runs))}
    if not bases:
        return {}
    first = min(bases.values(), key=lambda base: base.known_at)
    corrections = [line for line in corrections if line.id in bases]
    behind = _known(s, corrections, paid, first, run)
    told = {line.id: _behind(line, bases[line.id], behind, paid) for line in corrections}
    who = recorded_by(s, list(chain.from_iterable(told.values())), first, run)
    return {
        line: [(change, who.get((change.table, change.ref, change.recorded_at))) for change in found]
        for line, found in told.items()
    }


def _runs(s: Session, lines: Collection[LedgerLine]) -> dict[str, PayRun]:
    refs = {line.run for line in lines}
    return {run.ref: run for run in s.exec(select(PayRun).where(col(PayRun.ref).in_(refs)))} if refs else {}


def _base(line: LedgerLine, paid: Mapping[str, LedgerLine], runs: Mapping[str, PayRun]) -> PayRun | None:
    before = [paid[ref] for ref in line.basis["paid"] if ref in paid and "instalment" not in paid[ref].basis]
    return max((runs[each.run] for each in before), key=lambda run: run.payroll_month, default=None)


def _known(
    s: Session, lines: Sequence[LedgerLine], paid: Mapping[str, LedgerLine], first: PayRun, last: PayRun
) -> _Known:
    subjects = {line.subject for line in lines}
    of = _placements(s, lines, last)
    among: dict[str, set[str]] = {
        "placement": {*of, *subjects},
        "network": subjects,
        "family": {line.family for line in lines},
    }
    refs: dict[type[Fact], set[str]] = {
        Placement: {*of, *subjects},
        Child: {child for child, _ in of.values()},
        RateRow: {ref for line in lines for ref in _rates(line, paid)},
        Network: subjects,
    }
    found = {
        fact: versions(s, fact, link, refs.get(fact) or among[link], FACTS[str(fact.__tablename__)][1], first, last)
        for fact, link in LINKS.items()
        if refs.get(fact) or link in among
    }
    beside: dict[tuple[str, str], set[str]] = defaultdict(set)
    for ref, (child, family) in of.items():
        beside["child", child].add(ref)
        beside["family", family].add(ref)
    return _Known(found, of, beside)


def _placements(s: Session, lines: Sequence[LedgerLine], run: PayRun) -> dict[str, tuple[str, str]]:
    """Of these families, and of the same children elsewhere: their child and family."""
    wanted = select(Placement.ref, Placement.child, Placement.family).where(known(Placement, run.known_at))
    found: dict[str, tuple[str, str]] = {}

    def among(column: str, refs: set[str]) -> None:
        for some in batched(sorted(refs), ASKED_AT_ONCE):
            rows = s.exec(wanted.where(col(getattr(Placement, column)).in_(some)))
            found.update({ref: (child, family) for ref, child, family in rows})

    among("family", {line.family for line in lines})
    among("ref", {line.subject for line in lines})
    among("child", {child for child, _ in found.values()})
    return found


def _rates(line: LedgerLine, paid: Mapping[str, LedgerLine]) -> set[str]:
    bases = [line.basis, *(owed["basis"] for owed in line.basis.get("owed", []))]
    bases += [paid[ref].basis for ref in line.basis["paid"] if ref in paid]
    return {basis["rate"] for basis in bases if "rate" in basis}


def _sources(line: LedgerLine, paid: Mapping[str, LedgerLine]) -> set[str]:
    listed = [line.sources, *(owed["sources"] for owed in line.basis.get("owed", []))]
    listed += [paid[ref].sources for ref in line.basis["paid"] if ref in paid]
    return {*chain.from_iterable(listed)}


def _behind(line: LedgerLine, since: PayRun, behind: _Known, paid: Mapping[str, LedgerLine]) -> list[Change]:
    """The line's own facts; where none changed, those of the others it depends on: siblings, and the same child's."""
    sources = _sources(line, paid)
    child, _ = behind.placements.get(line.subject, ("", ""))
    theirs = {"child": {child}, "rate": _rates(line, paid)}
    found = list(_changes(line, since, behind, sources | theirs["rate"]))
    own = [
        change
        for change in found
        if change.ref in theirs.get(change.table, sources)
        or (change.table not in {*theirs, *REPORTED} and change.link == _of(line, change.table))
    ]
    return own or found


def _of(line: LedgerLine, table: str) -> str:
    return line.family if table == APPROVAL else line.subject


def _changes(line: LedgerLine, since: PayRun, behind: _Known, sources: set[str]) -> Iterator[Change]:
    """Of its own family and child only: an explanation is read by one family."""
    component, last, near = Component(line.component), month(line.period).last, behind.near(line)
    children = {behind.placements[ref][0] for ref in near if ref in behind.placements}
    for fact in behind.found:
        if not _concerns(fact, component):
            continue
        columns = list(FACTS[str(fact.__tablename__)][1])
        if fact is Terms:
            columns = [name for name in columns if component in OF_TERMS.get(name, {component})]
        index = behind.since(fact, tuple(columns), since)
        links = {Child: children, Approval: {line.family}}.get(fact, near)
        told = [change for link in links for change in index.by_link.get(link, ())]
        told += [change for ref in sources for change in index.by_ref.get(ref, ())]
        for change in sorted({change.ref: change for change in told}.values(), key=lambda change: change.ref):
            if fact is not Terms or change.now["valid_from"] <= last:
                yield change


def _concerns(fact: type[Fact], component: Component) -> bool:
    if fact in (NightStay, Terms):
        return component not in BY_CLAIM
    if fact in (TravelClaim, ExpenseClaim, Gathering):
        return BY_CLAIM.get(component) is fact
    if fact is NetworkHome:
        return component == Component.GATHERING
    return fact is not Child or component not in AGELESS
