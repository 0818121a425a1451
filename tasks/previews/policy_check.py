"""What runs with a municipality's policy, what can't, and which keys it lacks for that."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from data.policies import examples
from rules.policy import DUTIES, Policy
from rules.policy_keys import KEYS
from rules.policy_standing import Standing, Stands, said, standings
from rules.refusal import Refusals

A_DUTY = "a duty, written under [[duties.<key>]]"


class Missing(NamedTuple):
    key: str
    needed_by: list[str]
    must_be: str
    example: str
    """The shipped file that shows it, and the row it comes from there; empty where none does."""


@dataclass(frozen=True)
class Checked:
    policy: Policy
    stands: list[Stands]
    missing: list[Missing]
    assumed: list[str]

    def refuse(self) -> None:
        """Raises Refusals where something can't run that has to, or that the municipality has begun to set up."""
        if faults := [said(each, self.policy) for each in self._of(Standing.CANNOT)]:
            raise Refusals(faults)

    def as_json(self) -> dict[str, Any]:
        return {
            "municipality": self.policy.key,
            "keys": len(self.policy.values),
            "stands": [vars(each) for each in self.stands],
            "missing": [each._asdict() for each in self.missing],
            "assumed": self.assumed,
        }

    def __str__(self) -> str:
        name, count = self.policy.name, len(self.policy.values)
        headline = f"{name}: {count} keys are in order; {len(self.assumed)} rest on an assumed value"
        parts = [headline, f"runs: {', '.join(each.name for each in self._of(Standing.RUNS))}"]
        for standing in (Standing.CANNOT, Standing.NOT_SET_UP):
            if found := self._of(standing):
                parts.append("\n".join([f"{standing}:", *(f"  {line(each)}" for each in found)]))
        if self.missing:
            parts.append("\n".join(["keys that are missing:", *_together(self.missing)]))
        parts.append("\n".join(["assumed, to confirm or change:", *(f"  {key}" for key in self.assumed)]))
        return "\n\n".join(parts)

    def _of(self, standing: Standing) -> list[Stands]:
        return [each for each in self.stands if each.standing == standing]


def check(policy: Policy, on: date) -> Checked:
    stands = standings(policy, on)
    needed: defaultdict[str, list[str]] = defaultdict(list)
    for each in sorted(stands, key=lambda each: each.standing != Standing.CANNOT):
        for key in each.lacks:
            needed[key].append(each.name)
    missing = [
        Missing(key, names, A_DUTY if key.startswith(DUTIES) else KEYS[key].must_be, examples().get(key, ""))
        for key, names in needed.items()
    ]
    assumed = sorted(key for key, rows in policy.values.items() if any(dated.assumed for dated in rows))
    return Checked(policy, stands, missing, assumed)


def line(each: Stands) -> str:
    what = f"{each.name} ({each.row})" if each.row else each.name
    if each.because:
        return f"{what}: {each.because}"
    one = len(each.lacks) == 1
    return f"{what} lacks {each.lacks[0] if one else f'{len(each.lacks)} keys'}"


def _together(missing: list[Missing]) -> Iterator[str]:
    """A line for keys of one table that are alike in all else."""
    for (table, names, must_be, example), keys in groupby(missing, key=_alike):
        last = [each.key.removeprefix(table) for each in keys]
        named = f"{table}{last[0]}" if len(last) == 1 else f"{table}{{{', '.join(last)}}}"
        shown = f"; see {example}" if example else ""
        yield f"  {named}: {must_be}{shown}; for {', '.join(names)}"


def _alike(each: Missing) -> tuple[str, list[str], str, str]:
    return each.key[: each.key.rindex(".") + 1], each.needed_by, each.must_be, each.example
