"""What families are owed in 2023, told night by night from the facts alone: no lines, no ledger, no frames.

Danish rates of 2023 as KL published them; fees are whole numbers, so nothing is rounded but driving.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from data.store.facts import record
from data.store.session import writing
from data.tables import (
    Approval,
    Child,
    ExpenseClaim,
    NightStay,
    Placement,
    Terms,
    TravelClaim,
)
from data.tables.base import Fact

FEE_A_NIGHT, FEE_A_MONTH, KM = 154_31, 4_694_00, 2_19
BOARD = {True: 214_00, False: 201_00}
"""From ten years of age, and below."""
COSTS_A_YEAR = 20_000_00
DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(365)]

Owed = Counter[tuple[str, str, str, str]]
"""Øre by placement, family, month and component."""


class World:
    """What is known, as the database knows it."""

    def __init__(self) -> None:
        self.facts: defaultdict[type[Fact], dict[str, dict[str, Any]]] = defaultdict(dict)

    def know(self, now: datetime, table: type[Fact], ref: str, **values: Any) -> None:
        """A new fact, or a new version of one."""
        both = self.facts[table].get(ref, {}) | values
        self.facts[table][ref] = both
        with writing() as s:
            record(s, table(ref=ref, recorded_at=now, **both), now)

    def refs(self, table: type[Fact]) -> list[str]:
        return sorted(self.facts[table])

    def rows(self, table: type[Fact], **about: Any) -> Iterator[dict[str, Any]]:
        """Those that weren't taken back."""
        for row in self.facts[table].values():
            if row.get("withdrawn_on") is None and about.items() <= row.items():
                yield row

    def placements(self) -> list[tuple[str, dict[str, Any]]]:
        return [(ref, row) for ref, row in self.facts[Placement].items() if row.get("withdrawn_on") is None]

    def approved(self, family: str, night: date) -> bool:
        periods = self.rows(Approval, family=family)
        return any(row["valid_from"] <= night <= (row["valid_to"] or date.max) for row in periods)

    def fees(self, placement: str, night: date) -> int:
        terms = [row for row in self.rows(Terms, placement=placement) if row["valid_from"] <= night]
        return int(max(terms, key=lambda row: row["valid_from"])["fees_tenths"]) // 10

    def is_ten(self, child: str, night: date) -> bool:
        born = self.facts[Child][child]["birth_date"]
        return (night.year - born.year, night.month, night.day) >= (10, born.month, born.day)

    def nights(self, placement: str) -> set[date]:
        home = self.facts[Placement][placement]
        living = {night for night in DAYS if home["start"] <= night < (home["end"] or date.max)}
        if home["kind"] == "respite":
            living &= {night for stay in self.rows(NightStay, placement=placement) for night in _nights(stay)}
        return {night for night in living if self.approved(home["family"], night)}


def owed(world: World) -> Owed:
    found: Owed = Counter()
    for placement, home in world.placements():
        nights = world.nights(placement)
        for month in sorted({night.month for night in nights}):
            in_month = sorted(night for night in nights if night.month == month)
            key = (placement, home["family"], f"2023-{month:02}")
            found[(*key, "fee")] += _fee(world, placement, home["kind"], in_month)
            found[(*key, "board_lodging")] += sum(BOARD[world.is_ten(home["child"], night)] for night in in_month)
        for claim in world.rows(TravelClaim, placement=placement):
            driven = claim["driven_on"]
            if home["start"] <= driven <= (home["end"] or date.max):
                ore = (2 * claim["metres"] * KM + 1_000) // 2_000
                found[placement, home["family"], f"{driven:%Y-%m}", "travel"] += ore
    return found


def costs_owed(world: World, placement: str) -> int:
    """Of the year, to the child's placement."""
    if placement not in dict(world.placements()):
        return 0
    claims = world.rows(ExpenseClaim, placement=placement)
    return min(COSTS_A_YEAR, sum(claim["amount_ore"] for claim in claims))


def _fee(world: World, placement: str, kind: str, nights: list[date]) -> int:
    whole = kind == "full_time" and len(nights) == sum(day.month == nights[0].month for day in DAYS)
    if whole:
        return FEE_A_MONTH * world.fees(placement, nights[0])
    return sum(FEE_A_NIGHT * world.fees(placement, night) for night in nights)


def _nights(stay: dict[str, Any]) -> Iterator[date]:
    night = stay["arrival"].date()
    while night < stay["departure"].date():
        yield night
        night += timedelta(days=1)
