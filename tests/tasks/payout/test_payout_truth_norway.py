"""Two networks of Lillehammer, twelve months of one rate table: homes, gatherings, leaders and approvals are corrected,
taken back and recorded again, and what was released is what is owed; what differs waits for a person."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from data.rates import load_shipped
from data.store.session import reading, writing
from data.tables import (
    Approval,
    Child,
    Family,
    Gathering,
    LedgerLine,
    LineStatus,
    Network,
    NetworkHome,
    Placement,
    Terms,
)
from data.tables.base import Fact
from rules.matters import OVERPAID
from rules.vocabulary import GatheringKind
from tasks.payout import approve_payout, prepare_payout, release_payout
from tests.tasks.payout.test_payout_properties import a_database
from tests.tasks.payroll import IMPORTED, acting, know, staff
from tests.tasks.truth import World

KS, COVER, A_HOME = 9_885_00, 7_882_00, 500_00
"""From 1 July 2023; the cover is that of a child of six to ten years."""
FIRST, DAYS_OF_YEAR = date(2023, 7, 1), 366
PAYROLL, LEADER, LAST_RUN = "LI-S1", "LI-S2", "LI-2024-06"
LEADERS, NETWORKS, HOMES = ("LI-F1", "LI-F2"), ("LI-W1", "LI-W2"), ("LI-F3", "LI-F4", "LI-F5", "LI-F6")
TAKEN_BACK = (Gathering, NetworkHome, Approval, Network)

months, days, nth = st.integers(0, 11), st.integers(0, 27), st.integers(0, 5)
kinds = st.sampled_from(GatheringKind)
meets = st.tuples(st.just("meets"), st.sampled_from(NETWORKS), kinds, months, days, st.integers(0, 3_000))
events = st.one_of(
    meets,
    st.tuples(st.just("met otherwise"), nth, st.sampled_from(NETWORKS), kinds, months, days, st.integers(0, 3_000)),
    st.tuples(st.just("joins"), st.sampled_from(NETWORKS), st.sampled_from(HOMES), months, days, st.none() | months),
    meets,
    st.tuples(st.just("led by"), st.sampled_from(NETWORKS), st.sampled_from(LEADERS)),
    st.tuples(st.just("lasts"), st.sampled_from(NETWORKS), months, days, st.none() | months),
    st.tuples(st.just("approved"), st.sampled_from(LEADERS), nth, months, days, st.none() | months),
    st.tuples(st.just("lives"), months, days, st.none() | months),
    st.tuples(st.just("taken back"), st.sampled_from(TAKEN_BACK), nth),
    st.tuples(st.just("holds again"), st.sampled_from(TAKEN_BACK), nth),
)
told = st.lists(st.tuples(months, events), min_size=8, max_size=20).map(lambda all_: sorted(all_, key=lambda e: e[0]))


def a_day(month: int, day: int) -> date:
    year, of_year = divmod(FIRST.month - 1 + month, 12)
    return date(FIRST.year + year, of_year + 1, 1) + timedelta(days=day)


class Year:
    def __init__(self) -> None:
        with writing() as s:
            load_shipped(s, IMPORTED)
        self.world, self.now, self.gatherings = World(), IMPORTED, 0
        know(staff(PAYROLL, "payroll", "lillehammer"), staff(LEADER, "leader,payroll", "lillehammer"))
        for family in (*LEADERS, *HOMES):
            kind = "resource_network" if family in LEADERS else "foster"
            self.know(Family, family, municipality="lillehammer", kind=kind)
            self.know(Approval, f"{family}-A0", family=family, valid_from=date(2021, 1, 1), valid_to=None)
        for network, leader in zip(NETWORKS, LEADERS, strict=True):
            since = {"started_on": date(2022, 1, 1), "ended_on": None}
            self.know(Network, network, municipality="lillehammer", resource_family=leader, **since)
            self._joins(network, HOMES[0], -12, 0, None)
            self._joins(network, HOMES[1], -12, 0, None)
        self.know(Child, "LI-B1", municipality="lillehammer", birth_date=date(2015, 9, 1))
        placed = {"child": "LI-B1", "family": HOMES[0], "kind": "full_time", "municipality": "lillehammer"}
        self.know(Placement, "LI-P1", start=date(2022, 1, 1), end=None, **placed)
        self.know(Terms, "LI-P1/2022-01-01", placement="LI-P1", valid_from=date(2022, 1, 1), fees_tenths=20)

    def know(self, table: type[Fact], ref: str, **values: Any) -> None:
        self.world.know(self.now, table, ref, **values)

    def tell(self, what: str, *how: Any) -> None:
        getattr(self, f"_{what.replace(' ', '_')}")(*how)

    def _meets(self, network: str, kind: GatheringKind, month: int, day: int, kroner: int) -> None:
        self.gatherings += 1
        self._gathering(f"LI-G{self.gatherings}", network, kind, month, day, kroner)

    def _met_otherwise(self, number: int, *how: Any) -> None:
        if refs := self.world.refs(Gathering):
            self._gathering(refs[number % len(refs)], *how)

    def _gathering(self, ref: str, network: str, kind: GatheringKind, month: int, day: int, kroner: int) -> None:
        held = {"held_on": min(a_day(month, day), self.now.date()), "amount_ore": kroner * 100}
        self.know(Gathering, ref, network=network, kind=kind, **held)

    def _joins(self, network: str, family: str, month: int, day: int, left: int | None) -> None:
        """Another first day is another row, as in the workbook."""
        joined, left_on = a_day(month, day), None if left is None else a_day(left, 14)
        home = {"network": network, "family": family, "joined_on": joined, "left_on": left_on}
        self.know(NetworkHome, f"{network}/{family}/{joined}", **home)

    def _led_by(self, network: str, family: str) -> None:
        self.know(Network, network, resource_family=family)

    def _lasts(self, network: str, month: int, day: int, end: int | None) -> None:
        started = a_day(month, day) if day % 2 else date(2022, 1, 1)
        self.know(Network, network, started_on=started, ended_on=None if end is None else a_day(end, 14))

    def _approved(self, family: str, number: int, month: int, day: int, end: int | None) -> None:
        period = {"valid_from": a_day(month, day), "valid_to": None if end is None else a_day(end, 20)}
        self.know(Approval, f"{family}-A{number % 3}", family=family, **period)

    def _lives(self, month: int, day: int, end: int | None) -> None:
        self.know(Placement, "LI-P1", start=a_day(month, day), end=None if end is None else a_day(end, 9))

    def _taken_back(self, table: type[Fact], number: int) -> None:
        if refs := self.world.refs(table):
            self.know(table, refs[number % len(refs)], withdrawn_on=self.now.date())

    def _holds_again(self, table: type[Fact], number: int) -> None:
        if refs := self.world.refs(table):
            self.know(table, refs[number % len(refs)], withdrawn_on=None)

    def goes_by(self, told: list[tuple[int, tuple[Any, ...]]]) -> None:
        for month in range(12):
            payday, period = a_day(month + 1, 3), f"{a_day(month, 0):%Y-%m}"
            self.now = datetime(payday.year, payday.month, payday.day, 8, tzinfo=UTC)
            for _, event in (each for each in told if each[0] == month):
                self.tell(*event)
            prepare_payout("lillehammer", period, actor=acting(PAYROLL), now=self.now)
            for step in (approve_payout, release_payout):
                step("lillehammer", period, actor=acting(LEADER), now=self.now)


def by_the_month(days: list[date], monthly: int) -> Counter[str]:
    """Øre by month: its days' share, rounded half up."""
    found: Counter[str] = Counter()
    for month, many in Counter(f"{day:%Y-%m}" for day in days).items():
        length = (a_day_of(month, 32).replace(day=1) - a_day_of(month, 1)).days
        found[month] = (2 * monthly * many + length) // (2 * length)
    return found


def a_day_of(month: str, day: int) -> date:
    return date.fromisoformat(f"{month}-01") + timedelta(days=day - 1)


def support_owed(world: World) -> Counter[tuple[str, str, str]]:
    """Øre by subject, month and component."""
    year = [FIRST + timedelta(days=number) for number in range(DAYS_OF_YEAR)]
    owed: Counter[tuple[str, str, str]] = Counter()

    def adds(subject: str, component: str, days: list[date], monthly: int) -> None:
        for month, ore in by_the_month(days, monthly).items():
            owed[subject, month, component] += ore

    for ref, network in world.facts[Network].items():
        leads = [day for day in year if world.approved(network["resource_family"], day)]
        lasts = [day for day in leads if network["started_on"] <= day <= (network["ended_on"] or date.max)]
        adds(ref, "foster_support", [] if network.get("withdrawn_on") else lasts, KS)
    home = world.facts[Placement]["LI-P1"]
    lives = [day for day in year if home["start"] <= day < (home["end"] or date.max)]
    approved = [day for day in lives if world.approved(HOMES[0], day)]
    adds("LI-P1", "foster_support", approved, 2 * KS)
    adds("LI-P1", "expense_cover", approved, COVER)
    return owed


def may_be_reimbursed(world: World, network: str, kind: str, year: int) -> set[int]:
    """Øre of the gatherings any of which may be the year's: the first that was paid."""
    found = {0}
    if world.facts[Network][network].get("withdrawn_on"):
        return found
    until = world.facts[Network][network]["ended_on"] or date.max
    for held in world.rows(Gathering, network=network, kind=kind):
        day = held["held_on"]
        if day.year == year and FIRST <= day <= until and held["amount_ore"]:
            rows = world.rows(NetworkHome, network=network)
            homes = {row["family"] for row in rows if row["joined_on"] <= day <= (row["left_on"] or date.max)}
            found.add(min(held["amount_ore"], A_HOME * len(homes)))
    return found if found == {0} else found - {0}


def paid_or_overpaid() -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, int]]]:
    """Support by subject, month and component, and gatherings by network, kind and year."""
    support: Counter[tuple[str, str, str]] = Counter()
    met: Counter[tuple[str, str, int]] = Counter()
    with reading() as s:
        kinds = {held.ref: held for held in s.exec(select(Gathering)) if held.superseded_at is None}
        for line in s.exec(select(LedgerLine)):
            waits = line.held_because == OVERPAID and line.run == LAST_RUN
            if not (waits or line.status == LineStatus.RELEASED):
                continue
            if line.component == "gathering":
                met[line.subject, kinds[line.sources[0]].kind, int(line.period[:4])] += line.amount_ore
            else:
                support[line.subject, line.period, line.component] += line.amount_ore
    return support, met


@pytest.mark.timeout(600)
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck))
@given(told)
@example(
    told=[
        (0, ("joins", "LI-W1", HOMES[1], 0, 0, None)),
        (1, ("meets", "LI-W1", GatheringKind.SUMMER, 1, 4, 3_000)),
    ]
)
@example(
    told=[
        (1, ("meets", "LI-W1", GatheringKind.SUMMER, 1, 4, 900)),
        (2, ("meets", "LI-W1", GatheringKind.SUMMER, 0, 4, 3_000)),
        (3, ("joins", "LI-W1", HOMES[1], 2, 3, None)),
        (4, ("led by", "LI-W1", "LI-F2")),
        (5, ("taken back", Gathering, 0)),
        (6, ("approved", "LI-F2", 0, 3, 9, 5)),
        (7, ("lasts", "LI-W2", 0, 0, 2)),
        (8, ("holds again", Gathering, 0)),
        (9, ("approved", "LI-F2", 1, 6, 0, None)),
        (9, ("lives", 0, 5, 8)),
    ]
)
def test_what_a_network_was_paid_is_what_it_is_owed_in_whatever_order_it_is_told(
    sqlite_template: Path, told: list[tuple[int, tuple[Any, ...]]]
) -> None:
    with a_database(sqlite_template):
        year = Year()
        year.goes_by(told)
        (support, met), world = paid_or_overpaid(), year.world
    owed = support_owed(world)
    assert {key: (owed[key], support[key]) for key in {*owed, *support} if owed[key] != support[key]} == {}
    allowed = {(*key, year): may_be_reimbursed(world, *key, year) for key in paid_kinds() for year in (2023, 2024)}
    assert {key: (ore, met[key]) for key, ore in allowed.items() if met[key] not in ore} == {}


def paid_kinds() -> list[tuple[str, str]]:
    return [(network, kind) for network in NETWORKS for kind in (GatheringKind.CHRISTMAS, GatheringKind.SUMMER)]
