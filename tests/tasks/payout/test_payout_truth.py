"""Two municipalities, two families that children move between, twelve months: in whatever order it is told, what was
released is what is owed, and what differs waits for a person."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from data.rates import load_shipped
from data.store.session import reading, writing
from data.tables import (
    Approval,
    Child,
    Decision,
    ExpenseClaim,
    Family,
    LedgerLine,
    LineStatus,
    NightStay,
    PayDecision,
    Placement,
    Staff,
    Terms,
    TravelClaim,
)
from data.tables.base import Fact
from rules.matters import OVERPAID
from tasks.payout import approve_payout, decide_line, prepare_payout, release_payout
from tests.tasks.payout.test_payout_properties import a_database
from tests.tasks.payroll import IMPORTED, acting, know, staff
from tests.tasks.truth import COSTS_A_YEAR, Owed, World, costs_owed, owed
from web.shown.pay import run_as_json

PREPARES = {"randers": "RA-S1", "vejle": "VJ-S1"}
APPROVES = {"randers": "RA-S2", "vejle": "VJ-S2"}
DECIDES = {"randers": "RA-S3", "vejle": "VJ-S3"}
RESPITE, HOMES = ("RA-P1", "VJ-P2", "RA-P4"), ("RA-F1", "RA-F2")
CHILDREN = {"RA-P1": "RA-B1", "VJ-P2": "VJ-B2", "RA-P3": "RA-B3", "RA-P4": "RA-B4"}
TAKEN_BACK = (NightStay, TravelClaim, ExpenseClaim, Terms, Approval, Placement)
"""Sheets whose rows can be taken back."""

months, days, nth = st.integers(1, 12), st.integers(1, 28), st.integers(0, 5)
costs = st.tuples(st.just("costs"), months, days, st.integers(8_000, 20_000))
moves = st.tuples(st.just("move"), st.sampled_from(RESPITE), st.sampled_from(HOMES))
events = st.one_of(
    costs,
    moves,
    st.tuples(st.just("stay"), st.sampled_from(RESPITE), months, days, st.integers(1, 6)),
    st.tuples(st.just("stay again"), nth, months, days, st.integers(1, 6)),
    st.tuples(st.just("terms"), st.sampled_from(RESPITE), months, days, st.integers(1, 4)),
    st.tuples(st.just("fees"), st.sampled_from([*CHILDREN]), st.integers(1, 4)),
    moves,
    st.tuples(st.just("end"), st.sampled_from(["VJ-P2", "RA-P3", "RA-P4"]), st.none() | months, days),
    st.tuples(st.just("born"), st.sampled_from([*CHILDREN.values()]), months, days, st.integers(2009, 2016)),
    st.tuples(st.just("forgotten"), st.sampled_from([*CHILDREN.values()])),
    st.tuples(st.just("approved"), st.sampled_from(HOMES), st.integers(1, 3), months, days, st.integers(0, 12)),
    st.tuples(st.just("child moves"), st.sampled_from([*CHILDREN.values()]), st.sampled_from([*PREPARES])),
    st.tuples(st.just("placed by"), st.sampled_from([*CHILDREN]), st.sampled_from([*PREPARES])),
    st.tuples(st.just("drive"), st.sampled_from([*CHILDREN]), months, days, st.integers(1, 90_000)),
    st.tuples(st.just("distance"), nth, st.integers(1, 90_000)),
    costs,
    st.tuples(st.just("taken back"), st.sampled_from(TAKEN_BACK), nth),
    st.tuples(st.just("holds again"), st.sampled_from(TAKEN_BACK), nth),
    st.tuples(st.just("decided"), st.sampled_from(Decision), st.sampled_from([*PREPARES]), nth, st.integers(1, 4)),
)
told = st.lists(st.tuples(months, events), min_size=8, max_size=20).map(lambda all_: sorted(all_, key=lambda e: e[0]))


class Year:
    """2023, a payday a month in both municipalities; what is told on one comes before it."""

    def __init__(self) -> None:
        with writing() as s:
            load_shipped(s, IMPORTED)
        self.world, self.month, self.now = World(), 1, IMPORTED
        self.added: Counter[str] = Counter()
        self.forgotten: dict[str, date] = {}
        self.decided: set[str] = set()
        self.paid_anew = False
        """Costs that were paid and aren't owed any more: they wait, and what takes their place is paid."""
        know(*map(_staff, PREPARES.values(), PREPARES), *map(_staff, APPROVES.values(), APPROVES))
        know(*map(_staff, DECIDES.values(), DECIDES))
        for family in (*HOMES, "RA-F3"):
            self.know(Family, family, municipality="randers", kind="respite")
            self.know(Approval, f"{family}-A1", family=family, valid_from=date(2021, 1, 1), valid_to=None)
        for placement, child in CHILDREN.items():
            full, municipality = placement == "RA-P3", "vejle" if child == "VJ-B2" else "randers"
            home = "RA-F3" if full else HOMES[placement == "RA-P4"]
            self.know(Child, child, municipality=municipality, birth_date=date(2013, 7, 15))
            placed = {"family": home, "kind": "full_time" if full else "respite", "municipality": municipality}
            self.know(Placement, placement, child=child, start=date(2022, 1, 1), end=None, **placed)
            terms = {"placement": placement, "valid_from": date(2022, 1, 1), "fees_tenths": 20}
            self.know(Terms, f"{placement}/2022-01-01", **terms)

    def know(self, table: type[Fact], ref: str, **values: Any) -> None:
        self.world.know(self.now, table, ref, **values)

    def new(self, table: type[Fact], letter: str, **values: Any) -> None:
        self.added[letter] += 1
        self.know(table, f"RA-{letter}{self.added[letter]}", **values)

    def nth(self, table: type[Fact], number: int, *, taken_back: bool | None = None) -> str | None:
        """Of those that were added."""
        refs = [ref for ref in self.world.refs(table) if not ref.endswith("/2022-01-01")]
        if taken_back is not None:
            facts = self.world.facts[table]
            refs = [ref for ref in refs if (facts[ref].get("withdrawn_on") is not None) is taken_back]
        return refs[number % len(refs)] if refs else None

    def day(self, month: int, day: int) -> date:
        """Nothing is told before it happens."""
        return date(2023, min(month, self.month), day)

    def tell(self, what: str, *how: Any) -> None:
        getattr(self, f"_{what.replace(' ', '_')}")(*how)

    def _stay(self, placement: str, month: int, day: int, nights: int) -> None:
        self.new(NightStay, "N", placement=placement, **_stay(self.day(month, day), nights))

    def _stay_again(self, number: int, month: int, day: int, nights: int) -> None:
        if ref := self.nth(NightStay, number):
            self.know(NightStay, ref, **_stay(self.day(month, day), nights))

    def _terms(self, placement: str, month: int, day: int, fees: int) -> None:
        since = self.day(month, day)
        terms = {"placement": placement, "valid_from": since, "fees_tenths": fees * 10}
        self.know(Terms, f"{placement}/{since}", **terms)

    def _fees(self, placement: str, fees: int) -> None:
        self.know(Terms, f"{placement}/2022-01-01", fees_tenths=fees * 10)

    def _move(self, placement: str, family: str) -> None:
        self.know(Placement, placement, family=family)

    def _end(self, placement: str, month: int | None, day: int) -> None:
        self.know(Placement, placement, end=date(2023, month, day) if month else None)

    def _born(self, child: str, month: int, day: int, year: int) -> None:
        self.forgotten.pop(child, None)
        self.know(Child, child, birth_date=date(year, month, day))

    def _forgotten(self, child: str) -> None:
        """Until the end of the year."""
        if born := self.world.facts[Child][child]["birth_date"]:
            self.forgotten[child] = born
            self.know(Child, child, birth_date=None)

    def _approved(self, family: str, period: int, month: int, day: int, many: int) -> None:
        """A period more, or another of one that was there."""
        since = date(2023, month, day) if many % 2 else date(2021, 1, 1)
        until = date(2023, month, day) + timedelta(days=30 * many) if many else None
        self.know(Approval, f"{family}-A{period}", family=family, valid_from=since, valid_to=until)

    def _child_moves(self, child: str, municipality: str) -> None:
        """Whoever placed it decides and pays on."""
        self.know(Child, child, municipality=municipality)

    def _placed_by(self, placement: str, municipality: str) -> None:
        self.paid_anew = True
        self.know(Placement, placement, municipality=municipality)

    def _drive(self, placement: str, month: int, day: int, metres: int) -> None:
        on = self.day(month, day)
        claim = {"placement": placement, "driven_on": on, "reported_on": on, "agreed": True, "purpose": "treatment"}
        self.new(TravelClaim, "K", metres=metres, **claim)

    def _distance(self, number: int, metres: int) -> None:
        if ref := self.nth(TravelClaim, number):
            self.know(TravelClaim, ref, metres=metres)

    def _costs(self, month: int, day: int, kroner: int) -> None:
        on = self.day(month, day)
        claim = {"placement": "RA-P1", "benefit": "free_costs", "regime": "none", "applied_on": on, "granted_on": on}
        self.new(ExpenseClaim, "E", amount_ore=kroner * 100, **claim)

    def _taken_back(self, table: type[Fact], number: int) -> None:
        if ref := self.nth(table, number, taken_back=False):
            self.paid_anew |= table in (ExpenseClaim, Placement)
            self.know(table, ref, withdrawn_on=self.now.date())

    def _holds_again(self, table: type[Fact], number: int) -> None:
        if ref := self.nth(table, number, taken_back=True):
            self.know(table, ref, withdrawn_on=None)

    def _decided(self, choice: Decision, municipality: str, number: int, instalments: int) -> None:
        """About what the month before held: an overpayment, or nights that are paid all the same."""
        wanted = {Decision.PAY: lambda line: line["amount_ore"] > 0}
        fits = wanted.get(choice, lambda line: line["held_because"] == OVERPAID)
        held = [line["id"] for line in self.lines(municipality, self.month - 1) if line["held_because"] and fits(line)]
        line = held[number % len(held)] if held else ""
        if line and line not in self.decided:
            self.decided.add(line)
            decide_line(
                line,
                choice,
                reason="Aftalt",
                actor=acting(DECIDES[municipality]),
                now=self.now,
                instalments=instalments if choice == Decision.RECOVER else 1,
            )

    def lines(self, municipality: str, month: int) -> list[dict[str, Any]]:
        if not month:
            return []
        with reading() as s:
            return list(run_as_json(s, municipality, f"2023-{month:02}")["lines"])

    def payday(self) -> None:
        period = f"2023-{self.month:02}"
        for key, clerk in PREPARES.items():
            prepare_payout(key, period, actor=acting(clerk), now=self.now)
            for step in (approve_payout, release_payout):
                step(key, period, actor=acting(APPROVES[key]), now=self.now)

    def goes_by(self, told: list[tuple[int, tuple[Any, ...]]]) -> None:
        for self.month in range(1, 13):
            self.now = datetime(2023 + self.month // 12, self.month % 12 + 1, 4, 8, tzinfo=UTC)
            for _, event in (each for each in told if each[0] == self.month):
                self.tell(*event)
            if self.month == 12:
                for child, born in self.forgotten.items():
                    self.know(Child, child, birth_date=born)
            self.payday()


def _staff(ref: str, municipality: str) -> Staff:
    return staff(ref, "leader,payroll", municipality)


def _stay(on: date, nights: int) -> dict[str, datetime]:
    arrival = datetime.fromisoformat(f"{on}T15:00")
    return {"arrival": arrival, "departure": arrival + timedelta(days=nights)}


def paid_or_overpaid() -> Owed:
    """What was released, less what waits as overpaid."""
    sums: Owed = Counter()
    with reading() as s:
        for line in s.exec(select(LedgerLine)):
            waits = line.held_because == OVERPAID and line.run.endswith("2023-12")
            if waits or line.status == LineStatus.RELEASED:
                sums[line.subject, line.family, line.period, line.component] += line.amount_ore
    return sums


def costs_released() -> int:
    with reading() as s:
        lines = s.exec(select(LedgerLine).where(LedgerLine.component == "free_costs"))
        return sum(line.amount_ore for line in lines if line.status == LineStatus.RELEASED)


def decided() -> Owed:
    """What somebody waived or paid all the same, and what is still to be taken back."""
    sums: Owed = Counter()
    with reading() as s:
        for made in s.exec(select(PayDecision)):
            taken = s.exec(select(LedgerLine).where(col(LedgerLine.decision) == made.ref)).all()
            done = sum(line.amount_ore for line in taken) if made.decision == Decision.RECOVER else 0
            key = (made.subject, made.family, made.period, made.component)
            sums[key] += abs(made.amount_ore) + done
    return sums


def of_costs(sums: Owed) -> int:
    return sum(ore for (*_, component), ore in sums.items() if component == "free_costs")


@pytest.mark.timeout(600)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(told)
@example(told=[(3, ("costs", 3, 10, 20_000)), (6, ("costs", 2, 10, 5_000))])
@example(told=[(3, ("stay", "RA-P1", 3, 6, 5)), (4, ("move", "RA-P1", "RA-F2")), (5, ("stay again", 0, 3, 6, 2))])
@example(told=[(2, ("stay", "VJ-P2", 2, 6, 5)), (3, ("forgotten", "VJ-B2")), (5, ("born", "VJ-B2", 2, 8, 2013))])
def test_released_lines_come_to_the_truth_and_what_differs_waits_for_a_person(
    sqlite_template: Path, told: list[tuple[int, tuple[Any, ...]]]
) -> None:
    with a_database(sqlite_template):
        year = Year()
        year.goes_by(told)
        paid, due, by_decision, released = paid_or_overpaid(), owed(year.world), decided(), costs_released()
    nets = {key for key in {*paid, *due} if key[3] != "free_costs"}
    found = {key: (due[key], paid[key], due[key] + by_decision[key]) for key in nets}
    assert {key: ore for key, ore in found.items() if not ore[0] <= ore[1] <= ore[2]} == {}
    costs = costs_owed(year.world, "RA-P1")
    assert costs <= of_costs(paid) <= costs + of_costs(by_decision)
    # what is told late isn't paid first and called overpaid afterwards
    assert released <= COSTS_A_YEAR + of_costs(by_decision) or year.paid_anew
