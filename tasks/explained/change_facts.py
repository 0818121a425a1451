"""Facts that corrections may rest on, as two runs knew them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from data.pay.fact_changes import Change, Versions, changes, versions
from data.store.asking import ASKED_AT_ONCE, batched
from data.store.facts import known, version_at
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
from tasks.explained.change_days import Starts, standing
from tasks.words.change_words import FACTS

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


class _Index(NamedTuple):
    """All changes of a reference together."""

    by_ref: Mapping[str, list[Change]]
    by_link: Mapping[str, set[str]]
    """References by what they belonged to or belong to now; placements by their families as well."""
    before: Starts
    """Of terms, as that run knew them."""


@dataclass(frozen=True)
class Known:
    """What the corrections may rest on, by the kind of fact."""

    found: Mapping[type[Fact], Versions]
    placements: Mapping[str, tuple[str, str]]
    """Child and family of each."""
    beside: Mapping[tuple[str, str], set[str]]
    """Placements by ("child" or "family", its reference)."""
    starts: Starts
    changed: dict[tuple[type[Fact], tuple[str, ...], str], _Index] = field(default_factory=dict)

    def child(self, placement: str) -> str:
        return self.placements.get(placement, ("", ""))[0]

    def same_child(self, line: LedgerLine) -> set[str]:
        return {line.subject} | self.beside.get(("child", self.child(line.subject)), set())

    def near(self, line: LedgerLine) -> set[str]:
        """The line's placement, its siblings in the family, and the same child's elsewhere."""
        return self.same_child(line) | self.beside.get(("family", line.family), set())

    def since(self, fact: type[Fact], columns: tuple[str, ...], run: PayRun) -> _Index:
        """Compared once for all lines that go back to that run."""
        key = fact, columns, run.ref
        if key not in self.changed:
            by_ref, by_link = dict[str, list[Change]](), defaultdict[str, set[str]](set)
            for change in changes(self.found[fact], str(fact.__tablename__), LINKS[fact], columns, run):
                by_ref[change[0].ref] = change
                for link in _links(fact, change):
                    by_link[link].add(change[0].ref)
            self.changed[key] = _Index(by_ref, by_link, _before(self.starts, by_ref) if fact is Terms else {})
        return self.changed[key]


def _links(fact: type[Fact], change: list[Change]) -> set[str]:
    if fact is not Placement:
        return {*change[0].links}
    return {*change[0].links} | {values["family"] for values in (change[0].before, change[-1].now) if values}


def _before(now: Starts, changed: Mapping[str, list[Change]]) -> Starts:
    before = {placement: dict(starts) for placement, starts in now.items()}
    for ref, (first, *_) in changed.items():
        for link in first.links:
            before.get(link, {}).pop(ref, None)
        if was := standing(first.before):
            before.setdefault(was["placement"], {})[ref] = was["valid_from"]
    return before


def known_behind(
    s: Session, lines: Sequence[LedgerLine], paid: Mapping[str, LedgerLine], first: PayRun, last: PayRun
) -> Known:
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
        RateRow: {ref for line in lines for ref in rates_of(line, paid)},
        Network: subjects,
    }
    found = {
        fact: versions(s, fact, link, refs.get(fact) or among[link], FACTS[str(fact.__tablename__)][1], first, last)
        for fact, link in LINKS.items()
        if refs.get(fact) or link in among
    }
    # who came into a family, or left it
    columns = FACTS[str(Placement.__tablename__)][1]
    found[Placement] |= versions(s, Placement, "family", among["family"], columns, first, last)
    beside: dict[tuple[str, str], set[str]] = defaultdict(set)
    for ref, (child, family) in of.items():
        beside["child", child].add(ref)
        beside["family", family].add(ref)
    return Known(found, of, beside, _starts(s, among["placement"], last))


def _starts(s: Session, placements: set[str], run: PayRun) -> Starts:
    found: dict[str, dict[str, date]] = defaultdict(dict)
    wanted = select(col(Terms.placement), col(Terms.ref), col(Terms.valid_from)).where(known(Terms, run.known_at))
    for some in batched(sorted(placements), ASKED_AT_ONCE):
        for placement, ref, since in s.exec(wanted.where(col(Terms.placement).in_(some))):
            found[placement][ref] = since
    return found


def _placements(s: Session, lines: Sequence[LedgerLine], run: PayRun) -> dict[str, tuple[str, str]]:
    """Of these families, and of the same children elsewhere: their child and family."""
    wanted = select(Placement.ref, Placement.child, Placement.family)
    stands, then = known(Placement, run.known_at), version_at(Placement, run.known_at)
    found: dict[str, tuple[str, str]] = {}

    def among(column: str, refs: set[str], where: ColumnElement[bool]) -> None:
        for some in batched(sorted(refs), ASKED_AT_ONCE):
            rows = s.exec(wanted.where(col(getattr(Placement, column)).in_(some), where))
            found.update({ref: (child, family) for ref, child, family in rows})

    among("family", {line.family for line in lines}, stands)
    among("ref", {line.subject for line in lines}, then)  # one that was taken back is still about its child
    among("child", {child for child, _ in found.values()}, stands)
    return found


def rates_of(line: LedgerLine, paid: Mapping[str, LedgerLine]) -> set[str]:
    bases = [line.basis, *(owed["basis"] for owed in line.basis.get("owed", []))]
    bases += [paid[ref].basis for ref in line.basis["paid"] if ref in paid]
    return {basis["rate"] for basis in bases if "rate" in basis}
