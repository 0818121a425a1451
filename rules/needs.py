"""What a process or job can't do without in a municipality's policy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules.policy import DUTIES, Policy


@dataclass(frozen=True)
class PolicyNeeds:
    keys: tuple[str, ...] = ()
    where: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """More keys where the value of a key has that item, or is there at all ("")."""
    in_denmark: tuple[str, ...] = ()
    switched_on_by: str = ""
    """The key without which the municipality has none of it."""
    opens: "PolicyNeeds | None" = None
    """What the process needs whose cases it opens."""
    row: str = ""
    always: bool = False
    """It is there for every municipality, whatever its policy says."""

    def of(self, policy: Policy, on: date) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._of(policy, on)))

    def _of(self, policy: Policy, on: date) -> Iterator[str]:
        yield from self.keys
        yield from self.in_denmark if policy.country == "DK" else ()
        for (key, item), more in self.where.items():
            if policy.has(key, on) and (not item or item in policy.value(key, on)):
                yield from more
        if self.opens:
            yield from self.opens.of(policy, on)


def deadlines(prefix: str, *steps: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.deadline.{step}" for step in steps)


def under(prefix: str, *keys: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{key}" for key in keys)


def each(prefix: str, items: Iterator[str] | type[StrEnum]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{item}" for item in items)


PLAN_FOLLOW_UP = f"{DUTIES}action_plan_follow_up"
LIMITS = under("resource_network", "homes_least", "homes_most", "municipalities")
OF_A_NETWORK = {("resource_network.homes_least", ""): ("resource_network.compensation_ks",)}
ENTITLEMENT = PolicyNeeds(
    ("payout.fee_rounding",),
    where=OF_A_NETWORK,
    in_denmark=("payout.monthly_fee_rounding", "payout.child_allowances", "benefits.free_costs_a_year_ore"),
)
