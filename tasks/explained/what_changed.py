"""Which recorded facts stand behind the corrections of a run."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlmodel import Session, col, select

from data.pay.fact_changes import Change, recorded_by
from data.tables import (
    Approval,
    Child,
    ExpenseClaim,
    Gathering,
    LedgerLine,
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
from tasks.explained.change_days import concerns, terms_concern, uses_up
from tasks.explained.change_facts import Known, known_behind, rates_of
from tasks.words.change_words import ELSEWHERE, FACTS, WITHDRAWN

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
REPORTED: tuple[type[Fact], ...] = (NightStay, TravelClaim, ExpenseClaim, Gathering)
"""Facts that are a line's sources."""
AGELESS = {Component.FEE, Component.TRAVEL, Component.GATHERING, Component.RESPITE_PAY}
AMONG_SIBLINGS = {Component.BOARD_LODGING}
"""Paid by how many children there are in the family."""
OTHERS: dict[str, dict[str, str]] = {
    table: {"placement": "near"} for table in ("night_stay", "travel_claim", "expense_claim", "terms")
} | {"placement": {"family": "family"}, "approval": {"family": "family"}}
"""Columns whose values another family may be known by."""
Told = dict[str, list[tuple[Change, str | None]]]
"""By line: what changed, and who recorded it where that is known."""


def what_changed(s: Session, run: PayRun, lines: Sequence[LedgerLine], paid: Mapping[str, LedgerLine]) -> Told:
    """Since the newest of the lines that each corrects; what is being taken back, since the debt came up."""
    corrections = [line for line in lines if "paid" in line.basis]
    runs = _runs(s, paid.values())
    bases = {line.id: found for line in corrections if (found := _bases(line, paid, runs))}
    if not bases:
        return {}
    first = min(chain.from_iterable(bases.values()), key=lambda base: base.known_at)
    corrections = [line for line in corrections if line.id in bases]
    behind = known_behind(s, corrections, paid, first, run)
    told = {line.id: _behind(line, bases[line.id], behind, paid) for line in corrections}
    who = recorded_by(s, list(chain.from_iterable(told.values())), first, run)
    return {
        line: [(change, who.get((change.table, change.ref, change.recorded_at))) for change in found]
        for line, found in told.items()
    }


def _runs(s: Session, lines: Collection[LedgerLine]) -> dict[str, PayRun]:
    refs = {line.run for line in lines}
    return {run.ref: run for run in s.exec(select(PayRun).where(col(PayRun.ref).in_(refs)))} if refs else {}


def _bases(line: LedgerLine, paid: Mapping[str, LedgerLine], runs: Mapping[str, PayRun]) -> list[PayRun]:
    """The run to compare with, then the one where nothing has changed since it."""
    before = [paid[ref] for ref in line.basis["paid"] if ref in paid]
    newest = [
        max((runs[each.run] for each in some), key=lambda run: run.payroll_month)
        for some in (before, [each for each in before if "instalment" not in each.basis])
        if some
    ]
    if "instalment" in line.basis:
        newest.reverse()
    return list({run.ref: run for run in newest}.values())


def _sources(line: LedgerLine, paid: Mapping[str, LedgerLine]) -> set[str]:
    listed = [line.sources, *(owed["sources"] for owed in line.basis.get("owed", []))]
    listed += [paid[ref].sources for ref in line.basis["paid"] if ref in paid]
    return {*chain.from_iterable(listed)}


def _behind(line: LedgerLine, bases: Sequence[PayRun], behind: Known, paid: Mapping[str, LedgerLine]) -> list[Change]:
    """The line's own facts; where none changed, those of the others it depends on: siblings, and the same child's."""
    sources, rates = _sources(line, paid), rates_of(line, paid)
    for since in bases:
        for links, refs in ((_mine, (sources, rates)), (_others, (set[str](), set[str]()))):
            found = [
                _of_its_own(change, line, behind)
                for fact in behind.found
                if _concerns(fact, line)
                for change in _changes(fact, line, since, behind, links(fact, line, behind), refs[fact is RateRow])
            ]
            if found:
                return found
    return []


def _mine(fact: type[Fact], line: LedgerLine, behind: Known) -> set[str]:
    """What such a fact belongs to; reported ones and rates are the line's by their own reference."""
    if fact in (*REPORTED, RateRow):
        return set()
    return {{Child: behind.child(line.subject), Approval: line.family}.get(fact, line.subject)} - {""}


def _others(fact: type[Fact], line: LedgerLine, behind: Known) -> set[str]:
    """What else the line may rest on."""
    component, child = Component(line.component), behind.same_child(line)
    if fact is Gathering:
        return {line.subject}
    if fact is ExpenseClaim:
        return child if component == Component.FREE_COSTS else {line.subject}
    if component in BY_CLAIM:
        return set()
    siblings = behind.near(line) - {line.subject} if component in AMONG_SIBLINGS else set()
    found: dict[type[Fact], set[str]] = {
        NightStay: child | siblings,
        Placement: child - {line.subject} | siblings | ({line.family} if component in AMONG_SIBLINGS else set()),
        Terms: siblings,
        Child: {behind.child(ref) for ref in siblings} - {""},
    }
    return found.get(fact, set())


def _changes(
    fact: type[Fact], line: LedgerLine, since: PayRun, behind: Known, links: set[str], refs: set[str]
) -> Iterator[Change]:
    component, period = Component(line.component), month(line.period)
    index = behind.since(fact, _columns(fact, component), since)
    theirs = {ref for link in links for ref in index.by_link.get(link, ())}
    for ref in sorted(theirs | (refs & index.by_ref.keys())):
        change = index.by_ref[ref]
        if fact is Terms:
            concerned = terms_concern(change, index.before, behind.starts, period)
        elif fact is ExpenseClaim and ref not in refs:
            concerned = uses_up(change, component, period)
        else:
            concerned = concerns(change, period)
        if concerned:
            yield from change


def _columns(fact: type[Fact], component: Component) -> tuple[str, ...]:
    named = FACTS[str(fact.__tablename__)][1]
    if fact is Child and component in AGELESS:
        return tuple(WITHDRAWN)
    if fact is Terms:
        return tuple(name for name in named if component in OF_TERMS.get(name, {component}))
    return tuple(named)


def _of_its_own(change: Change, line: LedgerLine, behind: Known) -> Change:
    """An explanation is read by one family: what belongs to another one is only said to be another."""
    own = {"near": behind.near(line), "family": {line.family}}
    hidden = {name: own[whose] for name, whose in OTHERS.get(change.table, {}).items()}

    def said(values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            name: ELSEWHERE if name in hidden and value not in hidden[name] else value for name, value in values.items()
        }

    return change._replace(before=change.before and said(change.before), now=said(change.now))


def _concerns(fact: type[Fact], line: LedgerLine) -> bool:
    component = Component(line.component)
    if fact in (NightStay, Terms):
        return component not in BY_CLAIM
    if fact in (TravelClaim, ExpenseClaim, Gathering):
        return BY_CLAIM.get(component) is fact
    return fact is not NetworkHome or component == Component.GATHERING
