"""A municipality's own figures, each with the day it takes force and the row it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rules.duties.duty import Duty
from rules.refusal import Refusal

DUTIES = "duties."
"""Begins the policy keys of duties."""


class PolicyValue(NamedTuple):
    value: Any
    valid_from: date
    source: str
    assumed: bool = False
    """Ours until the municipality confirms it: no source gives a figure."""


class PolicyMissing(Refusal):
    def __init__(self, municipality: str, key: str, on: date) -> None:
        self.municipality, self.key, self.on = municipality, key, on
        super().__init__(
            f"{municipality}: the policy gives no {key} on {on}; "
            f"add it to data/policies/{municipality}.toml with its value, valid_from and source"
        )


@dataclass(frozen=True)
class Policy:
    key: str
    name: str
    country: str
    """DK or NO."""
    language: str
    """da or nb."""
    timezone: str
    prefix: str
    """Begins the references of cases, tasks and pay runs, such as HJ."""
    values: Mapping[str, tuple[PolicyValue, ...]]
    """By key, oldest first."""
    own: frozenset[str] = frozenset()
    """Keys that its own file gives, beside what is national."""

    def today(self, now: datetime) -> date:
        """The day it is there at that instant."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def value(self, key: str, on: date) -> Any:
        return self.dated(key, on).value

    def has(self, key: str, on: date) -> bool:
        """Whether a value is in force that day."""
        return any(dated.valid_from <= on for dated in self.values.get(key, ()))

    def dated(self, key: str, on: date) -> PolicyValue:
        """The value in force that day. Raises PolicyMissing."""
        in_force = [dated for dated in self.values.get(key, ()) if dated.valid_from <= on]
        if not in_force:
            raise PolicyMissing(self.key, key, on)
        return in_force[-1]

    def duties(self, on: date) -> list[Duty]:
        """Those in force that day, by key."""
        keys = sorted(key for key in self.values if key.startswith(DUTIES))
        in_force = ([dated.value for dated in self.values[key] if dated.valid_from <= on] for key in keys)
        return [rows[-1] for rows in in_force if rows]
